"""Cells trained as one array program: the bytes of each are those of the cell trained alone."""

from dataclasses import replace

import numpy as np
import pytest

from nnlab import engine, nn
from nnlab.data import dataset
from nnlab.lab.course import find_course
from nnlab.lab.headless import make_settings
from nnlab.lab.knobs import Knob, resolve
from nnlab.lab.lesson import load
from nnlab.lab.settings import Settings
from nnlab.lab.supervised import supervised
from nnlab.lab.sweep import grouping
from nnlab.lab.sweep.cell_results import train
from nnlab.lab.sweep.plan import Axis, Plan, make_cells

BUNDLED = find_course()


def cells_of(name, seeds=1, steps=40, fixed=None, until_goal=False, **axes):
    lesson, experiment_id = name.split("/")
    loaded = load(BUNDLED.lesson(lesson))
    experiment, base = make_settings(
        loaded, experiment_id, fixed or {}, seeds=seeds, steps=steps, until_goal=until_goal
    )
    plan = Plan(lesson, experiment_id, steps, grid=tuple(Axis(knob, values) for knob, values in axes.items()))
    return experiment, make_cells(plan, base, experiment.knobs)


def assert_same_alone(experiment, cells, sizes):
    tasks = grouping.make_tasks(experiment, cells, workers=1)
    assert sorted(map(len, tasks)) == sizes
    for task in tasks:
        for cell, together in zip(task, train(experiment, task, lambda _: None), strict=True):
            (alone,) = train(experiment, [cell], lambda _: None)
            assert (together.cell, together.digest) == (cell.index, alone.digest), cell.varied
            for measured in ("seconds", "steps_per_second"):
                together.summary[measured] = alone.summary[measured]
            assert together.summary == alone.summary


def test_rates_noise_and_batches_in_a_group_are_the_same_alone():
    experiment, cells = cells_of("perceptrons/spirals", learning_rate=(0.003, 0.1), noise=(0.0, 0.2), batch=(0, 32))
    assert_same_alone(experiment, cells, [4, 4])


def test_widths_and_optimizers_make_groups_of_their_own():
    experiment, cells = cells_of(
        "perceptrons/spirals", width=(3, 8), optimizer=("sgd", "momentum", "adam"), learning_rate=(0.01, 0.02)
    )
    assert_same_alone(experiment, cells, [2] * 6)


def test_cells_of_several_seeds_are_the_same_alone():
    experiment, cells = cells_of("perceptrons/xor", seeds=3, learning_rate=(0.1, 0.5), hidden=(0, 3))
    assert_same_alone(experiment, cells, [2, 2])


def test_cells_of_the_workbench_group_unless_they_may_end_early():
    axes = {"learning_rate": (0.01, 0.02), "weight_decay": (0.1, 0.2)}
    layers = {"layers": "8 relu, dropout 0.2", "schedule": "cosine", "decay_steps": 30, "clip": 1.0}
    experiment, cells = cells_of("workbench/table", seeds=2, fixed=layers, **axes)
    assert_same_alone(experiment, cells, [4])
    experiment, cells = cells_of("workbench/table", fixed={"patience": 3}, learning_rate=(0.01, 3.0))
    assert_same_alone(experiment, cells, [1, 1])


@pytest.mark.parametrize(
    ("name", "fixed", "until_goal"),
    [
        ("workbench/table", {"source": "gaussians", "goal": 0.9}, True),
        ("perceptrons/xor", {"hidden": 8}, True),
        ("workbench/table", {"patience": 1, "learning_rate": 0.3}, False),
    ],
)
def test_a_cell_that_may_stop_by_itself_has_the_same_bytes_alone(name, fixed, until_goal):
    axes = {"batch": (0, 20)} if "patience" in fixed else {"learning_rate": (0.1, 1.0)}
    experiment, cells = cells_of(name, seeds=2, steps=600, fixed=fixed, until_goal=until_goal, **axes)
    assert_same_alone(experiment, cells, [1, 1])
    ends = [r.summary for task in grouping.make_tasks(experiment, cells, 1) for r in train(experiment, task, print)]
    assert {end["status"] for end in ends} & {"goal", "stopped"}
    assert min(end["steps"] for end in ends) < 600


