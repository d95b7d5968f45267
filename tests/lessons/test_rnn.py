"""The lesson on recurrent networks: its pictures show what its networks do."""

from functools import partial

import numpy as np
import pytest

from nnlab import engine
from nnlab.lab import code_files, data_files
from nnlab.lab.errors import UsageError
from nnlab.lab.faults import CodeError
from nnlab.lab.headless import make_settings
from nnlab.lab.training import Training
from tests.lessons import opened

LESSON = opened.lesson("rnn")
PAGES = opened.pages("rnn")
RUN = opened.runner("rnn")
training = partial(opened.training, "rnn")


def observed(experiment, probe, steps=0, **options):
    run = training(experiment, steps=max(1, steps), **options)
    run.advance(steps)
    return run, run.observe([probe])[probe]


def test_what_the_echo_wants_is_what_came_in():
    _, seen = observed("order", "echo", knobs={"lag": 5})
    assert np.array_equal(seen["y/values"][5:], seen["x/values"][:-5])
    assert np.isnan(seen["y/values"][:5]).all()


def test_a_window_sees_the_last_symbols_and_nothing_else():
    run = training("order", knobs={"model": "window", "window": 3}, steps=1)
    x = run.state.held.x.copy()
    before = engine.to_host(run.state.model(engine.to_device(_seen(run, x))).data)
    x[4] = -x[4]
    after = engine.to_host(run.state.model(engine.to_device(_seen(run, x))).data)
    changed = np.flatnonzero((before != after).any(axis=(1, 2)))
    assert changed.tolist() == [4, 5, 6]


def _seen(run, x):
    padded = np.concatenate([np.zeros_like(x[:2]), x])
    return np.concatenate([padded[k : k + len(x)] for k in range(3)], axis=-1)


def test_without_memory_the_state_of_a_letter_does_not_depend_on_the_letters_before():
    _, seen = observed("word", "network", 50, knobs={"memory": False})
    assert np.array_equal(seen["states"][2], seen["states"][3]), "the two l of hello"
    _, seen = observed("word", "network", 50)
    assert np.abs(seen["states"][2] - seen["states"][3]).max() > 0.1


def test_the_cell_s_numbers_add_up_to_the_state_in_the_box():
    run, cell = observed("word", "cell", 30, knobs={"moment": 3})
    states = run.observe(["network"])["network"]["states"]
    for unit, line in enumerate(cell["text"][2:].tolist()):
        parts, said = line.replace("−", "-").removeprefix("tanh(").split(") = ")
        assert np.tanh(sum(map(float, parts.split()))) == pytest.approx(states[2, unit], abs=0.02)
        assert float(said) == pytest.approx(states[2, unit], abs=0.006)


def test_gradients_at_the_states_are_those_that_nudging_measures():
    run, seen = observed("word", "backwards", 5)
    state = run.state
    recurrent, head = state.model.rnn.layers[0], state.model.head
    u, w, b, v, c = (
        engine.to_host(tensor.data).astype(np.float64)
        for tensor in (recurrent.weight_x, recurrent.weight_h, recurrent.bias, head.weight, head.bias)
    )
    x, y = engine.to_host(state.spelling.x)[:, 0].astype(np.float64), engine.to_host(state.spelling.y)

    def loss(step, nudge):
        h, total = np.zeros(3), 0.0
        for t in range(len(x)):
            h = np.tanh(x[t] @ u + h @ w + b) + (nudge if t == step else 0.0)
            scores = h @ v + c
            total += np.log(np.exp(scores).sum()) - scores[y[t]]
        return total / len(x)

    for step in range(len(x)):
        slopes = [(loss(step, e) - loss(step, -e)) / 2e-5 for e in 1e-5 * np.eye(3)]
        assert seen["back"][step] == pytest.approx(np.linalg.norm(slopes), rel=1e-3)


@pytest.mark.parametrize("word", ["hello", "mammal", "高高兴兴"])
def test_without_memory_the_loss_comes_down_to_the_floor_and_not_below(word):
    result = RUN("word", word=word, memory=False, steps=2000)
    floor = float(result.last("no_memory"))
    assert floor <= float(result.last("loss")) <= floor + 0.01
    if word == "hello":
        assert floor == pytest.approx(np.log(2) / 2)


