"""The session against a real trainer process, in a bare asyncio loop: no screen, and waiting for conditions only."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from nnlab.lab.errors import UsageError
from nnlab.lab.history import History
from nnlab.tui.session import Session

sys.path.insert(0, str(Path(__file__).parent.parent / "lab"))
from trainer_course import write_course  # shared with the trainer's own tests

DEADLINE = 30.0
FOREVER = 10_000_000


class Screen:
    """Stands in for the screen: paints after every update, and lets a test wait for a condition."""

    def __init__(self, lessons):
        self.news = asyncio.Event()
        self.updates = 0
        self.paints = True
        self.session = Session(self.updated, lessons=str(lessons))

    def updated(self):
        self.updates += 1
        self.news.set()

    async def until(self, condition):
        async with asyncio.timeout(DEADLINE):
            while not condition():
                if self.paints:
                    self.session.painted()
                self.news.clear()
                await self.news.wait()

    async def training(self, experiment="walk", **settings):
        """Start, and wait until some steps are made."""
        self.session.start("toy", experiment, **{"steps": FOREVER, **settings})
        await self.until(lambda: self.session.state == "training" and self.session.run.step > 0)


@pytest.fixture
def on_screen(tmp_path):
    """Run an async test function with a Screen."""
    course = write_course(tmp_path / "course")

    def run(test):
        async def with_screen():
            screen = Screen(course)
            try:
                await test(screen, screen.session)
            finally:
                screen.session.close()

        asyncio.run(with_screen())

    return run


def test_a_run_arrives_whole_and_ends(on_screen):
    async def test(screen, session):
        session.start("toy", "walk", {"size": 5}, steps=2000)
        assert session.state == "starting"
        await screen.until(lambda: session.state == "done")
        assert session.run.metrics["loss"].steps.tolist() == list(range(1, 2001))
        assert session.run.probes["x"]["x"].shape == (5,)
        assert session.knobs == {"rate": 0.1, "size": 5}
        assert session.settings.shell_line(session.defaults) == "nnlab run toy/walk --set size=5 --seed 1 --steps 2000"

    on_screen(test)


def test_updates_come_by_the_frame_not_by_the_step(on_screen):
    async def test(screen, session):
        await screen.training()
        before, first = screen.updates, session.run.step
        await screen.until(lambda: session.run.step > first + 2000)
        assert screen.updates - before < (session.run.step - first) / 20

    on_screen(test)


def test_training_goes_on_when_nothing_is_painted(on_screen):
    async def test(screen, session):
        await screen.training()
        screen.paints = False
        session.set_knob("rate", 0.2)
        session.want(["nothing"])  # its refusal tells that the trainer has been round its loop
        await screen.until(lambda: "no probe 'nothing'" in session.message)
        held = session.run.step
        screen.paints = True
        await screen.until(lambda: session.run.step > held)
        steps = session.run.metrics["loss"].steps
        assert steps.tolist() == list(range(1, session.run.step + 1))

    on_screen(test)


def test_pause_step_back_and_go_on(on_screen):
    async def test(screen, session):
        await screen.training(is_paused=False)
        session.toggle()
        assert session.state == "paused"
        session.want(["made"])
        await screen.until(lambda: "made" in session.run.probes)
        await screen.until(lambda: session.run.probes["made"]["made"] == session.run.step)
        at = session.run.step
        session.step(3)
        await screen.until(lambda: session.run.step == at + 3)
        session.back()
        await screen.until(lambda: session.run.step == at + 2)
        assert session.state == "paused"
        assert session.run.metrics["loss"].steps[-1] == at + 2
        session.toggle()
        await screen.until(lambda: session.run.step > at + 100)
        assert session.state == "training"

    on_screen(test)


def test_rewind_gives_the_same_run_again_and_keeps_the_first_as_ghost(on_screen):
    async def test(screen, session):
        session.start("toy", "walk", steps=300)
        await screen.until(lambda: session.state == "done")
        first = session.run.metrics["loss"].values.copy()
        session.rewind()
        await screen.until(lambda: session.state == "ready")
        assert session.ghost.metrics["loss"].values.tobytes() == first.tobytes()
        session.resume()
        await screen.until(lambda: session.state == "done")
        assert session.run.metrics["loss"].values.tobytes() == first.tobytes()
        assert session.run.metrics["largest"].steps.tolist() == session.ghost.metrics["largest"].steps.tolist()

    on_screen(test)


def test_a_live_knob_changes_the_run_and_its_shell_line(on_screen):
    async def test(screen, session):
        await screen.training()
        run = session.run
        session.set_knob("rate", "0.25")
        assert session.knobs["rate"] == 0.25
        await screen.until(lambda: session.run.changes)
        assert session.run is run
        step, change = session.run.changes[0]
        assert f"--at {step}:{change.knob}=0.25" in session.settings.shell_line(session.defaults)

    on_screen(test)


def test_a_knob_of_one_step_is_back_after_it_and_stands_in_the_shell_line(on_screen):
    async def test(screen, session):
        session.start("toy", "walk", is_paused=True)
        await screen.until(lambda: session.state == "ready")
        session.step()
        session.step(knobs={"rate": 0.3})
        session.step(knobs={"rate": 0.4})
        await screen.until(lambda: session.run.step == 3)
        assert session.knobs["rate"] == 0.1
        assert session.state == "paused"
        session.step()
        await screen.until(lambda: session.run.step == 4)
        assert session.knobs["rate"] == 0.1
        line = session.settings.shell_line(session.defaults)
        assert "--at 2:rate=0.3" in line
        assert "--at 4:rate=0.1" in line

    on_screen(test)


def test_rewind_after_a_live_change_keeps_the_knob(on_screen):
    async def test(screen, session):
        await screen.training()
        session.set_knob("rate", 0.25)
        await screen.until(lambda: session.run.changes)
        old = session.run
        session.rewind()
        await screen.until(lambda: session.run is not old and session.run.step > 0)
        assert session.run.settings.knobs["rate"] == 0.25
        assert session.ghost is old
        assert session.state == "training"

    on_screen(test)


def test_another_knob_restarts_from_the_same_seed_with_the_old_run_as_ghost(on_screen):
    async def test(screen, session):
        await screen.training(seed=4)
        old = session.run
        session.set_knob("size", 7)
        await screen.until(lambda: session.run is not old and session.run.step > 0)
        assert session.ghost is old
        assert session.run.settings.knobs["size"] == 7
        assert session.run.settings.seed == 4

    on_screen(test)


def test_a_dragged_knob_starts_the_last_value_and_few_between(on_screen):
    async def test(screen, session):
        await screen.training()
        for size in (1, 2, 4, 5, 6, 7, 8, 9):
            session.set_knob("size", size)
        await screen.until(lambda: session.state == "training" and session.knobs["size"] == 9)
        await screen.until(lambda: session.run.probes and session.run.probes["x"]["x"].shape == (9,))
        assert session._runs <= 3

    on_screen(test)


@pytest.mark.parametrize(("name", "value", "said"), [("rat", 1, "did you mean 'rate'"), ("size", 99, "from 1 to 9")])
def test_a_knob_that_does_not_fit_is_refused_at_once(on_screen, name, value, said):
    async def test(screen, session):
        await screen.training()
        with pytest.raises(UsageError, match=said):
            session.set_knob(name, value)
        assert session.state == "training"

    on_screen(test)


def test_a_start_that_does_not_fit_leaves_the_run_and_says_why(on_screen):
    async def test(screen, session):
        await screen.training()
        run = session.run
        session.start("toy", "wlak")
        await screen.until(lambda: session.message)
        assert "did you mean 'walk'" in session.message
        at = run.step
        await screen.until(lambda: run.step > at)
        assert session.state == "training"
        assert session.run is run

    on_screen(test)


def test_a_first_start_that_does_not_fit_is_failed(on_screen):
    async def test(screen, session):
        session.start("toys", "walk")
        await screen.until(lambda: session.state == "failed")
        assert "did you mean 'toy'" in session.message

    on_screen(test)


def test_next_seed_goes_past_all_seeds_of_the_run(on_screen):
    async def test(screen, session):
        await screen.training(seed=1, seeds=5)
        old = session.run
        session.next_seed()
        await screen.until(lambda: session.run is not old)
        assert session.run.settings.seed_numbers == (6, 7, 8, 9, 10)

    on_screen(test)


def test_a_paused_start_waits_until_told(on_screen):
    async def test(screen, session):
        session.start("toy", "walk", is_paused=True)
        await screen.until(lambda: session.state == "ready" and session.run.probes)
        assert session.run.step == 0
        session.resume()
        await screen.until(lambda: session.state == "done")

    on_screen(test)


def test_a_pause_while_the_trainer_starts_is_obeyed(on_screen):
    async def test(screen, session):
        session.start("toy", "walk", steps=FOREVER)
        session.toggle()
        await screen.until(lambda: session.state != "starting")
        assert session.state in ("ready", "paused")

    on_screen(test)


def test_a_divergence_keeps_its_curve_and_a_knob_starts_anew(on_screen):
    async def test(screen, session):
        session.start("toy", "walk", {"rate": 1.5}, steps=FOREVER)
        await screen.until(lambda: session.state == "diverged")
        advice = session.run.ended.advice[0]
        lost = session.run
        assert len(lost.metrics["loss"]) >= lost.ended.step
        session.set_knob(advice.knob, advice.value)
        await screen.until(lambda: session.state == "training" and session.run.step > 0)
        assert session.ghost is lost
        assert session.run.settings.knobs["rate"] == 0.1

    on_screen(test)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_killed_trainer_is_named_nothing_is_lost_and_it_starts_again(on_screen, number):
    async def test(screen, session):
        await screen.training(knobs={"size": 4}, seed=3)
        run, first = session.run, session.pid
        os.kill(session.pid, number)
        await screen.until(lambda: session.state == "dead")
        assert session.message == f"the trainer was ended by {number.name}."
        assert session.run is run
        assert len(run.metrics["loss"]) == run.step
        session.restart()
        await screen.until(lambda: session.state == "training" and session.run.step > 0)
        assert session.pid != first
        assert (session.run.settings.seed, session.run.settings.knobs["size"]) == (3, 4)
        assert session.ghost is run

    on_screen(test)


def test_an_endless_step_can_be_killed(on_screen):
    async def test(screen, session):
        session.start("toy", "hang")
        await screen.until(lambda: session.state == "training")
        session.kill()
        await screen.until(lambda: session.state == "dead")

    on_screen(test)


def test_many_commands_to_a_trainer_that_does_not_listen_block_nothing(on_screen):
    async def test(screen, session):
        session.start("toy", "hang")
        await screen.until(lambda: session.state == "training")
        for _ in range(20_000):
            session.step()
        session.kill()
        await screen.until(lambda: session.state == "dead")

    on_screen(test)


def test_code_that_raises_shows_its_traceback_and_the_run_so_far(on_screen):
    async def test(screen, session):
        session.start("toy", "raise")
        await screen.until(lambda: session.state == "failed")
        assert session.message == "ZeroDivisionError: five is enough"
        assert "lesson.py" in session.traceback
        session.start("toy", "walk")
        await screen.until(lambda: session.state == "done")

    on_screen(test)


def test_out_of_memory_stays_failed_when_the_process_ends_and_starts_again(on_screen):
    async def test(screen, session):
        session.start("toy", "greedy")
        await screen.until(lambda: session.state == "failed" and session.pid is None)
        assert session.message == "MemoryError: no more"
        session.start("toy", "walk")
        await screen.until(lambda: session.state == "done")

    on_screen(test)


def test_prints_are_kept_as_the_last_hundred_lines(on_screen):
    async def test(screen, session):
        session.start("toy", "print", steps=200)
        await screen.until(lambda: session.state == "done")
        session.kill()
        await screen.until(lambda: session.state == "dead")
        assert len(session.log) == 100
        assert "a step 199" in session.log

    on_screen(test)


def test_close_leaves_no_process_and_calls_nothing_back(on_screen):
    async def test(screen, session):
        await screen.training()
        pid = session.pid
        session.close()
        updates = screen.updates
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
        await asyncio.sleep(0)
        assert screen.updates == updates
        assert session.pid is None

    on_screen(test)


# --- the history ------------------------------------------------------------------------------------------------------


def test_runs_that_end_are_replaced_or_left_go_into_the_history(on_screen, tmp_path, monkeypatch):
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path / "home"))

    async def test(screen, session):
        session.start("toy", "walk", steps=20, keep=True)  # may be over before it is seen training
        await screen.until(lambda: session.kept)
        assert session.state == "done"
        await screen.training(keep=True, seed=2)
        first, pid = session.kept, session.pid
        session.next_seed()
        await screen.until(lambda: session.kept != first)
        await screen.until(lambda: session.state == "training" and session.run.step > 0)
        session.close()
        async with asyncio.timeout(DEADLINE):
            while Path(f"/proc/{pid}").exists():
                await asyncio.sleep(0.02)

    on_screen(test)
    kept = {entry.settings.seed: entry.status for entry in History().entries()}
    assert kept == {1: "done", 2: "stopped", 3: "stopped"}
