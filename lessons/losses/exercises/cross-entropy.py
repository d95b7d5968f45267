"""Write binary cross-entropy and its slope.

z is the sum of a sigmoid neuron, its logit; y is the
target. Return the loss and its slope by z. Below is the
squared cost, so both twins creep now. Replace it by

    L = -y ln p - (1 - y) ln(1 - p)

Mind z = 40: there p is rounded to 1, and ln(1 - p) has
no value. The loss is 40 all the same.

    z   the logit, a number
    y   the target, 0 or 1
"""

import numpy as np


def cross_entropy(z, y):
    p = 1 / (1 + np.exp(-z))
    loss = (p - y) ** 2 / 2
    slope = (p - y) * p * (1 - p)
    return loss, slope
