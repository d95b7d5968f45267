from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from nnlab.lab.errors import UsageError
from nnlab.lab.events import Change, Ended, Step
from nnlab.lab.experiment import Experiment
from nnlab.lab.knobs import Knob
from nnlab.lab.run import Run
from nnlab.lab.settings import Settings
from nnlab.lab.streams import Stream, Streams
from nnlab.lab.training import Training, train

RATE = Knob("rate", 0.1, above=0.0, live=True)
SIZE = Knob("size", 3, low=1, high=9)


@dataclass
class Walk:
    """A noisy descent on x^2: enough to tell whether steps repeat bit for bit."""

    x: np.ndarray
    rate: float
    noise: Stream
    trail: list = field(default_factory=list)


def setup(knobs, streams, xp):
    return Walk(streams.init.normal(size=(knobs["size"],)), knobs["rate"], streams.latent)


def step(state):
    loss = np.sum(state.x**2, axis=-1)
    state.x = state.x - state.rate * 2 * state.x + 0.01 * state.noise.normal(size=state.x.shape[-1:])
    state.trail.append(len(state.trail))
    return {"loss": loss}


def change(state, name, value):
    setattr(state, name, value)


WALK = Experiment(
    knobs=(RATE, SIZE),
    setup=setup,
    step=step,
    evaluate=lambda state: {"largest": np.max(np.abs(state.x), axis=-1)},
    goal=lambda state: np.sum(state.x**2, axis=-1) < 0.01,
    change=change,
    advise=lambda knobs: (Change("rate", 0.1),),
    probes={"x": lambda state: {"x": state.x}},
    steps=200,
    evaluations=20,
)


def settings(**changed):
    return replace(Settings("toy", "walk", {"rate": 0.1, "size": 3}, steps=200), **changed)


def losses(training, count):
    return training.advance(count).metrics["loss"]


def test_blocks_of_any_size_give_the_same_metrics_bit_for_bit():
    whole = losses(Training(WALK, settings()), 200)
    training = Training(WALK, settings())
    pieces = np.concatenate([losses(training, size) for size in (1, 2, 61, 70, 66)])
    assert whole.tobytes() == pieces.tobytes()


def test_rewind_gives_the_very_same_initial_state_and_run():
    training = Training(WALK, settings())
    start = training.observe(["x"])["x"]["x"].copy()
    first = losses(training, 150)
    training.rewind()
    assert training.index == 0
    assert training.observe(["x"])["x"]["x"].tobytes() == start.tobytes()
    assert losses(training, 150).tobytes() == first.tobytes()


@pytest.mark.parametrize("steps", [1, 63, 64, 65, 150])
def test_a_step_back_undoes_exactly_one_step(steps):
    training, reference = Training(WALK, settings()), Training(WALK, settings())
    training.advance(steps)
    training.back()
    reference.advance(steps - 1)
    assert training.index == steps - 1
    assert training.state.x.tobytes() == reference.state.x.tobytes()
    assert losses(training, 5).tobytes() == losses(reference, 5).tobytes()


def test_a_live_change_applies_between_two_steps_and_is_recorded():
    training = Training(WALK, settings())
    training.advance(10)
    training.change(Change("rate", "0.3"))
    block = training.advance(10)
    assert block.applied == ((11, Change("rate", 0.3)),)
    replayed = Training(WALK, settings(changes=((11, Change("rate", 0.3)),)))
    replayed.advance(10)
    assert replayed.advance(10).metrics["loss"].tobytes() == block.metrics["loss"].tobytes()


def test_a_step_back_over_a_change_forgets_it():
    training, reference = Training(WALK, settings()), Training(WALK, settings())
    training.advance(10)
    training.change(Change("rate", 0.3))
    training.advance(1)
    training.back()
    reference.advance(10)
    assert losses(training, 20).tobytes() == losses(reference, 20).tobytes()


def test_a_knob_that_restarts_cannot_change_live():
    training = Training(WALK, settings())
    with pytest.raises(UsageError, match="size cannot change while the run goes on"):
        training.change(Change("size", 4))
    with pytest.raises(UsageError, match="did you mean 'rate'"):
        training.change(Change("rat", 4))


def test_seed_k_alone_equals_seed_k_in_a_batch_bit_for_bit():
    batch = losses(Training(WALK, settings(seed=5, seeds=4)), 200)
    for k in range(4):
        assert losses(Training(WALK, settings(seed=5 + k)), 200).tobytes() == batch[:, k].tobytes()


def test_divergence_is_an_event_that_names_the_step_and_what_to_try():
    training = Training(WALK, settings(knobs={"rate": 1.5, "size": 3}, steps=2000))
    training.advance(2000)
    ended = training.ended
    assert ended.status == "diverged"
    assert 20 < ended.step < 2000
    assert ended.advice == (Change("rate", 0.1),)
    assert "1,000 times" in ended.reason
    assert training.advance(10).count == 0


def test_one_lost_seed_of_several_does_not_end_the_run():
    def step_that_loses_the_first(state):
        metrics = step(state)
        if len(state.trail) > 30:
            state.x[0] = np.nan
        return metrics

    training = Training(replace(WALK, step=step_that_loses_the_first), settings(seeds=3))
    training.advance(200)
    assert training.ended.status == "done"
    assert training.ended.seeds == ("diverged", "done", "done")


def test_until_goal_stops_at_the_first_measurement_that_meets_it():
    ended = next(event for event in train(WALK, settings(until_goal=True)) if isinstance(event, Ended))
    assert ended.status == "goal"
    assert 0 < ended.step < 200


def test_train_yields_a_step_per_next_and_ends_with_one_ended():
    events = list(train(WALK, settings(steps=7), probes=("x",), every=3))
    assert [type(event) for event in events] == [Step] * 7 + [Ended]
    assert [event.index for event in events[:7]] == list(range(1, 8))
    assert [bool(event.probes) for event in events[:7]] == [False, False, True, False, False, True, False]


def test_a_change_sent_into_train_applies_before_the_next_step():
    generator = train(WALK, settings())
    next(generator)
    generator.send(Change("rate", 0.2))
    assert next(generator).applied == (Change("rate", 0.2),)


def test_an_experiment_of_no_steps_is_done_at_once_and_can_be_observed():
    training = Training(WALK, settings(steps=0))
    assert training.ended == Ended("done", 0)
    assert training.observe(["x"])["x"]["x"].shape == (3,)


def test_a_run_folds_blocks_and_forgets_on_the_way_back():
    training, run = Training(WALK, settings()), Run(settings())
    for _ in range(3):
        run.fold(training.advance(50))
    assert len(run.metrics["loss"]) == 150
    assert list(run.metrics["largest"].steps[:3]) == [0, 10, 20]
    run.rewind_to(100)
    assert len(run.metrics["loss"]) == 100
    assert run.step == 100


def test_streams_of_different_purposes_and_seeds_differ():
    draws = [getattr(Streams([seed]), purpose).normal(size=(4,)) for seed in (1, 2) for purpose in ("init", "data")]
    assert len({draw.tobytes() for draw in draws}) == 4
