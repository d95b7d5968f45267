"""Walks and pictures that do not depend on the seed: the same observation for every seed."""

from typing import Any

import numpy as np

from nnlab.lab.authoring import Streams
from nnlab.lab.events import Observation

Array = np.ndarray[Any, np.dtype[Any]]


def seeds_shape(streams: Streams) -> tuple[int, ...]:
    """Return () for one seed, (S,) for several."""
    return (len(streams.seeds),) if streams.leading else ()


def alike(seeds: tuple[int, ...], **arrays: Any) -> Observation:
    """Repeat arrays along the seeds axis, where there is one."""
    return {name: np.broadcast_to(np.asarray(value), (*seeds, *np.shape(value))) for name, value in arrays.items()}
