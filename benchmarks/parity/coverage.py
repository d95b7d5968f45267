"""Which names of ours must be in the parity table, and which need not be, each with its reason."""

import inspect

import torch
import torch.nn.functional as F

from benchmarks.parity import training
from benchmarks.parity.optimizers import OPTIMIZERS
from benchmarks.parity.table import FUNCTIONS, LAYERS
from nnlab import engine, nn

EXEMPT = {
    "no_grad": "a mode, not a function of arrays",
}
"""Names of ours that PyTorch has too, but which there is nothing to compare about."""


def gaps() -> list[str]:
    """Return a sentence for each name with a counterpart in PyTorch that the table lacks, and for each stale entry."""
    found = []
    for name in public_functions():
        if name not in FUNCTIONS and name not in EXEMPT and (_has(torch, name) or _has(F, name) or _is_primitive(name)):
            found.append(f"engine.{name} is not in the parity table.")
    for name in public_classes(nn.Module):
        if name not in LAYERS and _has(torch.nn, name) and name not in EXEMPT and name != "Module":
            found.append(f"nn.{name} is not in the parity table.")
    for name in public_classes(nn.Optimizer):
        if name not in OPTIMIZERS and _has(torch.optim, name) and name != "Optimizer":
            found.append(f"nn.{name} is not in the parity table of optimizers.")
    found += [f"the schedule {name} is not in the parity table." for name in training.missing()]
    for table, module in ((FUNCTIONS, engine), (LAYERS, nn), (OPTIMIZERS, nn)):
        found += [
            f"the parity table names {name}, which {module.__name__} lacks." for name in table if not _has(module, name)
        ]
    return found


def public_functions() -> list[str]:
    """Return the names of the functions that nnlab.engine hands on."""
    return [name for name in engine.__all__ if inspect.isfunction(getattr(engine, name))]


def public_classes(base: type) -> list[str]:
    """Return the names of the classes under `base` that nnlab.nn hands on."""
    values = {name: getattr(nn, name) for name in nn.__all__}
    return [name for name, value in values.items() if inspect.isclass(value) and issubclass(value, base)]


def _is_primitive(name: str) -> bool:
    return hasattr(getattr(engine, name), "__wrapped__") and name not in ("use", "checking")


def _has(module: object, name: str) -> bool:
    return hasattr(module, name)
