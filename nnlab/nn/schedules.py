"""Learning-rate schedules: functions of the step number (0, 1, ...) that return the rate. Assign the result:

rate = cosine(0.1, steps=1000, warm_up=50)
optimizer.learning_rate = rate(step)
"""

import math
from collections.abc import Callable

from nnlab.engine.errors import ValueRangeError, unknown_name

Schedule = Callable[[int], float]


def constant(rate: float) -> Schedule:
    """The same rate throughout."""
    return lambda step: rate


def step_decay(rate: float, *, every: int, factor: float = 0.1) -> Schedule:
    """rate factor^(step // every): a drop every so many steps."""
    _positive("step_decay", "every", every)
    return lambda step: rate * factor ** (step // every)


def exponential(rate: float, *, factor: float) -> Schedule:
    """rate factor^step."""
    return lambda step: rate * factor**step


def cosine(rate: float, *, steps: int, end: float = 0.0) -> Schedule:
    """Half a cosine from rate to end over `steps` steps, then end (arXiv 1608.03983)."""
    _positive("cosine", "steps", steps)
    return lambda step: end + (rate - end) * (1 + math.cos(math.pi * min(step, steps) / steps)) / 2


def warm_up(schedule: Schedule, *, steps: int) -> Schedule:
    """Rise linearly to the schedule's first rate over `steps` steps, then follow it from its start."""
    _positive("warm_up", "steps", steps)
    return lambda step: schedule(0) * (step + 1) / steps if step < steps else schedule(step - steps)


SCHEDULES: dict[str, Callable[..., Schedule]] = {
    "constant": constant,
    "step": step_decay,
    "exponential": exponential,
    "cosine": cosine,
}
"""By name; warm_up goes in front of any of them."""


def schedule(name: str, rate: float, **options: float) -> Schedule:
    """Return a schedule by name. ValueRangeError lists the names."""
    if name not in SCHEDULES:
        raise unknown_name("schedule", name, SCHEDULES)
    return SCHEDULES[name](rate, **options)


def _positive(name: str, option: str, value: int) -> None:
    if value < 1:
        raise ValueRangeError(f"{name}: {option} must be at least 1, got {value}.")
