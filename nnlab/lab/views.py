"""Views as data: which probe is drawn how. The drawing itself lives in nnlab.plots."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

NO_OPTIONS: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class View:
    """How one probe's output is drawn."""

    id: str
    """Names the view in pages, knob lines and titles ("field")."""
    kind: str
    """A kind that nnlab.plots knows: curve, field, graph, matrix, bars, strip, table, text."""
    probe: str = ""
    """The probe to observe; empty for a view of the run's metrics (a curve)."""
    options: Mapping[str, object] = field(default_factory=lambda: NO_OPTIONS)
    """Options of the plot kind; data only. Every kind has note (text after the title) and readout (a metric's name)."""
