"""The lesson on GANs: what its players do adds up."""

import sys
from functools import partial

import numpy as np
import pytest

from nnlab import engine
from nnlab.data import MIXTURES, DataError
from nnlab.lab import code_files
from nnlab.lab.data_files import UserData
from nnlab.lab.errors import UsageError
from nnlab.lab.events import Change
from nnlab.lab.faults import CodeError
from nnlab.lab.headless import execute
from nnlab.lab.knobs import resolve
from nnlab.lab.streams import Streams
from nnlab.plots.palette import Palette
from nnlab.stage import draw_view
from tests.lessons import opened

LESSON = opened.lesson("gan")
RUN = opened.runner("gan")
training = partial(opened.training, "gan")
OWN_POINTS = sys.modules["nnlab_lesson_gan.own_points"]
PLAYERS = sys.modules["nnlab_lesson_gan.players"]
GAMES = ("plane", "digits")


def weights_of(run, player):
    return {name: np.array(engine.to_host(value)) for name, value in getattr(run.state, player).state_dict().items()}


def same(before, after):
    return all(np.array_equal(before[name], after[name]) for name in before)


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("goal", "steps", "reached", "missed"),
    [
        ("cover-the-grid", 6000, {"data": "grid", "sigma": 0.3}, {"sigma": 0.3}),
        ("bring-it-back", 3000, {"sigma": 0.1}, {"sigma": 0.1, "d_rate": 0.0001}),
    ],
)
def test_a_goal_holds_for_a_solution_and_fails_for_a_near_miss(goal, steps, reached, missed):
    assert all(check.holds for check in LESSON.goals[goal](RUN("plane", steps=steps, **reached)))
    assert not all(check.holds for check in LESSON.goals[goal](RUN("plane", steps=min(steps, 3000), **missed)))


def test_the_configuration_that_a_page_prints_is_the_one_that_was_proved():
    knobs = resolve(LESSON.experiment("packing").knobs, {})
    plain = LESSON.experiment("plane")
    resolved = resolve(plain.knobs, {"sigma": 0.02})
    assert plain.steps == 6000
    for knob, value in {"data": "ring", "sigma": 0.02, "latents": 2, "width": 64, "batch": 64, "g_rate": 0.001}.items():
        assert knobs[knob] == value
        assert resolved[knob] == value
    assert np.allclose(np.hypot(*MIXTURES["ring"](sigma=0.02).centres.T), 2.0)


# --- views and probes -------------------------------------------------------------------------------------------------


def test_curves_are_named_in_the_reader_s_language_and_keep_their_colours():
    run = training("plane", steps=3)
    result = execute(run.experiment, run.settings)
    view, palette = next(view for view in run.experiment.views if view.id == "losses"), Palette()
    plain = draw_view(view, result.run, title="", size=(60, 20), palette=palette)
    named = draw_view(view, result.run, title="", size=(60, 20), palette=palette, words=LESSON.lesson.words("zh"))
    assert "D loss" in "\n".join(plain.lines())
    assert "D 的损失" in "\n".join(named.lines())
    assert "D loss" not in "\n".join(named.lines())
    assert set(np.unique(plain.fg)) == set(np.unique(named.fg))


def test_an_arrow_points_where_d_believes_more():
    run = training("plane", steps=400)
    run.advance(400)
    steps = run.observe(["field"])["field"]["arrow/G"]

    def logits(points):
        return engine.to_host(engine.values(run.state.discriminator(points.astype(np.float32))))[:, 0]

    moved = steps[:, :2] + 1e-3 * steps[:, 2:] / np.maximum(np.hypot(steps[:, 2], steps[:, 3]), 1e-9)[:, None]
    assert np.mean(logits(moved) > logits(steps[:, :2])) > 0.95


def test_the_latent_square_s_corner_is_where_g_sends_that_corner():
    run = training("plane", steps=20)
    run.advance(20)
    mesh = run.observe(["mesh"])["mesh"]["mesh"]
    corner = engine.to_host(engine.values(run.state.generator(np.array([[-2.0, -2.0]], dtype=np.float32))))
    assert np.allclose(mesh[0, 0], corner[0], atol=1e-6)


