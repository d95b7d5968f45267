"""Write Adam's update.

x is where the runner stands, g the gradient there, m and
v what it remembers. Return the new x, m and v.

    m  <-  beta1 m + (1 - beta1) g
    v  <-  beta2 v + (1 - beta2) g²
    m' =   m / (1 - beta1^t)
    v' =   v / (1 - beta2^t)
    x  <-  x - rate m' / (√v' + 1e-8)

Below is the momentum in it, divided by 1: at Adam's
rate, on this page's surface, it flies off the map.

    x, m, v, g    arrays of 2 numbers
    t             the step: 1, 2, 3, ...
    rate, beta1, beta2   numbers
"""

import numpy as np


def adam(x, m, v, g, t, rate, beta1, beta2):
    m = beta1 * m + (1 - beta1) * g
    size = np.ones(2)
    return x - rate * m / size, m, v
