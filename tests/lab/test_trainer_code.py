"""A learner's code in the trainer process: checked, run, and ended when it does not end by itself."""

import pytest

from nnlab.lab import limits, wire
from nnlab.lab.learner_code import content_hash
from tests.lab.test_trainer import DEADLINE, FOREVER, Trainer, whole_run
from tests.lab.trainer_course import SOLUTION, START, write_course

HEAD = "def move(x, rate):\n"


@pytest.fixture
def trainer(tmp_path):
    opened = Trainer(write_course(tmp_path / "exercised"))
    yield opened
    opened.close()


def check(trainer, text):
    trainer.say(wire.CheckCode(str(trainer.course), "toy", "downhill", text))
    return trainer.next(wire.CodeChecked).result


def test_checks_come_with_what_was_measured_and_expected(trainer):
    result = check(trainer, START)
    assert (result.checks[0].measured, result.checks[0].expected, result.checks[0].holds) == (1.0, 0.8, False)
    assert check(trainer, SOLUTION).passes


def test_checking_leaves_the_run_as_it_is(trainer):
    trainer.start(steps=FOREVER)
    index = trainer.frame(until=lambda frame: frame.index > 0).index
    check(trainer, START)
    assert trainer.frame(until=lambda frame: frame.index > index).run == 1


def test_an_unknown_exercise_is_refused(trainer):
    trainer.say(wire.CheckCode(str(trainer.course), "toy", "uphill", START))
    refused = trainer.next(wire.Refused)
    assert refused.command == "check"
    assert "There are: downhill" in refused.message


def test_the_run_is_made_with_the_learners_function_and_says_its_hash(trainer):
    trainer.start(steps=300)
    ours = whole_run(trainer)
    trainer.start(run=2, steps=300, code=SOLUTION)
    right = whole_run(trainer)
    trainer.start(run=3, steps=300, code=START)
    wrong = whole_run(trainer)
    assert right.settings.code == content_hash(SOLUTION)
    assert right.metrics["loss"].values.tobytes() == ours.metrics["loss"].values.tobytes()
    assert wrong.metrics["loss"].values[-1] > 2 * ours.metrics["loss"].values[-1]


def test_goals_are_not_checked_on_a_run_with_own_code(trainer):
    trainer.start(steps=FOREVER, code=SOLUTION, goals=("anything",))
    assert trainer.frame(until=lambda frame: frame.index > 0).checks == {}


def test_a_fault_amid_the_run_names_its_line_and_the_process_goes_on(trainer):
    late = "made = []\n" + HEAD + "    made.append(1)\n    return x if len(made) < 50 else x + bias\n"
    trainer.start(steps=FOREVER, code=late)
    failed = trainer.next(wire.Failed)
    assert (failed.fault.kind, failed.fault.line) == ("name", 4)
    trainer.start(run=2, steps=20)
    assert trainer.next(wire.RunEnded).run == 2


def test_an_endless_loop_in_a_check_is_said_and_the_run_goes_on(trainer):
    trainer.start(steps=FOREVER)
    fault = check(trainer, HEAD + "    while True:\n        x = x + 0\n").fault
    assert fault.kind == "time"
    assert fault.line in (2, 3)
    index = trainer.frame().index
    assert trainer.frame(until=lambda frame: frame.index > index).run == 1


def test_an_endless_loop_in_the_run_ends_the_run_not_the_process(trainer):
    trainer.start(
        steps=FOREVER, code="made = []\n" + HEAD + "    made.append(1)\n    while len(made) > 9: pass\n    return x\n"
    )
    failed = trainer.next(wire.Failed)
    assert (failed.fault.kind, failed.fault.line) == ("time", 4)
    assert check(trainer, SOLUTION).passes


def test_code_that_cannot_be_interrupted_ends_with_its_process_which_leaves_the_line(trainer):
    text = HEAD + "    return sum(range(10**13))  # one call into C, in which no signal handler runs\n"
    trainer.say(wire.CheckCode(str(trainer.course), "toy", "downhill", text))
    assert trainer.process.wait(DEADLINE) == 1
    left = trainer.process.stderr.read().decode().splitlines()
    assert limits.hung_line(left) == 2


def test_what_the_code_prints_comes_with_the_checks_and_never_breaks_a_frame(trainer):
    result = check(trainer, HEAD + "    print('x is', x)\n    return x - rate * 2 * x\n")
    assert result.passes
    assert result.printed.startswith("x is 1.0\n")
    trainer.start(steps=50, code=HEAD + "    print('\\xff' * 100)\n    return x\n")
    assert whole_run(trainer).ended.status == "done"
