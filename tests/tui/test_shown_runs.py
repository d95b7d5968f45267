import numpy as np

from nnlab.lab import wire
from nnlab.lab.events import Block, Change
from nnlab.lab.experiment import ExperimentCard
from nnlab.lab.settings import Settings
from nnlab.lab.verdicts import Check
from nnlab.tui.shown_runs import ShownRuns


def test_the_line_of_a_goal_ends_where_its_checks_were_made():
    """It repeated the whole run, at whose end the goal may hold no more."""
    shown = ShownRuns()
    shown.begin(wire.Started(1, ExperimentCard((), (), 10, (), False), Settings("toy", "one", {}, steps=10), ""))
    early, late = (3, Change("rate", 0.2)), (7, Change("rate", 0.3))
    reached = {"arrive": (Check("distance below 0.1", 0.05, True),)}
    first = Block(1, 5, {"loss": np.ones(5)}, applied=(early,))
    shown.fold(wire.Frame(1, 5, first, {}, 9.0, reached))
    shown.fold(wire.Frame(1, 10, Block(6, 5, {"loss": np.ones(5)}, applied=(late,)), {}, 9.0))
    assert shown.checks == reached
    assert (shown.at_checks.steps, shown.at_checks.changes) == (5, (early,))
    assert (shown.settings.steps, shown.settings.changes) == (10, (early, late))
