"""Activations in plain NumPy, as they stand in an exported script; their form is that of layer_parts.py."""

from typing import Any

import numpy as np


def identity(x: Any, name: str, parameters: Any, gradients: Any) -> Any:
    """x."""
    return x, lambda g: g


def step(x: Any, name: str, parameters: Any, gradients: Any) -> Any:
    """1 where x >= 0, else 0; its slope is 0."""
    return (x >= 0).astype(x.dtype), np.zeros_like


def sigmoid(x: Any, name: str, parameters: Any, gradients: Any) -> Any:
    """1 / (1 + e^-x), without overflow."""
    e = np.exp(-np.abs(x))
    y = np.where(x >= 0, np.ones_like(e), e) / (1 + e)
    return y, lambda g: g * (y * (1 - y))


def tanh(x: Any, name: str, parameters: Any, gradients: Any) -> Any:
    """The hyperbolic tangent."""
    y = np.tanh(x)
    return y, lambda g: (1 - y * y) * g


def relu(x: Any, name: str, parameters: Any, gradients: Any) -> Any:
    """max(0, x)."""
    return np.maximum(x, 0), lambda g: g * (x > 0)


def leaky_relu(x: Any, name: str, parameters: Any, gradients: Any, negative_slope: float) -> Any:
    """x, or negative_slope x below 0."""
    slope = (x > 0).astype(x.dtype) * (1 - negative_slope) + negative_slope
    return np.maximum(x, x * negative_slope), lambda g: slope * g


def elu(x: Any, name: str, parameters: Any, gradients: Any, alpha: float) -> Any:
    """x, or alpha (e^x - 1) below 0."""
    y = np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))
    return y, lambda g: g * np.where(x > 0, np.ones_like(x), y + alpha)


def gelu(x: Any, name: str, parameters: Any, gradients: Any, approximate: str) -> Any:
    """x Phi(x), or its form with tanh. NumPy has no error function, so a Chebyshev series stands for it."""
    if approximate == "tanh":
        c = float(np.sqrt(2 / np.pi))
        t = np.tanh(c * (x + 0.044715 * x * x * x))
        slope = 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * (c * (1 + 3 * 0.044715 * x * x))
        return 0.5 * x * (1 + t), lambda g: g * slope
    series = (
        -1.3026537197817094,
        6.4196979235649026e-1,
        1.9476473204185836e-2,
        -9.561514786808632e-3,
        -9.465953444820369e-4,
        3.6683949785276145e-4,
        4.2523324806907077e-5,
        -2.0278578112534243e-5,
        -1.6242900046470256e-6,
        1.3036558355805232e-6,
        1.5626441722066143e-8,
        -8.5238095914926543e-8,
        6.5290544390988515e-9,
        5.0593434955514695e-9,
        -9.9136415649303309e-10,
        -2.2736512229318359e-10,
        9.6467911020155268e-11,
        2.3940380830391147e-12,
        -6.8860275264975534e-12,
        8.9448792730907257e-13,
        3.1309214033994030e-13,
        -1.1270822361367252e-13,
        3.8109052551892321e-16,
        7.1060976136092370e-15,
        -1.5230282014571043e-15,
    )
    z = np.abs(x) / float(np.sqrt(2))
    t = 2 / (2 + z)
    s = 2 * t - 1
    sum1, sum2 = np.zeros_like(z), np.zeros_like(z)
    for coefficient in series[:0:-1]:
        sum1, sum2 = 2 * s * sum1 - sum2 + coefficient, sum1
    tail = 0.5 * t * np.exp(-z * z + 0.5 * series[0] + s * sum1 - sum2)
    share = np.where(x >= 0, 1 - tail, tail)
    slope = share + x * (np.exp(-0.5 * x * x) / float(np.sqrt(2 * np.pi)))
    return x * share, lambda g: g * slope


def silu(x: Any, name: str, parameters: Any, gradients: Any) -> Any:
    """x sigmoid(x)."""
    e = np.exp(-np.abs(x))
    s = np.where(x >= 0, np.ones_like(e), e) / (1 + e)
    return x * s, lambda g: g * (s * (1 + x * (1 - s)))


def softplus(x: Any, name: str, parameters: Any, gradients: Any) -> Any:
    """log(1 + e^x)."""
    e = np.exp(-np.abs(x))
    s = np.where(x >= 0, np.ones_like(e), e) / (1 + e)
    return np.maximum(x, 0) + np.log1p(e), lambda g: g * s


def sine(x: Any, name: str, parameters: Any, gradients: Any) -> Any:
    """sin x."""
    return np.sin(x), lambda g: g * np.cos(x)


def softmax(x: Any, name: str, parameters: Any, gradients: Any) -> Any:
    """e^x / sum e^x over the last axis."""
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    y = e / e.sum(axis=-1, keepdims=True)
    return y, lambda g: y * (g - (g * y).sum(axis=-1, keepdims=True))


def log_softmax(x: Any, name: str, parameters: Any, gradients: Any) -> Any:
    """x - log sum e^x over the last axis."""
    shifted = x - x.max(axis=-1, keepdims=True)
    y = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return y, lambda g: g - np.exp(y) * g.sum(axis=-1, keepdims=True)
