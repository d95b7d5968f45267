import numpy as np
import pytest

from nnlab.lab.events import Block, Change, Ended
from nnlab.lab.run import Run
from nnlab.lab.settings import Settings
from nnlab.tui.run_notes import flat_steps, run_note
from nnlab.tui.speech import Speech


def run_of(losses, solved=0.0):
    losses = np.asarray(losses, dtype=float)
    run = Run(Settings("toy", "walk", {"learning_rate": 30.0}, steps=len(losses)))
    measured = {"solved": (np.array([len(losses)]), np.array([solved]))}
    run.fold(Block(first=1, count=len(losses), metrics={"loss": losses}, measured=measured))
    return run


def test_a_divergence_says_step_operation_and_what_to_try():
    run = run_of([1.0, 2.0])
    run.ended = Ended("diverged", 264, "overflow in linear of layer h2", "linear", (Change("learning_rate", 0.3),))
    note = run_note(run, 0, Speech("en"))
    assert "264" in note
    assert "overflow in linear of layer h2" in note
    assert "0.3" in note
    assert "30" in note


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_flat_unsolved_run_is_stuck(language):
    run = run_of(np.r_[np.linspace(1, 0.5, 100), np.full(900, 0.5)])
    assert 895 <= flat_steps(run, 0) <= 905
    assert "90" in run_note(run, 0, Speech(language))


def test_a_flat_run_that_is_solved_is_not_stuck():
    assert run_note(run_of(np.full(2000, 0.5), solved=1.0), 0, Speech("en")) == ""


def test_a_run_that_moves_is_not_stuck():
    assert flat_steps(run_of(np.linspace(1, 0.1, 2000)), 0) == 0


@pytest.mark.parametrize(
    ("reason", "operation", "english", "chinese"),
    [
        ("overflow in linear of layer h2", "linear", "overflow in linear of layer h2", "溢出（h2 层 linear）"),
        ("0/0 in divide", "divide", "0/0 in divide", "0/0（divide）"),
        (
            "not a number in gradient of exp of layer 1",
            "gradient of exp",
            "not a number in gradient of exp of layer 1",
            "非数 NaN（1 层 exp 的梯度）",
        ),
        ("the loss stayed above 1,000 times its start for 20 steps", "", "above 1,000 times its start", "1,000 倍"),
    ],
)
def test_the_reason_of_a_divergence_is_said_in_the_reader_s_language(reason, operation, english, chinese):
    run = run_of([1.0, 2.0])
    run.ended = Ended("diverged", 264, reason, operation)
    assert english in run_note(run, 0, Speech("en"))
    assert chinese in run_note(run, 0, Speech("zh"))