def test_a_table_of_points_becomes_a_distribution_of_as_many_modes(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("name,x,y\na,10,100\nb,30,100\nc,10,120\nb,30,100\n")
    mixture = OWN_POINTS.modes_of(path, sigma=0.1, name="points.csv")
    assert sorted(map(tuple, mixture.centres)) == [(-2.0, -2.0), (-2.0, 2.0), (2.0, -2.0)]


def test_own_points_are_learned_from_until_another_kind_is_chosen(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("x,y\n0,0\n1,0\n0,1\n")
    own = UserData("table", "0" * 12, path.name, path)
    assert len(training("plane", steps=1, data=own).state.scene.mixture.centres) == 3
    assert len(training("plane", steps=1, data=own, knobs={"data": "pair"}).state.scene.mixture.centres) == 2
    with pytest.raises(UsageError, match="own"):
        training("plane", steps=1, knobs={"data": "own"})


def test_uniform_noise_is_as_wide_as_normal_noise():
    noise = PLAYERS.latent_noise(Streams([1]).latent, (4000, 2), "uniform")
    assert abs(noise.std() - 1.0) < 0.02
    assert np.abs(noise).max() <= PLAYERS.WIDE


@pytest.mark.parametrize("knobs", [{"optimizer": "sgd"}, {"optimizer": "adamw"}, {"layers": 1}, {"noise": "uniform"}])
def test_the_game_is_played_with_other_means(knobs):
    plain, other = training("plane", steps=5), training("plane", steps=5, knobs=knobs)
    plain.advance(5)
    other.advance(5)
    points = [engine.to_host(PLAYERS.generate(run.state, run.state.scene.noise)) for run in (plain, other)]
    assert np.isfinite(points[1]).all()
    assert not np.array_equal(*points)


@pytest.mark.parametrize(
    ("text", "said"), [("x\n1\n2\n", "1 columns of numbers"), ("x,y\n1,2\n1,2\n", "1 different points")]
)
def test_a_table_without_points_of_the_plane_says_what_it_needs(tmp_path, text, said):
    path = tmp_path / "points.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=said):
        OWN_POINTS.modes_of(path, sigma=0.1, name="points.csv")


# --- turns and phases -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("experiment", GAMES)
@pytest.mark.parametrize(
    ("turn", "moves", "rests"), [("D", "discriminator", "generator"), ("G", "generator", "discriminator")]
)
def test_a_player_alone_leaves_the_other_bit_identical(experiment, turn, moves, rests):
    run = training(experiment, steps=30)
    run.advance(10)
    before = {player: weights_of(run, player) for player in (moves, rests)}
    run.advance_with(3, [Change("turn", turn)])
    assert same(before[rests], weights_of(run, rests))
    assert not same(before[moves], weights_of(run, moves))
    run.advance(1)
    assert not same(before[rests], weights_of(run, rests))


@pytest.mark.parametrize("experiment", GAMES)
def test_five_phases_are_a_round_and_say_which_they_are(experiment):
    whole, parts = training(experiment, steps=1), training(experiment, knobs={"turn": "phase"}, steps=5)
    whole.advance(1)
    block = parts.advance(5)
    assert block.metrics["phase"].tolist() == [0, 1, 2, 3, 4]
    for player in ("generator", "discriminator"):
        assert same(weights_of(whole, player), weights_of(parts, player))


def test_a_phase_that_was_taken_back_comes_again():
    run = training("plane", knobs={"turn": "phase"}, steps=20)
    run.advance(8)
    before = weights_of(run, "discriminator")
    run.advance(2)
    run.back()
    run.back()
    assert same(before, weights_of(run, "discriminator"))
    assert run.advance(1).metrics["phase"].tolist() == [3]


def test_arrows_are_there_in_slow_motion_only_while_d_answers():
    run = training("plane", knobs={"turn": "phase"}, steps=5)
    shown = []
    for _ in range(5):
        run.advance(1)
        shown.append("arrow/G" in run.observe(["field"])["field"])
    assert shown == [False, False, False, True, False]


# --- the code exercise ------------------------------------------------------------------------------------------------


def test_a_learner_s_non_saturating_loss_trains_as_ours_does():
    code = code_files.solution(LESSON.lesson, "generator-loss")
    theirs, ours = training("plane", steps=20, code=code), training("plane", steps=20)
    theirs.advance(20)
    ours.advance(20)
    pairs = zip(weights_of(theirs, "generator").values(), weights_of(ours, "generator").values(), strict=True)
    assert all(np.allclose(one, other, atol=1e-4) for one, other in pairs)
    assert {player for player, _ in theirs.state.replays} == {"D"}, "a learner's code is called at every step"


@pytest.mark.parametrize("given", [None, 3.0, "L", np.zeros((2, 1)), (np.zeros(2), np.zeros(2)), [[1.0], [2.0]]])
def test_a_learner_s_loss_of_another_form_says_what_is_expected(given):
    with pytest.raises(CodeError, match=r"(?s)generator_loss returned .*; return loss"):
        LESSON.codes["generator-loss"](lambda s: given)


@pytest.mark.parametrize("seeds", [1, 2])
@pytest.mark.parametrize(("loss", "pack"), [("minimax", 1), ("least_squares", 2), ("wasserstein", 1)])
def test_a_game_that_is_replayed_equals_an_eager_one_bit_for_bit(loss, pack, seeds, monkeypatch):
    def game():
        run = training("plane", knobs={"pack": pack, "width": 8}, seeds=seeds, steps=60)
        run.advance(12)
        run.change(Change("loss", loss))
        run.advance(9)
        run.back()
        run.change(Change("batch", 20))
        run.advance(8)
        run.change(Change("loss", "non_saturating"))
        run.advance(8)
        return run, {player: weights_of(run, player) for player in ("generator", "discriminator")}

    run, replayed = game()
    recorded = {
        key for key, replay in run.state.replays.items() if any(type(v) is tuple for v in replay._seen.values())
    }
    assert recorded >= {(player, kind) for player in "DG" for kind in ("non_saturating", loss)}
    monkeypatch.setattr("nnlab.nn.replay.PATIENCE", 10**9)
    _, eager = game()
    assert all(same(eager[player], replayed[player]) for player in eager)
