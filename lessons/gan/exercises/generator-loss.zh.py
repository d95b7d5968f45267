"""写出生成器的损失。

s 是 D 对生成点的回答，以 logit 表示：
D = 1 / (1 + exp(-s))。返回每个点的损失，
以及斜率：s 每增加一点，损失增加多少。
G 会移动它的点，让损失下降。

    s    logit 数组 (n, 1)

这里写的是最初的想法 log(1 - D)。当 D 很有把握时
（s 远小于 0），它的斜率几乎为零，G 什么也学不到。
请改为返回 -log D 和它的斜率。
"""

import numpy as np


def generator_loss(s):
    d = 1 / (1 + np.exp(-s))
    loss = np.log(1 - d)
    slope = -d
    return loss, slope
