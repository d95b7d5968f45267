"""A trainer in which cuda answers: a program that runs it with array_api_strict in the place of CuPy.

The strict namespace takes no arrays of NumPy and no function beyond the standard, as another device would not.
"""

import os
import sys

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy comes, as the trainer sees to

import array_api_strict

from nnlab.engine import backend
from nnlab.lab import devices, trainer

_load = backend._load


def load(name: str) -> object:
    """Return the namespace of a backend; of CuPy the strict one."""
    return array_api_strict if name == "cupy" else _load(name)


if __name__ == "__main__":
    backend._load = load
    devices.missing_reason = lambda: None
    sys.exit(trainer.main(sys.argv[1:]))
