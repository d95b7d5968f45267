"""What a text knob can be asked to be: a line of layers, of features, a formula. Each check reads, and runs nothing."""

from collections.abc import Callable, Mapping

from nnlab.lab.errors import unknown
from nnlab.lab.workbench.expressions import read_features, read_formula
from nnlab.lab.workbench.layer_line import read_layers

CHECKS: Mapping[str, Callable[[str], object]] = {
    "layers": read_layers,
    "features": read_features,
    "formula": read_formula,
}
"""Name -> a function that raises UsageError, with the place in the line, for a text that does not fit."""


def check(name: str, text: str) -> None:
    """Raise UsageError unless the text is what `name` says."""
    if name not in CHECKS:
        raise unknown("check of a text", name, CHECKS)
    CHECKS[name](text)
