"""The history on the screen: found, compared, named, pinned, deleted, opened on the workbench."""

import numpy as np
import pytest

from nnlab.lab import record
from nnlab.lab.course import find_course
from nnlab.lab.errors import UsageError
from nnlab.lab.headless import execute, make_settings
from nnlab.lab.history import History
from nnlab.lab.lesson import load
from nnlab.lab.record_reading import read_run
from nnlab.tui.history_list import HistoryList, ago
from nnlab.tui.screens.history import HistoryScreen, full_line
from nnlab.tui.screens.workbench import WorkbenchScreen
from nnlab.tui.speech import Speech
from tests.lab.conftest import write_course
from tests.tui.labs import quiet_lab
from tests.tui.waiting import until

RATES = (0.1, 0.2, 0.3)


@pytest.fixture
def course(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path / "home"))
    folder = tmp_path / "toy-course"
    write_course(folder)
    return find_course(folder)


@pytest.fixture
def kept(course):
    """Three runs in the history, and what they came to."""
    loaded, history = load(course.lesson("toy")), History()
    results = []
    for rate in RATES:
        name = course.lesson("toy").experiments[0]
        experiment, settings = make_settings(loaded, name, {"rate": rate}, steps=30)
        blocks = []
        result = execute(experiment, settings, on_block=lambda block, _, blocks=blocks: blocks.append(block))
        with history.new_folder() as folder:
            writer = record.RecordWriter(folder, settings)
            for block in blocks:
                writer.add(block)
            writer.finish(result)
            history.keep(folder, str(course.folder))
        results.append(result)
    return results


@pytest.fixture
def walk(course, drive, tmp_path):
    app = quiet_lab(tmp_path, course)

    def run(script, size=(160, 48), filter_text=""):
        async def opened(pilot):
            app.push_screen(HistoryScreen(filter_text))
            await until(pilot, lambda: isinstance(app.screen, HistoryScreen) and app.screen.is_read)
            await script(pilot, app.screen)

        drive(app, opened, size)

    return run


def test_a_record_is_read_back_as_the_run_that_wrote_it(kept) -> None:
    history = History()
    for entry in history.entries():
        run = read_run(history.folder / entry.id)
        original = next(r for r in kept if r.run.settings == entry.settings).run
        assert run.step == original.step == 30
        assert run.settings == original.settings
        assert set(run.metrics) == set(original.metrics)
        for name, series in original.metrics.items():
            assert np.array_equal(run.metrics[name].steps, series.steps)
            assert np.array_equal(run.metrics[name].values, series.values)


def test_a_damaged_record_is_named_with_its_line(kept) -> None:
    history = History()
    folder = history.folder / history.entries()[0].id
    path = folder / record.METRICS_FILE
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:3]) + b'{"event": "st\n')
    with pytest.raises(UsageError, match="damaged in line 4"):
        read_run(folder)


def test_every_word_of_a_filter_must_be_found(kept) -> None:
    listing = HistoryList()
    listing.take(History().entries())
    assert len(listing.shown) == 3
    listing.filter("toy rate=0.2")
    assert [entry.settings.knobs["rate"] for entry in listing.shown] == [0.2]
    listing.filter("toy unheard-of")
    assert listing.shown == ()
    assert listing.chosen is None


def test_the_list_tells_what_is_not_as_usual(kept) -> None:
    listing = HistoryList()
    listing.take(History().entries())
    told = {listing.unusual(entry) for entry in listing.entries}
    assert len(told) == 3
    assert any("rate" in words for words in told)


def test_how_long_ago_is_said_in_one_unit() -> None:
    speech = Speech()
    assert [ago(seconds, speech) for seconds in (3, 130, 7300, 200_000)] == [
        "now",
        "2 min ago",
        "2 h ago",
        "2 days ago",
    ]


def test_a_line_of_the_history_names_every_knob(kept) -> None:
    entry = next(entry for entry in History().entries() if entry.settings.knobs["rate"] == 0.2)
    assert "--set rate=0.2" in full_line(entry)
    assert "--steps 30" in full_line(entry)


def test_marked_runs_are_compared_and_opened_together(walk, kept, course) -> None:
    async def script(pilot, screen) -> None:
        for _ in range(3):
            screen.action_mark()
            screen.listing.move(1)
        screen._changed()
        await until(pilot, lambda: len(screen.runs.runs) == 3)
        screen.action_enter()
        await until(pilot, lambda: isinstance(screen.app.screen, WorkbenchScreen))
        bench = screen.app.screen
        await until(pilot, lambda: len(bench.runs.runs) == 3 and bench.session.state == "ready")
        assert bench.runs.differing() == ["rate"]
        assert bench.bench.form.values["rate"] == screen.listing.chosen.settings.knobs["rate"]
        assert bench.changed == ()

    walk(script)


def test_curves_are_read_at_measured_steps_by_keys(walk, kept, shown) -> None:
    async def script(pilot, screen) -> None:
        await until(pilot, lambda: bool(screen.runs.runs))
        screen.set_focus(screen.query_one("#curves"))
        await pilot.press("right", "shift+right", "shift+right")
        run, step = screen.runs.runs[0].run, screen.cursor
        steps = run.metrics[screen.runs.shown_metric()].steps
        assert step in steps
        await pilot.press("shift+left")
        assert screen.cursor == steps[list(steps).index(step) - 1]
        await pilot.press("escape")
        assert screen.cursor is None

    walk(script)


def test_runs_are_filtered_named_pinned_and_deleted_by_keys(walk, kept, shown) -> None:
    async def script(pilot, screen) -> None:
        await pilot.press("f", *"rate", "equals_sign", "0", "full_stop", "3", "enter")
        assert len(screen.listing.shown) == 1
        await pilot.press("n", *"best", "enter")
        await until(pilot, lambda: any(entry.label == "best" for entry in screen.listing.entries))
        await pilot.press("k")
        await until(pilot, lambda: screen.listing.entries[0].pinned)
        await pilot.press("escape")
        assert len(screen.listing.shown) == 3
        assert screen.listing.entries[0].label == "best", "a pinned run comes first"
        await pilot.press("end", "d")
        assert "deletes 1" in shown(screen.app)
        await pilot.press("d")
        await until(pilot, lambda: len(screen.listing.entries) == 2)
        assert len(History().entries()) == 2

    walk(script)


def test_moving_takes_the_question_whether_to_delete_back(walk, kept) -> None:
    async def script(pilot, screen) -> None:
        await pilot.press("d", "down", "up", "d")
        await pilot.pause()
        assert len(History().entries()) == 3

    walk(script)


@pytest.mark.parametrize("size", [(160, 48), (120, 36), (80, 24), (40, 24), (40, 12)])
def test_the_history_is_shown_at_every_size(walk, kept, shown, size) -> None:
    async def script(pilot, screen) -> None:
        await pilot.press("x", "down", "x", "tab", "right", "tab")
        await until(pilot, lambda: len(screen.runs.runs) == 2)
        await until(pilot, lambda: "toy/" in shown(screen.app))

    walk(script, size)


def test_without_runs_the_history_says_what_fills_it(walk, shown) -> None:
    async def script(pilot, screen) -> None:
        await until(pilot, lambda: "No runs yet" in shown(screen.app))
        await pilot.press("enter", "x", "d", "k", "n", "y", "tab")
        assert isinstance(screen.app.screen, HistoryScreen)

    walk(script)
