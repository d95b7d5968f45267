"""What the workbench and the history cost the screen. `python -m benchmarks.workbench`.

The app runs at 160x48 without a terminal. A table of 100,000 rows and 50 columns is opened and trained on, with the
curves of eight runs of 20,000 steps over one another; then a history of 1,000 runs is opened and walked through.

    loop      how late a timer of 5 ms comes, 99th percentile and worst: what a key waits for at least
    frames    paints a second while the network trains
    paint     one painting of the whole stage
    open      from the key until the history shows its rows
"""

import argparse
import asyncio
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

SIZE = (160, 48)
ROWS, COLUMNS = 100_000, 50
CURVES, STEPS = 8, 20_000


class Lateness:
    """How late a timer of 5 ms comes in the loop that is measured."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self._task = asyncio.get_running_loop().create_task(self._watch())

    async def _watch(self) -> None:
        while True:
            start = time.perf_counter()
            await asyncio.sleep(0.005)
            self.seconds.append(time.perf_counter() - start - 0.005)

    def stop(self) -> tuple[float, float]:
        """Return the 99th percentile and the worst, in milliseconds."""
        self._task.cancel()
        late = np.array(self.seconds) * 1000
        return float(np.quantile(late, 0.99)), float(late.max())


async def until(pilot: Any, is_reached: Any, seconds: float = 120.0) -> float:
    """Wait for a condition; return how long it took."""
    start = time.perf_counter()
    while not is_reached():
        if time.perf_counter() - start > seconds:
            raise RuntimeError("the screen did not get there; look at it with `nnlab`")
        await pilot.pause(0.01)
    return time.perf_counter() - start


def write_table(path: Path) -> None:
    """Write a table of random numbers with two classes."""
    rng = np.random.default_rng(1)
    numbers = rng.standard_normal((ROWS, COLUMNS - 1))
    kinds = (numbers[:, 0] * numbers[:, 1] > 0).astype(int)
    head = ",".join([*(f"x{i}" for i in range(1, COLUMNS)), "kind"])
    np.savetxt(path, np.column_stack([numbers, kinds]), fmt="%.4g", delimiter=",", header=head, comments="")


def long_run(number: int) -> Any:
    """Return a finished run of many steps."""
    from nnlab.lab.events import Block, Ended
    from nnlab.lab.run import Run
    from nnlab.lab.settings import Settings

    rng = np.random.default_rng(number)
    loss = np.exp(-np.linspace(0, 5, STEPS)) + 0.05 * rng.random(STEPS)
    run = Run(Settings("workbench", "table", {"layers": f"{number} tanh", "batch": 32}, steps=STEPS))
    steps = np.arange(0, STEPS, 100)
    run.ended = Ended("done", STEPS)
    run.fold(Block(1, STEPS, {"loss": loss}, {"test_loss": (steps, loss[steps])}))
    return run


async def measure_bench(app: Any, table: Path, seconds: float) -> None:
    """Open the table, train on it with the curves of many runs behind it."""
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("w")
        await until(pilot, lambda: getattr(app.screen, "PLACE", "") == "workbench" and app.screen.query("Form"))
        screen = app.screen
        await until(pilot, lambda: screen.session.state == "ready" and screen.bench.form.rows)
        late = Lateness()
        screen.bench.select("file")
        screen.bench.put(str(table))
        took = await until(pilot, lambda: screen.session.settings.data and screen.session.state == "ready")
        p99, worst = late.stop()
        print(f"open 100,000 x 50   {took:.2f} s; loop p99 {p99:.0f} ms, worst {worst:.0f} ms")
        for number in range(CURVES):
            screen.runs.take(long_run(number))
        screen.runs.metric = "loss"
        screen.bench.form.set("steps", 1_000_000)
        screen.action_run_form()
        await until(pilot, lambda: screen.session.run.step > 100)
        paints: list[float] = []
        paint = screen._paint_now

        async def timed() -> None:
            start = time.perf_counter()
            await paint()
            paints.append(time.perf_counter() - start)

        screen._paint_now = timed
        late, step, start = Lateness(), screen.session.run.step, time.perf_counter()
        await asyncio.sleep(seconds)
        spent = time.perf_counter() - start
        p99, worst = late.stop()
        print(f"frames              {len(paints) / spent:.1f} a second, with {CURVES} curves of {STEPS:,} steps")
        print(
            f"paint               median {1000 * statistics.median(paints):.1f} ms, worst {1000 * max(paints):.1f} ms"
        )
        print(f"loop                p99 {p99:.1f} ms late, worst {worst:.1f} ms")
        print(f"training            {(screen.session.run.step - step) / spent:,.0f} steps/s meanwhile")


async def measure_history(app: Any, runs: int) -> None:
    """Open the history and walk through it."""
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        late, start = Lateness(), time.perf_counter()
        await pilot.press("h")
        await until(pilot, lambda: getattr(app.screen, "is_read", False) and app.screen.query_one("#runs").frames)
        took = time.perf_counter() - start
        p99, worst = late.stop()
        print(f"open {runs:,} runs     {took:.2f} s; loop p99 {p99:.0f} ms, worst {worst:.0f} ms")
        late = Lateness()
        for _ in range(40):
            await pilot.press("down")
            await asyncio.sleep(0.03)
        p99, worst = late.stop()
        print(f"walk through them   loop p99 {p99:.0f} ms late, worst {worst:.0f} ms")


def fill_history(runs: int) -> None:
    """Keep one real run, and copies of it under ids of their own."""
    import msgspec

    from nnlab.lab.course import find_course
    from nnlab.lab.headless import execute, make_settings
    from nnlab.lab.history import History
    from nnlab.lab.lesson import load
    from nnlab.lab.record import RecordWriter

    experiment, settings = make_settings(load(find_course().lesson("workbench")), "table", {}, steps=300)
    history, blocks = History(), []
    result = execute(experiment, settings, on_block=lambda block, _: blocks.append(block))
    with history.new_folder() as folder:
        writer = RecordWriter(folder, settings)
        for block in blocks:
            writer.add(block)
        writer.finish(result)
        entry = history.keep(folder)
    first = history.folder / entry.id
    about = msgspec.json.decode((first / "entry.json").read_bytes())
    for number in range(1, runs):
        place = history.folder / f"{number:010x}"
        shutil.copytree(first, place)
        about["when"] -= 60.0
        (place / "entry.json").write_bytes(msgspec.json.encode({**about, "id": place.name}))
    history.entries()  # writes the index, as each kept run would have


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=6.0, help="of training")
    parser.add_argument("--runs", type=int, default=1000, help="in the history")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["NNLAB_HOME"] = home
        from nnlab.lab.course import find_course
        from nnlab.tui.app import LabApp
        from nnlab.tui.options import AppOptions
        from nnlab.tui.terminal import Terminal

        def app() -> LabApp:
            return LabApp(find_course(), AppOptions(Terminal(), is_live=False))

        table = Path(home) / "table.csv"
        write_table(table)
        asyncio.run(measure_bench(app(), table, options.seconds))
        fill_history(options.runs)
        asyncio.run(measure_history(app(), options.runs))


if __name__ == "__main__":
    main()