def test_the_goal_of_an_experiment_without_one_keeps_cells_together():
    experiment, cells = cells_of("workbench/table", until_goal=True, learning_rate=(0.02, 0.3))
    assert len(grouping.make_tasks(experiment, cells, workers=1)) == 2
    assert len(grouping.make_tasks(replace(experiment, goal=None), cells, workers=1)) == 1


@pytest.mark.parametrize(
    ("name", "fixed"),
    [
        ("workbench/images", {"samples": 60, "layers": "conv 2 3x3 relu, flatten, dropout 0.1"}),
        ("workbench/text", {"layers": "embed 4, rnn 4, dropout 0.1", "vocabulary": 20}),
    ],
)
def test_images_and_texts_of_the_workbench_group(name, fixed):
    experiment, cells = cells_of(name, steps=3, fixed=fixed, learning_rate=(0.01, 0.02))
    assert_same_alone(experiment, cells, [2])


def test_a_diverged_cell_in_a_group_ends_as_it_does_alone():
    experiment, cells = cells_of(
        "perceptrons/spirals", steps=300, learning_rate=(0.01, 1e38), fixed={"optimizer": "sgd"}
    )
    assert_same_alone(experiment, cells, [2])
    results = {r.cell: r for task in grouping.make_tasks(experiment, cells, 1) for r in train(experiment, task, print)}
    assert results[1].summary["status"] == "diverged"


def test_an_experiment_that_adds_to_its_state_trains_cell_by_cell():
    experiment, cells = cells_of("perceptrons/validation", learning_rate=(0.001, 0.003))
    assert_same_alone(experiment, cells, [1, 1])


def test_an_experiment_that_is_not_supervised_trains_cell_by_cell():
    experiment, cells = cells_of("perceptrons/gates", gate=("and", "xor"))
    assert_same_alone(experiment, cells, [1, 1])


@pytest.mark.parametrize(
    "name",
    [
        f"{lesson.slug}/{experiment}"
        for lesson in BUNDLED.lessons()
        for experiment in lesson.experiments
        if grouping.recipe_of(load(lesson).experiment(experiment)) is not None
    ],
)
def test_every_supervised_experiment_groups_by_each_of_its_number_knobs(name):
    """Whatever a knob decides, two values of it come out as they do alone."""
    lesson, experiment_id = name.split("/")
    experiment = load(BUNDLED.lesson(lesson)).experiment(experiment_id)
    for knob in experiment.knobs:
        if knob.kind == "float":
            other = knob.stepped(knob.default, 1)
            made, cells = cells_of(name, steps=3, **{knob.name: (knob.default, other)})
            tasks = grouping.make_tasks(made, cells, workers=1)
            assert_same_alone(made, cells, sorted(map(len, tasks)))


@pytest.mark.parametrize(
    ("axes", "sizes"),
    [
        ({"learning_rate": (0.01, 0.1), "noise": (0.0, 0.1), "weight_decay": (0.0, 0.01)}, [4, 4]),
        ({"patience": (0, 2), "learning_rate": (0.5, 1e-5)}, [1, 1, 2]),
        ({"loss": ("auto", "mse"), "learning_rate": (0.01, 0.02)}, [2, 2]),
        ({"schedule": ("cosine", "constant"), "learning_rate": (0.01, 0.02)}, [2, 2]),
        ({"layers": ("8 tanh, dropout 0.1", "4 relu"), "l1": (0.001, 0.002)}, [2, 2]),
        ({"scaling": ("none", "standard"), "batch": (0, 16)}, [2, 2]),
    ],
)
def test_cells_of_the_workbench_are_the_same_alone(axes, sizes):
    experiment, cells = cells_of("workbench/table", steps=60, **axes)
    assert_same_alone(experiment, cells, sizes)


# --- every rule and penalty -------------------------------------------------------------------------------------------

RULES = {
    "sgd": lambda knobs, model: nn.SGD(model, knobs["rate"], knobs["momentum"], weight_decay=knobs["decay"]),
    "nesterov": lambda knobs, model: nn.SGD(model, knobs["rate"], knobs["momentum"], nesterov=True, l1=knobs["decay"]),
    "adagrad": lambda knobs, model: nn.Adagrad(model, knobs["rate"], weight_decay=knobs["decay"]),
    "rmsprop": lambda knobs, model: nn.RMSprop(
        model, knobs["rate"], alpha=knobs["momentum"], centered=True, weight_decay=knobs["decay"]
    ),
    "adam": lambda knobs, model: nn.Adam(model, knobs["rate"], weight_decay=knobs["decay"], l1=knobs["decay"]),
    "adamw": lambda knobs, model: nn.AdamW(model, knobs["rate"], weight_decay=knobs["decay"]),
}


