"""The table of what is compared: name of ours -> how a configuration is drawn."""

from collections.abc import Callable

from benchmarks.parity.comparison import Comparison, Draw

Case = Callable[[Draw], Comparison]

FUNCTIONS: dict[str, Case] = {}
"""By the public name in nnlab.engine."""
LAYERS: dict[str, Case] = {}
"""By the public name in nnlab.nn."""


def function(name: str) -> Callable[[Case], Case]:
    """Enter the decorated draw as the comparison of nnlab.engine's `name`."""
    return _enter(FUNCTIONS, name)


def layer(name: str) -> Callable[[Case], Case]:
    """Enter the decorated draw as the comparison of nnlab.nn's `name`."""
    return _enter(LAYERS, name)


def _enter(table: dict[str, Case], name: str) -> Callable[[Case], Case]:
    def enter(case: Case) -> Case:
        if name in table:
            raise ValueError(f"{name} is in the parity table twice")
        table[name] = case
        return case

    return enter
