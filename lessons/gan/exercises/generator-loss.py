"""Write the loss of the generator.

s holds D's answers to generated points, as logits:
D = 1 / (1 + exp(-s)). Return the loss of each point, and
its slope: by how much the loss grows with s. G moves its
points so that the loss falls.

    s    logits, an array (n, 1)

What stands here is the first idea, log(1 - D). While D is
sure of itself (s far below 0) its slope is almost zero,
and G learns nothing. Return -log D and its slope instead:
the steepest where D is surest.
"""

import numpy as np


def generator_loss(s):
    d = 1 / (1 + np.exp(-s))
    loss = np.log(1 - d)
    slope = -d
    return loss, slope
