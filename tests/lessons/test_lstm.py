"""The lesson on long short-term memory: what its walks show adds up."""

from functools import partial

import numpy as np
import pytest

from nnlab import engine, nn
from nnlab.data import corpus
from nnlab.lab import code_files, prose
from nnlab.lab.course import LANGUAGES
from nnlab.lab.faults import CodeError
from nnlab.lab.headless import make_settings
from nnlab.lab.training import Training
from nnlab.plots.palette import Palette
from nnlab.stage import draw_page
from tests.lessons import opened

LESSON = opened.lesson("lstm")
RUN = opened.runner("lstm")
training = partial(opened.training, "lstm")


def module(name):
    """A module of the lesson: `from .name import ...` of its own code."""
    return __import__(f"nnlab_lesson_lstm.{name}", fromlist=["*"])


THROUGH_TIME, LSTM_STEP = module("through_time"), module("lstm_step")


# --- the cell by hand -------------------------------------------------------------------------------------------------


def test_the_step_on_show_adds_up_to_the_state_on_show():
    run = training("cell", steps=19)
    for _ in range(19):
        run.advance(1)
        seen = run.observe(["cell"])["cell"]
        assert np.allclose(seen["f"] * seen["c_before"] + seen["i"] * seen["g"], seen["c"])
        assert np.allclose(seen["o"] * np.tanh(seen["c"]), seen["h"])


def test_a_walk_shows_only_what_it_has_reached():
    run = training("cell", steps=10)
    known = [int(np.isfinite(run.observe(["gates"])["gates"]["c/values"]).sum())]
    for _ in range(3):
        run.advance(1)
        known.append(int(np.isfinite(run.observe(["gates"])["gates"]["c/values"]).sum()))
    assert known == [1, 2, 3, 4]


def test_what_is_kept_is_the_product_of_the_forget_gates_after_the_first_mark():
    run = training("cell", knobs={"forget_bias": 0.0}, steps=19)
    run.advance(19)
    first = int(np.argmax(run.state.x[:, 1]))
    assert float(run.experiment.evaluate(run.state)["kept"]) == pytest.approx(0.5 ** (19 - first))


def test_the_trained_cell_on_show_is_a_step_of_the_sequence_on_show():
    run = training("adding", steps=3)
    run.advance(3)
    seen, gates = (run.observe([name])[name] for name in ("cell", "gates"))
    at = int(gates["cursor"])
    assert seen["x"][1] == 1.0
    assert np.allclose(seen["f"], gates["f/values"][:, at])
    assert np.allclose(seen["c_before"], gates["c/values"][:, at - 1])
    assert np.allclose(seen["f"] * seen["c_before"] + seen["i"] * seen["g"], seen["c"], atol=1e-6)


# --- texts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("page", "language"), [("text", "en"), ("uses", "zh")])
def test_a_page_says_how_long_its_text_is(page, language):
    for shown in LANGUAGES:
        blocks = prose.read_pages(LESSON.lesson, shown)[page].find(prose.Prose)
        assert f"{len(corpus(language)):,}" in "".join(block.markdown for block in blocks)


# --- the way back -----------------------------------------------------------------------------------------------------


def fresh(cell, units=3, steps=6):
    """A layer in float64, a sequence, and a gradient at its last h."""
    layer = nn.RECURRENT[cell](2, units, rng=np.random.default_rng(7)).layer0
    rng = np.random.default_rng(8)
    weights = {name: rng.normal(size=parameter.shape) for name, parameter in layer.named_parameters()}
    return list(weights.values()), rng.normal(size=(steps, 2)), rng.normal(size=units)


def walk(cell, weights, x, states):
    """The states after each step, by the engine: h, and c for an LSTM."""
    layer = {"lstm": engine.lstm, "gru": engine.gru, "rnn": engine.rnn}[cell]
    for t in range(len(x)):
        outputs = layer(x[t : t + 1, None], *weights, *states)
        h = engine.values(outputs[0] if cell == "lstm" else outputs)[-1]
        states = [h, engine.values(outputs[1])] if cell == "lstm" else [h]
        yield states


