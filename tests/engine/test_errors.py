"""Bad input: each error names the operation, what came, what was expected, and what to do."""

import array_api_strict
import numpy as np
import pytest

from nnlab import engine, nn
from nnlab.engine import BackendError, DTypeError, NonFiniteError, ShapeError, Tensor, ValueRangeError, checking


def ones(*shape: int) -> Tensor:
    return Tensor(np.ones(shape), requires_grad=True)


@pytest.mark.parametrize(
    ("call", "kind", "parts"),
    [
        (lambda: engine.linear(ones(32, 3), ones(4, 8)), ShapeError, ["linear", "(32, 3)", "(4, 8)", "3 columns"]),
        (lambda: engine.linear(ones(2, 3, 4), ones(12, 8)), ShapeError, ["forget to flatten"]),
        (lambda: engine.linear(ones(3), ones(3, 2)), ShapeError, ["add a batch axis"]),
        (lambda: ones(2, 3) + ones(4), ShapeError, ["add", "(2, 3)", "(4,)"]),
        (lambda: ones(2, 3) @ ones(2, 3), ShapeError, ["matmul", "(2, 3)"]),
        (lambda: engine.mse_loss(ones(4, 1), ones(4)), ShapeError, ["mse_loss", "(4, 1)", "(4,)"]),
        (lambda: engine.mse_loss(ones(0, 1), ones(0, 1)), ShapeError, ["mse_loss", "empty"]),
        (lambda: engine.mean(ones(0)), ShapeError, ["mean", "nothing to reduce"]),
        (lambda: engine.max(ones(2, 0), axis=1), ShapeError, ["max", "(2, 0)"]),
        (lambda: engine.var(ones(1)), ShapeError, ["var", "correction=0"]),
        (lambda: engine.cross_entropy(ones(4, 3), np.zeros((5,), np.int64)), ShapeError, ["cross_entropy", "(5,)"]),
        (lambda: engine.cross_entropy(ones(4, 3), np.zeros((4, 3), bool)), DTypeError, ["cross_entropy", "bool"]),
        (lambda: engine.mse_loss(ones(1, 1), ones(1, 1), reduction="men"), ValueRangeError, ["mean", "sum", "none"]),
        (lambda: engine.conv2d(ones(1, 3, 5, 5), ones(2, 4, 3, 3)), ShapeError, ["conv2d", "3 channels", "4"]),
        (lambda: engine.conv2d(ones(1, 1, 2, 2), ones(1, 1, 3, 3)), ShapeError, ["does not fit", "pad"]),
        (lambda: engine.max_pool2d(ones(1, 1, 2, 2), 3), ShapeError, ["max_pool2d", "does not fit"]),
        (lambda: engine.embedding(ones(3), ones(4, 2)), DTypeError, ["embedding", "whole numbers"]),
        (lambda: engine.lstm(ones(3, 2, 4), ones(4, 8), ones(3, 12), ones(12)), ShapeError, ["lstm", "4H"]),
        (lambda: engine.dropout(ones(3), p=1.5, rng=np.random.default_rng(0)), ValueRangeError, ["dropout", "1.5"]),
        (lambda: engine.generator_loss("minmax", ones(2, 1)), ValueRangeError, ["did you mean 'minimax'"]),
        (lambda: engine.batch_norm(ones(1, 3)), ShapeError, ["batch_norm", "more than 1 value"]),
        (lambda: engine.concat([ones(2, 3), ones(2, 4)], axis=0), ShapeError, ["(2, 3)", "(2, 4)"]),
        (lambda: ones(3)[np.asarray([0, 1])], ShapeError, ["slice", "embedding"]),
        (
            lambda: engine.cross_entropy(ones(4, 3), np.asarray([0, 1, 2, 3])),
            ValueRangeError,
            ["cross_entropy", "classes in [0, 3)", "0 to 3", "(4,)"],
        ),
        (lambda: engine.embedding(np.asarray([0, 7]), ones(5, 2)), ValueRangeError, ["embedding", "[0, 5)", "0 to 7"]),
        (
            lambda: engine.cross_entropy(ones(4, 3), np.zeros(4, np.int64), weight=np.ones(4)),
            ShapeError,
            ["cross_entropy", "3 classes", "(4,)"],
        ),
        (
            lambda: engine.cross_entropy(ones(4, 3), np.zeros(4, np.int64), label_smoothing=2.0),
            ValueRangeError,
            ["[0, 1]"],
        ),
        (lambda: engine.huber_loss(ones(4, 1), ones(4, 1), delta=-1.0), ValueRangeError, ["huber_loss", "-1.0"]),
        (lambda: engine.conv2d(ones(1, 3, 5, 5), ones(2, 3, 3, 3), stride=0), ValueRangeError, ["stride", "1", "0"]),
        (lambda: engine.conv2d(ones(1, 3, 5, 5), ones(2, 3, 3, 3), padding=-1), ValueRangeError, ["padding", "-1"]),
        (lambda: engine.max_pool2d(ones(1, 3, 4, 4), 0), ValueRangeError, ["kernel", "at least 1"]),
        (lambda: engine.max_pool2d(ones(1, 3, 4, 4), 2, stride=0), ValueRangeError, ["stride", "at least 1"]),
        (lambda: engine.upsample_nearest2d(ones(1, 3, 4, 4), 0), ValueRangeError, ["scale", "at least 1"]),
        (
            lambda: engine.conv_transpose2d(ones(1, 4, 5, 5), ones(4, 2, 3, 3), ones(5)),
            ShapeError,
            ["conv_transpose2d: "],
        ),
        (lambda: engine.concat([]), ShapeError, ["concat", "at least one"]),
        (lambda: engine.available("cuppy"), ValueRangeError, ["did you mean 'cupy'"]),
    ],
)
def test_the_message_says_what_came_and_what_to_do(call, kind, parts) -> None:
    with pytest.raises(kind) as caught:
        call()
    for part in parts:
        assert part in str(caught.value)


