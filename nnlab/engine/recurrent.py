"""Whole-sequence recurrent layers, with backpropagation through time written out.

x (..., T, N, D): T steps of N sequences, leading axes count networks. H units; h_t and c_t are (..., N, H). The part of
the input, x @ w_x + b, is one matrix product for all steps. `trace` receives every gate and state by name.
"""

from collections.abc import Callable
from typing import Any

from nnlab.engine.backend import Array, Namespace
from nnlab.engine.errors import ShapeError
from nnlab.engine.matmul import column_sums
from nnlab.engine.primitive import primitive

Trace = dict[str, Array] | None


@primitive
def rnn(
    xp: Namespace, x: Array, w_x: Array, w_h: Array, b: Array, h_0: Array | None = None, *, trace: Trace = None
) -> Any:
    """h_t = tanh(x_t w_x + h_(t-1) w_h + b).  w_x (..., D, H), w_h (..., H, H), b (..., H), h_0 (..., N, H) or 0.

    -> h (..., T, N, H).  d_t = (g_t + d_(t+1) w_hᵀ) (1 - h_t²);  dx = d w_xᵀ, dw_x = xᵀ d, dw_h = h_(t-1)ᵀ d, db = Σ d.
    """
    z = _input_part(xp, "rnn", x, w_x, w_h, b, 1)
    h_0 = _start(xp, z, w_h) if h_0 is None else h_0
    h, before = xp.empty_like(z), h_0
    for t in range(z.shape[-3]):
        before = xp.tanh(z[..., t, :, :] + before @ w_h)
        h[..., t, :, :] = before
    if trace is not None:
        trace.update(pre_activation=xp.atanh(xp.clip(h, -1, 1)), hidden=h)

    def through_time(g: Array) -> tuple[Array, Array]:
        d, slope, carried, back = xp.empty_like(z), 1 - h * h, 0.0, _turned(xp, w_h)
        for t in reversed(range(z.shape[-3])):
            d_t = (g[..., t, :, :] + carried) * slope[..., t, :, :]
            d[..., t, :, :] = d_t
            carried = d_t @ back
        return d, carried

    return h, _vjps(xp, through_time, x, w_x, lambda: _shifted(xp, h, h_0), lambda d: d)


@primitive
def lstm(
    xp: Namespace,
    x: Array,
    w_x: Array,
    w_h: Array,
    b: Array,
    h_0: Array | None = None,
    c_0: Array | None = None,
    *,
    trace: Trace = None,
) -> Any:
    """i, f, o = sigmoid, g = tanh of z_t = x_t w_x + h_(t-1) w_h + b;  c_t = f c_(t-1) + i g;  h_t = o tanh(c_t).

    Columns in the order i, f, g, o: w_x (..., D, 4H), w_h (..., H, 4H), b (..., 4H). -> (h (..., T, N, H), last c).
    Hochreiter, Schmidhuber 1997; forget gate of Gers et al. 2000. The backward carries dh and dc from step to step:
    dc += dh o (1 - tanh²c);  dz = (dc g i', dc c_(t-1) f', dc i g', dh tanh(c) o');  dc f and dz w_hᵀ go on to t - 1.
    """
    gates = _input_part(xp, "lstm", x, w_x, w_h, b, 4)  # becomes z, then the gates, step by step
    n = w_h.shape[-2]
    h_0 = _start(xp, gates, w_h) if h_0 is None else h_0
    c_0 = xp.zeros_like(h_0) if c_0 is None else c_0
    parts = [(..., slice(k * n, (k + 1) * n)) for k in range(4)]
    halves = xp.full((4 * n,), 0.5, dtype=gates.dtype, device=gates.device)
    halves[2 * n : 3 * n] = 1.0
    shift = 1 - halves  # sigmoid(z) = tanh(z / 2) / 2 + 1/2: one tanh serves all four gates
    shape = (*gates.shape[:-1], n)
    c, tanh_c, h = (xp.empty(shape, dtype=gates.dtype, device=gates.device) for _ in range(3))
    h_t, c_t = h_0, c_0
    gates *= halves
    w_half = w_h * halves
    for t in range(shape[-3]):
        gates_t = gates[..., t, :, :]
        z = h_t @ w_half
        z += gates_t
        z = xp.tanh(z)
        z *= halves
        z += shift
        gates_t[...] = z
        c_t = z[parts[1]] * c_t
        c_t += z[parts[0]] * z[parts[2]]
        tanh_t = xp.tanh(c_t)
        h_t = z[parts[3]] * tanh_t
        c[..., t, :, :], tanh_c[..., t, :, :], h[..., t, :, :] = c_t, tanh_t, h_t
    i, f, g_, o = (gates[part] for part in parts)
    if trace is not None:
        trace.update(input_gate=i, forget_gate=f, candidate=g_, output_gate=o, cell=c, hidden=h)

    def through_time(g: Any) -> tuple[Array, Array, Array]:
        g_h, g_c = g
        d = 1 - gates  # becomes the slope of each gate times what it multiplies, then dz step by step
        d *= gates
        d[parts[2]] = 1 - g_ * g_
        for part, factor in zip(parts, (g_, _shifted(xp, c, c_0), i, tanh_c), strict=True):
            view = d[part]
            view *= factor
        into_c = tanh_c * tanh_c
        into_c -= 1
        into_c *= -o
        dh, dc = xp.zeros_like(h_0), xp.zeros_like(h_0) if g_c is None else g_c
        fours = xp.reshape(d, (*d.shape[:-1], 4, n))
        back = _turned(xp, w_h)
        for t in reversed(range(shape[-3])):
            if g_h is not None:
                dh = dh + g_h[..., t, :, :]
            dc = dc + dh * into_c[..., t, :, :]
            of_c, of_o = fours[..., t, :, :3, :], fours[..., t, :, 3, :]
            of_c *= dc[..., None, :]
            of_o *= dh
            dc = dc * f[..., t, :, :]
            dh = d[..., t, :, :] @ back
        return d, dh, dc

    vjps = _vjps(xp, through_time, x, w_x, lambda: _shifted(xp, h, h_0), lambda d: d)
    run = vjps[0].run
    return (h, c_t), (*vjps, lambda g: run(g)[2])


