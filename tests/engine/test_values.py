"""Values and rules of single operations, on every backend."""

import math

import numpy as np
import pytest

from nnlab import engine
from nnlab.engine import Tensor


def tensor(backend, values) -> Tensor:
    return Tensor(backend.array(np.asarray(values, dtype=np.float64)), requires_grad=True)


def test_step_is_1_at_0_and_has_no_slope(backend) -> None:
    x = tensor(backend, [-0.5, 0.0, 2.0])
    y = engine.step(x)
    backend.close(y.data, [0.0, 1.0, 1.0])
    engine.sum(y).backward()
    backend.close(x.grad, [0.0, 0.0, 0.0])


def test_max_pool_sends_gradient_to_first_winner(backend) -> None:
    x = tensor(backend, [[[[1.0, 1.0], [1.0, 0.0]]]])
    engine.sum(engine.max_pool2d(x, 2)).backward()
    backend.close(x.grad, [[[[1.0, 0.0], [0.0, 0.0]]]])


def test_ties_of_maximum_share_the_gradient(backend) -> None:
    x, y = tensor(backend, [1.0, 2.0]), tensor(backend, [1.0, 0.0])
    engine.sum(engine.maximum(x, y)).backward()
    backend.close(x.grad, [0.5, 1.0])
    backend.close(y.grad, [0.5, 0.0])


@pytest.mark.parametrize("x", [-1000.0, 1000.0])
def test_saturated_functions_stay_finite(backend, x) -> None:
    for function in (engine.sigmoid, engine.softplus, engine.tanh, engine.silu):
        leaf = tensor(backend, [x])
        engine.sum(function(leaf)).backward()
        assert np.isfinite(engine.to_host(leaf.grad)).all()


@pytest.mark.parametrize("x", [-30.0, -6.0, -1.5, -0.1, 0.0, 0.1, 1.0, 4.0, 9.0, 40.0])
def test_gelu_is_x_times_the_normal_distributions_share_below_x(backend, x) -> None:
    expected = x * math.erfc(-x / math.sqrt(2)) / 2
    backend.close(engine.gelu(tensor(backend, [x])).data, [expected], rtol=1e-13, atol=1e-15)


def test_gelus_tanh_form_is_near_the_exact_one_and_not_equal_to_it(backend) -> None:
    x = tensor(backend, np.linspace(-4, 4, 81))
    difference = np.abs(engine.to_host((engine.gelu(x) - engine.gelu(x, approximate="tanh")).data))
    assert 1e-4 < difference.max() < 5e-4


def test_an_unknown_approximation_names_the_known_ones(backend) -> None:
    with pytest.raises(engine.ValueRangeError, match="none, tanh"):
        engine.gelu(tensor(backend, [1.0]), approximate="erf")


def test_comparisons_give_plain_bools(backend) -> None:
    x, y = tensor(backend, [1.0, 2.0, 3.0]), tensor(backend, [2.0, 2.0, 2.0])
    names = ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal")
    found = {name: engine.to_host(getattr(engine, name)(x, y)).tolist() for name in names}
    assert found == {
        "equal": [False, True, False],
        "not_equal": [True, False, True],
        "less": [True, False, False],
        "less_equal": [True, True, False],
        "greater": [False, False, True],
        "greater_equal": [False, True, True],
    }


def test_sigmoid_is_exact_in_its_lower_tail(backend) -> None:
    backend.close(engine.sigmoid(tensor(backend, [-40.0])).data, [np.exp(-40.0)], atol=0.0)


@pytest.mark.parametrize("logit", [-200.0, 0.0, 200.0])
def test_bce_with_logits_is_exact_for_confident_logits(backend, logit) -> None:
    x = tensor(backend, [[logit]])
    loss = engine.binary_cross_entropy_with_logits(x, backend.array(np.zeros((1, 1))))
    loss.backward()
    backend.close(loss.data, np.logaddexp(0.0, logit))
    backend.close(x.grad, [[1 / (1 + np.exp(-logit))]])


def test_cross_entropy_of_huge_logits_is_finite(backend) -> None:
    x = tensor(backend, [[1e4, 0.0, -1e4]])
    loss = engine.cross_entropy(x, backend.array(np.asarray([1])))
    loss.backward()
    backend.close(loss.data, 1e4)
    backend.close(x.grad, [[1.0, -1.0, 0.0]])


def test_cross_entropy_equals_its_composed_form(backend, rng) -> None:
    x, t = rng.standard_normal((5, 4)), rng.integers(0, 4, 5)
    fused, composed = tensor(backend, x), tensor(backend, x)
    loss = engine.cross_entropy(fused, backend.array(t))
    loss.backward()
    hot = backend.array(np.eye(4)[t])
    parts = engine.mean(-engine.sum(engine.log_softmax(composed) * hot, axis=-1))
    parts.backward()
    backend.close(loss.data, parts.data)
    backend.close(fused.grad, composed.grad)


