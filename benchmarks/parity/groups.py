"""All comparisons by kind; importing this fills the tables."""

from benchmarks.parity import elementwise, images, layers, losses, sequences
from benchmarks.parity.table import FUNCTIONS, LAYERS

GROUPS = {"function": FUNCTIONS, "layer": LAYERS}

__all__ = ["GROUPS", "elementwise", "images", "layers", "losses", "sequences"]
