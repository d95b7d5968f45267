"""Colour arithmetic: OKLab ramps, and the nearest of a terminal's 256 colours."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nnlab.plots.grid import INDEXED

# Björn Ottosson, "A perceptual color space for image processing", 2020.
_TO_LMS = np.array([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                    [0.0883024619, 0.2817188376, 0.6299787005]])  # fmt: skip
_TO_LAB = np.array([[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
                    [0.0259040371, 0.7827717662, -0.8086757660]])  # fmt: skip
_FROM_LAB = np.linalg.inv(_TO_LAB)
_FROM_LMS = np.linalg.inv(_TO_LMS)


def to_rgb(colours: Sequence[int] | NDArray[np.int32]) -> NDArray[np.float64]:
    """Split 0xRRGGBB (n,) into (n, 3) in [0, 1]."""
    packed = np.asarray(colours, dtype=np.int64)
    return np.stack([packed >> 16 & 255, packed >> 8 & 255, packed & 255], axis=-1) / 255.0


def to_oklab(colours: Sequence[int] | NDArray[np.int32]) -> NDArray[np.float64]:
    """Return OKLab (n, 3) of 0xRRGGBB (n,)."""
    rgb = to_rgb(colours)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    lab: NDArray[np.float64] = np.cbrt(linear @ _TO_LMS.T) @ _TO_LAB.T
    return lab


def from_oklab(lab: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return 0xRRGGBB (n,) of OKLab (n, 3), clipped to what a screen shows."""
    linear = np.clip((lab @ _FROM_LAB.T) ** 3 @ _FROM_LMS.T, 0.0, 1.0)
    rgb = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    bytes_ = np.rint(rgb * 255).astype(np.int32)
    packed: NDArray[np.int32] = bytes_[..., 0] << 16 | bytes_[..., 1] << 8 | bytes_[..., 2]
    return packed


def ramp(anchors: Sequence[int], steps: int) -> NDArray[np.int32]:
    """Return 0xRRGGBB (steps,): even steps through the anchors, straight in OKLab between them."""
    lab = to_oklab(anchors)
    at = np.linspace(0, len(anchors) - 1, steps)
    return from_oklab(np.stack([np.interp(at, np.arange(len(anchors)), lab[:, i]) for i in range(3)], axis=-1))


def xterm(index: int) -> int:
    """Return the 0xRRGGBB that xterm shows for colour 0 to 255 of its palette."""
    if index < 16:
        return (0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
                0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF)[index]  # fmt: skip
    if index >= 232:
        return (8 + 10 * (index - 232)) * 0x010101
    steps = (0, 95, 135, 175, 215, 255)
    red, green, blue = (index - 16) // 36, (index - 16) // 6 % 6, (index - 16) % 6
    return steps[red] << 16 | steps[green] << 8 | steps[blue]


@lru_cache(1)
def _xterm_oklab() -> NDArray[np.float64]:
    return to_oklab([xterm(i) for i in range(16, 256)])


@lru_cache(1024)
def nearest_xterm(colour: int) -> int:
    """Return INDEXED + the nearest of colours 16 to 255 (the first 16 belong to the user's own scheme)."""
    distance = np.sum((_xterm_oklab() - to_oklab([colour])) ** 2, axis=-1)
    return INDEXED + 16 + int(np.argmin(distance))


def rgb_of(colour: int, default: int) -> int:
    """Return the 0xRRGGBB that stands for any colour of a grid; `default` stands for -1."""
    if colour < 0:
        return default
    return colour if colour < INDEXED else xterm(colour - INDEXED)


@lru_cache(4096)
def is_light(colour: int) -> bool:
    """Say whether dark ink reads better on a colour than white does."""
    return bool(to_oklab([rgb_of(colour, 0)])[0, 0] > 0.62)


def blend(low: int, high: int, share: float) -> int:
    """Return the colour at `share` of the way between two 0xRRGGBB."""
    lab = to_oklab([low, high])
    return int(from_oklab(lab[:1] + (lab[1:] - lab[:1]) * share)[0])
