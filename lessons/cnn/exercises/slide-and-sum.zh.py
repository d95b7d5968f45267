"""让窗口滑动，并求和。

算特征图第 r 行第 c 列时，窗口的左上角
位于像素 (r * stride, c * stride)。窗口下的每个像素
乘以对应的权重，加起来就是 z[r, c]。
核不翻转。填充和偏置由我们负责。

    image    像素数组 (H, W)
    kernel   权重数组，多为 (3, 3)
    stride   步幅：1、2 或 3

特征图的大小已经对了，第一个位置也对了。
"""

import numpy as np


def correlate(image, kernel, stride):
    high, wide = kernel.shape
    rows = (image.shape[0] - high) // stride + 1
    columns = (image.shape[1] - wide) // stride + 1
    z = np.zeros((rows, columns))
    z[0, 0] = np.sum(image[:high, :wide] * kernel)
    return z
