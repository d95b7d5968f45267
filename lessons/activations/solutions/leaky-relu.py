"""On the left a hundredth of both: value and slope."""

import numpy as np


def activation(z):
    a = np.where(z > 0, z, 0.01 * z)
    slope = np.where(z > 0, 1.0, 0.01)
    return a, slope
