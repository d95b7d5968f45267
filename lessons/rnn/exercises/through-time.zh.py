"""让梯度沿时间往回走。

单词已经读完：h 里是全部 T 步的状态，第一步在最上面。
g[t] 是只考虑第 t 个字母时，损失对 h[t] 的斜率。
可是 h[t] 还进入了后面的每个状态；下面的写法忘了这一点。

请从最后一步走到第一步，把斜率传下去：

    d[t] = (g[t] + carried) · (1 − h[t]²)
    carried = d[t] wᵀ           交给前一步

    g, h   (T, H)
    w      (H, H)，h[t+1] = tanh(U x[t+1] + h[t] w + b)

返回 d (T, H)；U、W、b 的斜率都由它得出。
"""

import numpy as np


def back(g, h, w):
    d = np.zeros_like(g)
    for t in range(len(g)):
        d[t] = g[t] * (1 - h[t] ** 2)
    return d
