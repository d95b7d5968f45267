"""Recurrent layers. The bias is one more row of w_x, whose input is 1; states are stored one longer than time."""

from collections.abc import Iterable
from typing import Any

from nnlab.engine.backend import Array, Namespace
from nnlab.engine.kernels.table import are_alike, kernel
from nnlab.engine.recurrent import Once


@kernel
def rnn(
    xp: Namespace, x: Array, w_x: Array, w_h: Array, b: Array, h_0: Array | None = None, *, trace: Any = None
) -> Any:
    """See recurrent.rnn. A step is a product, a sum and a tanh, each into memory that is there."""
    if not _fits_recurrence(x, w_x, w_h, b, 1, h_0):
        return None
    inputs = _with_ones(xp, x)
    z = _unflat(inputs @ xp.concat((w_x, b[..., None, :]), axis=-2), x)
    states = _states(xp, z, h_0)
    over_time = _by_time(states)
    product = xp.empty_like(over_time[0])
    for z_t, before, after in zip(_by_time(z), over_time, over_time[1:], strict=False):
        xp.matmul(before, w_h, out=product)
        xp.add(product, z_t, out=product)
        xp.tanh(product, out=after)
    h = states[..., 1:, :, :]
    if trace is not None:
        trace.update(pre_activation=xp.atanh(xp.clip(h, -1, 1)), hidden=h)

    def through_time(g: Array) -> tuple[Array, Array, Array]:
        d = xp.multiply(h, h)
        xp.subtract(1, d, out=d)
        back = w_h.mT.copy()
        carried, total = xp.zeros_like(product), xp.empty_like(product)
        for d_t, g_t in zip(_by_time(d)[::-1], _by_time(g)[::-1], strict=True):
            xp.add(g_t, carried, out=total)
            xp.multiply(d_t, total, out=d_t)
            xp.matmul(d_t, back, out=carried)
        d = _flat(d)
        return d, _before(xp, states, inputs).mT @ d, carried

    run = Once(through_time)
    return h, (
        lambda g: _unflat(run(g)[0] @ w_x.mT, x),
        lambda g: run(g)[1][..., states.shape[-1] : -1, :],
        lambda g: run(g)[1][..., : states.shape[-1], :],
        lambda g: run(g)[1][..., -1, :],
        lambda g: run(g)[2],
    )


@kernel
def lstm(
    xp: Namespace,
    x: Array,
    w_x: Array,
    w_h: Array,
    b: Array,
    h_0: Array | None = None,
    c_0: Array | None = None,
    *,
    trace: Any = None,
) -> Any:
    """See recurrent.lstm. In memory the gates lie one after the other, i, f, o, g: (4, ..., T, N, H).

    Each gate of a step then is one run of memory, one tanh serves all four (sigmoid(z) = tanh(z / 2) / 2 + 1/2, the
    halves being taken into the weights), and what a step makes stays in the cache while it is used.
    """
    if not _fits_recurrence(x, w_x, w_h, b, 4, h_0, c_0):
        return None
    inputs = _with_ones(xp, x)
    halves = (0.5, 0.5, 0.5, 1.0)
    gates = _unflat(inputs @ _by_gate(xp, xp.concat((w_x, b[..., None, :]), axis=-2), halves), x)
    into_gates = _by_gate(xp, w_h, halves)
    hs, cs = _states(xp, gates[0], h_0), _states(xp, gates[0], c_0)
    tanh_c = xp.empty_like(hs[..., 1:, :, :])
    h_t, c_t, tanh_t, gates_t = _by_time(hs), _by_time(cs), _by_time(tanh_c), _by_time(gates)
    product = xp.empty_like(gates_t[0])
    term = product[0]
    for t, z in enumerate(gates_t):
        xp.matmul(h_t[t], into_gates, out=product)
        xp.add(z, product, out=z)
        xp.tanh(z, out=z)
        sigmoids, c = z[:3], c_t[t + 1]
        xp.multiply(sigmoids, 0.5, out=sigmoids)
        xp.add(sigmoids, 0.5, out=sigmoids)
        xp.multiply(z[1], c_t[t], out=c)
        xp.multiply(z[0], z[3], out=term)
        xp.add(c, term, out=c)
        xp.tanh(c, out=tanh_t[t])
        xp.multiply(z[2], tanh_t[t], out=h_t[t + 1])
    h, c_last = hs[..., 1:, :, :], c_t[-1].copy()
    if trace is not None:
        trace.update(input_gate=gates[0], forget_gate=gates[1], candidate=gates[3], output_gate=gates[2])
        trace.update(cell=cs[..., 1:, :, :], hidden=h)

    def through_time(g: Any) -> tuple[Array, Array, Array, Array]:
        g_h, g_c = g
        d = xp.empty_like(gates)
        back = _by_gate(xp, w_h, (1.0,) * 4).mT.copy()
        dh, slope, into_c = xp.zeros_like(term), xp.empty_like(product), xp.empty_like(term)
        dc = xp.zeros_like(term) if g_c is None else g_c.copy()
        d_t, g_t = _by_time(d), None if g_h is None else _by_time(g_h)
        for t in range(len(d_t) - 1, -1, -1):
            z, dz = gates_t[t], d_t[t]
            if g_t is not None:
                xp.add(dh, g_t[t], out=dh)
            xp.multiply(h_t[t + 1], tanh_t[t], out=into_c)  # o (1 - tanh²) = o - h tanh
            xp.subtract(z[2], into_c, out=into_c)
            xp.multiply(into_c, dh, out=into_c)
            xp.add(dc, into_c, out=dc)
            xp.multiply(dc, z[3], out=dz[0])
            xp.multiply(dc, c_t[t], out=dz[1])
            xp.multiply(dh, tanh_t[t], out=dz[2])
            xp.multiply(dc, z[0], out=dz[3])
            xp.multiply(z, z, out=slope)
            xp.subtract(z[:3], slope[:3], out=slope[:3])
            xp.subtract(1, slope[3], out=slope[3])
            xp.multiply(dz, slope, out=dz)
            xp.multiply(dc, z[1], out=dc)
            xp.matmul(dz, back, out=slope)
            xp.add(slope[0], slope[1], out=dh)
            xp.add(dh, slope[2], out=dh)
            xp.add(dh, slope[3], out=dh)
        d = _flat(d)
        return d, _by_column(xp, _before(xp, hs, inputs).mT @ d), dh, dc

    run = Once(through_time)
    return (h, c_last), (
        lambda g: _unflat(xp.sum(run(g)[0] @ _by_gate(xp, w_x, (1.0,) * 4).mT, axis=0), x),
        lambda g: run(g)[1][..., hs.shape[-1] : -1, :],
        lambda g: run(g)[1][..., : hs.shape[-1], :],
        lambda g: run(g)[1][..., -1, :],
        lambda g: run(g)[2],
        lambda g: run(g)[3],
    )


