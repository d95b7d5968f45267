"""Faster forms of the primitives that dominate, for libraries whose functions take `out=` (NumPy and CuPy).

A kernel has the signature and, up to rounding, the result of the primitive of its name. The primitive in its own module
stays the reference and runs on every other namespace; it also takes what a kernel leaves to it by returning None: all
errors, and shapes and dtypes out of the ordinary. A kernel writes only into memory that the same call made, so that no
two results share any. These modules do nothing but enter kernels into the table of primitive.py.
"""

from nnlab.engine.kernels import convolution, layers, losses, optimizers, recurrence

__all__ = ["convolution", "layers", "losses", "optimizers", "recurrence"]
