"""Each kernel gives what the primitive of its name gives, is used, and shares no memory between results."""

import numpy as np
import pytest

from nnlab import engine
from nnlab.engine import Tensor
from nnlab.engine.primitive import KERNELS
from tests.engine.cases import CASES, Case

OF_OPTIMIZERS = {"adam"}
"""Kernels of update rules; tests/nn compares them with their rules."""


@pytest.fixture
def used(monkeypatch):
    """Names of the kernels that took what they were given."""
    names = set()

    def noting(name, function):
        def call(xp, *arrays, **options):
            result = function(xp, *arrays, **options)
            if result is not None:
                names.add(name)
            return result

        return call

    for name, function in list(KERNELS.items()):
        monkeypatch.setitem(KERNELS, name, noting(name, function))
    return names


def results(case: Case, inputs) -> list[np.ndarray]:
    """The output of a case and the gradients of its inputs."""
    tensors = [Tensor(x, requires_grad=x.dtype.kind == "f") for x in inputs]
    output = case.function(*tensors)
    engine.sum(output * output * 0.5 + output).backward()
    return [output.data, *[tensor.grad for tensor in tensors if tensor.requires_grad]]


def standard_results(case: Case, inputs) -> list[np.ndarray]:
    with pytest.MonkeyPatch.context() as patch:
        for name in list(KERNELS):
            patch.delitem(KERNELS, name)
        return results(case, inputs)


def test_every_kernel_is_reached_by_a_case(used, rng) -> None:
    for case in CASES:
        results(case, case.draw(rng))
    assert used == set(KERNELS) - OF_OPTIMIZERS


@pytest.mark.parametrize("memory", ["rows", "columns", "strided"])
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-12), ("float32", 2e-5)])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_kernel_equals_the_primitive_in_any_memory_order(case: Case, dtype, tolerance, memory, rng) -> None:
    inputs = [x.astype(dtype) if x.dtype.kind == "f" else x for x in case.draw(rng)]
    if memory == "columns":
        inputs = [np.asfortranarray(x) for x in inputs]
    elif memory == "strided":
        inputs = [np.repeat(x, 2, axis=-1)[..., ::2] if x.ndim else x for x in inputs]
    for actual, expected in zip(results(case, inputs), standard_results(case, inputs), strict=True):
        assert (actual.shape, actual.dtype) == (expected.shape, expected.dtype)
        scale = max(1.0, float(np.max(np.abs(expected))))
        np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance * scale)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_two_results_share_memory(case: Case, rng) -> None:
    inputs = case.draw(rng)
    first = results(case, inputs)
    kept = [array.copy() for array in first]
    second = results(case, [x + 1 if x.dtype.kind == "f" else x for x in inputs])
    for array, copy in zip(first, kept, strict=True):
        np.testing.assert_array_equal(array, copy)
        assert not any(np.shares_memory(array, other) for other in second)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_second_backward_through_a_kept_graph_gives_the_same(case: Case, rng) -> None:
    tensors = [Tensor(x, requires_grad=x.dtype.kind == "f") for x in case.draw(rng)]
    loss = engine.sum(case.function(*tensors) * 1.5)
    gradients = []
    for _ in range(2):
        for tensor in tensors:
            tensor.grad = None
        loss.backward(keep=True)
        gradients.append([tensor.grad for tensor in tensors if tensor.requires_grad])
    for first, second in zip(*gradients, strict=True):
        np.testing.assert_array_equal(first, second)


def test_max_pool_gives_a_tie_to_the_first_of_its_window(used) -> None:
    x = Tensor(np.asarray([[1.0, 1.0, 0.0, 2.0], [1.0, 1.0, 2.0, 2.0]]), requires_grad=True)
    engine.sum(engine.max_pool2d(x, 2)).backward()
    np.testing.assert_array_equal(x.grad, [[1, 0, 0, 1], [0, 0, 0, 0]])
    assert used == {"max_pool2d"}


@pytest.mark.parametrize("name", ["rnn", "lstm"])
def test_a_recurrent_network_in_a_batch_equals_itself_alone_bit_for_bit(name, used, rng) -> None:
    gates = {"rnn": 1, "lstm": 4}[name]
    shapes = [(3, 7, 5, 6), (3, 6, gates * 16), (3, 16, gates * 16), (3, gates * 16)]
    arrays = [rng.standard_normal(shape).astype(np.float32) for shape in shapes]

    def run(inputs):
        tensors = [Tensor(x, requires_grad=True) for x in inputs]
        output = getattr(engine, name)(*tensors)
        h = output[0] if name == "lstm" else output
        engine.sum(h * h).backward()
        return [h.data, *[tensor.grad for tensor in tensors]]

    together = run(arrays)
    for k in range(3):
        for whole, alone in zip(together, run([array[k] for array in arrays]), strict=True):
            np.testing.assert_array_equal(whole[k], alone)
    assert name in used


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_namespace_that_has_only_the_standard_meets_no_kernel(case: Case, used, rng) -> None:
    import array_api_strict

    with engine.use(array_api_strict) as xp:
        tensors = [Tensor(xp.asarray(x), requires_grad=x.dtype.kind == "f") for x in case.draw(rng)]
        engine.sum(case.function(*tensors)).backward()
    assert not used


def test_cross_entropy_of_permuted_logits_has_the_gradient_of_a_copy():
    rng = np.random.default_rng(0)
    logits, targets = rng.normal(size=(4, 3, 5)).astype(np.float32), rng.integers(0, 5, (3, 4))
    permuted, copied = (Tensor(logits, requires_grad=True) for _ in range(2))
    engine.cross_entropy(engine.permute(permuted, axes=(1, 0, 2)), targets).backward()
    engine.cross_entropy(engine.permute(copied, axes=(1, 0, 2)) * np.ones(1, np.float32), targets).backward()
    in_rows = Tensor(np.ascontiguousarray(logits.transpose(1, 0, 2)), requires_grad=True)
    engine.cross_entropy(in_rows, targets).backward()
    np.testing.assert_allclose(permuted.grad, in_rows.grad.transpose(1, 0, 2), rtol=1e-6)
    np.testing.assert_allclose(copied.grad, in_rows.grad.transpose(1, 0, 2), rtol=1e-6)
