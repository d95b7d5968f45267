"""Take the gradient back through time.

The word has been read: h holds the states of all T steps,
the first on top. g[t] is the slope of the loss at h[t] as
far as letter t alone goes. But h[t] also went into
every later state. What stands here forgets that.

Go from the last step to the first, and hand the slope on:

    d[t] = (g[t] + carried) · (1 − h[t]²)
    carried = d[t] wᵀ           for the step before

    g, h   (T, H)
    w      (H, H), h[t+1] = tanh(U x[t+1] + h[t] w + b)

Return d (T, H). From it come the slopes of U, W and b.
"""

import numpy as np


def back(g, h, w):
    d = np.zeros_like(g)
    for t in range(len(g)):
        d[t] = g[t] * (1 - h[t] ** 2)
    return d
