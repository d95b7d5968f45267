"""写出二元交叉熵和它的斜率。

z 是 sigmoid 神经元的加权和（即 logit），y 是目标。
请返回损失和它对 z 的斜率。下面写的是平方代价，所以
现在双胞胎都在慢慢爬。把它换成

    L = -y ln p - (1 - y) ln(1 - p)

留意 z = 40：那里 p 被舍入成 1，ln(1 - p) 没有值。
可损失仍然是 40。

    z   logit，一个数
    y   目标，0 或 1
"""

import numpy as np


def cross_entropy(z, y):
    p = 1 / (1 + np.exp(-z))
    loss = (p - y) ** 2 / 2
    slope = (p - y) * p * (1 - p)
    return loss, slope
