"""The optimizers lesson's own arithmetic: its surfaces and their slopes and what its tables add up to."""

import sys
from functools import partial

import numpy as np
import pytest

from nnlab.lab import code_files, exercises
from nnlab.lab.headless import execute, make_settings
from nnlab.nn import OPTIMIZERS
from tests.lessons import opened

LESSON = opened.lesson("optimizers")
RUN = opened.runner("optimizers")
training = partial(opened.training, "optimizers")


def module(name):
    return sys.modules[f"nnlab_lesson_optimizers.{name}"]


SURFACES = module("surfaces")
RUNNERS = module("runners")
SCHEDULES = module("schedules")
SLICE = module("slice")
CONVERGENCE = module("convergence")


def nudged(height, place, size=1e-5):
    slopes = []
    for axis in range(2):
        step = np.zeros(2)
        step[axis] = size
        slopes.append((height(place + step) - height(place - step)) / (2 * size))
    return np.stack(slopes, axis=-1)


@pytest.mark.parametrize("name", SURFACES.SURFACES)
def test_a_surface_s_slope_is_what_nudging_measures(name):
    place = SURFACES.surface(name)
    points = np.random.default_rng(0).uniform(-1.2, 1.2, (7, 3, 2))
    assert np.allclose(place.slope(points), nudged(place.height, points), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", SURFACES.SURFACES)
def test_a_surface_is_zero_and_level_at_its_lowest_points_and_nowhere_below(name):
    place = SURFACES.surface(name)
    minima = np.array(place.minima)
    assert np.allclose(place.height(minima), 0)
    assert np.allclose(place.slope(minima), 0)
    assert (place.height(SURFACES.grid(place.extent)) >= 0).all()


def test_the_ravine_s_start_turns_with_it():
    heights = [SURFACES.ravine(40.0, tilt).height(np.array(SURFACES.ravine(40.0, tilt).start)) for tilt in (0, 20, 45)]
    assert np.allclose(heights, heights[0])


def test_runners_are_the_engine_s_optimizers():
    assert tuple(OPTIMIZERS) == RUNNERS.NAMES
    for runner in training("race").state.runners:
        assert type(runner.optimizer).__module__.startswith("nnlab.nn.")


def test_the_picture_of_the_network_s_loss_is_its_loss_and_the_slope_its_gradient():
    place = training("slice").state.scene.surface
    points = np.array([[0.3, -0.2], [-0.4, 0.7], [1.0, 0.0]])
    assert np.allclose(place.slope(points), nudged(place.height, points), rtol=1e-4, atol=1e-6)
    plane = place.height.__self__
    weights = plane.weights_at(points)
    hidden = np.tanh(plane.x @ weights[0] + weights[1][:, None])
    logits = (hidden @ weights[2] + weights[3][:, None])[..., 0]
    by_hand = np.mean(np.log1p(np.exp(logits)) - plane.y[:, 0] * logits, axis=-1)
    assert np.allclose(place.height(points), by_hand, rtol=1e-10)


def test_a_slice_s_directions_are_of_one_length_and_at_a_right_angle():
    for seeds in (0, 3):
        plane = training("slice", seeds=max(1, seeds)).state.scene.surface.height.__self__
        along, across = (SLICE._dot(one, one, seeds) for one in (plane.along, plane.across))
        assert np.allclose(along, across)
        assert np.allclose(SLICE._dot(plane.along, plane.across, seeds) / along, 0, atol=1e-9)


@pytest.mark.parametrize("name", RUNNERS.NAMES)
def test_the_lines_of_a_step_s_arithmetic_end_in_the_step_that_was_made(name):
    rate, decay = 0.01, 0.1 if name == "adamw" else 0.0
    run = training("descent", knobs={"optimizer": name, "learning_rate": rate, "weight_decay": decay})
    for _ in range(5):
        before = run.state.runner.at
        run.advance(1)
        table = run.observe(["arithmetic"])["arithmetic"]
        lines = np.stack([table["x"], table["y"]], axis=-1)
        assert np.allclose(lines[-2], -rate * lines[-3] - rate * decay * before, rtol=1e-4)
        assert np.allclose(lines[-1], before + lines[-2])


def test_a_schedule_starts_at_the_rate_or_below_and_ends_lower():
    for name in SCHEDULES.SCHEDULES:
        rates = [SCHEDULES.schedule(name, 0.1, 400)(step) for step in range(400)]
        assert max(rates) <= 0.1 + 1e-12
        assert all(rate > 0 for rate in rates)
        assert (rates[-1] < 0.002) == (name != "constant"), name


def test_theory_s_momentum_is_the_root_of_plain_descent():
    assert CONVERGENCE.theory("momentum", 100.0).left == pytest.approx(9 / 11)
    assert CONVERGENCE.theory("sgd", 10.0).left == pytest.approx(9 / 11)


@pytest.mark.parametrize(
    ("experiment", "knobs"),
    [("race", {"surface": name}) for name in ("ravine", "rosenbrock", "beale", "saddle")]
    + [("descent", {"learning_rate": 0.048}), ("convergence", {"kappa": 10.0}), ("convergence", {"kappa": 1000.0})],
)
def test_nobody_s_road_leads_off_the_map(experiment, knobs):
    run = training(experiment, knobs=knobs, steps=200)
    run.advance(200)
    seen = run.observe(["surface"])["surface"]
    left, right, bottom, top = seen["extent"]
    for name, trail in seen.items():
        if name.startswith("trail/"):
            assert left <= trail[:, 0].min() <= trail[:, 0].max() <= right, name
            assert bottom <= trail[:, 1].min() <= trail[:, 1].max() <= top, name


@pytest.mark.parametrize("experiment", ["descent", "race", "slice"])
def test_a_start_moved_by_its_knobs_is_where_the_map_has_it(experiment):
    run = training(experiment, knobs={"shift_x": 0.5, "shift_y": -0.25}, steps=1)
    seen = run.observe(["surface"])["surface"]
    assert np.allclose(seen["mark/x₀"], seen["origin"] + np.array([0.5, -0.25]))


def test_who_leaves_the_map_stays_where_it_was_and_the_race_goes_on():
    result = RUN("race", factor=3.0, steps=200)
    assert result.status == "done"
    for name in RUNNERS.NAMES:
        heights = result.series(name)[1]
        assert np.isfinite(heights).all()
        assert heights.max() < RUNNERS.LOST
    lost = result.series("sgd")[1]
    assert lost[-1] == lost[-50] > 1


def test_a_race_seen_as_best_so_far_never_rises():
    heights = RUN("race", best_so_far=True).series("momentum")[1]
    assert (np.diff(heights) <= 0).all()


def test_the_training_race_lets_everybody_s_rate_fall_alike():
    run = training(
        "training", knobs={"schedule": "cosine", "horizon": 10, "factor": 0.5, "layers": 1, "width": 4}, steps=10
    )
    first = run.observe(["standings"])["standings"]["η"]
    run.advance(6)
    now = run.observe(["standings"])["standings"]["η"]
    assert np.allclose(np.sort(now), 0.5 * np.sort(first)), "half of the cosine is gone after 5 of 10 steps"


def test_all_networks_of_the_training_race_start_alike():
    state = training("training", seeds=2).state
    first = state.models[0].state_dict()
    for model in state.models[1:]:
        assert all(np.array_equal(value, first[name]) for name, value in model.state_dict().items())
    assert not np.array_equal(first["0.weight"][0], first["0.weight"][1])


@pytest.mark.parametrize(
    ("goal", "experiment", "options", "reached", "missed"),
    [
        (
            "tune-momentum",
            "race",
            {"runners": "momentum"},
            {"momentum": 0.6, "factor": 3.0},
            {"momentum": 0.9, "factor": 1.0},
        ),
        ("settle-low", "batches", {"seeds": 20}, {"schedule": "exponential"}, {"schedule": "constant"}),
    ],
)
def test_a_goal_holds_for_a_solution_and_fails_for_a_near_miss(goal, experiment, options, reached, missed):
    assert all(check.holds for check in LESSON.goals[goal](RUN(experiment, **options, **reached)))
    assert not all(check.holds for check in LESSON.goals[goal](RUN(experiment, **options, **missed)))


def race_with(text, **knobs):
    recipe, settings = make_settings(LESSON, "race", knobs, steps=100, code=text)
    return execute(recipe, settings)


def test_the_solution_of_the_exercise_on_adam_runs_as_the_engine_s_adam_does_and_touches_nobody_else():
    ours, theirs = RUN("race", steps=100), race_with(code_files.solution(LESSON.lesson, "adam-update"))
    assert np.isclose(theirs.last("adam"), ours.last("adam"), rtol=1e-9)
    assert all(theirs.last(name) == ours.last(name) for name in RUNNERS.NAMES if name != "adam")


def test_a_learner_s_adam_gets_the_race_s_own_momentum_as_beta_1():
    solution = code_files.solution(LESSON.lesson, "adam-update")
    ours, theirs = RUN("race", steps=100, momentum=0.5), race_with(solution, momentum=0.5)
    assert np.isclose(theirs.last("adam"), ours.last("adam"), rtol=1e-9)


def test_a_learner_s_adam_that_changes_its_arguments_in_place_is_no_worse():
    solution = code_files.solution(LESSON.lesson, "adam-update")
    in_place = solution.replace("    m = beta1", "    x += 1\n    x -= 1\n    m = beta1").replace(
        "v = beta2 * v + (1", "v *= beta2\n    v += (1"
    )
    assert "v *= beta2" in in_place
    assert exercises.check(LESSON, "adam-update", in_place).passes


def test_before_the_exercise_on_adam_is_solved_its_runner_leaves_rosenbrock_s_map_and_the_others_go_on():
    start = code_files.starting_point(LESSON.lesson, "adam-update")
    ours, theirs = RUN("race", steps=100, surface="rosenbrock"), race_with(start, surface="rosenbrock")
    assert theirs.last("adam") > 1000 * ours.last("adam")
    assert theirs.last("sgd") == ours.last("sgd")


def test_a_learner_s_adam_steps_back_to_the_very_same_place():
    solution = code_files.solution(LESSON.lesson, "adam-update")
    straight, returned = (training("race", steps=60, seeds=2, code=solution) for _ in range(2))
    straight.advance(29)
    returned.advance(30)
    returned.back()
    for name in ("surface", "inner"):
        expected, actual = straight.observe([name])[name], returned.observe([name])[name]
        assert all(
            np.array_equal(expected[key], actual[key], equal_nan=expected[key].dtype.kind == "f") for key in expected
        )
