"""Plans of sweeps: what the options say, the cells that follow, and the line that repeats them."""

import shlex
from itertools import pairwise

import pytest

from nnlab.lab.errors import UsageError
from nnlab.lab.experiment import Experiment
from nnlab.lab.knobs import Knob
from nnlab.lab.settings import Settings
from nnlab.lab.sweep.plan import Axis, Draw, Plan, best_is_high, make_cells, parse_grid, parse_random, ranking_metric

KNOBS = (
    Knob("rate", 0.1, above=0.0),
    Knob("width", 8, low=1, high=64),
    Knob("shape", "wide", choices=("narrow", "wide", "8 tanh, 4 relu")),
    Knob("fast", False),
)
EXPERIMENT = Experiment(knobs=KNOBS, setup=lambda *_: None, step=lambda _: {})
BASE = Settings("toy", "walk", {knob.name: knob.default for knob in KNOBS}, steps=10)


def cells(**plan):
    return make_cells(Plan("toy", "walk", 10, **plan), BASE, KNOBS)


def test_a_grid_runs_through_all_combinations_the_last_axis_fastest():
    made = cells(grid=(Axis("rate", (0.1, 1.0)), Axis("width", (2, 3))))
    assert [tuple(cell.varied.values()) for cell in made] == [(0.1, 2), (0.1, 3), (1.0, 2), (1.0, 3)]
    assert [cell.index for cell in made] == [0, 1, 2, 3]
    assert made[1].settings.knobs == {"rate": 0.1, "width": 3, "shape": "wide", "fast": False}


def test_random_values_repeat_with_the_plan_and_stay_in_their_interval():
    plan = {"random": (Draw("rate", 0.001, 1.0, log=True), Draw("width", 2, 5)), "samples": 200}
    made = cells(**plan)
    assert made == cells(**plan)
    assert made != cells(**plan, seed=2)
    rates = [cell.varied["rate"] for cell in made]
    assert all(0.001 <= rate <= 1.0 for rate in rates)
    assert 60 < sum(rate < 10**-1.5 for rate in rates) < 140, "even in the logarithm"
    assert {cell.varied["width"] for cell in made} == {2, 3, 4, 5}
    assert all(rate == float(f"{rate:.4g}") for rate in rates)


def test_samples_are_drawn_in_every_cell_of_a_grid():
    made = cells(grid=(Axis("width", (2, 3)),), random=(Draw("rate", 0.1, 1.0),), samples=5)
    assert [cell.varied["width"] for cell in made] == [2] * 5 + [3] * 5
    assert len({cell.varied["rate"] for cell in made}) == 10


def test_options_are_read_with_the_knobs_own_types():
    assert parse_grid("width=2, 4,8", EXPERIMENT) == Axis("width", (2, 4, 8))
    assert parse_grid("shape=narrow|8 tanh, 4 relu", EXPERIMENT) == Axis("shape", ("narrow", "8 tanh, 4 relu"))
    assert parse_grid("fast=yes,no", EXPERIMENT) == Axis("fast", (True, False))
    assert parse_random("rate=1e-3..1:log", EXPERIMENT) == Draw("rate", 0.001, 1.0, log=True)
    assert parse_random("width=2..8", EXPERIMENT) == Draw("width", 2.0, 8.0)
    assert parse_random("shape=narrow,wide", EXPERIMENT) == Axis("shape", ("narrow", "wide"))


@pytest.mark.parametrize(
    ("parse", "text", "sentence"),
    [
        (parse_grid, "rate", "write it as --grid KNOB=VALUES"),
        (parse_grid, "rat=1", "did you mean 'rate'"),
        (parse_grid, "rate=0.1,x", "a number above 0"),
        (parse_grid, "rate=0.1,0.1", "names a value twice"),
        (parse_random, "rate=1..0.1", "from the smaller value to the larger"),
        (parse_random, "shape=a..b", "is no interval of numbers"),
        (parse_random, "rate=0.1..1:lin", "is no interval of numbers"),
        (parse_random, "width=0..8", "from 1 to 64"),
    ],
)
def test_a_mistake_gets_one_sentence(parse, text, sentence):
    with pytest.raises(UsageError, match=sentence):
        parse(text, EXPERIMENT)


def test_too_many_cells_are_refused_before_any_is_made():
    axis = Axis("rate", tuple(float(i) for i in range(1, 200)))
    with pytest.raises(UsageError, match="39,402 cells"):
        cells(grid=(axis, Axis("width", tuple(range(198)))))


def test_the_line_of_a_plan_says_the_same_plan():
    plan = Plan(
        *("toy", "walk", 10),
        grid=(Axis("shape", ("narrow", "8 tanh, 4 relu")), Axis("width", (2, 4))),
        random=(Draw("rate", 0.001, 1.0, log=True), Axis("fast", (True, False))),
        samples=7,
        metric="test_loss",
    )
    words = shlex.split(plan.shell_line("out"))
    options = list(pairwise(words))
    grid = tuple(parse_grid(value, EXPERIMENT) for option, value in options if option == "--grid")
    random = tuple(parse_random(value, EXPERIMENT) for option, value in options if option == "--random")
    assert (grid, random) == (plan.grid, plan.random)
    assert ("--samples", "7") in options
    assert ("-o", "out") in options
    assert plan.hash == Plan(**{name: getattr(plan, name) for name in Plan.__struct_fields__}).hash


@pytest.mark.parametrize("values", [("4 tanh", "8 tanh"), ("tanh", "relu"), ("8 tanh, 4 relu", "tanh")])
def test_the_line_of_a_plan_keeps_values_of_free_text_apart(values):
    layers = Knob("layers", "8 tanh", check="layers")
    words = shlex.split(Plan("toy", "walk", 10, grid=(Axis("layers", values),)).shell_line())
    read = parse_grid(
        words[words.index("--grid") + 1], Experiment(knobs=(layers,), setup=lambda *_: None, step=lambda _: {})
    )
    assert read.values == values


def test_a_plan_counts_its_cells_before_it_makes_them():
    grid, random = (Axis("rate", (0.1, 1.0)), Axis("width", (2, 3, 4))), (Draw("rate", 0.1, 1.0),)
    for plan in ({"grid": grid}, {"grid": grid[1:], "random": random, "samples": 5}, {"random": random, "samples": 4}):
        assert Plan("toy", "walk", 10, **plan).cell_count == len(cells(**plan))


def test_ranking_prefers_unseen_data_and_knows_which_way_is_better():
    assert ranking_metric("", {"loss": 0, "test_loss": 0}) == "test_loss"
    assert ranking_metric("", {"mistakes": 0}) == "mistakes"
    with pytest.raises(UsageError, match="no metric 'los'; did you mean 'loss'"):
        ranking_metric("los", {"loss": 0})
    assert best_is_high("test_accuracy")
    assert not best_is_high("test_loss")