@primitive
def gru(
    xp: Namespace,
    x: Array,
    w_x: Array,
    w_h: Array,
    b: Array,
    b_h: Array,
    h_0: Array | None = None,
    *,
    trace: Trace = None,
) -> Any:
    """r, z = sigmoid of x w_x + h w_h + b + b_h;  n = tanh(x w_x + b + r (h w_h + b_h));  h_t = (1 - z) n + z h_(t-1).

    Columns in the order r, z, n: w_x (..., D, 3H), w_h (..., H, 3H), b, b_h (..., 3H). -> h (..., T, N, H).
    arXiv 1406.1078, in torch's form. The backward: dn = dh (1 - z) n', dz = dh (h_(t-1) - n) z', dr = dn q r' with
    q = h w_h + b_h of n's columns; dh z and the gradient through w_hᵀ go on to t - 1.
    """
    z_x = _input_part(xp, "gru", x, w_x, w_h, b, 3)
    n = w_h.shape[-2]
    h_0 = _start(xp, z_x, w_h) if h_0 is None else h_0
    shape = (*z_x.shape[:-1], n)
    r, z, c, q, h = (xp.empty(shape, dtype=z_x.dtype, device=z_x.device) for _ in range(5))
    rows = b_h if b_h.ndim == 1 else b_h[..., None, :]
    h_t = h_0
    for t in range(shape[-3]):
        part_x = z_x[..., t, :, :]
        part_h = h_t @ w_h + rows
        rz = 0.5 * xp.tanh(0.5 * (part_x[..., : 2 * n] + part_h[..., : 2 * n])) + 0.5
        r_t, z_t, q_t = rz[..., :n], rz[..., n:], part_h[..., 2 * n :]
        c_t = xp.tanh(part_x[..., 2 * n :] + r_t * q_t)
        h_t = c_t + z_t * (h_t - c_t)
        r[..., t, :, :], z[..., t, :, :], c[..., t, :, :], q[..., t, :, :] = r_t, z_t, c_t, q_t
        h[..., t, :, :] = h_t
    if trace is not None:
        trace.update(reset_gate=r, update_gate=z, candidate=c, hidden=h)

    def through_time(g: Array) -> tuple[Array, Array, Array]:
        d_x, d_h = xp.empty_like(z_x), xp.empty_like(z_x)
        into_c = (1 - z) * (1 - c * c)
        into_z = (_shifted(xp, h, h_0) - c) * z * (1 - z)
        into_r = q * r * (1 - r)
        dh, back = xp.zeros_like(h_0), _turned(xp, w_h)
        for t in reversed(range(shape[-3])):
            dh = dh + g[..., t, :, :]
            dc = dh * into_c[..., t, :, :]
            both = xp.concat((dc * into_r[..., t, :, :], dh * into_z[..., t, :, :]), axis=-1)
            d_t = xp.concat((both, dc * r[..., t, :, :]), axis=-1)
            d_x[..., t, :, :] = xp.concat((both, dc), axis=-1)
            d_h[..., t, :, :] = d_t
            dh = dh * z[..., t, :, :] + d_t @ back
        return d_x, dh, d_h

    vjps = _vjps(xp, through_time, x, w_x, lambda: _shifted(xp, h, h_0), None)
    run = vjps[0].run
    return h, (*vjps[:4], lambda g: column_sums(xp, _flat(xp, run(g)[2])), vjps[4])


