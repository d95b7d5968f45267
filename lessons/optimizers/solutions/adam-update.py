"""Momentum, a size for each weight, and the repair."""

import numpy as np


def adam(x, m, v, g, t, rate, beta1, beta2):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    average = m / (1 - beta1**t)
    size = np.sqrt(v / (1 - beta2**t))
    return x - rate * average / (size + 1e-8), m, v
