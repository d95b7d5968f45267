"""The theme's colours reach the stylesheets, and colourless means colourless."""

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from nnlab.plots.grid import INDEXED
from nnlab.plots.palette import Palette
from nnlab.tui.theme import FEW, ROLES, FewColours, NoColour, colours, make_theme


def contrast(one: str, other: str) -> float:
    lights = sorted(
        0.2126 * r + 0.7152 * g + 0.0722 * b
        for r, g, b in (
            [
                ((c / 255) / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4)
                for c in Color.parse(colour).rgb
            ]
            for colour in (one, other)
        )
    )
    return (lights[1] + 0.05) / (lights[0] + 0.05)


@pytest.mark.parametrize("name", ["dark", "light"])
def test_every_role_is_a_theme_variable(name) -> None:
    variables = {**make_theme(name).to_color_system().generate(), **make_theme(name).variables}
    assert {role: variables[role].lower() for role in ROLES} == colours(name)


@pytest.mark.parametrize("name", ["dark", "light"])
@pytest.mark.parametrize("role", ["text", "strong", "muted", "accent", "warning", "error"])
def test_words_are_readable_on_stage_and_surface(name, role: str) -> None:
    for paper in ("background", "surface"):
        assert contrast(colours(name)[role], colours(name)[paper]) >= 4.4


def test_no_colour_removes_colours_and_keeps_weight() -> None:
    segments = [Segment("a", Style(color="red", bgcolor="blue", bold=True, dim=True)), Segment("b", None)]
    bold, plain = NoColour().apply(segments, Color(0, 0, 0))
    assert (bold.style, plain.style) == (Style(bold=True), Style.null())


@pytest.mark.parametrize("name", ["dark", "light"])
def test_plots_and_screens_use_the_same_colours(name) -> None:
    palette = Palette(theme=name)
    drawn = {role: f"#{getattr(palette, role.replace('-', '_')):06x}" for role in ROLES}
    assert drawn == colours(name)


@pytest.mark.parametrize(("depth", "column"), [("256", 0), ("16", 2)])
def test_plots_and_screens_pick_the_same_few_colours(depth, column: int) -> None:
    for index, name in enumerate(("dark", "light")):
        palette = Palette(theme=name, depth=depth)
        drawn = {role: getattr(palette, role.replace("-", "_")) for role in FEW}
        picked = {role: numbers[column + index] for role, numbers in FEW.items()}
        assert drawn == {role: -1 if number is None else INDEXED + number for role, number in picked.items()}


def test_few_colours_keep_the_chosen_row_apart_from_the_stage() -> None:
    segments = [Segment("x", Style(color=ROLES["text"][0], bgcolor=ROLES[role][0])) for role in ("panel", "background")]
    panel, stage = FewColours("256").apply(segments, Color(0, 0, 0))
    assert (panel.style.bgcolor.number, stage.style.bgcolor.number) == (235, 233)


def test_few_colours_survive_a_segment_without_style() -> None:
    assert FewColours("16").apply([Segment("x", None)], Color(0, 0, 0))[0].style == Style.null()
