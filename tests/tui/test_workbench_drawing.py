"""Points drawn on the workbench: with keys, with the mouse, gone on with, left, and learned from."""

import pytest
from textual.events import MouseDown, MouseMove, MouseUp

from nnlab.lab import data_files
from nnlab.tui.widgets.drawing_pane import DrawingPane
from tests.tui.waiting import until

TWO_CLASSES = "1 shift+left shift+left shift+left 2 down down down shift+right shift+right shift+right shift+right"


async def learned(pilot, screen, drawing):
    """Wait until a run learns from the drawing, and look at what it was kept as."""
    await until(pilot, lambda: not screen.is_drawing)
    kept = data_files.keep_drawn(drawing.table, "points.csv")
    await until(pilot, lambda: screen.session.settings.data == kept.hash and screen.session.run.step > 0)
    assert kept.path.read_bytes() == drawing.table
    assert screen.bench.form.values["file"] == kept.hash
    assert f"--data {kept.hash}" in screen.shell_line()
    return kept.hash


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
def test_points_drawn_with_keys_are_learned_from_and_gone_on_with(bench, size) -> None:
    async def script(pilot, screen) -> None:
        await pilot.press("p")
        pane = screen.query_one(DrawingPane)
        assert screen.focused is pane
        await pilot.press("enter")
        assert screen.is_drawing, "without points there is nothing to learn"
        await pilot.press("shift+left", "enter")
        assert screen.is_drawing, "one class is nothing to tell apart"
        await pilot.press(*TWO_CLASSES.split(), "enter")
        first = await learned(pilot, screen, pane.drawing)
        assert set(pane.drawing.labels.tolist()) == {0, 1}
        before = len(pane.drawing.points)
        await pilot.press("p", "3", "up", "up", "up", "up", "up", "up", "shift+right", "shift+right", "enter")
        assert len(pane.drawing.points) > before
        assert await learned(pilot, screen, pane.drawing) != first

    bench(script, size)


def test_points_drawn_with_the_mouse_are_learned_from(bench) -> None:
    async def script(pilot, screen) -> None:
        await pilot.press("p")
        pane = screen.query_one(DrawingPane)
        await until(pilot, lambda: pane.size.height > 10)

        for key, row in (("1", 5), ("2", 18)):
            await pilot.press(key)
            before = len(pane.drawing.points)
            for kind, column in ((MouseDown, 12), (MouseMove, 40), (MouseUp, 40)):
                mouse(pilot, pane, kind, column, row)
            await until(pilot, lambda before=before: len(pane.drawing.points) > before + 10)
        await pilot.press("enter")
        await learned(pilot, screen, pane.drawing)

    bench(script)


def test_escape_keeps_points_and_data_of_another_drawing_comes_upon_them(bench, shown) -> None:
    async def script(pilot, screen) -> None:
        await pilot.press("p", *TWO_CLASSES.split())
        pane = screen.query_one(DrawingPane)
        mine = pane.drawing.table
        await pilot.press("escape")
        assert not screen.is_drawing
        assert screen.session.settings.data == ""
        await until(pilot, lambda: "stay as they were drawn" in shown(screen.app))
        await pilot.press("p")
        assert pane.drawing.table == mine
        await pilot.press("escape")
        other = b"x0,x1,class\n" + b"".join(b"%.4f,0.5000,%d\n" % (x / 20, x % 2) for x in range(-10, 10))
        kept = data_files.keep_drawn(other, "points.csv")
        screen.bench.select("file")
        screen.bench.put(kept.hash)
        await until(pilot, lambda: screen.session.settings.data == kept.hash and screen.session.state == "ready")
        await pilot.press("p")
        assert pane.drawing.table == other
        await pilot.press("u")
        assert pane.drawing.table == mine

    bench(script)


def mouse(pilot, pane, kind, column, row):
    """Send a mouse event at a cell of the pane."""
    x, y = pane.region.x + column, pane.region.y + row
    pilot.app.screen._forward_event(kind(None, x, y, 0, 0, 1, False, False, False, x, y))