def states_before(cell, weights, x, blame, lag):
    """The states `lag` steps before the end."""
    zeros = [np.zeros((1, len(blame)))] * (2 if cell == "lstm" else 1)
    return [zeros, *walk(cell, weights, x, zeros)][len(x) - lag]


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_the_gradient_at_h_on_its_way_back_is_the_engine_s(cell):
    weights, x, blame = fresh(cell)
    lengths = getattr(THROUGH_TIME, f"{cell}_lags")(x, *weights, blame)
    layer = {"lstm": engine.lstm, "gru": engine.gru, "rnn": engine.rnn}[cell]
    for lag in range(1, len(x)):
        states = states_before(cell, weights, x, blame, lag)
        h_0 = engine.Tensor(states[0].copy(), requires_grad=True)
        outputs = layer(x[len(x) - lag :, None], *weights, h_0, *states[1:])
        engine.sum((outputs[0] if cell == "lstm" else outputs)[-1, 0] * blame).backward()
        shown = lengths["h"] if cell == "lstm" else lengths
        assert shown[lag] == pytest.approx(float(np.sqrt(np.sum(h_0.grad**2))))


@pytest.mark.parametrize("lag", range(5))
def test_the_gradient_at_c_is_what_nudging_c_measures(lag):
    weights, x, blame = fresh("lstm")
    at = len(x) - 1 - lag
    h, c = (state[0] for state in states_before("lstm", weights, x, blame, lag + 1))
    *_, o = LSTM_STEP.gates(x[at], h, *weights)
    _, c = LSTM_STEP.our_step(x[at], h, c, *weights)

    def answer(nudged):
        h, c = o * np.tanh(nudged), nudged
        for x_t in x[at + 1 :]:
            h, c = LSTM_STEP.our_step(x_t, h, c, *weights)
        return float(h @ blame)

    slopes = [(answer(c + nudge) - answer(c - nudge)) / 2e-6 for nudge in 1e-6 * np.eye(len(c))]
    assert THROUGH_TIME.lstm_lags(x, *weights, blame)["c"][lag] == pytest.approx(
        float(np.linalg.norm(slopes)), rel=1e-5
    )


def test_the_straight_line_alone_is_the_product_of_the_forget_gates():
    run = training("fading", knobs={"spread": 0.0, "forget_bias": 1.0, "lags": 20}, steps=20)
    run.advance(20)
    assert np.allclose(run.state.left["straight"][0, -1], (1 / (1 + np.exp(-1.0))) ** 20)


def test_the_matrices_of_the_plain_nets_have_the_radius_of_the_knob():
    weights = module("fading").rnn_weights(np.random.default_rng(0), 1, 12, 1.25)[1]
    assert np.allclose(np.abs(np.linalg.eigvals(weights)).max(axis=-1), 1.25)


def test_a_printed_page_shows_every_row_of_a_table():
    result = RUN("fading", probes=("lags", "left", "gates"))
    shown = draw_page(result.run, LESSON.experiment("fading").views, {}, width=80, palette=Palette(depth="mono"))
    assert " 100  " in "\n".join(shown.lines())
    assert "more" not in "\n".join(shown.lines())


# --- sums, copies, texts ----------------------------------------------------------------------------------------------


def test_a_goal_holds_for_a_solution_and_fails_for_near_misses():
    goal = LESSON.goals["long-sum"]
    assert all(check.holds for check in goal(RUN("adding", length=100, learning_rate=0.01)))
    assert not all(check.holds for check in goal(RUN("adding", length=50)))
    assert not all(check.holds for check in goal(RUN("adding", length=100, steps=300)))


def test_the_learning_rate_is_halved_and_follows_its_knob():
    run = training("adding", knobs={"length": 2, "units": 1}, steps=1600)
    run.advance(1501)
    assert run.state.optimizer.learning_rate == pytest.approx(0.0025)
    run.experiment.change(run.state, "learning_rate", 0.1)
    run.advance(1)
    assert run.state.optimizer.learning_rate == pytest.approx(0.05)