class Once:
    """Runs the walk through time once for the vjps of one backward pass: they all come with the same cotangent."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function
        self.cotangent: Any = None
        self.result: Any = None

    def __call__(self, g: Any) -> Any:
        if self.cotangent is not g:
            self.cotangent, self.result = g, self.function(g)
        return self.result


class _InputVjp:
    """dx = d w_xᵀ; it carries the shared walk for the vjps that a layer has besides the usual ones."""

    def __init__(self, run: Once, w_x: Array) -> None:
        self.run = run
        self.w_x = w_x

    def __call__(self, g: Any) -> Array:
        d = self.run(g)[0]
        w = self.w_x.mT
        return d @ (w if w.ndim == 2 else w[..., None, :, :])


def _vjps(
    xp: Namespace, through_time: Callable[[Any], tuple[Any, ...]], x: Array, w_x: Array, before: Any, same: Any
) -> tuple[Any, ...]:
    """Return the vjps of x, w_x, w_h, b and h_0. `same` is None where the hidden part has a gradient of its own."""
    run = Once(through_time)

    def hidden(g: Any) -> Array:
        return _flat(xp, run(g)[0] if same is not None else run(g)[2])

    return (
        _InputVjp(run, w_x),
        lambda g: _flat(xp, x).mT @ _flat(xp, run(g)[0]),
        lambda g: _flat(xp, before()).mT @ hidden(g),
        lambda g: column_sums(xp, _flat(xp, run(g)[0])),
        lambda g: run(g)[1],
    )


def _input_part(xp: Namespace, name: str, x: Array, w_x: Array, w_h: Array, b: Array, gates: int) -> Array:
    """Return x w_x + b (..., T, N, gates H), a new array, after a look at the shapes."""
    h = w_h.shape[-2]
    if x.ndim < 3 or x.shape[-1] != w_x.shape[-2] or w_x.shape[-1] != gates * h or w_h.shape[-1] != gates * h:
        raise ShapeError(
            f"{name}: expected x (..., T, N, D), w_x (..., D, {gates}H) and w_h (..., H, {gates}H), "
            f"got x {x.shape}, w_x {w_x.shape} and w_h {w_h.shape}."
        )
    z = _flat(xp, x) @ w_x + (b if b.ndim == 1 else b[..., None, :])
    return xp.reshape(z, (*z.shape[:-2], *x.shape[-3:-1], gates * h))


def _start(xp: Namespace, z: Array, w_h: Array) -> Array:
    return xp.zeros((*z.shape[:-3], z.shape[-2], w_h.shape[-2]), dtype=z.dtype, device=z.device)


def _flat(xp: Namespace, x: Array) -> Array:
    """(..., T, N, D) -> (..., T N, D)."""
    return xp.reshape(x, (*x.shape[:-3], x.shape[-3] * x.shape[-2], x.shape[-1]))


def _shifted(xp: Namespace, h: Array, h_0: Array) -> Array:
    """Return the states before each step: h_0, h_1, ..., h_(T-1)."""
    first = xp.broadcast_to(h_0, (*h.shape[:-3], *h.shape[-2:]))[..., None, :, :]
    return xp.concat((first, h[..., :-1, :, :]), axis=-3)


def _turned(xp: Namespace, w: Array) -> Array:
    """Return wᵀ in its own memory: read across the rows of w, a product of 32 rows takes 31 us instead of 7."""
    turned = xp.empty((*w.shape[:-2], w.shape[-1], w.shape[-2]), dtype=w.dtype, device=w.device)
    turned[...] = w.mT
    return turned