def test_points_are_learned_from_as_they_were_drawn_and_undo_goes_back_to_the_set_before(bench) -> None:
    async def script(pilot, screen) -> None:
        screen.bench.select("noise")
        screen.bench.put("0.2")
        await until(pilot, lambda: screen.session.knobs.get("noise") == 0.2)
        await pilot.press("p", *TWO_CLASSES.split(), "enter")
        name = await learned(pilot, screen, screen.query_one(DrawingPane).drawing)
        assert screen.session.settings.knobs["scaling"] == "none"
        await until(pilot, lambda: screen.bench.form.row("noise") is None)
        assert screen.bench.form.values["scaling"] == "none"
        screen.set_focus(None)
        await pilot.press("u")
        await until(pilot, lambda: screen.session.settings.data == "" and screen.session.state == "ready")
        assert screen.session.knobs["noise"] == 0.2
        await until(pilot, lambda: screen.bench.form.row("noise") is not None)
        assert screen.bench.form.values["noise"] == 0.2
        await pilot.press("u")
        await until(pilot, lambda: screen.session.knobs.get("noise") == 0.05)
        await pilot.press("U", "U")
        await until(pilot, lambda: screen.session.settings.data == name)
        assert screen.session.settings.knobs["scaling"] == "none"

    bench(script)


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
def test_a_click_on_the_field_opens_the_paper_with_a_point_there(bench, size) -> None:
    async def script(pilot, screen) -> None:
        await until(pilot, lambda: screen._seen_run is screen.session.run and screen.session.run.probes)
        await until(pilot, lambda: "prediction" not in [view.id for view in screen._shown_views or screen._pool()])
        field = screen.query_one("#view-field")
        await until(pilot, lambda: field.grid is not None and field.size.height > 8)
        at = (field.size.width * 2 // 3, field.size.height // 3)
        view = screen._view_of(field)
        wanted = screen.axes_of(field, view).at(at[0], at[1] - screen.query_one("#stage").header_rows)
        await pilot.click(field, offset=at)
        await until(pilot, lambda: screen.is_drawing)
        drawing = screen.query_one(DrawingPane).drawing
        await until(pilot, lambda: len(drawing.points) == 1)
        assert drawing.points[0] == pytest.approx(wanted, abs=1e-9)

    bench(script, size)


def test_a_point_is_dragged_with_the_mouse_and_carried_with_keys(bench) -> None:
    async def script(pilot, screen) -> None:
        await pilot.press("p")
        pane = screen.query_one(DrawingPane)
        await until(pilot, lambda: pane.size.height > 10)
        drawing = pane.drawing
        drawing.put((0.25, 0.25))
        drawing.put((0.75, 0.75))
        pane.redraw()
        column, row = pane._sheet.cell(0.25, 0.25)
        to = pane._sheet.cell(0.5, 0.4)
        mouse(pilot, pane, MouseDown, column, row + 1)
        mouse(pilot, pane, MouseMove, to[0], to[1] + 1)
        mouse(pilot, pane, MouseUp, to[0], to[1] + 1)
        await until(pilot, lambda: pane._sheet.cell(*drawing.places[0]) == to)
        assert len(drawing.points) == 2, "what is dragged is not drawn anew"
        await pilot.press("g", "right", "right", "space")
        assert drawing.places[0][0] == pytest.approx(pane._sheet.place(*to)[0] + 2 / 16)
        await pilot.press("right", "u")
        assert pane._sheet.cell(*drawing.places[0]) == to
        await pilot.press("u")
        assert drawing.places[0] == pytest.approx([0.25, 0.25])

    bench(script)


def test_zoom_gives_the_paper_the_whole_stage(bench) -> None:
    async def script(pilot, screen) -> None:
        await pilot.press("p")
        pane, stage = screen.query_one(DrawingPane), screen.query_one("#stage")
        before = pane.size.width
        await pilot.press("z")
        await until(pilot, lambda: pane.size.width > before + 20 and not stage.display)
        await pilot.press("z")
        await until(pilot, lambda: pane.size.width == before and stage.display)
        await pilot.press("z", "escape")
        await until(pilot, lambda: stage.display and not screen.is_drawing)

    bench(script)
