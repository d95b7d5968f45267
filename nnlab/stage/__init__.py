"""The stage: the one place where the lab's views meet the plots. A view of a run becomes a pane of cells."""

from nnlab.stage.drawing import Form, draw_view
from nnlab.stage.page import draw_page, text_palette
from nnlab.stage.reading import node_at, nodes_of, pointed_values, pointer_knobs, ruler_of, samples_of, steps_of
from nnlab.stage.readouts import best_bar, readout, write_metric
from nnlab.stage.sources import GHOST, READABLE_KINDS, arrays_of, known_x

__all__ = [
    "GHOST",
    "READABLE_KINDS",
    "Form",
    "arrays_of",
    "best_bar",
    "draw_page",
    "draw_view",
    "known_x",
    "node_at",
    "nodes_of",
    "pointed_values",
    "pointer_knobs",
    "readout",
    "ruler_of",
    "samples_of",
    "steps_of",
    "text_palette",
    "write_metric",
]
