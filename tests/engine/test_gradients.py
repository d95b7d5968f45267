"""Every primitive's vjp against central differences, on every backend."""

import numpy as np
import pytest

from nnlab import engine
from nnlab.engine import GradientMismatch, Tensor, check_gradients, primitive
from tests.engine.cases import CASES, Case


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_backward_agrees_with_differences(case: Case, backend, rng) -> None:
    inputs = [backend.array(x) for x in case.draw(rng)]
    check_gradients(case.function, *inputs, rng=rng, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_memory_order_does_not_matter(case: Case, rng) -> None:
    inputs = case.draw(rng)
    turned = [np.asfortranarray(x) for x in inputs]
    strided = [np.repeat(x, 2, axis=-1)[..., ::2] if x.ndim else x for x in inputs]

    def result(arrays):
        tensors = [Tensor(x, requires_grad=x.dtype.kind == "f") for x in arrays]
        output = case.function(*tensors)
        engine.sum(output * output).backward()
        return [output.data, *[tensor.grad for tensor in tensors if tensor.requires_grad]]

    expected = result(inputs)
    for arrays in (turned, strided):
        for actual, value in zip(result(arrays), expected, strict=True):
            np.testing.assert_allclose(actual, value, rtol=1e-12, atol=1e-13)


def test_gradient_check_notices_a_wrong_sign(backend, rng) -> None:
    @primitive
    def wrong(xp, x):
        return xp.sin(x), (lambda g: -g * xp.cos(x),)

    with pytest.raises(GradientMismatch, match="central differences"):
        check_gradients(wrong, backend.array(rng.standard_normal(4)), rng=rng)


def test_gradient_check_notices_a_wrong_factor_on_one_element(rng) -> None:
    @primitive
    def wrong(xp, x):
        factor = np.ones(x.shape)
        factor[0] = 1.01
        return x * x, (lambda g: 2 * g * x * factor,)

    with pytest.raises(GradientMismatch):
        check_gradients(wrong, rng.standard_normal(4), rng=rng)
