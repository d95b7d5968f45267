"""The trainer as a process: what it answers over its pipes, spoken to as the screen does."""

import math
import os
import re
import select
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from nnlab.lab import framing, wire
from nnlab.lab.events import Change
from nnlab.lab.history import History
from nnlab.lab.run import Run
from nnlab.lab.training import Training
from tests.lab.trainer_course import write_course

DEADLINE = 30.0
FOREVER = 10_000_000


class Trainer:
    """A trainer process at the other end of two pipes."""

    def __init__(self, course):
        self.course = course
        self.process = subprocess.Popen(
            [sys.executable, "-m", "nnlab.lab.trainer"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
        )
        self.reader = framing.Reader(wire.Answer)
        self.answers = []

    def say(self, *commands):
        for command in commands:
            self.process.stdin.write(framing.encode(command))

    def start(self, experiment="walk", run=1, **settings):
        self.say(wire.Start(run=run, lessons=str(self.course), lesson="toy", experiment=experiment, **settings))

    def next(self, *kinds, until=lambda answer: True):
        """The next answer of these kinds that fits; others are skipped."""
        end = time.monotonic() + DEADLINE
        while True:
            while self.answers:
                answer = self.answers.pop(0)
                if (not kinds or isinstance(answer, kinds)) and until(answer):
                    return answer
            assert select.select([self.process.stdout], [], [], end - time.monotonic())[0], f"no {kinds} came"
            data = os.read(self.process.stdout.fileno(), 1 << 20)
            assert data, f"it ended: {self.process.stderr.read().decode()}"
            self.answers += self.reader.feed(data)

    def frame(self, until=lambda frame: True):
        """Ask for frames until one fits."""
        while True:
            self.say(wire.Ready())
            frame = self.next(wire.Frame)
            if until(frame):
                return frame

    def close(self):
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            pipe.close()


@pytest.fixture
def trainer(tmp_path):
    opened = Trainer(write_course(tmp_path / "course"))
    yield opened
    opened.close()


def whole_run(trainer):
    """Fold frames until the run ends."""
    started = trainer.next(wire.Started)
    run = Run(started.settings)
    while True:
        trainer.say(wire.Ready())
        answer = trainer.next(wire.Frame, wire.RunEnded)
        if isinstance(answer, wire.RunEnded):
            run.ended = answer.ended
            return run
        run.fold(answer.block)
        run.probes.update(answer.probes)


def test_it_says_its_protocol_and_pid_first(trainer):
    hello = trainer.next()
    assert isinstance(hello, wire.Hello)
    assert hello.protocol == wire.PROTOCOL
    assert hello.pid == trainer.process.pid
    assert hello.versions["numpy"] == np.__version__


def test_started_describes_the_experiment_as_plain_data(trainer):
    trainer.start(knobs={"size": "5"}, is_paused=True)
    started = trainer.next(wire.Started)
    assert started.settings.knobs == {"rate": 0.1, "size": 5}
    assert started.settings.steps == 200
    assert [knob.name for knob in started.card.knobs] == ["rate", "size"]
    assert started.card.knob("rate").live
    assert started.card.views[0].probe == "x"


def test_a_run_that_only_measures_measures_again_when_a_look_knob_is_turned(trainer):
    trainer.start("still", probes=("x",))
    run = whole_run(trainer)
    for z in (3.0, 4.0, 5.0):
        trainer.say(wire.SetKnob(Change("z", z)))
    frame = trainer.frame(until=lambda frame: bool(frame.probes) and frame.probes["x"]["x"] == 5.0)
    run.fold(frame.block)
    assert run.metrics["square"].steps.tolist() == [0]
    assert run.last("square") == 25.0
    trainer.say(wire.Rewind())
    assert trainer.next(wire.Rewound).step == 0
    assert trainer.next(wire.RunEnded).ended.status == "done"


def test_all_metrics_arrive_and_equal_a_headless_run_bit_for_bit(trainer, tmp_path):
    trainer.start(seed=3, steps=5000)
    run = whole_run(trainer)
    assert run.ended.status == "done"
    assert run.metrics["loss"].steps.tolist() == list(range(1, 5001))
    assert run.metrics["largest"].steps.tolist() == list(range(0, 5001, 250))
    from nnlab.lab.course import find_course
    from nnlab.lab.lesson import load

    alone = Training(load(find_course(trainer.course).lesson("toy")).experiment("walk"), run.settings)
    assert alone.advance(5000).metrics["loss"].tobytes() == run.metrics["loss"].values.tobytes()
    assert run.probes["x"]["x"].tobytes() == alone.observe(["x"])["x"]["x"].tobytes()


def test_no_frame_comes_without_ready_and_then_all_metrics_come(trainer):
    trainer.start(steps=FOREVER)
    trainer.next(wire.Started)
    first = trainer.frame(until=lambda frame: frame.index > 0)
    trainer.say(wire.SetKnob(Change("nothing", 1.0)))
    trainer.next(wire.Refused)
    assert not [answer for answer in trainer.answers if isinstance(answer, wire.Frame)]
    later = trainer.frame()
    assert later.block.first == first.block.first + first.block.count
    assert later.block.count > 0


def test_a_run_ends_with_its_last_frame_even_unasked(trainer):
    trainer.start(steps=100)
    last = trainer.next(wire.Frame)
    ended = trainer.next(wire.RunEnded)
    assert (last.index, ended.ended.status, ended.ended.step) == (100, "done", 100)
    assert last.probes["x"]["x"].shape == (3,)


def test_a_paused_run_steps_as_told_and_shows_each(trainer):
    trainer.start(is_paused=True, probes=("made",))
    assert trainer.frame(until=lambda frame: frame.probes).probes["made"]["made"] == 0
    trainer.say(wire.StepForward(3))
    frame = trainer.frame(until=lambda frame: frame.index == 3 and frame.probes)
    assert frame.probes["made"]["made"] == 3
    assert math.isnan(frame.steps_per_second)


def test_back_and_rewind_answer_where_the_run_is_and_forget_the_rest(trainer):
    trainer.start(is_paused=True, probes=("made",))
    trainer.say(wire.StepForward(3))
    trainer.frame(until=lambda frame: frame.index == 3)
    trainer.say(wire.StepBack())
    assert trainer.next(wire.Rewound).step == 2
    frame = trainer.frame(until=lambda frame: frame.index == 2 and frame.probes)
    assert frame.block.first + frame.block.count - 1 <= 2
    assert frame.probes["made"]["made"] == 2
    trainer.say(wire.Rewind())
    assert trainer.next(wire.Rewound).step == 0
    assert trainer.frame(until=lambda frame: frame.index == 0 and frame.probes).probes["made"]["made"] == 0


def test_after_the_end_it_still_goes_back_and_observes(trainer):
    trainer.start(steps=50, probes=())
    trainer.next(wire.RunEnded)
    trainer.say(wire.Want(("made",)))
    assert trainer.frame(until=lambda frame: frame.probes).probes["made"]["made"] == 50
    trainer.say(wire.StepBack())
    assert trainer.next(wire.Rewound).step == 49
    trainer.say(wire.Resume())
    assert trainer.next(wire.RunEnded).ended.step == 50


def test_a_live_change_comes_back_applied_with_its_step(trainer):
    trainer.start(is_paused=True)
    trainer.say(wire.StepForward(4), wire.SetKnob(Change("rate", 0.2)), wire.StepForward(1))
    frame = trainer.frame(until=lambda frame: frame.block.applied)
    assert frame.block.applied[0][1] == Change("rate", 0.2)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (wire.SetKnob(Change("rat", 0.2)), "did you mean 'rate'"),
        (wire.SetKnob(Change("size", 4)), "cannot change while the run goes on"),
        (wire.SetKnob(Change("rate", -1.0)), "must be a number above 0"),
        (wire.Want(("y",)), "There are: x, made."),
    ],
)
def test_what_does_not_fit_is_refused_and_the_run_goes_on(trainer, command, said):
    trainer.start(steps=FOREVER)
    trainer.say(command)
    refused = trainer.next(wire.Refused)
    assert said in refused.message
    index = trainer.frame().index
    assert trainer.frame(until=lambda frame: frame.index > index).run == 1


