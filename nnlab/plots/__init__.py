"""Arrays drawn into grids of cells, for any terminal: NumPy only, no screen."""

from nnlab.plots.errors import PlotError
from nnlab.plots.grid import Grid, hstack, vstack
from nnlab.plots.palette import Palette
from nnlab.plots.pane import pane
from nnlab.plots.registry import draw, kinds, register, ruler
from nnlab.plots.ruler import Ruler

__all__ = ["Grid", "Palette", "PlotError", "Ruler", "draw", "hstack", "kinds", "pane", "register", "ruler", "vstack"]
