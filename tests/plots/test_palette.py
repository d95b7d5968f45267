import numpy as np
import pytest

from nnlab.plots.colour import nearest_xterm, rgb_of, to_oklab, xterm
from nnlab.plots.errors import PlotError
from nnlab.plots.grid import DEFAULT, INDEXED
from nnlab.plots.palette import ROLES, Palette

DEPTHS = ("truecolor", "256", "16", "mono")


def luminance(colour):
    channels = np.array([colour >> 16 & 255, colour >> 8 & 255, colour & 255]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def contrast(a, b):
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize(("role", "least"), [("text", 10), ("strong", 12), ("muted", 5), ("accent", 4.5), ("neg", 4.5)])
@pytest.mark.parametrize("depth", ["truecolor", "256"])
def test_words_can_be_read_on_the_stage(theme, depth, role, least):
    palette = Palette(theme, depth)
    assert contrast(rgb_of(palette.role(role), 0), rgb_of(palette.background, 0)) >= least * 0.95


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("depth", ["truecolor", "256"])
def test_points_stand_out_from_every_colour_of_a_field(theme, depth):
    palette = Palette(theme, depth)
    colours = [rgb_of(c, 0) for c in palette.map("diverging").colours.tolist()]
    for role in ("point_neg", "point_pos"):
        assert min(contrast(rgb_of(palette.role(role), 0), c) for c in colours) >= 3.2


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("name", ["sequential", "ink", "land"])
def test_maps_from_low_to_high_are_monotone_in_lightness(theme, name):
    lightness = to_oklab(Palette(theme).map(name).colours)[:, 0]
    steps = np.diff(lightness)
    assert np.all(steps > 0) or np.all(steps < 0)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_diverging_map_ends_in_the_paper_on_both_sides_of_zero(theme):
    lightness = to_oklab(Palette(theme).map("diverging").colours)[:, 0]
    paper = to_oklab([Palette(theme).background])[0, 0]
    distance = np.abs(lightness - paper)
    assert np.all(np.diff(distance[:24]) <= 0.005)
    assert np.all(np.diff(distance[24:]) >= -0.005)


def test_maps_have_the_steps_of_the_design():
    assert [Palette().map(n).steps for n in ("diverging", "sequential", "ink", "land")] == [48, 48, 32, 14]


def test_mono_has_no_colour_at_all_and_the_sign_is_the_glyph():
    palette = Palette(depth="mono")
    assert {palette.role(role) for role in ROLES} == {DEFAULT}
    colours = palette.map("diverging")
    glyphs = colours.glyphs[colours.index(np.array([0.0, 0.4, 0.5, 0.6, 1.0]))]
    assert "".join(glyphs) == "-. .+"
    assert set(colours.colours.tolist()) == {DEFAULT}


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_each_depth_uses_only_colours_that_it_has(theme):
    for role in ROLES:
        assert DEFAULT <= Palette(theme, "16").role(role) < INDEXED + 16
        assert INDEXED + 16 <= Palette(theme, "256").role(role) < INDEXED + 256
        assert 0 <= Palette(theme, "truecolor").role(role) < INDEXED


def test_values_that_are_not_finite_take_the_middle_or_the_ends():
    colours = Palette().map("diverging")
    assert colours.index(np.array([np.nan, np.inf, -np.inf, 2.0, -1.0])).tolist() == [24, 47, 0, 47, 0]


def test_nearest_of_256_is_the_colour_itself_where_it_is_one():
    assert all(xterm(nearest_xterm(xterm(i)) - INDEXED) == xterm(i) for i in range(16, 256))


@pytest.mark.parametrize(("what", "value"), [("theme", "drak"), ("depth", "255"), ("glyphs", "brail")])
def test_unknown_setting_lists_what_there_is(what, value):
    with pytest.raises(PlotError, match="did you mean"):
        Palette(**{what: value})


def test_unknown_role_offers_the_nearest():
    with pytest.raises(PlotError, match="did you mean 'accent'"):
        Palette().role("acent")