def test_a_refused_start_leaves_the_run_as_it_was(trainer):
    trainer.start(steps=FOREVER)
    trainer.start(run=2, knobs={"size": 99})
    assert trainer.next(wire.Refused).run == 2
    assert trainer.frame(until=lambda frame: frame.index > 0).run == 1


def test_a_divergence_names_its_step_and_what_to_try(trainer):
    trainer.start(knobs={"rate": 1.5}, steps=FOREVER)
    ended = trainer.next(wire.RunEnded).ended
    assert ended.status == "diverged"
    assert ended.advice == (Change("rate", 0.1),)


def test_a_limited_speed_is_kept(trainer):
    trainer.say(wire.SetSpeed(400.0))
    trainer.start(steps=FOREVER)
    frame = trainer.frame(until=lambda frame: frame.index >= 200)
    assert frame.index < 20_000


def test_prints_of_a_lesson_reach_stderr_and_never_a_frame(trainer):
    trainer.start("print", steps=20)
    run = whole_run(trainer)
    assert run.ended.status == "done"
    trainer.process.stdin.close()
    said = trainer.process.stderr.read().decode()
    assert "lesson.py prints while it is loaded" in said
    assert said.count("raw bytes") == 20
    assert said.count("a step") == 20


def test_code_that_raises_fails_with_a_traceback_and_the_next_start_works(trainer):
    trainer.start("raise")
    failed = trainer.next(wire.Failed)
    assert re.search(r"lesson\.py, line \d+: ZeroDivisionError: five is enough$", failed.message)
    assert "in broken" in failed.traceback
    trainer.start("walk", run=2)
    assert trainer.next(wire.RunEnded).run == 2


