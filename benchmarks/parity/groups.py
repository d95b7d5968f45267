"""All comparisons by kind; importing this fills the tables."""

from benchmarks.parity import elementwise, layers, losses
from benchmarks.parity.table import FUNCTIONS, LAYERS

GROUPS = {"function": FUNCTIONS, "layer": LAYERS}

__all__ = ["GROUPS", "elementwise", "layers", "losses"]
