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

        def mouse(kind, column, row):
            x, y = pane.region.x + column, pane.region.y + row
            pilot.app.screen._forward_event(kind(None, x, y, 0, 0, 1, False, False, False, x, y))

        for key, row in (("1", 5), ("2", 18)):
            await pilot.press(key)
            before = len(pane.drawing.points)
            for kind, column in ((MouseDown, 12), (MouseMove, 40), (MouseUp, 40)):
                mouse(kind, column, row)
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
