"""Messages as bytes: how the wire carries typed messages and the arrays in them.

    u32 length of the rest | u32 length of the header | header (msgpack) | padding | arrays, each aligned to 16 bytes

All numbers are little-endian. The header is one message; where it holds an array it says dtype, shape and offset, and
the array's raw bytes follow. A reader gets the arrays as read-only views of the message, without a copy.
"""

import math
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np

from nnlab.lab.events import HostArray

MAX_BYTES = 64 * 2**20
"""A longer message is refused on both sides: nothing the lab shows needs it, so the stream must be damaged."""
ALIGNMENT = 16


class WireError(Exception):
    """Bytes that are no message, or a message that cannot travel."""


def encode(message: msgspec.Struct) -> bytes:
    """Return the message as bytes, its length in front.

    Raises WireError when it is longer than MAX_BYTES or holds what cannot travel (arrays of Python objects).
    """
    arrays: list[HostArray] = []
    end = 0

    def describe(value: Any) -> Any:
        nonlocal end
        if isinstance(value, np.ndarray):
            plain = _little_endian(value)
            place = {"dtype": plain.dtype.str, "shape": value.shape, "offset": end}
            arrays.append(plain)
            end = _aligned(end + plain.nbytes)
            return place
        if isinstance(value, np.generic):
            return value.item()
        if isinstance(value, Mapping):
            return dict(value)
        raise WireError(f"{type(value).__name__} cannot travel to the screen; use numbers, text, lists and arrays.")

    header = msgspec.msgpack.encode(message, enc_hook=describe)
    base = _aligned(8 + len(header))
    total = base + end
    if total > MAX_BYTES:
        raise WireError(
            f"a message of {total:,} bytes is too long for the screen, which takes {MAX_BYTES:,}; observe less at once."
        )
    parts = [(total - 4).to_bytes(4, "little"), len(header).to_bytes(4, "little"), header]
    written = 8 + len(header)
    for array in arrays:
        start = _aligned(written)
        parts += [bytes(start - written), array.tobytes()]
        written = start + array.nbytes
    parts.append(bytes(total - written))
    return b"".join(parts)


def _aligned(offset: int) -> int:
    return -(-offset // ALIGNMENT) * ALIGNMENT


def _little_endian(array: HostArray) -> HostArray:
    if array.dtype.kind not in "biufcU":
        raise WireError(f"an array of {array.dtype} cannot travel to the screen; use numbers or text.")
    return array.astype(array.dtype.newbyteorder("<"), copy=False)


class Reader:
    """Cuts a stream of bytes into messages of one direction."""

    def __init__(self, kinds: Any) -> None:
        """kinds: the union of the messages that may come, such as wire.Command."""
        self._decoder: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(kinds, dec_hook=self._array)
        self._buffer = bytearray()
        self._message = b""
        self._base = 0

    def feed(self, data: bytes) -> list[Any]:
        """Take up bytes and return the messages that are now whole. Raises WireError when the stream is broken."""
        self._buffer += data
        messages = []
        while len(self._buffer) >= 4:
            end = 4 + int.from_bytes(self._buffer[:4], "little")
            if not 8 < end <= MAX_BYTES:
                raise WireError(
                    f"a message says that it is {end:,} bytes long, between 9 and {MAX_BYTES:,} were expected; "
                    "something else wrote into the stream."
                )
            if len(self._buffer) < end:
                break
            self._message = bytes(self._buffer[:end])
            del self._buffer[:end]
            messages.append(self._decode())
        return messages

    def _decode(self) -> Any:
        header_end = 8 + int.from_bytes(self._message[4:8], "little")
        if header_end > len(self._message):
            raise WireError(f"a header of {header_end - 8:,} bytes does not fit its message; the stream is damaged.")
        self._base = _aligned(header_end)
        try:
            return self._decoder.decode(memoryview(self._message)[8:header_end])
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise WireError(f"a message of {len(self._message):,} bytes cannot be read: {error}.") from None
        finally:
            self._message = b""

    def _array(self, kind: type, place: Any) -> Any:
        """Return the array at `place` as a read-only view of the message; ValueErrors become a WireError."""
        if kind is object:  # the options of a view: any plain data, as it came
            return place
        try:
            dtype, shape, offset = np.dtype(str(place["dtype"])), tuple(place["shape"]), int(place["offset"])
            count = math.prod(shape)
        except (TypeError, KeyError, SyntaxError) as error:
            raise ValueError(f"an array is described by {place!r:.80} ({error})") from None
        if dtype.kind not in "biufcU" or offset < 0 or any(size < 0 for size in shape):
            raise ValueError(f"an array of {dtype}, shape {shape}, at {offset} cannot be")
        if self._base + offset + count * dtype.itemsize > len(self._message):
            raise ValueError(f"an array of {dtype}, shape {shape}, at {offset} runs over the end of its message")
        if count == 0 or dtype.itemsize == 0:
            return np.empty(shape, dtype)
        return np.frombuffer(self._message, dtype, count, self._base + offset).reshape(shape)
