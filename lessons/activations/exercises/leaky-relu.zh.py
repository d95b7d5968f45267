"""写出 LeakyReLU 和它的斜率。

下面写的是 ReLU：小于 0 时，值和斜率都是 0；
一直停在那里的单元永远不会动。
LeakyReLU 让左边也通过百分之一：

    a = z；z < 0 时为 0.01 z

请对 z 里的每个数一并返回值 a 和斜率 a′(z)。

    z   任意形状的数组
"""

import numpy as np


def activation(z):
    a = np.where(z > 0, z, 0.0)
    slope = np.where(z > 0, 1.0, 0.0)
    return a, slope