def test_the_parts_table_ends_with_their_sum():
    _, seen = observed("word", "shares", 20)
    assert seen["W"].tolist() == ["t = 1", "t = 2", "t = 3", "t = 4", "Σ"]
    parts = [float(text.replace("−", "-")) for text in seen["∂L/∂W₁₁"]]
    assert sum(parts[:-1]) == pytest.approx(parts[-1], abs=0.1 * max(map(abs, parts)))
    assert float(seen["‖∂L/∂W‖"][0]) == 0.0, "h₀ is 0"


def test_a_walk_shows_only_the_lags_it_has_reached():
    run = training("lags", steps=5)
    for steps in range(1, 6):
        run.advance(1)
        lengths = run.observe(["lengths"])["lengths"]
        assert all(len(y) == steps + 1 for name, y in lengths.items() if name.endswith("/y"))
        way = run.observe(["way"])["way"]
        assert int(way["cursor"]) == 99 - steps
        assert np.isfinite(way["lg ∂h₁₋₁₀/values"][0]).sum() == steps + 1


def test_a_linear_loop_of_one_unit_keeps_exactly_its_weight_to_the_power_of_the_lag():
    lengths = observed("lags", "lengths", 20, knobs={"activation": "linear", "hidden": 2, "length": 20})[1]
    ratios = lengths["ρ 1.5/y"] / lengths["ρ 0.5/y"]
    assert ratios == pytest.approx(3.0 ** np.arange(21))


def test_an_exploding_run_says_so_and_advises_to_clip():
    page = PAGES["clipping"].stage
    result = RUN("recall", **page.set)
    assert result.status == "diverged"
    assert [(change.knob, change.value) for change in result.ended.advice] == [("clip", 0.5)]


def test_clipping_leaves_what_is_short_enough_alone():
    plain, wide = (training("recall", knobs={"clip": clip}, steps=20) for clip in (0.0, 1000.0))
    weights = []
    for run in (plain, wide):
        run.advance(20)
        weights.append(run.experiment.weights(run.state))
    assert all(np.allclose(weights[0][name], weights[1][name], rtol=1e-5) for name in weights[0])


@pytest.mark.parametrize(
    ("goal", "experiment", "page", "reached", "missed"),
    [
        ("tame", "recall", "clipping", {"clip": 0.5}, {"clip": 0.5, "learning_rate": 0.02}),
        ("bridge-forty", "recall", "lag", {"radius": 1.3}, {"radius": 1.0}),
    ],
)
def test_a_goal_holds_for_a_solution_and_fails_for_a_near_miss(goal, experiment, page, reached, missed):
    stage = PAGES[page].stage
    results = [RUN(experiment, seeds=stage.seeds, **(stage.set | knobs)) for knobs in (reached, missed)]
    assert all(check.holds for check in LESSON.goals[goal](results[0]))
    assert not all(check.holds for check in LESSON.goals[goal](results[1]))


def test_what_is_written_differs_by_the_network_and_never_by_the_dice():
    run, first = observed("text", "written", 3, knobs={"hidden": 8})
    again = run.observe(["written"])["written"]
    assert first["text"].tolist() == again["text"].tolist()
    run.state.temperature = 5.0
    assert run.observe(["written"])["written"]["text"][-1] != first["text"][-1]


def test_samples_are_kept_on_the_way_and_forgotten_when_the_run_goes_back():
    run = training("text", knobs={"hidden": 8}, steps=60)
    run.advance(60)
    assert [at for at, _ in run.state.pages] == [0, 20, 60]
    run.rewind()
    assert [at for at, _ in run.state.pages] == [0]


@pytest.mark.parametrize(("language", "unit"), [("en", "character"), ("en", "word"), ("zh", "character")])
def test_the_chances_of_what_comes_next_are_the_model_s_own(language, unit):
    run, seen = observed("text", "next", 2, knobs={"hidden": 8, "language": language, "unit": unit})
    assert np.all(np.diff(seen["p"]) <= 0)
    assert 0 < seen["p"].sum() <= 1.0001
    states = run.observe(["states"])["states"]
    assert states["h/values"].shape == (8, len(states["labels"]))
    assert np.all((states["p/values"] >= 0) & (states["p/values"] <= 1))


