"""Steps with knobs of their own: a knob goes back after them; the run repeats and steps back as if asked by hand."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from nnlab.lab.errors import UsageError
from nnlab.lab.events import Change
from nnlab.lab.experiment import Experiment
from nnlab.lab.knobs import Knob
from nnlab.lab.settings import Settings
from nnlab.lab.training import Training


@dataclass
class Pair:
    """Two numbers; a turn adds one to the one whose turn it is."""

    d: int = 0
    g: int = 0
    turn: str = "both"


def step(state):
    state.d += state.turn in ("both", "D")
    state.g += state.turn in ("both", "G")
    return {"d": float(state.d), "g": float(state.g)}


PAIR = Experiment(
    knobs=(Knob("turn", "both", choices=("both", "D", "G"), live=True),),
    setup=lambda knobs, streams, xp: Pair(turn=knobs["turn"]),
    step=step,
    change=lambda state, name, value: setattr(state, name, value),
    steps=100,
)


@pytest.fixture
def training():
    return Training(PAIR, Settings("toy", "pair", {"turn": "both"}, steps=100))


def d_step(training, count=1):
    return training.advance_with(count, [Change("turn", "D")])


def numbers(training):
    return training.state.d, training.state.g


def test_a_knob_of_a_step_goes_back_after_it(training):
    training.advance(5)
    d_step(training)
    assert numbers(training) == (6, 5)
    training.advance(2)
    assert numbers(training) == (8, 7)


def test_both_changes_are_recorded_so_that_the_run_repeats(training):
    training.advance(5)
    first = d_step(training)
    then = training.advance(3)
    assert [*first.applied, *then.applied] == [(6, Change("turn", "D")), (7, Change("turn", "both"))]
    again = Training(PAIR, replace(training.settings, changes=(*first.applied, *then.applied)))
    again.advance(9)
    assert numbers(again) == numbers(training)


def test_two_such_steps_on_end_are_two(training):
    d_step(training)
    training.advance_with(1, [Change("turn", "G")])
    training.advance(1)
    assert numbers(training) == (2, 2)


def test_a_step_back_to_the_end_of_such_a_step_goes_on_as_before(training):
    training.advance(5)
    d_step(training)
    training.advance(1)
    training.back()
    assert numbers(training) == (6, 5)
    training.advance(1)
    assert numbers(training) == (7, 6)


def test_a_step_back_over_such_a_step_forgets_it(training):
    training.advance(5)
    d_step(training)
    training.back()
    training.advance(1)
    assert numbers(training) == (6, 6)
    d_step(training)
    training.rewind()
    training.advance(2)
    assert numbers(training) == (2, 2)


def test_a_knob_that_was_changed_goes_back_to_the_changed_value(training):
    training.change(Change("turn", "G"))
    d_step(training)
    training.advance(1)
    assert numbers(training) == (1, 1)


def test_an_unknown_knob_is_refused_and_nothing_is_done(training):
    with pytest.raises(UsageError, match="no knob 'turns'"):
        training.advance_with(1, [Change("turns", "D")])
    assert np.array_equal(numbers(training), (0, 0))
