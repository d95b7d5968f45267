"""The losses lesson's own arithmetic: what its experiments compute."""

from functools import partial

import numpy as np
import pytest

from nnlab.lab import code_files, exercises
from nnlab.lab.headless import execute, make_settings
from tests.lessons import opened

LESSON = opened.lesson("losses")
RUN = opened.runner("losses")
training = partial(opened.training, "losses")


def test_the_temperature_changes_how_sure_the_network_is_and_no_weight():
    cold, warm = RUN("trust", steps=50), RUN("trust", steps=50, temperature=5.0)
    assert all(np.array_equal(cold.parameters[name], warm.parameters[name]) for name in cold.parameters)
    assert warm.last("sure_confidence") < cold.last("sure_confidence")
    assert warm.last("test_accuracy") == cold.last("test_accuracy")


def test_the_lines_of_the_outlier_are_the_best_of_their_loss():
    seen = training("outlier").observe(["fit"])["fit"]
    points = np.concatenate([seen["points/points"], seen["outlier/points"]])
    losses = {"MSE": lambda e: np.mean(e**2), "MAE": lambda e: np.mean(np.abs(e)), "Huber": huber}
    for name, loss in losses.items():
        slope, height = np.polyfit(seen[f"{name}/x"], seen[f"{name}/y"], 1)
        at = [loss(points[:, 1] - (slope + ds) * points[:, 0] - height - dh) for ds, dh in NUDGES]
        assert at[0] <= min(at[1:]) + 1e-12, name


NUDGES = [(0.0, 0.0), *((ds, dh) for ds in (-1e-3, 0.0, 1e-3) for dh in (-1e-3, 0.0, 1e-3) if ds or dh)]


def huber(errors, delta=0.3):
    inside = np.minimum(np.abs(errors), delta)
    return np.mean(inside * (np.abs(errors) - inside / 2))


@pytest.mark.parametrize("loss", ["bce", "mse", "mae"])
@pytest.mark.parametrize("model", ["neuron", "chain"])
def test_the_landscape_s_steps_follow_its_measured_slope(model, loss):
    run = training("landscape", knobs={"model": model, "loss": loss, "learning_rate": 1e-6}, steps=2)
    first = run.advance(1)
    moved = run.observe(["surface"])["surface"]["trail/ball"]
    second = run.advance(1)
    drop = float(first.metrics["loss"][-1] - second.metrics["loss"][-1])
    length = float(np.sum((moved[-1] - moved[0]) ** 2))
    assert drop == pytest.approx(length / 1e-6, rel=1e-3)


def test_a_long_trail_stays_short_and_ends_where_the_ball_is():
    run = training("landscape", steps=1500)
    run.advance(1500)
    trail = run.observe(["surface"])["surface"]["trail/ball"]
    assert len(trail) <= 402
    assert np.array_equal(trail[-1], run.state.place)


def test_goals_fail_as_the_page_opens_and_hold_when_their_last_hint_is_followed():
    def holds(goal, experiment, **knobs):
        return all(check.holds for check in LESSON.goals[goal](RUN(experiment, **knobs)))

    assert not holds("same-mae", "pairs")
    assert holds("same-mae", "pairs", p1=3.0, p2=-0.5, p3=2.0, p4=9.0)
    assert not holds("honest", "trust")
    assert holds("honest", "trust", temperature=6.0)


def with_code(text):
    recipe, settings = make_settings(LESSON, "saturated", {}, steps=100, code=text)
    return execute(recipe, settings, probes={"ramp", "plateau"})


def test_before_the_exercise_is_solved_both_twins_creep_over_the_same_ground():
    result = with_code(code_files.starting_point(LESSON.lesson, "cross-entropy"))
    assert np.allclose(result.last("bce"), result.last("squared"), rtol=1e-12)
    seen = result.run.probes
    assert np.allclose(seen["ramp"]["field"], seen["plateau"]["field"])


def test_the_solution_moves_the_second_twin_as_ours_does_and_leaves_the_first_alone():
    ours, theirs = RUN("saturated", steps=100), with_code(code_files.solution(LESSON.lesson, "cross-entropy"))
    assert np.allclose(theirs.last("bce"), ours.last("bce"), rtol=1e-12)
    assert theirs.last("squared") == ours.last("squared")


def test_the_exercise_on_cross_entropy_tells_a_rounded_probability_from_a_whole_loss():
    naive = "import numpy as np\ndef cross_entropy(z, y):\n    p = 1 / (1 + np.exp(-z))\n"
    naive += "    return -y * np.log(p) - (1 - y) * np.log(1 - p), p - y\n"
    failed = [check for check in exercises.check(LESSON, "cross-entropy", naive).checks if not check.holds]
    assert [(check.text, check.expected) for check in failed] == [("z=40 y=0", "L 40 ∂L/∂z 1")]


def test_a_slope_that_is_no_number_anywhere_is_refused():
    text = code_files.solution(LESSON.lesson, "cross-entropy").replace("p - y", "np.nan if 0.1 < z < 0.9 else p - y")
    failed = [check for check in exercises.check(LESSON, "cross-entropy", text).checks if not check.holds]
    assert len(failed) == 2
