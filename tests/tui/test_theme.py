"""The theme's colours reach the stylesheets, and colourless means colourless."""

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from nnlab.plots.palette import Palette
from nnlab.tui.theme import ROLES, NoColour, colours, make_theme


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
