"""Write LeakyReLU and its slope.

What stands here is ReLU: below 0 both its value and its
slope are 0, and a unit that is always there never moves.
LeakyReLU lets a hundredth through on the left:

    a = z, or 0.01 z where z < 0

Return the values and the slopes a′(z), for every number
of z at once.

    z   array of any shape
"""

import numpy as np


def activation(z):
    a = np.where(z > 0, z, 0.0)
    slope = np.where(z > 0, 1.0, 0.0)
    return a, slope
