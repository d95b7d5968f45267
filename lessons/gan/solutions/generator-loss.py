"""The non-saturating loss: steepest while D wins."""

import numpy as np


def generator_loss(s):
    loss = np.logaddexp(0, -s)
    slope = 1 / (1 + np.exp(-s)) - 1
    return loss, slope
