"""Random streams: one host generator per seed and purpose, so that a run is the same on every backend.

With several seeds a stream draws for each seed from that seed's own generator and stacks the draws in front:
seed k alone draws exactly what seed k draws inside a batch.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nnlab.lab.events import HostArray

PURPOSES = ("init", "data", "shuffle", "latent", "dropout")

Size = int | tuple[int, ...]


class Stream:
    """Draws for one purpose; the methods are those of numpy.random.Generator.

    With one seed a draw has the shape `size`; with S seeds it is (S, *size).
    """

    def __init__(self, seeds: Sequence[int], purpose: str, *, is_batch: bool) -> None:
        key = (PURPOSES.index(purpose),)
        self._generators = [
            np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key))) for seed in seeds
        ]
        self._is_batch = is_batch

    def each(self, draw: Callable[[np.random.Generator], HostArray]) -> HostArray:
        """Call `draw` once per seed with that seed's generator: its (...) of one seed, (S, ...) of a batch."""
        if not self._is_batch:
            return draw(self._generators[0])
        return np.stack([draw(generator) for generator in self._generators])

    def generators(self) -> list[np.random.Generator]:
        """The generators, one per seed."""
        return list(self._generators)

    def normal(self, loc: float = 0.0, scale: float = 1.0, size: Size = ()) -> HostArray:
        """Gaussian draws (..., *size) with mean loc and standard deviation scale."""
        return self.each(lambda rng: np.asarray(rng.normal(loc, scale, size)))

    def standard_normal(self, size: Size = ()) -> HostArray:
        """Gaussian draws (..., *size) with mean 0 and standard deviation 1."""
        return self.each(lambda rng: np.asarray(rng.standard_normal(size)))

    def uniform(self, low: float = 0.0, high: float = 1.0, size: Size = ()) -> HostArray:
        """Uniform draws (..., *size) in [low, high)."""
        return self.each(lambda rng: np.asarray(rng.uniform(low, high, size)))

    def random(self, size: Size = ()) -> HostArray:
        """Uniform draws (..., *size) in [0, 1)."""
        return self.each(lambda rng: np.asarray(rng.random(size)))

    def integers(self, low: int, high: int | None = None, size: Size = ()) -> HostArray:
        """Whole numbers (..., *size) in [low, high), or [0, low)."""
        return self.each(lambda rng: np.asarray(rng.integers(low, high, size)))

    def permutation(self, n: int) -> HostArray:
        """A permutation of 0..n-1, (..., n)."""
        return self.each(lambda rng: rng.permutation(n))

    def state_dict(self) -> list[Any]:
        """The states of the generators, for a snapshot."""
        return [generator.bit_generator.state for generator in self._generators]

    def load_state_dict(self, states: list[Any]) -> None:
        """Go back to a snapshot's states."""
        for generator, state in zip(self._generators, states, strict=True):
            generator.bit_generator.state = state


class Streams:
    """All streams of a run: `streams.init`, `.data`, `.shuffle`, `.latent`, `.dropout`."""

    def __init__(self, seeds: Sequence[int]) -> None:
        self.seeds = tuple(seeds)
        is_batch = len(self.seeds) > 1
        self.leading = int(is_batch)
        """Number of leading axes that count seeds: 1 with several seeds, else 0."""
        self.init = Stream(seeds, "init", is_batch=is_batch)
        self.data = Stream(seeds, "data", is_batch=is_batch)
        self.shuffle = Stream(seeds, "shuffle", is_batch=is_batch)
        self.latent = Stream(seeds, "latent", is_batch=is_batch)
        self.dropout = Stream(seeds, "dropout", is_batch=is_batch)

    def state_dict(self) -> dict[str, list[Any]]:
        """The states of all streams, for a snapshot."""
        return {purpose: getattr(self, purpose).state_dict() for purpose in PURPOSES}

    def load_state_dict(self, states: dict[str, list[Any]]) -> None:
        """Go back to a snapshot's states."""
        for purpose, state in states.items():
            getattr(self, purpose).load_state_dict(state)
