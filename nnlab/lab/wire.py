"""The wire between the screen and a trainer process: typed messages, and how they travel as bytes.

    u32 length of the rest | u32 length of the header | header (msgpack) | padding | arrays, each aligned to 16 bytes

All numbers are little-endian. The header is one message; where it holds an array it says dtype, shape and offset, and
the array's raw bytes follow. A reader gets the arrays as read-only views of the message, without a copy.
"""

import math
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np

from nnlab.lab.events import Block, Change, Ended, HostArray, Observation
from nnlab.lab.exercises import CodeResult
from nnlab.lab.experiment import ExperimentCard
from nnlab.lab.faults import Fault
from nnlab.lab.knobs import KnobValue
from nnlab.lab.settings import Settings
from nnlab.lab.verdicts import Check

PROTOCOL = 7
"""Counts up with every change of a message; both sides must have the same."""
MAX_BYTES = 64 * 2**20
"""A longer message is refused on both sides: nothing the lab shows needs it, so the stream must be damaged."""
ALIGNMENT = 16


class WireError(Exception):
    """Bytes that are no message, or a message that cannot travel."""


# --- what the screen sends ------------------------------------------------------------------------------------------


class Start(msgspec.Struct, tag="start", frozen=True):
    """Build an experiment and train it. Answered by Started, Refused or Failed."""

    run: int
    """A number that the answers repeat, so that late frames of an earlier run can be told apart."""
    lessons: str
    """Folder of the course; empty for the bundled one."""
    lesson: str
    experiment: str
    knobs: Mapping[str, KnobValue] = {}
    """What differs from the defaults."""
    seed: int = 1
    seeds: int = 1
    steps: int | None = None
    """None: as many as the experiment says."""
    device: str = "cpu"
    """auto, cpu or cuda; when cuda is missing the run goes on with the CPU and Started.notice says so."""
    changes: tuple[tuple[int, Change], ...] = ()
    until_goal: bool = False
    max_seconds: float | None = None
    """End the run with status "limit" after so many seconds of training."""
    probes: tuple[str, ...] | None = None
    """What to observe; None: what the experiment's views draw."""
    is_paused: bool = False
    goals: tuple[str, ...] = ()
    """Goals of the lesson whose checks shall come with the frames; none do while a learner's code is in the run."""
    code: str = ""
    """Text of the learner's code that replaces ours; empty for ours."""
    data: str = ""
    """A file, or the content hash of data that was used before; empty for what the experiment has by itself."""
    keep: bool = False
    """Keep the run in the history when it ends, is replaced, or the screen closes. Answered by Kept."""


class CheckCode(msgspec.Struct, tag="check", frozen=True):
    """Check a learner's code against an exercise; the run stays. Answered by CodeChecked or Refused."""

    lessons: str
    """Folder of the course; empty for the bundled one."""
    lesson: str
    exercise: str
    text: str


class SetKnob(msgspec.Struct, tag="change", frozen=True):
    """Set a live knob before the next step."""

    change: Change


class Pause(msgspec.Struct, tag="pause", frozen=True):
    """Make no more steps until told."""


class Resume(msgspec.Struct, tag="resume", frozen=True):
    """Go on."""


class StepForward(msgspec.Struct, tag="step", frozen=True):
    """Pause, and make `count` steps."""

    count: int = 1
    changes: tuple[Change, ...] = ()
    """Live knobs for these steps alone; they go back afterwards."""


class StepBack(msgspec.Struct, tag="back", frozen=True):
    """Pause, and undo one step. Answered by Rewound."""


class Rewind(msgspec.Struct, tag="rewind", frozen=True):
    """Go to the very same initial weights. Answered by Rewound; whether steps are made stays as it is."""


class SetSpeed(msgspec.Struct, tag="speed", frozen=True):
    """Make so many steps a second."""

    steps_per_second: float | None = None
    """None: as many as the machine can."""


class Want(msgspec.Struct, tag="want", frozen=True):
    """Observe these probes from now on."""

    probes: tuple[str, ...]


class Ready(msgspec.Struct, tag="ready", frozen=True):
    """The last frame is painted: one more may come."""


class Stop(msgspec.Struct, tag="stop", frozen=True):
    """End the run as it stands, with status "stopped"; the process stays."""


Command = (
    Start | CheckCode | SetKnob | Pause | Resume | StepForward | StepBack | Rewind | SetSpeed | Want | Ready | Stop
)


# --- what the trainer answers ---------------------------------------------------------------------------------------


class Hello(msgspec.Struct, tag="hello", frozen=True):
    """The first message of a trainer."""

    protocol: int
    pid: int
    versions: Mapping[str, str]


class Started(msgspec.Struct, tag="started", frozen=True):
    """The run exists; step 0 is the initial weights."""

    run: int
    card: ExperimentCard
    settings: Settings
    notice: str = ""
    """A sentence for the user: the device that was asked for is missing."""


class Loading(msgspec.Struct, tag="loading", frozen=True):
    """A user's data is being read for a Start that is not answered yet."""

    run: int
    done: int
    """Bytes."""
    total: int


class Frame(msgspec.Struct, tag="frame", frozen=True):
    """All metrics since the last frame and, at most ten times a second, the newest observations."""

    run: int
    index: int
    """Steps made."""
    block: Block
    """Its count is 0 when no step was made since the last frame."""
    probes: Mapping[str, Observation]
    """Empty when the fields are not due."""
    steps_per_second: float
    """Over about the last second; NaN while no steps are made."""
    checks: Mapping[str, tuple[Check, ...]] = {}
    """Goal id -> its checks on the run as it stands; comes with the observations."""


class Rewound(msgspec.Struct, tag="rewound", frozen=True):
    """The run is at `step` again; what came after it never happened."""

    run: int
    step: int


class RunEnded(msgspec.Struct, tag="ended", frozen=True):
    """The run is over; the frame before this message held its last steps."""

    run: int
    ended: Ended


class Refused(msgspec.Struct, tag="refused", frozen=True):
    """A command did not fit (unknown knob or value); nothing has changed."""

    run: int
    command: str
    message: str


class Failed(msgspec.Struct, tag="failed", frozen=True):
    """The lesson's code or the engine raised; the run is gone, the process waits for the next start."""

    run: int
    message: str
    traceback: str
    fault: Fault | None = None
    """Set when it was the learner's code in the run that raised."""


class CodeChecked(msgspec.Struct, tag="checked", frozen=True):
    """What a CheckCode came to."""

    result: CodeResult


class Kept(msgspec.Struct, tag="kept", frozen=True):
    """The run is in the history, as it stood when it ended or was left."""

    run: int
    id: str


Answer = Hello | Loading | Started | Frame | Rewound | RunEnded | Refused | Failed | CodeChecked | Kept


# --- bytes ----------------------------------------------------------------------------------------------------------


def encode(message: Command | Answer) -> bytes:
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
        """kinds: Command or Answer."""
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

    @property
    def is_amid(self) -> bool:
        """Whether the stream stands in the middle of a message: when it ends so, the sender died while writing."""
        return bool(self._buffer)

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
