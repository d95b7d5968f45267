"""What a line of layers has to fit, known before a run: of the lab's own data from the knobs alone."""

from functools import lru_cache

from nnlab.lab.errors import UsageError
from nnlab.lab.experiment import Experiment, Knobs, NetworkSizes
from nnlab.lab.workbench.images import images
from nnlab.lab.workbench.table import table
from nnlab.lab.workbench.text import text

_MADE = {"table": table, "images": images, "text": text}


def own_sizes(experiment: str, knobs: Knobs) -> NetworkSizes | None:
    """Return the sizes that an experiment of the workbench has with its own data; None where the knobs do not fit."""
    made = _own(experiment)
    if made is None or made.sizes is None or any(knob.name not in knobs for knob in made.knobs):
        return None
    try:
        return made.sizes(knobs)
    except UsageError:
        return None


@lru_cache(maxsize=len(_MADE))
def _own(experiment: str) -> Experiment | None:
    return _MADE[experiment]() if experiment in _MADE else None
