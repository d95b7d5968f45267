"""A run in a real trainer process: how it starts, arrives, fails, dies and is kept. Waits for conditions only."""

import asyncio
import os
import re
import signal
from pathlib import Path

import pytest

from nnlab.lab.history import History
from tests.tui.bare_screen import DEADLINE


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


def test_a_dragged_knob_starts_the_last_value_and_few_between(on_screen):
    async def test(screen, session):
        await screen.training()
        for size in (1, 2, 4, 5, 6, 7, 8, 9):
            session.set_knob("size", size)
        await screen.until(lambda: session.state == "training" and session.knobs["size"] == 9)
        await screen.until(lambda: session.run.probes and session.run.probes["x"]["x"].shape == (9,))
        assert session._runs <= 3

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
        assert re.search(r"lesson.py, line \d+: ZeroDivisionError: five is enough$", session.message)
        assert "lesson.py" in session.traceback
        session.start("toy", "walk")
        await screen.until(lambda: session.state == "done")

    on_screen(test)


def test_out_of_memory_stays_failed_when_the_process_ends_and_starts_again(on_screen):
    async def test(screen, session):
        session.start("toy", "greedy")
        await screen.until(lambda: session.state == "failed" and session.pid is None)
        assert re.search(r"lesson.py, line \d+: MemoryError: no more$", session.message)
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
