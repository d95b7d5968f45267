"""Screenshots: the real app, run without a terminal, as an SVG that needs no font of ours.

python -m nnlab.tui.screenshot --size 160x48 --screen home --keys "down t" -o home.svg
python -m nnlab.tui.screenshot --all assets/screenshots
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.color import Color, ColorSystem
from textual.strip import Strip

from nnlab.lab.course import find_course
from nnlab.plots.grid import DEFAULT, INDEXED, Grid
from nnlab.plots.palette import Palette
from nnlab.tui.app import LabApp
from nnlab.tui.options import AppOptions
from nnlab.tui.terminal import Depth, Terminal, ThemeName

LONGEST_WAIT = 120.0
"""Seconds until a picture is taken of whatever there is."""
SYSTEMS = {"truecolor": ColorSystem.TRUECOLOR, "256": ColorSystem.EIGHT_BIT, "16": ColorSystem.STANDARD}


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture to take."""

    name: str
    size: tuple[int, int]
    screen: str = "home"
    """"home", "workbench", or a lesson's slug with "/page" or without."""
    keys: tuple[str, ...] = ()
    step: int = 0
    """Wait until the run on the screen has made so many steps."""
    theme: ThemeName = "dark"
    language: str = "en"
    is_ascii: bool = False
    depth: Depth = "truecolor"


SHOTS = (
    Shot("home-160x48", (160, 48), step=2400),
    Shot("home-80x24", (80, 24), step=2400),
    Shot("home-zh-120x36", (120, 36), step=2400, language="zh", theme="light"),
    Shot("lesson-160x48", (160, 48), "perceptrons/one-line", keys=("space",), step=1200),
    Shot("lesson-80x24", (80, 24), "perceptrons/one-line", keys=("space",), step=1200),
    Shot("lesson-zh-160x48", (160, 48), "perceptrons/one-line", keys=("space",), step=1200, language="zh"),
    Shot("lesson-ascii-80x24", (80, 24), "perceptrons/one-line", keys=("space",), step=1200, is_ascii=True),
    Shot("gan-160x48", (160, 48), "gan/players", keys=("space",), step=1500),
    Shot("workbench-160x48", (160, 48), "workbench", keys=("ctrl+r", "tab", "tab", "i", "right"), step=2000),
)


async def take(shot: Shot, lessons: Path | None = None) -> Grid:
    """Run the app, press the keys, wait for the step, and return the screen as a grid."""
    os.environ.pop("NO_COLOR", None)
    # The trainer may still write its run into the folder while the screen closes.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ["NNLAB_HOME"] = folder  # what is run for a picture is no part of the user's history
        options = AppOptions(
            Terminal(shot.depth, "ascii" if shot.is_ascii else "braille"),
            language=shot.language,
            theme=shot.theme,
            settings=Path(folder) / "settings.toml",
            progress=Path(folder) / "progress.json",
        )
        app = LabApp(find_course(lessons), options)
        async with app.run_test(size=shot.size) as pilot:
            await pilot.pause()
            if shot.screen != "home":
                slug, _, page = shot.screen.partition("/")
                if slug == "workbench":
                    await pilot.press("w")
                else:
                    app.open_lesson(slug, page=page)
                await pilot.pause()
                await _wait(pilot, lambda: _state(app) not in ("", "starting"))
            await pilot.press(*shot.keys)
            await _wait(
                pilot, lambda: _step(app) >= shot.step or _state(app) in ("done", "goal", "diverged", "dead", "failed")
            )
            await pilot.pause(0.3)
            return as_grid(app.screen._compositor.render_strips(app.size), shot.size, shot.depth)


async def _wait(pilot: Any, is_reached: Any) -> None:
    deadline = time.monotonic() + LONGEST_WAIT
    while not is_reached() and time.monotonic() < deadline:
        await pilot.pause(0.05)


def _session(app: LabApp) -> Any:
    """Return the session that the screen shows, if it has one."""
    screen: Any = app.screen
    return getattr(getattr(screen, "live", None) or screen, "session", None)


def _state(app: LabApp) -> str:
    session = _session(app)
    return session.state if session is not None else ""


def _step(app: LabApp) -> int:
    session = _session(app)
    return session.run.step if session is not None and session.run is not None else 0


def as_grid(strips: list[Strip], size: tuple[int, int], depth: Depth = "truecolor") -> Grid:
    """Turn what Textual would send into a grid of (columns, rows), in the colours that the depth leaves."""
    grid = Grid.blank(size)
    for row, strip in enumerate(strips):
        column = 0
        for segment in strip:
            style = segment.style
            fg, bg = (style.color, style.bgcolor) if style else (None, None)
            if style and style.reverse:
                fg, bg = bg, fg
            look = _number(fg, depth), _number(bg, depth)
            column = grid.put(row, column, segment.text, look[0], bg=look[1], bold=bool(style and style.bold))
    return grid


def _number(color: Color | None, depth: Depth) -> int:
    if color is None or color.is_default or depth == "mono":
        return DEFAULT
    color = color.downgrade(SYSTEMS[depth])
    if color.triplet is not None:
        return color.triplet.red << 16 | color.triplet.green << 8 | color.triplet.blue
    return DEFAULT if color.number is None else INDEXED + color.number


def main(arguments: list[str]) -> int:
    """Take the pictures that the arguments name."""
    parser = argparse.ArgumentParser(prog="python -m nnlab.tui.screenshot", description=__doc__)
    parser.add_argument("--size", default="160x48", help="columns x rows")
    parser.add_argument("--screen", default="home", help="home, workbench, LESSON or LESSON/PAGE")
    parser.add_argument("--keys", default="", help="keys to press, separated by spaces")
    parser.add_argument("--step", type=int, default=0, help="wait until the run has made so many steps")
    parser.add_argument("--theme", choices=("dark", "light"), default="dark")
    parser.add_argument("--language", choices=("en", "zh"), default="en")
    parser.add_argument("--depth", choices=("truecolor", "256", "16", "mono"), default="truecolor")
    parser.add_argument("--ascii", action="store_true")
    parser.add_argument("--lessons", type=Path)
    parser.add_argument("--all", type=Path, metavar="DIR", help="take every picture of the documentation")
    parser.add_argument("-o", "--output", type=Path, help="an .svg file, or a .txt file for plain text")
    given = parser.parse_args(arguments)
    if given.all:
        given.all.mkdir(parents=True, exist_ok=True)
        for shot in SHOTS:
            write(asyncio.run(take(shot)), shot, given.all / f"{shot.name}.svg")
        return 0
    columns, rows = map(int, given.size.split("x"))
    keys = tuple(given.keys.split())
    shot = Shot(
        "", (columns, rows), given.screen, keys, given.step, given.theme, given.language, given.ascii, given.depth
    )
    write(asyncio.run(take(shot, given.lessons)), shot, given.output)
    return 0


def write(grid: Grid, shot: Shot, path: Path | None) -> None:
    """Write a picture; without a path print the screen as text."""
    if path is None or path.suffix == ".txt":
        text = "\n".join(grid.lines()) + "\n"
        if path is None:
            sys.stdout.write(text)
        else:
            path.write_text(text, encoding="utf-8")
        return
    from nnlab.plots.svg import to_svg

    path.write_text(to_svg(grid, Palette(theme=shot.theme, depth=shot.depth)), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
