"""The normal distribution's density and cumulative probability, which the array-API standard lacks."""

import math

from nnlab.engine.backend import Array, Namespace

_SERIES = (
    -1.3026537197817094, 6.4196979235649026e-1, 1.9476473204185836e-2, -9.561514786808632e-3,
    -9.465953444820369e-4, 3.6683949785276145e-4, 4.2523324806907077e-5, -2.0278578112534243e-5,
    -1.6242900046470256e-6, 1.3036558355805232e-6, 1.5626441722066143e-8, -8.5238095914926543e-8,
    6.5290544390988515e-9, 5.0593434955514695e-9, -9.9136415649303309e-10, -2.2736512229318359e-10,
    9.6467911020155268e-11, 2.3940380830391147e-12, -6.8860275264975534e-12, 8.9448792730907257e-13,
    3.1309214033994030e-13, -1.1270822361367252e-13, 3.8109052551892321e-16, 7.1060976136092370e-15,
    -1.5230282014571043e-15,
)  # fmt: skip
"""Chebyshev coefficients of log(erfc(z) / t) + z² in 2t - 1, where t = 2 / (2 + z) and z >= 0 (Schonfelder 1978)."""


def density(xp: Namespace, x: Array) -> Array:
    """Return φ(x) = e^(-x²/2) / √(2π)."""
    return xp.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)


def probability(xp: Namespace, x: Array) -> Array:
    """Return Φ(x) = erfc(-x / √2) / 2, the share of a normal distribution below x, to 1e-15."""
    z = xp.abs(x) / math.sqrt(2)
    t = 2 / (2 + z)
    s = 2 * t - 1
    sum1, sum2 = xp.zeros_like(z), xp.zeros_like(z)  # Clenshaw's recurrence, from the last coefficient to the second
    for coefficient in _SERIES[:0:-1]:
        sum1, sum2 = 2 * s * sum1 - sum2 + coefficient, sum1
    tail = 0.5 * t * xp.exp(-z * z + 0.5 * _SERIES[0] + s * sum1 - sum2)
    return xp.where(x >= 0, 1 - tail, tail)