def test_what_is_due_in_the_copy_task_is_what_was_read_first():
    seen = training("copying", steps=1).observe(["written"])["written"]
    assert seen["below"][-10:].tolist() == seen["labels"][:10].tolist()
    assert seen["labels"][19] == "?"
    assert np.allclose(seen["p/values"].sum(axis=0), 1.0, atol=1e-5)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_writes_characters_of_its_language_and_the_same_ones_twice(language):
    run = training("stories", knobs={"language": language}, steps=1)
    first, second = (str(run.observe(["writing"])["writing"]["text"][0]) for _ in range(2))
    assert first == second
    assert set(first) <= set(run.state.text.vocabulary.tokens)


@pytest.mark.parametrize("seeds", [1, 2])
@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_what_writes_computes_what_the_network_that_learns_computes(cell, seeds):
    writing = module("writing")
    run = training("stories", knobs={"cell": cell, "units": 6}, seeds=seeds, steps=2)
    run.advance(2)
    own = {name: engine.to_host(values) for name, values in run.state.model.state_dict().items()}
    numbers = run.state.text.piece(9)
    lead = (seeds,) if seeds > 1 else ()
    expected = engine.values(run.state.model(np.broadcast_to(numbers[:, None], (*lead, 9, 1)).copy()))
    state = np.zeros((*lead, 2, 6))
    for t, number in enumerate(numbers):
        state = writing.next_state(cell, own, own["table.weight"][..., number, :], state)
        assert np.allclose(writing.logits(own, state), engine.to_host(expected)[..., t, :], atol=1e-4)


def test_at_temperature_zero_it_writes_the_likeliest():
    run = training("stories", knobs={"units": 6, "temperature": 0.0}, steps=1)
    own = {name: engine.to_host(values).astype(float) for name, values in run.state.model.state_dict().items()}
    numbers = module("writing").write("lstm", own, run.state.text.piece(4), 3, 0.0)
    x = np.concatenate([run.state.text.piece(4), numbers])
    given = engine.to_host(engine.values(run.state.model(x[:, None])))
    assert numbers.tolist() == given[3:6].argmax(axis=-1).tolist()


def test_the_unseen_part_of_a_text_is_never_trained_on():
    text = training("stories", steps=1).state.text
    assert (
        "".join(text.vocabulary.decode(np.concatenate([text.train, text.unseen])))[-50:]
        == "".join(text.vocabulary.decode(text.unseen))[-50:]
    )
    assert len(text.unseen) == round(0.1 * (len(text.train) + len(text.unseen)))


# --- the learner's cell -----------------------------------------------------------------------------------------------


def test_a_learner_s_step_is_walked_instead_of_ours():
    code = code_files.solution(LESSON.lesson, "lstm-step")
    theirs, ours = training("cell", steps=5, code=code), training("cell", steps=5)
    assert np.allclose(theirs.state.seen["c"], ours.state.seen["c"])
    _, settings = make_settings(LESSON, "cell", {}, steps=5)
    wrong = Training(LESSON.experiment("cell", step=LESSON.codes["lstm-step"].wrong), settings)
    assert not np.allclose(wrong.state.seen["c"], ours.state.seen["c"])


@pytest.mark.parametrize("given", [None, 3.0, "hc", (np.zeros(2), np.zeros(2)), (np.zeros(1), None), ([[1.0]], [1.0])])
def test_a_learner_s_states_of_another_form_say_what_is_expected(given):
    with pytest.raises(CodeError, match=r"step returned .*; return h \(1,\), c \(1,\)"):
        LESSON.codes["lstm-step"](lambda *arguments: given)


def test_a_learner_s_state_without_a_number_is_refused():
    with pytest.raises(CodeError, match=r"step returned nan; return h"):
        LESSON.codes["lstm-step"](lambda x, h, c, *weights: (h, c * np.nan))
