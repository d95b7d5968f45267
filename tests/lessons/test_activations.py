"""The activations lesson's own arithmetic: what its experiments compute."""

from functools import partial

import numpy as np
import pytest

from nnlab import engine
from nnlab.lab import code_files
from nnlab.lab.faults import CodeError
from nnlab.lab.headless import execute, make_settings
from tests.lessons import opened

LESSON = opened.lesson("activations")
RUN = opened.runner("activations")
training = partial(opened.training, "activations")


def run_solution(knobs=None, **options):
    code = code_files.solution(LESSON.lesson, "leaky-relu")
    return execute(*make_settings(LESSON, "waking", knobs or {}, code=code, **options))


def test_the_blame_on_show_is_that_of_the_chain_rule_by_hand():
    run = training("stack", knobs={"layers": 1, "width": 1})
    w, b, v, c = (engine.to_host(p.data).astype(np.float64) for _, p in run.state.model.named_parameters())
    x, y = engine.to_host(run.state.data.x), engine.to_host(run.state.data.y)
    h = np.tanh(x @ w + b)
    expected = (1 / (1 + np.exp(-(h @ v + c))) - y) * v[0, 0] * (1 - h**2)
    shown = run.observe(["flow"])["flow"]["δ/y"]
    assert np.allclose(shown, np.sqrt(np.mean(expected**2)), rtol=1e-5)


def test_histograms_by_layer_count_every_output_once():
    run = training("stack", knobs={"layers": 4, "width": 8, "initializer": "large"}, seeds=2)
    seen = run.observe(["outputs"])["outputs"]
    assert seen["counts"].shape == (2, 4, 48)
    assert (seen["counts"].sum(axis=-1) == 200 * 8).all()


def test_a_gradient_that_is_exactly_zero_has_no_place_on_a_logarithmic_axis():
    seen = training("stack", knobs={"initializer": "zeros"}).observe(["blame"])["blame"]
    assert seen["counts"].sum() == 0
    assert set(seen["numbers"].tolist()) == {"0"}


def test_one_layer_made_of_a_linear_stack_answers_as_the_stack_does():
    seen = training("stack", knobs={"activation": "identity", "layers": 6, "width": 16}).observe(["single"])["single"]
    assert np.max(seen["Δ"]) < 1e-5
    bent = training("stack", knobs={"activation": "relu", "layers": 6, "width": 16}).observe(["single"])["single"]
    assert np.max(bent["Δ"]) > 1e-3


def test_in_the_worst_case_no_unit_is_on_for_any_sample_and_a_higher_bias_wakes_some():
    dead = training("waking").observe(["units"])["units"]["firing"]
    assert (dead == 0).all()
    asleep = training("waking", knobs={"activation": "leaky_relu"}).observe(["units"])["units"]["firing"]
    assert ((asleep > 0) & (asleep < 1e-3)).all()
    assert (training("waking", knobs={"bias": -1.0}).observe(["units"])["units"]["firing"] > 0).any()


def test_the_three_rates_start_from_the_same_weights_and_see_the_same_batches():
    trio = training("dying", steps=5)
    first = [run.model.state_dict() for run in trio.state.runs]
    assert all(np.array_equal(first[0][name], other[name]) for other in first[1:] for name in first[0])
    trio.advance(1)
    orders = [run.order for run in trio.state.runs]
    assert all(np.array_equal(orders[0], other) for other in orders[1:])
    rates = [float(run.optimizer.learning_rate) for run in trio.state.runs]
    assert np.allclose(rates, [2.0, 6.0, 18.0])


def test_a_companion_that_is_lost_does_not_end_the_run():
    result = RUN("dying", activation="leaky_relu", learning_rate=40.0, steps=200)
    assert np.isfinite(result.series("loss_triple")[1]).all()


@pytest.mark.parametrize(
    ("goal", "experiment", "reached", "missed"),
    [
        ("lowest-point", "curve", {"activation": "silu", "z": -1.28}, {"activation": "silu", "z": -1.2}),
        ("ninety-per-cent", "softmax", {"temperature": 0.4}, {"temperature": 0.5}),
        ("fast-and-alive", "dying", {"learning_rate": 1.0}, {"learning_rate": 6.0}),
    ],
)
def test_a_goal_holds_for_a_solution_and_fails_for_a_near_miss(goal, experiment, reached, missed):
    assert all(check.holds for check in LESSON.goals[goal](RUN(experiment, **reached)))
    assert not all(check.holds for check in LESSON.goals[goal](RUN(experiment, **missed)))


def test_the_lowest_point_is_not_far_out_where_the_curve_is_flat():
    assert not all(check.holds for check in LESSON.goals["lowest-point"](RUN("curve", activation="silu", z=-9.0)))


def test_a_learner_s_leaky_relu_trains_as_ours_does():
    theirs = run_solution(steps=400)
    ours = execute(*make_settings(LESSON, "waking", {"activation": "leaky_relu"}, steps=400))
    for metric in ("loss", "accuracy", "dead", "reached"):
        assert np.allclose(theirs.series(metric)[1], ours.series(metric)[1], atol=1e-4), metric


def test_a_learner_s_function_takes_the_place_of_relu_alone():
    ours = execute(*make_settings(LESSON, "waking", {"activation": "tanh"}, steps=50))
    beside = run_solution(knobs={"activation": "tanh"}, steps=50)
    assert np.array_equal(beside.series("loss")[1], ours.series("loss")[1])


def test_a_learner_s_values_alone_wake_nobody_without_slopes():
    bound = LESSON.codes["leaky-relu"]
    _, settings = make_settings(LESSON, "waking", {}, steps=100)
    result = execute(LESSON.experiment("waking", activation=bound.wrong), settings)
    assert result.last("dead") == 16


@pytest.mark.parametrize("given", [None, 3.0, (1.0, 2.0), (np.zeros(4), np.zeros(3)), ("a", "b")])
def test_a_learner_s_result_of_another_form_says_what_is_expected(given):
    with pytest.raises(CodeError, match=r"activation returned .*; return a"):
        LESSON.codes["leaky-relu"](lambda z: given)
