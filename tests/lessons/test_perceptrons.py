"""The perceptrons lesson's own arithmetic: what its experiments compute."""

from functools import partial

import numpy as np
import pytest

from nnlab import engine
from nnlab.lab.verdicts import Score, scored
from tests.lessons import opened

LESSON = opened.lesson("perceptrons")
RUN = opened.runner("perceptrons")
training = partial(opened.training, "perceptrons")


def test_the_walk_s_slopes_are_the_engine_s():
    walk = training("walk")
    walk.advance(6)
    state = walk.state
    w, b, v, c = (engine.Tensor(np.asarray(state.weights[name], dtype=np.float64), True) for name in "wbvc")
    hidden = engine.tanh(engine.linear(state.x[None], w, b))
    logits = engine.linear(hidden, engine.Tensor(v.data[:, None], True), engine.Tensor(c.data[None], True))
    engine.binary_cross_entropy_with_logits(logits, np.array([[state.y]])).backward()
    assert np.allclose(state.numbers["grad_w"], engine.to_host(w.grad), rtol=1e-12)
    assert np.allclose(state.numbers["grad_b"], engine.to_host(b.grad), rtol=1e-12)


def test_the_walk_shows_only_what_it_has_reached():
    walk = training("walk")
    known = []
    for _ in range(8):
        known.append(int(np.isfinite(walk.observe(["arithmetic"])["arithmetic"]["="]).sum()))
        walk.advance(1)
    assert known == [0, 2, 4, 6, 7, 10, 16, 16]


def test_the_walk_s_parts_add_up_to_its_results_at_every_stage_also_after_the_update():
    walk = training("walk")
    for _ in range(9):
        walk.advance(1)
        columns = walk.observe(["arithmetic"])["arithmetic"]
        parts = np.stack([columns[name] for name in ("from", "  ", "   ")])
        for row, combine in ((0, np.sum), (1, np.sum), (4, np.sum), (7, np.nansum), (8, np.prod), (10, np.nanprod)):
            expected, actual = combine(parts[:, row]), columns["="][row]
            assert np.isnan(actual) or np.isclose(expected, actual, rtol=1e-12), row


def test_the_rule_leaves_the_weights_alone_in_an_epoch_without_mistakes():
    gates = training("gates", steps=200)
    gates.advance(100)
    before = gates.state.w.copy()
    gates.advance(1)
    assert gates.state.mistakes == 0
    assert np.array_equal(before, gates.state.w)


def test_a_nerve_cell_fires_exactly_when_the_sum_is_positive():
    for x1 in (-2.0, -0.5, 0.0, 0.1, 0.5, 2.0):
        result = RUN("neuron", x1=x1, x2=0.0, w1=1.0, bias=0.0)
        assert (result.last("spikes") > 0) == (x1 > 0), x1


def test_out_of_patience_a_network_keeps_its_best_weights():
    patient = RUN("validation", patience=40, seeds=4, steps=600)
    assert np.array_equal(patient.last("test_loss"), patient.last("best_loss"))
    endless = RUN("validation", patience=0, seeds=4, steps=600)
    assert (endless.last("test_loss") > endless.last("best_loss")).all()


def test_out_of_patience_one_network_does_not_stop_the_others():
    together = RUN("validation", patience=40, seeds=3, steps=300)
    for index, seed in enumerate((1, 2, 3)):
        alone = RUN("validation", patience=40, seed=seed, steps=300)
        assert alone.last("best_step") == together.last("best_step")[index]


@pytest.mark.parametrize(
    ("goal", "experiment", "reached", "missed"),
    [
        ("nand-by-hand", "neuron", {"w1": -1.0, "w2": -1.0, "bias": 1.5}, {"w1": 1.0, "w2": 1.0, "bias": -1.5}),
        ("fewest-hidden", "xor", {"hidden": 4}, {"hidden": 1}),
        ("small-spirals", "spirals", {"width": 5}, {"width": 8}),
    ],
)
def test_a_goal_holds_for_a_solution_and_fails_for_a_near_miss(goal, experiment, reached, missed):
    options = {"xor": {"seeds": 20}, "spirals": {"seed": 2, "steps": 2000}}.get(experiment, {})
    assert all(check.holds for check in LESSON.goals[goal](RUN(experiment, **options, **reached)))
    assert not all(check.holds for check in LESSON.goals[goal](RUN(experiment, **options, **missed)))


def test_the_score_of_a_goal_is_what_the_run_was_made_of():
    hidden = scored(LESSON.goals["fewest-hidden"](RUN("xor", hidden=4, seeds=20)))
    spirals = RUN("spirals", seed=2, steps=2000, width=5)
    parameters = scored(LESSON.goals["small-spirals"](spirals))
    assert (hidden.score, parameters.score) == (Score(4, "smaller"), Score(51, "smaller"))
    assert sum(values.size for values in spirals.parameters.values()) == 51


def test_a_goal_needs_twenty_starts_not_one_lucky_one():
    assert not all(check.holds for check in LESSON.goals["fewest-hidden"](RUN("xor", hidden=4, seeds=1)))


def test_an_update_that_gives_nan_only_on_drawn_samples_does_not_pass():
    def update(w, b, x, y, prediction, learning_rate):
        if not np.all(x == np.round(x)):
            return w * np.nan, b
        error = y - prediction
        return w + learning_rate * error * x, b + learning_rate * error

    (exercise,) = LESSON.codes.values()
    assert [check.holds for check in exercise.function(update)] == [True] * 4 + [False]
