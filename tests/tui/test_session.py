"""What a screen asks of a real trainer process, in a bare asyncio loop: no screen, and waiting for conditions only."""

import pytest

from nnlab.lab.errors import UsageError
from tests.tui.bare_screen import FOREVER


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


def test_two_knobs_set_at_once_leave_a_run_that_waits_waiting(on_screen):
    """A press in a picture sets row and column: the second found the run starting anew, and let it train."""

    async def test(screen, session):
        session.start("toy", "walk", steps=300, is_paused=True)
        await screen.until(lambda: session.state == "ready")
        session.set_knob("size", 7)
        session.set_knob("rate", 0.25)
        await screen.until(lambda: session.state != "starting")
        assert session.state == "ready"
        assert session.run.settings.knobs["size"] == 7
        assert session.run.settings.knobs["rate"] == 0.25

    on_screen(test)


def test_a_knob_has_its_new_value_before_the_run_with_it_has_begun(on_screen):
    """The bar took the old one from here, and a press that came meanwhile began with that."""

    async def test(screen, session):
        await screen.training()
        session.set_knob("size", 7)
        assert session.state == "starting"
        assert session.run.settings.knobs["size"] != 7
        assert session.knobs["size"] == 7
        session.set_knob("size", 8)
        assert session.knobs["size"] == 8

    on_screen(test)


@pytest.mark.parametrize(("name", "value", "said"), [("rat", 1, "did you mean 'rate'"), ("size", 99, "from 1 to 9")])
def test_a_knob_that_does_not_fit_is_refused_at_once(on_screen, name, value, said):
    async def test(screen, session):
        await screen.training()
        with pytest.raises(UsageError, match=said):
            session.set_knob(name, value)
        assert session.state == "training"

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