def test_linear_equals_its_composed_form(backend, rng) -> None:
    arrays = [rng.standard_normal(shape) for shape in ((5, 3), (3, 2), (2,))]
    fused = [tensor(backend, array) for array in arrays]
    parts = [tensor(backend, array) for array in arrays]
    engine.sum(engine.tanh(engine.linear(*fused))).backward()
    engine.sum(engine.tanh(parts[0] @ parts[1] + parts[2])).backward()
    for one, other in zip(fused, parts, strict=True):
        backend.close(one.grad, other.grad)


def _composed_normal(x, axes):
    centred = x - engine.mean(x, axis=axes, keepdims=True)
    return centred / engine.sqrt(engine.mean(centred * centred, axis=axes, keepdims=True) + 1e-5)


def _composed_batch_norm(x, w, b):
    return _composed_normal(x, (0, 2, 3)) * w[:, None, None] + b[:, None, None]


def _composed_bce(x, t):
    p = engine.sigmoid(x)
    return engine.mean(-(t * engine.log(p) + (1.0 - t) * engine.log(1.0 - p)))


def _composed_pool(x):
    return engine.maximum(
        engine.maximum(x[..., ::2, ::2], x[..., ::2, 1::2]), engine.maximum(x[..., 1::2, ::2], x[..., 1::2, 1::2])
    )


def _composed_average(x):
    return (x[..., ::2, ::2] + x[..., ::2, 1::2] + x[..., 1::2, ::2] + x[..., 1::2, 1::2]) * 0.25


def _composed_huber(y, t):
    d = engine.abs(y - t)
    near = engine.minimum(d, 0.5)
    return engine.mean(near * near * 0.5 + 0.5 * (d - near))


@pytest.mark.parametrize(
    ("fused", "composed", "shapes"),
    [
        (engine.batch_norm, _composed_batch_norm, [(4, 3, 2, 2), (3,), (3,)]),
        (engine.layer_norm, lambda x, w, b: _composed_normal(x, -1) * w + b, [(4, 5), (5,), (5,)]),
        (engine.binary_cross_entropy_with_logits, _composed_bce, [(4, 2), (4, 2)]),
        (engine.mse_loss, lambda y, t: engine.mean(engine.square(y - t)), [(4, 2), (4, 2)]),
        (lambda y, t: engine.huber_loss(y, t, delta=0.5), _composed_huber, [(4, 2), (4, 2)]),
        (lambda x: engine.max_pool2d(x, 2), _composed_pool, [(2, 3, 4, 6)]),
        (lambda x: engine.avg_pool2d(x, 2), _composed_average, [(2, 3, 4, 6)]),
        (engine.log_softmax, lambda x: x - engine.logsumexp(x, axis=-1, keepdims=True), [(4, 3)]),
        (engine.silu, lambda x: x * engine.sigmoid(x), [(4, 3)]),
        (
            lambda x: engine.var(x, axis=0),
            lambda x: engine.mean(engine.square(x - engine.mean(x, axis=0)), axis=0) * (4 / 3),
            [(4, 3)],
        ),
    ],
    ids=["batch_norm", "layer_norm", "bce", "mse", "huber", "max_pool", "avg_pool", "log_softmax", "silu", "var"],
)
def test_fused_operations_equal_their_composed_form(backend, rng, fused, composed, shapes) -> None:
    arrays = [rng.standard_normal(shape) for shape in shapes]
    one, other = ([tensor(backend, array) for array in arrays] for _ in range(2))
    y, expected = fused(*one), composed(*other)
    backend.close(y.data, expected.data)
    g = backend.array(np.asarray(rng.standard_normal(y.shape)))
    y.backward(g)
    expected.backward(g)
    for x, same in zip(one, other, strict=True):
        backend.close(x.grad, same.grad, rtol=1e-10, atol=1e-12)


def _composed_lstm(x, w_x, w_h, b, h, c):
    n = w_h.shape[0]
    outputs = []
    for t in range(x.shape[0]):
        z = x[t] @ w_x + h @ w_h + b
        i, f, g, o = (z[..., k * n : (k + 1) * n] for k in range(4))
        c = engine.sigmoid(f) * c + engine.sigmoid(i) * engine.tanh(g)
        h = engine.sigmoid(o) * engine.tanh(c)
        outputs.append(h)
    return engine.stack(outputs), c


def _composed_gru(x, w_x, w_h, b, b_h, h):
    n = w_h.shape[0]
    outputs = []
    for t in range(x.shape[0]):
        a, q = x[t] @ w_x + b, h @ w_h + b_h
        r, z = (engine.sigmoid(a[..., k * n : (k + 1) * n] + q[..., k * n : (k + 1) * n]) for k in range(2))
        new = engine.tanh(a[..., 2 * n :] + r * q[..., 2 * n :])
        h = (1.0 - z) * new + z * h
        outputs.append(h)
    return engine.stack(outputs)


