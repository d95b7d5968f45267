"""What every bundled lesson keeps to: questions that its own runs answer, pictures at any size, runs that repeat."""

from itertools import pairwise

import array_api_strict
import numpy as np
import pytest

from nnlab import engine
from nnlab.lab import prose
from nnlab.lab.headless import execute
from nnlab.lab.knobs import resolve
from nnlab.lab.streams import Streams
from nnlab.plots.palette import Palette
from nnlab.plots.width import text_width
from nnlab.stage import draw_view
from tests.lessons.opened import SLUGS, lesson, pages, runner, training

MEANT = {
    "perceptrons": {
        "rule-and": "2 to 30",
        "how-many-solve": "about 8",
        "gradient-left": "less than a ten-thousandth",
        "where-it-turns": "201 to 700",
    },
    "losses": {
        "line-miss": "some 3 to 8 times",
        "where-it-creeps": "between 0.05 and 0.4",
        "how-many-down": "5 to 16",
        "where-it-breaks": "about 17",
        "softmax-documents": "about a third",
        "sure-how-often": "75 to 92 %",
    },
    "optimizers": {
        "ten-times": "within the first 100",
        "four-times-the-batch": "about 4 times",
        "momentum-count": "about 90",
        "who-settles-first": "nesterov",
        "loss-times-thousand": "the same road, within a few steps",
        "first-step": "0.3 in each",
        "same-valley": "two to five",
    },
    "activations": {
        "without-bend": "fewer than two thirds",
        "ten-sigmoids": "hardly more than a coin flip",
        "twenty-relus": "hardly at all",
        "three-times-faster": "nearly or exactly all: 56 to 64",
        "all-dead": "0.5: nothing happens",
        "out-of-reach": "above 1",
    },
    "cnn": {"stride-two": "13", "unseen-digits": "above 95 %", "one-pixel": "about half"},
    "rnn": {
        "coin-toss": "half of the time",
        "wider-state": "more than twice as many",
        "what-is-left": "10⁻⁹ to 10⁻¹⁶",
        "unclipped": "beyond every scale",
        "how-many-bridge": "1 to 5",
        "never-met": "more: 1.3 to 2.2",
        "on-its-own": "far more than that",
    },
    "lstm": {
        "rnn-sum": "about 1/6: it guesses",
        "half-open": "less than a thousandth",
        "lstm-sum": "below 0.04: it remembers",
        "bias-zero": "less than 10⁻¹⁵",
        "letters-kept": "about half",
    },
    "gan": {
        "perfect-forger": "at −1.39, −ln 4",
        "slow-judge": "2 to 5",
        "two-at-once": "more than 1.5 times as large",
        "ten-digits": "9 or 10",
    },
}
"""Lesson -> question -> the answer that the page's prose is written for."""
QUESTIONS = [(slug, question) for slug, answers in MEANT.items() for question in answers]

KNOBS = {
    "perceptrons/validation": [{"patience": 5}],
    "optimizers/descent": [{}, {"spread": 0.2}],
    "optimizers/race": [{}, {"spread": 0.2}],
    "activations/waking": [{"activation": "leaky_relu"}],
    "cnn/digits": [{}, {"model": "mlp", "shuffle": True}, {"layers": 2, "head": "global"}, {"pooling": "none"}],
    "rnn/order": [{"model": "rnn"}, {"model": "window"}, {}],
    "rnn/word": [{}, {"word": "高高兴兴", "memory": False}, {"hidden": 9}],
    "rnn/lags": [{"length": 20}, {"length": 20, "activation": "linear", "radius": 0.7}],
    "rnn/recall": [{}, {"clip": 0.0, "optimizer": "sgd"}],
    "rnn/text": [{"hidden": 8}, {"hidden": 8, "unit": "word", "language": "zh"}],
    "rnn/series": [{}, {"source": "beat"}, {"source": "saw"}],
    "lstm/adding": [{"units": 4, "batch": 3, "cell": cell} for cell in ("lstm", "rnn", "gru")],
    "lstm/copying": [{"units": 4, "batch": 3, "cell": cell} for cell in ("lstm", "rnn", "gru")],
    "lstm/stories": [{"units": 4, "batch": 3, "cell": cell} for cell in ("lstm", "rnn", "gru")],
    "gan/plane": [{}, {"pack": 2}, {"turn": "phase"}],
    "gan/packing": [{}, {"pack": 3}],
    "gan/digits": [{}, {"latents": 3}],
}
"""Experiment -> settings to look at, where the defaults alone do not say enough or take long."""
CASES = [
    (slug, experiment, knobs)
    for slug in SLUGS
    for experiment in lesson(slug).lesson.experiments
    for knobs in KNOBS.get(f"{slug}/{experiment}", [{}])
]
LEARNING = [case for case in CASES if lesson(case[0]).experiment(case[1]).weights is not None]
STEPS = 12
PLANE = {"field", "thumbnails", "network"}
"""Probes of every supervised experiment that ask for two inputs; one with more draws none of them."""


def probes_of(recipe):
    return [name for name in recipe.probes if name not in PLANE or name in {view.probe for view in recipe.views}]


