"""Backward passes: where gradients go, add up, and stop."""

import gc
import weakref

import numpy as np
import pytest

from nnlab import engine
from nnlab.engine import GradientError, ShapeError, Tensor, no_grad


def leaf(values) -> Tensor:
    return Tensor(np.asarray(values, dtype=np.float64), requires_grad=True)


def test_derivative_of_x_squared_plus_x_at_3_is_7() -> None:
    x = leaf(3.0)
    (x * x + x).backward()
    assert x.grad == 7.0


def test_gradients_of_two_backward_passes_add_up() -> None:
    x = leaf([1.0, 2.0])
    for _ in range(2):
        engine.sum(x * x).backward()
    np.testing.assert_array_equal(x.grad, [4.0, 8.0])


def test_accumulation_changes_no_earlier_gradient() -> None:
    x = leaf([1.0, 2.0])
    engine.sum(x * x).backward()
    first, copy = x.grad, x.grad.copy()
    engine.sum(x * x).backward()
    np.testing.assert_array_equal(first, copy)


def test_two_parents_of_one_sum_do_not_share_a_changed_gradient() -> None:
    a, b = leaf([1.0, 2.0]), leaf([3.0, 4.0])
    engine.sum((a + b) * a).backward()
    np.testing.assert_array_equal(a.grad, [5.0, 8.0])
    np.testing.assert_array_equal(b.grad, [1.0, 2.0])


def test_a_loss_per_network_starts_from_ones() -> None:
    w = leaf([[1.0], [2.0]])
    engine.mse_loss(w * 1.0, np.zeros((2, 1)), leading=1).backward()
    np.testing.assert_array_equal(w.grad, [[2.0], [4.0]])


def test_a_diamond_of_many_layers_costs_one_visit_each() -> None:
    x = leaf(1.0)
    y = x
    for _ in range(200):
        y = y * 0.5 + y * 0.5
    y.backward()
    assert x.grad == 1.0


def test_a_chain_of_50000_operations_does_not_recurse() -> None:
    x = leaf(1.0)
    y = x
    for _ in range(50_000):
        y = y + 0.0
    y.backward()
    assert x.grad == 1.0


def test_plain_arrays_get_no_vjp_call() -> None:
    def never(g):
        raise AssertionError("called")

    @engine.primitive
    def first_only(xp, x, y):
        return x * y, (lambda g: g * y, never)

    x = leaf(2.0)
    first_only(x, np.asarray(3.0)).backward()
    assert x.grad == 3.0


def test_what_backward_did_not_reach_has_no_gradient() -> None:
    x, y = leaf(1.0), leaf(1.0)
    (x * 2.0).backward()
    assert y.grad is None


def test_a_second_backward_says_that_the_graph_is_used_up() -> None:
    x = leaf(2.0)
    loss = x * x
    loss.backward()
    with pytest.raises(GradientError, match="keep=True"):
        loss.backward()


def test_backward_through_a_used_up_part_names_its_operation() -> None:
    x = leaf(2.0)
    shared = engine.exp(x)
    (shared * 2.0).backward()
    with pytest.raises(GradientError, match="exp"):
        (shared * 3.0).backward()


def test_keep_lets_backward_run_twice() -> None:
    x = leaf(3.0)
    loss = x * x
    loss.backward(keep=True)
    loss.backward()
    assert x.grad == 12.0


def test_backward_without_gradients_anywhere_is_an_error() -> None:
    with pytest.raises(GradientError, match="requires_grad"):
        (Tensor([1.0]) * 2.0).backward()


def test_backward_from_a_matrix_asks_for_a_cotangent() -> None:
    with pytest.raises(ShapeError, match="cotangent"):
        leaf(np.ones((2, 2))).backward()


def test_no_grad_keeps_nothing() -> None:
    x = leaf(2.0)
    with no_grad():
        assert not (x * x).requires_grad
    assert (x * x).requires_grad


def test_a_graph_goes_without_the_garbage_collector() -> None:
    gc.disable()
    try:
        x = leaf(np.ones(3))
        hidden = engine.tanh(x)
        trace = weakref.ref(hidden)
        loss = engine.sum(hidden * hidden)
        del hidden
        loss.backward()
        del loss
        assert trace() is None
    finally:
        gc.enable()


def test_reflected_operators_work_on_arrays_and_numbers(backend) -> None:
    x = Tensor(backend.array(np.asarray([2.0, 4.0])), requires_grad=True)
    other = backend.array(np.asarray([1.0, 3.0]))
    backend.close((1.0 - x).data, [-1.0, -3.0])
    backend.close((8.0 / x).data, [4.0, 2.0])
    backend.close((x - other).data, [1.0, 1.0])
    backend.close((2.0 * x + 1.0).data, [5.0, 9.0])


def test_an_array_on_the_left_gives_a_tensor() -> None:
    assert isinstance(np.ones(2) * Tensor(np.ones(2)), Tensor)


def test_python_numbers_become_float32() -> None:
    assert Tensor([1.0, 2.0]).dtype == np.float32
    assert Tensor(np.asarray([1.0])).dtype == np.float64


def test_rows_of_a_tensor_can_be_walked_through() -> None:
    assert [row.item() for row in Tensor(np.asarray([1.0, 2.0]))] == [1.0, 2.0]
