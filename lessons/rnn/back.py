"""The code exercise on back-propagation through time: the walk back, and a layer that trains by the learner's."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlab import engine
from nnlab.lab.authoring import Check, code, returned

from .network import Array

LearnerBack = Callable[[Array, Array, Array], Any]
"""back(g (T, H), h (T, H), W (H, H)) -> d (T, H), the slope of the loss before every tanh."""
TOLERANCE = 1e-5


def walk(g: Array, h: Array, w: Array) -> Array:
    """d_t = (g_t + d_(t+1) Wᵀ) (1 - h_t²), from the last step to the first."""
    d = np.zeros_like(g)
    carried = np.zeros(g.shape[-1])
    for t in reversed(range(len(g))):
        d[t] = (g[t] + carried) * (1 - h[t] ** 2)
        carried = d[t] @ w.T
    return d


def walk_of(learner: LearnerBack, g: Array, h: Array, w: Array) -> Array:
    """The learner's d for copies of g, h and W. Raises CodeError for anything but numbers of g's shape."""
    result = learner(g.copy(), h.copy(), w.copy())
    try:
        d = np.asarray(result, dtype=g.dtype)
    except (TypeError, ValueError):
        raise returned("back", result, f"d {g.shape}") from None
    if d.shape != g.shape:
        raise returned("back", d if d.ndim else float(d), f"d {g.shape}")
    if not np.isfinite(d).all():
        raise returned("back", float(d[~np.isfinite(d)][0]), f"d {g.shape}, |d| < ∞")
    return d


def layer_of(learner: LearnerBack) -> Any:
    """Return rnn(x, U, W, b) whose way back is the learner's: one call for every sequence of every network."""

    @engine.primitive
    def learners_rnn(xp: Any, x: Any, u: Any, w: Any, b: Any) -> Any:
        h = engine.values(engine.rnn(x, u, w, b))
        before = xp.concat((xp.zeros_like(h[..., :1, :, :]), h[..., :-1, :, :]), axis=-3)

        def walked(g: Any) -> Any:
            slopes, states, weights = (np.asarray(engine.to_host(array)) for array in (g, h, w))
            d = np.empty_like(states)
            for network in np.ndindex(states.shape[:-3]):
                for n in range(states.shape[-2]):
                    at = (*network, slice(None), n)
                    d[at] = walk_of(learner, slopes[at], states[at], weights[network])
            return engine.to_device(d)

        def flat(array: Any) -> Any:
            return xp.reshape(array, (*array.shape[:-3], array.shape[-3] * array.shape[-2], array.shape[-1]))

        return h, (
            None,
            lambda g: flat(x).mT @ flat(walked(g)),
            lambda g: flat(before).mT @ flat(walked(g)),
            lambda g: xp.sum(flat(walked(g)), axis=-2),
        )

    return learners_rnn


def _turned_wrong(g: Array, h: Array, w: Array) -> Array:
    """W where Wᵀ belongs."""
    return walk(g, h, w.T.copy())


@code("through-time", experiment="word", name="back", wrong=_turned_wrong)
def through_time(back: LearnerBack) -> list[Check]:
    """One unit by hand, one slope at the end, many of any size, then the slope against a nudge of the loss."""
    one = np.array([[0.0], [0.0], [1.0]]), np.array([[0.5], [0.5], [0.0]]), np.array([[2.0]])
    rng = np.random.default_rng(1990)
    checks = []
    got, right = walk_of(back, *one), walk(*one)
    checks.append(Check("T=3 H=1 W=2: d", _text(got), bool(np.allclose(got, right, atol=TOLERANCE)), _text(right)))
    g, h, w = rng.normal(size=(4, 2)), np.tanh(rng.normal(size=(4, 2))), rng.normal(size=(2, 2))
    got, right = walk_of(back, g, h, w)[3], walk(g, h, w)[3]
    checks.append(Check("T=4 H=2: d[3]", _text(got), bool(np.allclose(got, right, atol=TOLERANCE)), _text(right)))
    for steps, hidden in ((5, 3), (12, 8), (1, 4)):
        g, h = rng.normal(size=(steps, hidden)), np.tanh(rng.normal(size=(steps, hidden)))
        w = rng.normal(size=(hidden, hidden))
        farthest = float(np.max(np.abs(walk_of(back, g, h, w) - walk(g, h, w))))
        checks.append(Check(f"T={steps} H={hidden}: max Δ d", farthest, farthest < TOLERANCE, f"< {TOLERANCE:g}"))
    farthest = _against_nudge(back, rng)
    checks.append(Check("Σ hᵀd − ∂L/∂W", farthest, farthest < TOLERANCE, f"< {TOLERANCE:g}"))
    return checks


def _against_nudge(back: LearnerBack, rng: np.random.Generator) -> float:
    """Return how far ∂L/∂W by the learner's d is from nudging each number of W; L is a weighted sum of all h."""
    z, w, g = rng.normal(size=(6, 3)), rng.normal(size=(3, 3)) / 2, rng.normal(size=(6, 3))

    def states(weights: Array) -> Array:
        h = np.zeros((7, 3))
        for t in range(6):
            h[t + 1] = np.tanh(z[t] + h[t] @ weights)
        return h

    nudged = np.zeros((3, 3))
    for place in np.ndindex(3, 3):
        nudge = np.zeros((3, 3))
        nudge[place] = 1e-5
        nudged[place] = (g * (states(w + nudge) - states(w - nudge))[1:]).sum() / 2e-5
    h = states(w)
    return float(np.max(np.abs(h[:-1].T @ walk_of(back, g, h[1:], w) - nudged)))


def _text(values: Array) -> str:
    return " ".join(f"{value:.4g}" for value in values.reshape(-1)).replace("-", "−")