_COLUMNS = (0, 1, 3, 2)
"""Where the gates in memory, i, f, o, g, stand among the columns of a weight, i, f, g, o."""


def _by_gate(xp: Namespace, w: Array, factors: Iterable[float]) -> Array:
    """Columns (..., D, 4H) -> the gates one after the other, each times its factor: (4, ..., D, H)."""
    n = w.shape[-1] // 4
    gates = xp.empty((4, *w.shape[:-1], n), dtype=w.dtype)
    for gate, (column, factor) in enumerate(zip(_COLUMNS, factors, strict=True)):
        xp.multiply(w[..., column * n : (column + 1) * n], factor, out=gates[gate])
    return gates


def _by_column(xp: Namespace, gates: Array) -> Array:
    """(4, ..., D, H) -> columns (..., D, 4H)."""
    return xp.concat(tuple(gates[gate] for gate in _COLUMNS), axis=-1)


def _fits_recurrence(x: Array, w_x: Array, w_h: Array, b: Array, gates: int, *states: Array | None) -> bool:
    n = w_h.shape[-2]
    lead = w_h.shape[:-2]
    return (
        x.ndim >= 3
        and x.shape[-1] == w_x.shape[-2]
        and w_x.shape[-1] == w_h.shape[-1] == b.shape[-1] == gates * n
        and w_x.shape[:-2] == b.shape[:-1] == lead
        and x.shape[:-3] in ((), lead)
        and all(state is None or state.shape == (*lead, x.shape[-2], n) for state in states)
        and x.dtype.kind == "f"
        and are_alike(x, w_x, w_h, b, *states)
    )


def _with_ones(xp: Namespace, x: Array) -> Array:
    """(..., T, N, D) -> (..., T N, D + 1), the last column ones."""
    with_ones = xp.ones((*x.shape[:-3], x.shape[-3] * x.shape[-2], x.shape[-1] + 1), dtype=x.dtype)
    with_ones[..., :-1] = _flat(x)
    return with_ones


def _before(xp: Namespace, states: Array, inputs: Array) -> Array:
    """Return all that a step reads, (..., T N, H + D + 1): one product then gives the gradients of all weights."""
    before = _flat(states[..., :-1, :, :])
    return xp.concat((before, xp.broadcast_to(inputs, (*before.shape[:-1], inputs.shape[-1]))), axis=-1)


def _states(xp: Namespace, like: Array, first: Array | None) -> Array:
    """Return room for the states before and after each step of (..., T, N, H), the first one filled in."""
    *lead, time, n, h = like.shape
    states = xp.empty((*lead, time + 1, n, h), dtype=like.dtype)
    states[..., 0, :, :] = 0 if first is None else first
    return states


def _by_time(x: Array) -> list[Array]:
    """Return the views of (..., T, N, H), one per step."""
    time = range(x.shape[-3])
    return [x[t] for t in time] if x.ndim == 3 else [x[..., t, :, :] for t in time]


def _flat(x: Array) -> Array:
    return x.reshape((*x.shape[:-3], x.shape[-3] * x.shape[-2], x.shape[-1]))


def _unflat(flat: Array, x: Array) -> Array:
    """(..., T N, H) -> (..., T, N, H) with T and N as in x (..., T, N, D)."""
    return flat.reshape((*flat.shape[:-2], *x.shape[-3:-1], flat.shape[-1]))
