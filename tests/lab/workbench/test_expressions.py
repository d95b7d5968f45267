import numpy as np
import pytest

from nnlab.lab.workbench.expressions import evaluate, read_features, read_formula
from nnlab.lab.workbench.line_error import LineError

COLUMNS = {"x1": np.array([1.0, -2.0]), "x2": np.array([3.0, 0.5]), "petal length": np.array([5.0, 6.0])}


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("x1 * x2 > 0", [True, False]),
        ("y = x1 + 2 * x2^2", [19.0, -1.5]),
        ("-x1^2", [-1.0, -4.0]),
        ("2^3^0", [2.0, 2.0]),
        ("sin(pi * x1) + max(x1, x2)", [3.0, 0.5]),
        ("`petal length` / 5", [1.0, 1.2]),
        ("x1 > 0 and x2 > 4 or x1 < 0", [False, True]),
        ("(x1 - x2) / 2", [-1.0, -1.25]),
        ("1e1 + .5", [10.5, 10.5]),
    ],
)
def test_formulas_compute(line, values):
    np.testing.assert_allclose(np.broadcast_to(evaluate(read_formula(line), COLUMNS), 2), values, atol=1e-12)


@pytest.mark.parametrize(
    ("line", "place", "said"),
    [
        ("x1 +", 4, "the line ends where a number"),
        ("x1 x2", 3, "'x2' cannot follow here"),
        ("(x1 + 1", 7, "bracket of character 1 is not closed"),
        ("sine(x1)", 0, "no function 'sine'; there are: abs"),
        ("max(x1)", 0, "max takes 2 values, 1 are given"),
        ("x1 ! 2", 3, "'!' means nothing here"),
        ("x1.__class__", 2, "means nothing here"),
        ("(" * 60 + "x1" + ")" * 60, 50, "nested more than 50 deep"),
    ],
)
def test_wrong_formulas_say_where(line, place, said):
    with pytest.raises(LineError, match=said) as caught:
        read_formula(line)
    assert caught.value.place == place


def test_features_of_a_line():
    features = read_features("x1, x1x2, sin(x1), petal length, all, -x2, max(x1, x2)")
    assert [feature.text for feature in features] == [
        "x1",
        "x1x2",
        "sin(x1)",
        "petal length",
        "all",
        "x2",
        "max(x1, x2)",
    ]
    assert [feature.is_left_out for feature in features] == [False] * 5 + [True, False]
    np.testing.assert_array_equal(evaluate(features[1].expression, COLUMNS), [3.0, -1.0])
    assert evaluate(features[3].expression, COLUMNS) is COLUMNS["petal length"]


def test_an_empty_feature_is_refused():
    with pytest.raises(LineError, match="no feature between two commas"):
        read_features("x1,,x2")
