"""Another device is chosen on the workbench: same seed, the run before beside it; one that is missing is said."""

import sys
from pathlib import Path

import numpy as np
import pytest

from nnlab.tui.session import Session
from tests.tui.waiting import until

SECOND = Path(__file__).with_name("second_device.py")


@pytest.fixture
def second_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the workbench's trainer find a second device."""
    monkeypatch.setitem(Session.__init__.__kwdefaults__, "command", (sys.executable, str(SECOND)))


def put(screen, name, value):
    screen.bench.select(name)
    screen.bench.put(value)


async def train(pilot, screen):
    before = screen.session.run
    screen.action_run_form()
    await until(pilot, lambda: screen.session.run is not before and screen.session.state == "done")


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
def test_the_same_seed_trains_on_another_device_beside_the_run_before(second_device, bench, shown, size) -> None:
    async def script(pilot, screen) -> None:
        put(screen, "steps", "40")
        put(screen, "device", "cpu")
        await train(pilot, screen)
        first = screen.session.run
        assert first.settings.device == "cpu"
        put(screen, "device", "cuda")
        assert screen.changed == ("device",)
        await train(pilot, screen)
        second = screen.session.run
        assert (second.settings.device, second.settings.seed) == ("cuda", first.settings.seed)
        assert screen.session.ghost is first
        assert [one.run for one in screen.runs.shown] == [first, second]
        assert screen.runs.differing() == ["device"]
        losses = [run.metrics["loss"].values for run in (first, second)]
        assert np.allclose(*losses, rtol=1e-3), "the same weights, samples and steps"
        assert "--device cuda" in screen.shell_line()
        await until(pilot, lambda: "cuda   seed 1" in shown(screen.app))
        put(screen, "device", "cpu")
        await train(pilot, screen)
        assert np.array_equal(screen.session.run.metrics["loss"].values, losses[0])

    bench(script, size)


def test_a_device_that_is_missing_is_said_at_its_row_and_the_cpu_goes_on(bench, shown) -> None:
    async def script(pilot, screen) -> None:
        put(screen, "steps", "20")
        put(screen, "device", "cuda")
        await until(pilot, lambda: "cuda asked for, but" in shown(screen.app).replace("\n", " "))
        await train(pilot, screen)
        assert screen.session.run.settings.device == "cpu"

    bench(script)
