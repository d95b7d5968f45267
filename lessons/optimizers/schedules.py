"""The schedules of this lesson: a choice's name and a number of steps make the engine's schedule."""

from collections.abc import Callable

from nnlab import nn

SCHEDULES = ("constant", "step", "exponential", "cosine", "warmup")


def schedule(name: str, rate: float, horizon: int) -> Callable[[int], float]:
    """Return the engine's schedule of that name, spread over `horizon` steps."""
    if name == "step":
        return nn.schedules.step_decay(rate, every=max(1, horizon // 3))
    if name == "exponential":
        return nn.schedules.exponential(rate, factor=0.01 ** (1 / horizon))
    if name == "cosine":
        return nn.schedules.cosine(rate, steps=horizon)
    if name == "warmup":
        rise = max(1, horizon // 10)
        return nn.schedules.warm_up(nn.schedules.cosine(rate, steps=max(1, horizon - rise)), steps=rise)
    return nn.schedules.constant(rate)
