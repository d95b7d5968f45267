"""The workloads in nnlab with `nn.Replay`: loss and gradients recorded once, where they are small, and replayed."""

from collections.abc import Callable
from typing import Any

from benchmarks.peers import nnlab_eager
from benchmarks.workloads import Problem
from nnlab import nn


def build(problem: Problem, *, device: str = "cpu") -> tuple[nnlab_eager.Step, Callable[[Any], float]]:
    """Return what nnlab_eager.build returns, each step's gradients by a replay."""
    return nnlab_eager.build(problem, device=device, gradients=nn.Replay)
