"""BLAS threads: how many, settled before NumPy is first imported, since BLAS reads it once."""

import os
import sys

VARIABLES = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)


def limit_blas_threads(count: int = 1) -> None:
    """Let BLAS use `count` threads in this process and its children. One keeps results equal bit for bit.

    Raises RuntimeError when NumPy is already there, for then it is too late.
    """
    if "numpy" in sys.modules and os.environ.get(VARIABLES[0]) != str(count):
        raise RuntimeError("NumPy was imported before the number of BLAS threads was set")
    for variable in VARIABLES:
        os.environ[variable] = str(count)
