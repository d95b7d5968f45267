"""Reading a stage: a neuron is chosen with keys and mouse, in a lesson and on the workbench, and tells its numbers."""

import pytest

from nnlab.tui.screens.lesson import LessonScreen
from nnlab.tui.screens.workbench import WorkbenchScreen
from nnlab.tui.widgets.plot_pane import PlotPane
from tests.tui.labs import quiet_lab
from tests.tui.waiting import until


@pytest.fixture
def app(tmp_path):
    return quiet_lab(tmp_path)


@pytest.fixture
def stage(app, drive):
    """Open a page of the perceptrons, or the workbench without one, and run script(pilot, screen, network pane)."""

    def run(page, script, size=(160, 48)):
        async def opened(pilot):
            if page:
                app.open_lesson("perceptrons", page=page)
                kind = LessonScreen
            else:
                app.push_screen(WorkbenchScreen(app.course.lesson("workbench"), "table"))
                kind = WorkbenchScreen
            await until(pilot, lambda: isinstance(app.screen, kind) and app.screen.is_mounted)
            screen = app.screen
            await until(pilot, lambda: screen.session.run is not None and "network" in screen.session.run.probes)
            await until(pilot, lambda: screen.query("#view-network") and screen._panes())
            pane = screen.query_one("#view-network", PlotPane)
            await until(pilot, lambda: pane.grid is not None and pane.size.height > 4)
            await script(pilot, screen, pane)

        drive(app, opened, size)

    return run


def text(pane):
    return "\n".join(pane.grid.lines())


@pytest.mark.parametrize("page", ["", "one-line", "by-hand", "layers"])
def test_keys_choose_a_neuron_whose_formula_stands_below_the_network(stage, page):
    async def script(pilot, screen, pane):
        screen.set_focus(pane)
        screen.action_inspect()
        await until(pilot, lambda: "w·x + b" in text(pane))
        before = text(pane)
        await pilot.press("right")
        await until(pilot, lambda: text(pane) != before)
        await pilot.press("escape")
        await until(pilot, lambda: "w·x + b" not in text(pane))

    stage(page, script)


def test_the_numbers_change_with_the_sample_and_with_every_step(stage):
    async def script(pilot, screen, pane):
        screen.set_focus(pane)
        await pilot.press("i")
        await until(pilot, lambda: "sample 1/32" in text(pane))
        first = text(pane)
        await pilot.press("full_stop")
        await until(pilot, lambda: "sample 2/32" in text(pane))
        await pilot.press("comma")
        await until(pilot, lambda: text(pane) == first)
        await pilot.press("s")
        await until(pilot, lambda: text(pane) != first)
        assert "sample 1/32" in text(pane)

    stage("", script)


@pytest.mark.parametrize("page", ["", "layers"])
def test_a_click_on_a_node_chooses_it_and_another_one_leaves_it(stage, page):
    async def script(pilot, screen, pane):
        cells = [(x, y) for y in range(1, pane.size.height) for x in range(pane.size.width)]
        view = screen._view_of(pane)
        node = next(cell for cell in cells if (screen._node_at(pane, view, (cell[0], cell[1] - 1)) or (0,))[0] == 2)
        await pilot.click(pane, offset=node)
        await until(pilot, lambda: "w·x + b" in text(pane))
        assert screen.focused is pane
        chosen = screen._chosen["network"]
        assert chosen[0] == 2
        at = next(cell for cell in cells if screen._node_at(pane, view, (cell[0], cell[1] - 1)) == chosen)
        await pilot.click(pane, offset=at)
        await until(pilot, lambda: "w·x + b" not in text(pane))
        assert not screen._is_inspecting

    stage(page, script)


def test_left_and_right_move_the_cursor_of_a_field_on_the_workbench(stage):
    async def script(pilot, screen, pane):
        field = screen.query_one("#view-field", PlotPane)
        screen.set_focus(field)
        await pilot.press("i")
        before = screen._cursor["field"]
        await pilot.press("right", "right", "left", "down")
        assert screen._cursor["field"] == (before[0] + 1, before[1] + 1)

    stage("", script)


def head(screen, view):
    """The first row of a curve's plot."""
    return screen.query_one(f"#view-{view}", PlotPane).grid.lines()[1]


def test_all_panes_with_an_axis_of_steps_read_the_same_step(stage):
    async def script(pilot, screen, pane):
        screen.session.step(300)
        await until(pilot, lambda: screen.session.run.step == 300)
        screen.set_focus(screen.query_one("#view-loss", PlotPane))
        await pilot.press("i")
        await pilot.press("left", "left", "shift+left")
        step = f"{screen._step:,.0f}"
        run = screen.session.run
        await until(pilot, lambda: all(f"{step}  " in head(screen, view) for view in ("loss", "accuracy")))
        expected = f"{run.last('loss', screen.seed_index, near=screen._step):.3f}"
        assert expected in head(screen, "loss")
        await pilot.press("escape")
        await until(pilot, lambda: f"{step}  " not in head(screen, "accuracy"))

    stage("layers", script)


def test_the_results_are_read_at_the_cursor_of_the_curves(stage):
    async def script(pilot, screen, pane):
        screen.session.step(600)
        await until(pilot, lambda: screen.session.run.step == 600 and bool(screen.runs.runs))
        overlay = screen.query_one("#view-bench-overlay", PlotPane)
        results = screen.query_one("#view-bench-results", PlotPane)
        await until(pilot, lambda: overlay.grid is not None and "A" in text(results))
        before = text(results)
        await pilot.click(overlay, offset=(10, 3))
        await until(pilot, lambda: "at the cursor" in text(results))
        assert screen._step is not None
        assert screen._step < 600
        await until(pilot, lambda: text(results) != before and f"{screen._step:.0f}  A " in text(overlay))
        await pilot.press("escape")
        await until(pilot, lambda: "at the cursor" not in text(results))

    stage("", script)


@pytest.mark.parametrize("page", ["", "layers"])
def test_a_focused_pane_that_can_be_read_offers_it_first(stage, page, app, shown):
    async def script(pilot, screen, pane):
        screen.set_focus(None)
        screen.set_focus(pane)
        await until(pilot, lambda: shown(app).splitlines()[-1].split()[:2] == ["i", "inspect"])
        await pilot.press("i")
        await until(pilot, lambda: shown(app).splitlines()[-1].split()[:3] == [",", ".", "sample"])

    stage(page, script)