def made_experiment(**functions):
    return supervised(
        knobs=(
            Knob("rule", "sgd", choices=tuple(RULES)),
            Knob("rate", 0.037),
            Knob("momentum", 0.9),
            Knob("decay", 0.013),
            Knob("dropout", 0.0),
        ),
        model=lambda knobs, rng: nn.Sequential(nn.Linear(2, 5, rng=rng), nn.Tanh(), nn.Linear(5, 1, rng=rng)),
        loss=engine.binary_cross_entropy_with_logits,
        views=(),
        **{
            "data": lambda knobs, rng: dataset("moons", 40, noise=0.1, rng=rng, test=0.5),
            "optimizer": lambda knobs, model: RULES[knobs["rule"]](knobs, model),
            **functions,
        },
    )


def made_cells(experiment, **axes):
    base = Settings("toy", "made", resolve(experiment.knobs, {}), steps=30)
    plan = Plan("toy", "made", 30, grid=tuple(Axis(knob, values) for knob, values in axes.items()))
    return make_cells(plan, base, experiment.knobs)


@pytest.mark.parametrize("rule", RULES)
def test_every_optimizers_settings_per_network_are_rounded_as_alone(rule):
    experiment = made_experiment()
    cells = made_cells(
        experiment, rule=(rule,), rate=(0.037, 0.0011), momentum=(0.9, 0.1357), decay=(0.013, 0.0009, 0.0)
    )
    assert_same_alone(experiment, cells, [4, 8])


def test_an_optimizer_of_the_lessons_own_trains_cell_by_cell():
    class Own(nn.SGD):
        def update(self, group, p, g):
            p -= float(group.settings["learning_rate"]) * g

    experiment = made_experiment(optimizer=lambda knobs, model: Own(model, knobs["rate"]))
    assert_same_alone(experiment, made_cells(experiment, rate=(0.1, 0.2)), [1, 1])


def test_a_cell_that_cannot_be_trained_says_why_and_costs_no_other():
    def optimizer(knobs, model):
        if knobs["rate"] > 1:
            raise ValueError("such a rate is too much")
        return nn.SGD(model, knobs["rate"])

    experiment = made_experiment(optimizer=optimizer)
    cells = made_cells(experiment, rate=(0.1, 5.0, 0.2))
    tasks = grouping.make_tasks(experiment, cells, workers=1)
    results = {result.cell: result for task in tasks for result in train(experiment, task, lambda _: None)}
    assert [results[i].summary["status"] for i in range(3)] == ["done", "failed", "done"]
    assert "such a rate is too much" in results[1].summary["reason"]


def test_groups_are_cut_to_keep_every_worker_busy_and_memory_small(monkeypatch):
    experiment = made_experiment()
    cells = made_cells(experiment, rate=tuple(0.01 * i for i in range(1, 101)))
    assert sorted(map(len, grouping.make_tasks(experiment, cells, workers=1))) == [50, 50]
    assert sorted(map(len, grouping.make_tasks(experiment, cells, workers=4))) == [25] * 4
    monkeypatch.setattr(grouping, "MOST_BYTES", 0)
    assert {len(task) for task in grouping.make_tasks(experiment, cells, workers=1)} == {1}


def test_equal_data_is_made_once():
    made = []

    def data(knobs, rng):
        made.append(1)
        return dataset("moons", 40, noise=0.1, rng=rng, test=0.5)

    experiment = made_experiment(data=data)
    cells = made_cells(experiment, rate=(0.1, 0.2, 0.3))
    recipe = grouping.recipe_of(experiment)
    state = grouping.build(recipe, cells)
    assert len(made) == 1
    assert state.data.x.shape == (3, 20, 2)
    assert np.array_equal(np.asarray(state.data.x)[0], np.asarray(state.data.x)[2])
    assert grouping.recipe_of(replace(experiment, setup=lambda *_: None)) is None
