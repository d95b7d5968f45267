"""写出 Adam 的更新。

x 是参赛者的位置，g 是那里的梯度，m 和 v 是它记住的量。
请返回新的 x、m、v。

    m  <-  beta1 m + (1 - beta1) g
    v  <-  beta2 v + (1 - beta2) g²
    m' =   m / (1 - beta1^t)
    v' =   v / (1 - beta2^t)
    x  <-  x - rate m' / (√v' + 1e-8)

下面只写了其中的动量，除以 1：在本页的曲面上，用 Adam
的学习率，它会飞出地图。

    x, m, v, g    两个数的数组
    t             第几步：1、2、3……
    rate, beta1, beta2   数
"""

import numpy as np


def adam(x, m, v, g, t, rate, beta1, beta2):
    m = beta1 * m + (1 - beta1) * g
    size = np.ones(2)
    return x - rate * m / size, m, v
