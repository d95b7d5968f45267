"""Pointing at a plot: the knob follows the pointer along the plot's own axis, at most once a frame."""

import numpy as np
import pytest

from nnlab.lab import wire
from nnlab.lab.experiment import ExperimentCard
from nnlab.lab.settings import Settings
from nnlab.tui.screens.lesson import LessonScreen
from nnlab.tui.shown_runs import ShownRuns
from nnlab.tui.widgets.plot_pane import PlotPane
from tests.tui.labs import quiet_lab
from tests.tui.waiting import until


@pytest.fixture
def walk(tmp_path, drive):
    """Open a page of the course and run a script against it once its run is over: walk(lesson, page, script, size)."""
    app = quiet_lab(tmp_path)

    def run(lesson, page, script, size=(160, 48)):
        async def opened(pilot):
            app.open_lesson(lesson, page=page)
            await until(pilot, lambda: isinstance(app.screen, LessonScreen) and app.screen.is_mounted)
            screen = app.screen
            await until(pilot, lambda: screen.session.state == "done" and bool(screen._panes()))
            await until(pilot, lambda: all(pane.grid is not None for pane in screen._panes()))
            await script(pilot, screen)

        drive(app, opened, size)

    return run


def value_at(screen, pane, cell):
    """What the plot's axes say at a cell of the pane, as (x, y)."""
    _, ruler = screen._measure(pane)
    return ruler.at(cell[0], cell[1] - screen.query_one("#stage").header_rows)


@pytest.mark.parametrize("size", [(160, 48), (80, 24)])
def test_the_outlier_follows_a_drag_up_and_down(walk, size):
    async def script(pilot, screen):
        pane = screen.query_one("#view-fit", PlotPane)
        knob = screen.session.card.knob("outlier")
        for number, cell in enumerate([(12, 5), (20, 9), (20, 3)]):
            expected = knob.nearest(value_at(screen, pane, cell)[1])
            assert expected != screen.session.knobs["outlier"]
            await (pilot.hover if number else pilot.mouse_down)(pane, offset=cell)
            await until(pilot, lambda expected=expected: screen.session.knobs["outlier"] == expected)
            await until(pilot, lambda: screen.session.state == "done")
        await pilot.mouse_up(pane, offset=(20, 3))
        last = screen.session.knobs["outlier"]
        await pilot.hover(pane, offset=(20, 9))
        await pilot.pause()
        assert screen._pointed is None
        assert screen.session.knobs["outlier"] == last

    walk("losses", "outlier", script, size)


def test_a_prediction_is_dragged_along_p_and_moves_its_logit(walk):
    async def script(pilot, screen):
        pane = screen.query_one("#view-over_p", PlotPane)
        knob = screen.session.card.knob("z")
        for number, column in enumerate((20, 30, 10)):
            p = value_at(screen, pane, (column, 6))[0]
            expected = knob.nearest(np.log(p / (1 - p)))
            await (pilot.hover if number else pilot.mouse_down)(pane, offset=(column, 6))
            await until(pilot, lambda expected=expected: screen.session.knobs["z"] == expected)
            await until(pilot, lambda: screen.session.state == "done")
        await pilot.hover(pane, offset=(pane.size.width - 1, 6))
        await until(pilot, lambda: screen.session.knobs["z"] == knob.span[1])  # p = 1 has no logit: the track's end
        await pilot.mouse_up(pane, offset=(10, 6))

    walk("losses", "cross-entropy", script)


def test_the_title_says_that_it_can_be_dragged_and_is_no_place_of_the_plot(walk, shown):
    async def script(pilot, screen):
        assert "fit ↑↓" in shown(screen.app)
        assert "distance ←→" in shown(screen.app)
        await pilot.mouse_down("#view-fit", offset=(5, 0))
        await pilot.pause()
        assert screen._pointed is None
        assert screen.app.mouse_captured is None
        await pilot.mouse_down("#view-pulls", offset=(5, 2))  # bars have no pointer
        await pilot.pause()
        assert screen._pointed is None

    walk("losses", "outlier", script)


def test_of_all_places_since_the_last_frame_only_the_newest_counts(walk, monkeypatch):
    async def script(pilot, screen):
        pane, told = screen.query_one("#view-value", PlotPane), []
        monkeypatch.setattr(screen.session, "set_knob", lambda *setting: told.append(setting))
        knob = screen.session.card.knob("z")
        for column in (10, 20, 30):
            screen.point(PlotPane.Pointed(pane, column, 4))
        screen.follow_pointer()
        screen.follow_pointer()
        assert told == [("z", knob.nearest(value_at(screen, pane, (30, 4))[0]))]

    walk("activations", "family", script)


def test_the_arrows_start_at_the_input_and_move_it_while_inspecting(walk):
    async def script(pilot, screen):
        pane, before = screen.query_one("#view-value", PlotPane), screen.session.knobs["z"]
        screen.set_focus(pane)
        screen.action_inspect()
        await pilot.pause()
        assert screen.session.knobs["z"] == before
        column, row = screen._cursor["value"]
        cell = abs(value_at(screen, pane, (column + 1, row))[0] - value_at(screen, pane, (column, row))[0])
        await screen.action_page("right")
        await until(pilot, lambda: screen.session.knobs["z"] != before)
        assert 0 < screen.session.knobs["z"] - before <= 1.6 * cell + 0.04

    walk("activations", "family", script)


def test_between_two_places_of_a_drag_the_plot_does_not_go_blank():
    def started(run, **settings):
        return wire.Started(run, ExperimentCard((), (), 0, (), False), Settings("toy", "still", {}, **settings), "")

    shown = ShownRuns()
    shown.begin(started(1, steps=0))
    shown.run.probes["fit"] = {"y": np.ones(3)}
    shown.begin(started(2, steps=0))
    assert shown.run.probes["fit"]["y"].shape == (3,)
    shown.begin(started(3, steps=0, seeds=5))
    assert not shown.run.probes
