"""The seven update rules as the lesson's pages write them: a few lines of arithmetic each, apart from the engine's."""

import numpy as np

from .surfaces import Array, surface

BETA, ALPHA, BETA2, DECAY, EPS = 0.9, 0.9, 0.999, 0.01, 1e-8


def by_hand(name: str, place: str, rate: float, steps: int, *, is_corrected: bool = True) -> Array:
    """Where the rule of that name stands on a surface after so many steps from its start (2,).

    is_corrected: False leaves out Adam's bias correction.
    """
    ground = surface(place)
    p = np.array(ground.start)
    m, v = np.zeros(2), np.zeros(2)
    for t in range(1, steps + 1):
        g = ground.slope(p)
        if name == "sgd":
            p = p - rate * g
        elif name == "momentum":
            m = BETA * m + g
            p = p - rate * m
        elif name == "nesterov":
            m = BETA * m + g
            p = p - rate * (g + BETA * m)
        elif name == "adagrad":
            v = v + g * g
            p = p - rate * g / (np.sqrt(v) + EPS)
        elif name == "rmsprop":
            v = ALPHA * v + (1 - ALPHA) * g * g
            p = p - rate * g / (np.sqrt(v) + EPS)
        else:
            m = BETA * m + (1 - BETA) * g
            v = BETA2 * v + (1 - BETA2) * g * g
            late, slow = (1 - BETA**t, 1 - BETA2**t) if is_corrected else (1.0, 1.0)
            if name == "adamw":
                p = p - rate * DECAY * p
            p = p - rate * (m / late) / (np.sqrt(v / slow) + EPS)
    return p
