"""The workloads in nnlab without its kernel table: every operation in the form that a learner reads."""

from collections.abc import Callable
from typing import Any

from benchmarks.peers import nnlab_eager
from benchmarks.workloads import Problem
from nnlab.engine.primitive import KERNELS


def build(problem: Problem, *, device: str = "cpu") -> tuple[nnlab_eager.Step, Callable[[Any], float]]:
    """Return what nnlab_eager.build returns; this process has no kernels from now on."""
    KERNELS.clear()
    return nnlab_eager.build(problem, device=device)
