"""From last to first, and the slope is handed on."""

import numpy as np


def back(g, h, w):
    d = np.zeros_like(g)
    carried = np.zeros(g.shape[1])
    for t in reversed(range(len(g))):
        d[t] = (g[t] + carried) * (1 - h[t] ** 2)
        carried = d[t] @ w.T
    return d
