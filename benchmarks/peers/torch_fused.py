"""The workloads in PyTorch, eager mode, with the fused Adam."""

from collections.abc import Callable
from typing import Any

from benchmarks.peers import torch_eager
from benchmarks.workloads import Problem


def build(problem: Problem, *, device: str = "cpu") -> tuple[Callable[[int], Any], Callable[[Any], float]]:
    """Return the training step (batch number -> loss) and the function that waits for a loss and reads it."""
    return torch_eager.build(problem, device=device, fused=True)
