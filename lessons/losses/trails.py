"""The way that a point took, kept short however long it gets."""

from dataclasses import dataclass

import numpy as np

from .formulas import Array

LONGEST = 400
"""Places kept; beyond that every second one is dropped, so that a long run stays fast."""


@dataclass(slots=True)
class Trail:
    """Places (..., T, 2) in order, every `stride`-th of those that were passed."""

    places: Array
    stride: int = 1
    passed: int = 0

    def add(self, place: Array) -> None:
        """Take up the next place (..., 2)."""
        self.passed += 1
        if self.passed % self.stride:
            return
        self.places = np.concatenate([self.places, place[..., None, :]], axis=-2)
        if self.places.shape[-2] > LONGEST:
            self.places = self.places[..., ::2, :]
            self.stride *= 2

    def up_to(self, place: Array) -> Array:
        """Return the places and the present one (..., T + 1, 2), which need not be among those kept."""
        return np.concatenate([self.places, place[..., None, :]], axis=-2)