def test_a_text_of_the_user_s_is_read_in_place_of_the_stories(tmp_path):
    path = tmp_path / "own.txt"
    path.write_text("ab" * 400, encoding="utf-8")
    recipe = LESSON.experiment("text", data=data_files.UserData("text", "0" * 12, path.name, path))
    _, settings = make_settings(LESSON, "text", {"hidden": 8}, steps=120)
    run = Training(recipe, settings)
    run.advance(120)
    assert run.state.library.vocabulary.tokens == ("\N{REPLACEMENT CHARACTER}", "a", "b")
    assert "abababab" in run.observe(["written"])["written"]["text"][-1]


def test_what_a_forecast_shows_as_known_is_the_series_in_its_own_unit(tmp_path):
    path = tmp_path / "own.csv"
    values = 1000 + 50 * np.sin(np.arange(200) / 3)
    path.write_text("day,load\n" + "\n".join(f"{i},{v:.6f}" for i, v in enumerate(values)), encoding="utf-8")
    recipe = LESSON.experiment("series", data=data_files.UserData("table", "0" * 12, path.name, path))
    _, settings = make_settings(LESSON, "series", {}, steps=3)
    run = Training(recipe, settings)
    run.advance(3)
    shown = run.observe(["forecast"])["forecast"]
    at = shown["x/x"].astype(int) + 149
    assert np.allclose(shown["x/y"], values[at], rtol=1e-5)
    assert shown["n →/x"].astype(int).tolist() == list(range(1, 51))


def test_a_forecast_from_its_own_answers_never_sees_what_is_held_back():
    run = training("series", steps=5)
    run.advance(5)
    before = run.observe(["forecast"])["forecast"]["n →/y"]
    run.state.series.values[run.state.series.first :] = 7.0
    assert np.array_equal(run.observe(["forecast"])["forecast"]["n →/y"], before)


@pytest.mark.parametrize(
    ("content", "column", "said"),
    [
        ("a,b\n" + "1,x\n" * 50, 2, r"line 2, column 'b' holds 'x'"),
        ("a,b\n" + "1,2\n" * 49 + "1,\n", 2, "line 51, column 'b' holds no finite number"),
        ("1\n2\n", 0, "2 rows of data; a series needs at least 40"),
        ("1,2\n" * 50, 5, "has 2 columns, but column is 5"),
        ("x,y\n" + "a,b\n" * 50, 0, "no column holds numbers only"),
    ],
)
def test_a_table_without_a_series_is_refused_in_one_sentence(tmp_path, content, column, said):
    path = tmp_path / "own.csv"
    path.write_text(content, encoding="utf-8")
    recipe = LESSON.experiment("series", data=data_files.UserData("table", "0" * 12, path.name, path))
    _, settings = make_settings(LESSON, "series", {"column": column}, steps=1)
    with pytest.raises(UsageError, match=said):
        Training(recipe, settings)


@pytest.mark.parametrize("seeds", [1, 2])
def test_a_learner_s_way_back_trains_the_network_as_ours_does(seeds):
    code = code_files.solution(LESSON.lesson, "through-time")
    theirs, ours = (training("word", steps=30, seeds=seeds, **given) for given in ({"code": code}, {}))
    for run in (theirs, ours):
        run.advance(30)
    pairs = [run.experiment.weights(run.state) for run in (theirs, ours)]
    assert all(np.allclose(pairs[0][name], pairs[1][name], atol=1e-4) for name in pairs[0])


@pytest.mark.parametrize("given", [None, 3.0, "d", np.zeros((2, 2)), [[1.0], [2.0, 3.0]]])
def test_a_learner_s_gradients_of_another_form_say_what_is_expected(given):
    with pytest.raises(CodeError, match=r"back returned .*; return d \(3, 1\)"):
        LESSON.codes["through-time"](lambda g, h, w: given)


def test_a_learner_s_gradients_without_numbers_are_refused_with_the_first_of_them():
    with pytest.raises(CodeError, match=r"back returned nan; return d"):
        LESSON.codes["through-time"](lambda g, h, w: np.full_like(g, np.nan))
