"""One window, one sum of products, at every place."""

import numpy as np


def correlate(image, kernel, stride):
    high, wide = kernel.shape
    rows = (image.shape[0] - high) // stride + 1
    columns = (image.shape[1] - wide) // stride + 1
    z = np.zeros((rows, columns))
    for r in range(rows):
        for c in range(columns):
            top, left = r * stride, c * stride
            window = image[top:, left:][:high, :wide]
            z[r, c] = np.sum(window * kernel)
    return z