def test_arrays_of_two_backends_in_one_operation_are_refused_by_name() -> None:
    with pytest.raises(BackendError, match=r"add: .*different backends"):
        engine.add(array_api_strict.asarray([1.0]), np.asarray([1.0]))


def test_an_unknown_backend_offers_the_nearest() -> None:
    with pytest.raises(ValueRangeError, match="did you mean 'numpy'"), engine.use("numpi"):
        pass


@pytest.mark.parametrize(
    ("call", "operation", "what"),
    [
        (lambda x: engine.log(x * 0.0), "log", "log(0)"),
        (lambda x: engine.exp(x * 1000.0) * 0.0, "exp", "overflow"),
        (lambda x: (x * 0.0) / (x * 0.0), "divide", "0/0"),
        (lambda x: x / (x * 0.0), "divide", "division by 0"),
        (lambda x: engine.sum(engine.sqrt(x * 0.0)).backward(), "gradient of sqrt", "not a number"),
    ],
)
def test_checking_names_the_first_operation_that_went_wrong(call, operation, what) -> None:
    with checking(), np.errstate(all="ignore"), pytest.raises(NonFiniteError) as caught:
        call(ones(2))
    assert caught.value.operation == operation
    if operation != "gradient of sqrt":
        assert caught.value.what == what


def test_without_checking_non_finite_values_pass() -> None:
    with np.errstate(all="ignore"):
        assert np.isinf(engine.log(ones(1) * 0.0).data).all()


@pytest.mark.parametrize(
    ("call", "part"),
    [
        (lambda: engine.cross_entropy(ones(4, 3), np.asarray([0, 1, -1, 2])), "got -1 to 2"),
        (lambda: engine.embedding(np.asarray([0, -2]), ones(5, 2)), "got -2 to 0"),
    ],
)
def test_negative_numbers_of_classes_and_rows_are_named_while_checking(call, part) -> None:
    with checking(), pytest.raises(ValueRangeError, match=part):
        call()


@pytest.mark.parametrize(
    ("call", "kind", "part"),
    [
        (lambda rng: nn.Linear(0, 3, rng=rng), ShapeError, "at least 1"),
        (lambda rng: nn.Linear(-1, 3, rng=rng), ShapeError, "at least 1"),
        (lambda rng: nn.Conv2d(3, 4, 3, rng=rng, groups=2), ValueRangeError, "groups must divide 3 inputs"),
        (lambda rng: nn.ConvTranspose2d(4, 3, 3, rng=rng, groups=2), ValueRangeError, "and 3 outputs"),
        (lambda rng: nn.LSTM(3, 4, rng=rng, layers=0), ValueRangeError, "LSTM: .* at least 1, got 3, 4, 0"),
    ],
)
def test_a_layer_that_cannot_be_says_so_when_it_is_made(call, kind, part) -> None:
    with pytest.raises(kind, match=part):
        call(np.random.default_rng(0))


def test_no_error_shows_a_name_with_an_underscore_in_front() -> None:
    with checking(), np.errstate(all="ignore"), pytest.raises(NonFiniteError, match="overflow in conv2d"):
        engine.conv2d(ones(1, 1, 3, 3) * 1e300, ones(1, 1, 3, 3) * 1e300)