@pytest.mark.parametrize(("slug", "question"), QUESTIONS)
def test_the_page_s_own_run_makes_exactly_the_meant_answer_right(slug, question):
    page, asked = next(
        (page, predict)
        for page in pages(slug).values()
        for predict in page.find(prose.Predict)
        if predict.id == question
    )
    stage = page.stage
    result = runner(slug)(stage.experiment, seed=stage.seed, seeds=stage.seeds, steps=stage.steps, **stage.set)
    value = result.solved if asked.metric == "solved" else float(np.median(result.last(asked.metric)))
    right = asked.right_answer(value)
    assert right is not None, value
    assert asked.answers[right].text == MEANT[slug][question], value
    ends = sorted((answer.low, answer.high) for answer in asked.answers)
    assert all(below[1] <= above[0] for below, above in pairwise(ends))


@pytest.mark.parametrize("slug", SLUGS)
def test_every_question_has_a_meant_answer(slug):
    asked = {name for name, entry in lesson(slug).lesson.exercises.items() if entry.kind == "predict"}
    assert set(MEANT[slug]) == asked


@pytest.mark.parametrize("slug", SLUGS)
def test_every_experiment_has_a_page(slug):
    assert {page.stage.experiment for page in pages(slug).values()} == set(lesson(slug).lesson.experiments)


@pytest.mark.parametrize(("slug", "experiment", "knobs"), CASES)
def test_every_view_shows_something_in_every_size(slug, experiment, knobs):
    run = training(slug, experiment, knobs=knobs, steps=min(3, lesson(slug).experiment(experiment).steps))
    result = execute(run.experiment, run.settings, probes=tuple(probes_of(run.experiment)))
    for view in run.experiment.views:
        for size in ((60, 20), (36, 12), (12, 3)):
            grid = draw_view(view, result.run, title=view.id, size=size, palette=Palette(depth="mono"))
            assert len(grid.lines()) == size[1]
            if view.kind != "strip":  # a strip is of many seeds
                assert " yet" not in "\n".join(grid.lines()), (view.id, size)


@pytest.mark.parametrize(("slug", "experiment", "knobs"), CASES)
def test_with_several_seeds_every_probe_has_a_seeds_axis_in_front(slug, experiment, knobs):
    run = training(slug, experiment, knobs=knobs, seeds=3, steps=min(2, lesson(slug).experiment(experiment).steps))
    run.advance(2)
    for name, seen in run.observe(probes_of(run.experiment)).items():
        assert all(array.shape[0] == 3 for array in seen.values()), name


@pytest.mark.parametrize(("slug", "experiment", "knobs"), LEARNING)
def test_a_seed_alone_is_that_seed_among_others(slug, experiment, knobs):
    together = training(slug, experiment, knobs=knobs, seeds=3, steps=STEPS).advance(STEPS).metrics
    alone = training(slug, experiment, knobs=knobs, seed=2, steps=STEPS).advance(STEPS).metrics
    for name, values in alone.items():
        assert np.array_equal(values, together[name][:, 1], equal_nan=True), name


@pytest.mark.parametrize(("slug", "experiment", "knobs"), LEARNING)
def test_a_step_back_gives_the_very_numbers_that_were_there(slug, experiment, knobs):
    straight, returned = (training(slug, experiment, knobs=knobs, steps=STEPS + 4) for _ in range(2))
    straight.advance(STEPS - 1)
    returned.advance(STEPS)
    returned.back()
    for name in probes_of(straight.experiment):
        expected, actual = straight.observe([name])[name], returned.observe([name])[name]
        for key in expected:
            assert np.array_equal(expected[key], actual[key], equal_nan=expected[key].dtype.kind == "f"), (name, key)
    after = [run.advance(5).metrics for run in (straight, returned)]
    assert all(np.array_equal(after[0][metric], after[1][metric], equal_nan=True) for metric in after[0])


@pytest.mark.parametrize(("slug", "experiment", "knobs"), LEARNING)
def test_looking_does_not_disturb_training(slug, experiment, knobs):
    looked, straight = (training(slug, experiment, knobs=knobs, steps=STEPS) for _ in range(2))
    straight.advance(STEPS)
    for _ in range(STEPS):
        looked.advance(1)
        looked.observe(probes_of(looked.experiment))
    weights = [run.experiment.weights(run.state) for run in (straight, looked)]
    assert all(np.array_equal(value, weights[1][name]) for name, value in weights[0].items())


@pytest.mark.parametrize("seeds", [1, 2])
@pytest.mark.parametrize(("slug", "experiment", "knobs"), LEARNING)
def test_it_trains_on_a_namespace_that_holds_only_the_standard(slug, experiment, knobs, seeds):
    recipe = lesson(slug).experiment(experiment)
    with engine.use(array_api_strict) as xp:
        state = recipe.setup(resolve(recipe.knobs, knobs), Streams(range(1, seeds + 1)), xp)
        for _ in range(3):
            metrics = recipe.step(state)
        measured = recipe.evaluate(state) if recipe.evaluate is not None else {}
        for name in probes_of(recipe):
            recipe.probes[name](state)
    shape = (seeds,) if seeds > 1 else ()
    assert all(np.shape(engine.to_host(value)) == shape for name, value in metrics.items() if name != "phase")
    assert all(np.shape(engine.to_host(value)) == shape for value in measured.values())


@pytest.mark.parametrize("slug", ["perceptrons", "losses"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_names_of_a_pages_views_stand_in_one_row_at_80_columns(slug, language):
    folder = lesson(slug).lesson
    for page in prose.read_pages(folder, language).values():
        titles = [folder.view_title(view, language) for view in page.stage.views]
        assert sum(map(text_width, titles)) + 2 * (len(titles) - 1) <= 40, page.id
