import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.lab.errors import UsageError
from nnlab.lab.knobs import Knob, resolve
from nnlab.lab.settings import Settings, format_value

HIDDEN = Knob("hidden", 2, low=0, high=16)
RATE = Knob("learning_rate", 0.3, above=0.0, slider=(0.001, 10.0), log=True, live=True)
ACTIVATION = Knob("activation", "tanh", choices=("step", "sigmoid", "tanh", "relu"))
SHUFFLED = Knob("shuffled", True)


def test_text_becomes_the_type_of_the_default():
    assert HIDDEN.parse("4") == 4
    assert RATE.parse("1e-3") == 0.001
    assert SHUFFLED.parse("no") is False
    assert ACTIVATION.parse("relu") == "relu"


@pytest.mark.parametrize("text", ["17", "-1", "2.5", "two", "", "1e400"])
def test_a_value_outside_the_range_is_refused_with_the_range(text):
    with pytest.raises(UsageError, match=r"hidden is .*a whole number from 0 to 16"):
        HIDDEN.parse(text)


@pytest.mark.parametrize("text", ["0", "-0.1", "nan", "inf"])
def test_a_learning_rate_is_any_positive_finite_number(text):
    with pytest.raises(UsageError, match="above 0"):
        RATE.parse(text)
    assert RATE.parse("12345") == 12345.0


def test_an_unknown_choice_offers_the_nearest_one():
    with pytest.raises(UsageError, match="did you mean 'relu'"):
        ACTIVATION.parse("rellu")


def test_an_unknown_knob_offers_the_nearest_one_and_lists_all():
    with pytest.raises(UsageError, match=r"no knob 'hiden'; did you mean 'hidden'\? There are: hidden, learning_rate"):
        resolve((HIDDEN, RATE), {"hiden": 3})


def test_defaults_fill_up_what_is_not_given():
    assert resolve((HIDDEN, RATE), {"learning_rate": "0.1"}) == {"hidden": 2, "learning_rate": 0.1}


@given(st.floats(min_value=1e-300, allow_infinity=False, allow_nan=False))
def test_a_rate_written_to_a_line_parses_back_to_the_same_value(value):
    assert RATE.parse(format_value(value)) == value


def test_the_shell_line_names_only_what_differs():
    defaults = Settings("perceptrons", "xor", {"hidden": 2, "learning_rate": 0.3}, steps=3000)
    changed = Settings("perceptrons", "xor", {"hidden": 4, "learning_rate": 0.3}, seed=7, steps=3000)
    assert changed.shell_line(defaults) == "nnlab run perceptrons/xor --set hidden=4 --seed 7 --steps 3000"


def test_a_notch_on_a_logarithmic_track_is_a_tenth_of_a_decade():
    assert RATE.stepped(0.3, 1) == pytest.approx(0.38)
    assert RATE.stepped(0.3, 10) == pytest.approx(3.0)


@given(st.floats(0.001, 10.0), st.sampled_from([1, -1, 0.2, -0.2, 10, -10]))
def test_stepping_never_leaves_the_hard_range_and_always_moves(value, steps):
    moved = RATE.stepped(value, steps)
    assert moved > 0
    assert (moved > value) == (steps > 0)


@pytest.mark.parametrize("knob", [HIDDEN, RATE, ACTIVATION, SHUFFLED])
def test_the_default_lies_on_the_track_and_a_drag_there_returns_it(knob):
    fraction = knob.fraction(knob.default)
    assert 0 <= fraction <= 1
    assert knob.at_fraction(fraction) == knob.default


LAYERS = Knob("layers", "8 tanh", check="layers")


def test_a_text_is_taken_as_it_is_typed():
    assert Knob("target", "").parse(" petal length ") == "petal length"
    assert LAYERS.kind == "text"
    assert LAYERS.parse("4 relu, dropout 0.1") == "4 relu, dropout 0.1"
    assert (LAYERS.stepped("8 tanh", 1), LAYERS.fraction("8 tanh"), LAYERS.at_fraction(0.5)) == (
        "8 tanh",
        0.0,
        "8 tanh",
    )


def test_a_text_that_does_not_fit_is_refused_with_its_place():
    with pytest.raises(UsageError, match=r"character 3 .*did you mean 'tanh'"):
        LAYERS.parse("8 tahn")


@pytest.mark.parametrize("text", ["two\nlines", "bell\a", "x" * 2001])
def test_a_text_is_one_printable_line(text):
    with pytest.raises(UsageError, match="must be one line of at most 2,000 characters"):
        Knob("target", "").parse(text)


def test_a_place_on_an_axis_becomes_the_nearest_value_of_the_track():
    knob = Knob("z", 0.85, low=-100.0, high=100.0, slider=(-4.0, 4.0))
    assert knob.nearest(-1.27) == -1.28
    assert knob.nearest(0.003) == 0.0
    assert (knob.nearest(-1e9), knob.nearest(1e9)) == (-4.0, 4.0)
    assert Knob("rate", 0.1, above=0.0, slider=(0.001, 10.0), log=True).nearest(0.12345) == 0.12
    assert Knob("count", 3, low=1, high=8).nearest(4.4) == 4


def test_a_place_on_an_axis_is_no_value_of_a_choice():
    with pytest.raises(UsageError, match="activation is no number"):
        Knob("activation", "tanh", choices=("tanh", "relu")).nearest(1.0)
