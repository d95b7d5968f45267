"""The form of every experiment: knobs in, a state that steps, probes that watch it, views that draw them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnlab.lab.events import Change, Observation
from nnlab.lab.knobs import Knob, KnobValue
from nnlab.lab.streams import Streams
from nnlab.lab.views import View

State = Any
"""A tree (dataclass, dict, list) of arrays, numbers and objects with state_dict / load_state_dict; see snapshots.py."""

Knobs = Mapping[str, KnobValue]
Metrics = Mapping[str, Any]
"""Metric name -> 0-d array of the run's backend, or (S,) with several seeds; floats are allowed too."""
Probe = Callable[[State], Observation]
"""A pure function of the state that returns host arrays; a seeds axis, where there is one, comes first."""


@dataclass(frozen=True, slots=True)
class NetworkSizes:
    """What goes into a network whose layers are typed, and what has to come out of it."""

    input: tuple[int, ...]
    """Shape of one sample: (d,) for a table, (channels, h, w) for images, () for a token of a text."""
    outputs: int
    """Numbers that the network answers with."""
    words: int = 0
    """How many different tokens there are; 0 but for a text."""


@dataclass(frozen=True, slots=True)
class ExperimentCard:
    """What a screen needs to know of an experiment, as plain data: it crosses the wire, the experiment does not."""

    knobs: tuple[Knob, ...]
    views: tuple[View, ...]
    steps: int
    phases: tuple[str, ...]
    has_goal: bool
    data_kinds: tuple[str, ...] = ()
    """Kinds of user data that it takes in place of its own: table, images, text."""
    sizes: NetworkSizes | None = None
    """Of the network of the run that the card came with; None where no layers are typed."""

    def knob(self, name: str) -> Knob | None:
        """Return the knob of that name, if there is one."""
        return next((knob for knob in self.knobs if knob.name == name), None)

    def view(self, view_id: str) -> View | None:
        """Return the view of that id, if there is one."""
        return next((view for view in self.views if view.id == view_id), None)


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """A recipe. `supervised` builds the usual one; the perceptron rule, an optimizer race or a GAN fill it by hand."""

    knobs: tuple[Knob, ...]
    setup: Callable[[Knobs, Streams, Any], State]
    """setup(knobs, streams, xp) -> state. xp is the array namespace of the run's backend."""
    step: Callable[[State], Metrics]
    """Make one update and return the metrics measured on the way; the state is changed in place."""
    evaluate: Callable[[State], Metrics] | None = None
    """Metrics that are too slow for every step (accuracy on train and test): measured `evaluations` times a run."""
    goal: Callable[[State], Any] | None = None
    """Whether the state solves the experiment: bool, or (S,) bool array with several seeds."""
    stop: Callable[[State], str] | None = None
    """Why the run shall end now, empty while it shall go on; asked after every evaluation."""
    change: Callable[[State, str, KnobValue], None] | None = None
    """Apply a live knob to the state."""
    advise: Callable[[Knobs], tuple[Change, ...]] | None = None
    """What to try after a divergence."""
    probes: Mapping[str, Probe] = field(default_factory=dict)
    views: tuple[View, ...] = ()
    phases: tuple[str, ...] = ()
    """Names of the parts that a step goes through, in order: a GAN's D reads, D learns, G draws, D answers, G moves.

    The step's metric `phase` is the index of the one that it ended with. A live choice knob `turn` says what a step is;
    of its choices "D", "G" and "phase" the screen gives each a key.
    """
    steps: int = 1000
    """Steps of a run unless asked otherwise; 0 for an experiment with nothing to train."""
    evaluations: int = 200
    """`evaluate` runs every max(1, steps // evaluations) steps, at step 0 and at the last one."""
    weights: Callable[[State], Mapping[str, np.ndarray]] | None = None
    """The parameters as named host arrays, for the record."""
    samples: Callable[[State], int] | None = None
    """How many samples one network saw in the step that was just made, to compare runs by them."""
    data_kinds: tuple[str, ...] = ()
    """Kinds of user data that it takes; the lesson that binds it says so."""
    sizes: Callable[[Knobs], NetworkSizes] | None = None
    """What a line of layers has to fit, where the network is typed as one."""

    def knob(self, name: str) -> Knob | None:
        """Return the knob of that name, if there is one."""
        return next((knob for knob in self.knobs if knob.name == name), None)

    def view(self, view_id: str) -> View | None:
        """Return the view of that id, if there is one."""
        return next((view for view in self.views if view.id == view_id), None)

    def card(self, knobs: Knobs) -> ExperimentCard:
        """Return the part of the experiment that is plain data, for a run with these knobs."""
        return ExperimentCard(
            knobs=self.knobs,
            views=self.views,
            steps=self.steps,
            phases=self.phases,
            has_goal=self.goal is not None,
            data_kinds=self.data_kinds,
            sizes=self.sizes(knobs) if self.sizes is not None else None,
        )
