"""Embedding: rows of a table by number."""

import math
from typing import Any

from nnlab.engine.backend import Array, Namespace
from nnlab.engine.errors import DTypeError
from nnlab.engine.losses import check_indices, one_hot
from nnlab.engine.primitive import VALUE_CHECKS, primitive


@primitive
def embedding(xp: Namespace, indices: Array, w: Array) -> Any:
    """w[indices].  indices (...) whole numbers in [0, V), w (V, D) -> (..., D).  dw[v] = Σ g where the index is v.

    With tables (S, V, D) of S networks: indices (S, ...) -> (S, ..., D).
    """
    if not xp.isdtype(indices.dtype, "integral"):
        raise DTypeError(f"embedding: indices must be whole numbers, got {indices.dtype} {indices.shape}.")
    v, d = w.shape[-2:]
    if w.ndim == 2:
        flat = xp.reshape(indices, (-1,))
        y = xp.reshape(xp.take(w, flat, axis=0), (*indices.shape, d))
    else:
        lead = w.shape[:-2]
        networks = math.prod(lead)
        first = xp.reshape(xp.arange(0, networks * v, v, dtype=indices.dtype, device=indices.device), (networks, 1))
        flat = xp.reshape(indices, (networks, -1))
        rows = xp.take(xp.reshape(w, (networks * v, d)), xp.reshape(flat + first, (-1,)), axis=0)
        y = xp.reshape(rows, (*indices.shape, d))
        flat = xp.reshape(indices, (*lead, -1))
    # a product with the one-hot matrix adds up rows that were taken twice, and the standard has no add.at
    return y, (None, lambda g: one_hot(xp, flat, v, g.dtype).mT @ xp.reshape(g, (*flat.shape, d)))


def _check_rows(indices: Array, w: Array) -> None:
    check_indices("embedding", indices, w.shape[-2], "rows")


VALUE_CHECKS["embedding"] = _check_rows