def _composed_rnn(x, w_x, w_h, b, h):
    outputs = []
    for t in range(x.shape[0]):
        h = engine.tanh(x[t] @ w_x + h @ w_h + b)
        outputs.append(h)
    return engine.stack(outputs)


@pytest.mark.parametrize(
    ("fused", "composed", "gates", "biases", "states"),
    [
        (engine.rnn, _composed_rnn, 1, 1, 1),
        (lambda *a: engine.lstm(*a)[0], lambda *a: _composed_lstm(*a)[0], 4, 1, 2),
        (engine.gru, _composed_gru, 3, 2, 1),
    ],
    ids=["rnn", "lstm", "gru"],
)
def test_recurrent_layers_equal_their_composed_form(backend, rng, fused, composed, gates, biases, states) -> None:
    shapes = [(4, 2, 3), (3, 5 * gates), (5, 5 * gates), *[(5 * gates,)] * biases, *[(2, 5)] * states]
    arrays = [rng.standard_normal(shape) for shape in shapes]
    one, other = [[tensor(backend, array) for array in arrays] for _ in range(2)]
    g = backend.array(rng.standard_normal((4, 2, 5)))
    y, expected = fused(*one), composed(*other)
    backend.close(y.data, expected.data)
    y.backward(g)
    expected.backward(g)
    for x, same in zip(one, other, strict=True):
        backend.close(x.grad, same.grad, rtol=1e-10, atol=1e-12)


def test_conv2d_equals_a_sum_over_windows(backend, rng) -> None:
    x, w = rng.standard_normal((2, 3, 5, 4)), rng.standard_normal((4, 3, 3, 2))
    expected = np.zeros((2, 4, 3, 3))
    for i in range(3):
        for j in range(3):
            expected[:, :, i, j] = np.einsum("nchw,ochw->no", x[:, :, i : i + 3, j : j + 2], w)
    backend.close(engine.conv2d(backend.array(x), backend.array(w)).data, expected)


def test_transposed_convolution_is_the_adjoint_of_convolution(backend, rng) -> None:
    x, y, w = rng.standard_normal((2, 3, 7, 7)), rng.standard_normal((2, 4, 4, 4)), rng.standard_normal((4, 3, 3, 3))
    x, y, w = (backend.array(array) for array in (x, y, w))
    forward = engine.conv2d(x, w, stride=2, padding=1).data
    back = engine.conv_transpose2d(y, w, stride=2, padding=1).data
    backend.close(np.sum(engine.to_host(forward) * engine.to_host(y)), np.sum(engine.to_host(x) * engine.to_host(back)))


def test_dropout_keeps_the_mean_and_passes_gradient_only_where_it_kept(rng) -> None:
    x = Tensor(np.ones(20_000), requires_grad=True)
    y = engine.dropout(x, p=0.25, rng=rng)
    assert abs(float(y.data.mean()) - 1) < 0.02
    engine.sum(y).backward()
    np.testing.assert_array_equal(x.grad, y.data)


def test_dropout_does_nothing_in_evaluation(rng) -> None:
    x = np.ones(5)
    np.testing.assert_array_equal(engine.dropout(x, p=0.9, rng=rng, training=False).data, x)


def test_trace_hands_out_the_gates(rng) -> None:
    trace: dict = {}
    arrays = [rng.standard_normal(shape) for shape in ((4, 2, 3), (3, 20), (5, 20), (20,))]
    h, c = engine.lstm(*arrays, trace=trace)
    assert list(trace) == ["input_gate", "forget_gate", "candidate", "output_gate", "cell", "hidden"]
    np.testing.assert_allclose(trace["output_gate"] * np.tanh(trace["cell"]), h.data, rtol=1e-12)
    np.testing.assert_array_equal(trace["cell"][-1], c.data)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_results_keep_the_dtype_of_their_inputs(backend, rng, dtype) -> None:
    from tests.engine.cases import CASES

    for case in CASES:
        arrays = [x.astype(dtype) if x.dtype.kind == "f" else x for x in case.draw(rng)]
        tensors = [Tensor(backend.array(x), requires_grad=x.dtype.kind == "f") for x in arrays]
        output = case.function(*tensors)
        assert str(output.dtype).endswith(dtype), case.name
        output.backward(backend.xp.ones_like(output.data))
        for one in tensors:
            if one.requires_grad:
                assert str(one.grad.dtype).endswith(dtype), case.name


def test_a_negative_start_of_flatten_counts_from_the_end() -> None:
    assert engine.flatten(np.zeros((2, 5, 3, 4)), start=-3).shape == (2, 60)
    assert engine.flatten(np.zeros((7, 2, 5, 3, 4)), start=-3).shape == (7, 2, 60)