def test_out_of_memory_ends_the_process_after_saying_so(trainer):
    trainer.start("greedy")
    assert re.search(r"lesson\.py, line \d+: MemoryError: no more$", trainer.next(wire.Failed).message)
    assert trainer.process.wait(DEADLINE) == 0


@pytest.mark.parametrize("experiment", ["walk", "hang"])
def test_it_dies_with_the_screen_even_amid_an_endless_step(trainer, experiment):
    trainer.start(experiment, steps=FOREVER)
    trainer.next(wire.Started)
    trainer.process.stdin.close()
    assert trainer.process.wait(DEADLINE) == 0


def test_ctrl_c_on_the_terminal_is_the_screens_alone(trainer):
    trainer.start(steps=FOREVER)
    trainer.next(wire.Started)
    trainer.process.send_signal(signal.SIGINT)
    assert trainer.frame(until=lambda frame: frame.index > 0).run == 1


def test_bytes_that_are_no_command_end_it_with_a_sentence(trainer):
    trainer.process.stdin.write(b"\xff" * 64)
    assert trainer.process.wait(DEADLINE) == 70
    assert b"cannot understand the screen" in trainer.process.stderr.read()


@pytest.mark.skipif(sys.platform != "linux", reason="counts threads through /proc")
def test_it_has_one_blas_thread_and_a_lower_priority(trainer):
    trainer.next(wire.Hello)
    with open(f"/proc/{trainer.process.pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    nice, threads = int(fields[16]), int(fields[17])
    assert nice == os.getpriority(os.PRIO_PROCESS, 0) + 5
    assert threads == 2  # itself and the one that watches for the screen's end


# --- the history ------------------------------------------------------------------------------------------------------


def kept_runs():
    return {entry.settings.knobs["rate"]: entry for entry in History().entries()}


def test_a_run_that_ends_goes_into_the_history(trainer):
    trainer.start(steps=20, keep=True)
    ended = trainer.next(wire.RunEnded)
    kept = trainer.next(wire.Kept)
    (entry,) = History().entries()
    assert (kept.run, kept.id, entry.steps, entry.status) == (ended.run, entry.id, 20, "done")


def test_a_run_that_is_not_to_be_kept_leaves_nothing(trainer):
    trainer.start(steps=20)
    trainer.next(wire.RunEnded)
    trainer.start(steps=20, run=2)
    trainer.next(wire.RunEnded)
    assert History().entries() == ()


def test_a_run_that_is_replaced_goes_into_the_history_with_what_was_done_to_it(trainer):
    trainer.start(steps=FOREVER, keep=True, is_paused=True, knobs={"rate": 0.001})
    trainer.say(wire.StepForward(30))
    trainer.frame(until=lambda frame: frame.index == 30)
    trainer.say(wire.SetKnob(Change("rate", 0.002)), wire.StepForward(5))
    trainer.frame(until=lambda frame: frame.index == 35)
    trainer.say(wire.StepBack())
    trainer.next(wire.Rewound)
    trainer.start(steps=10, keep=True, run=2)
    assert trainer.next(wire.Kept).run == 1
    assert trainer.next(wire.Kept).run == 2
    left = kept_runs()[0.001]
    assert (left.status, left.steps) == ("stopped", 34)
    assert left.settings.changes == ((31, Change("rate", 0.002)),)


def test_a_screen_that_closes_leaves_its_run_in_the_history(trainer):
    trainer.start(steps=FOREVER, keep=True)
    trainer.frame(until=lambda frame: frame.index > 10)
    trainer.process.stdin.close()
    trainer.process.stdout.close()
    assert trainer.process.wait(timeout=DEADLINE) == 0
    (entry,) = History().entries()
    assert entry.status == "stopped"
    assert entry.steps > 10


def test_a_run_ends_when_its_time_is_over(trainer):
    trainer.start(steps=FOREVER, max_seconds=0.05)
    ended = trainer.next(wire.RunEnded).ended
    assert (ended.status, ended.reason) == ("limit", "the limit of 0.05 seconds was reached")
