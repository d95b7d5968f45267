"""Modules: names, state, observation, errors with the layer's name, summaries, initial weights."""

import numpy as np
import pytest

from nnlab import engine, nn
from nnlab.engine import NonFiniteError, ShapeError, checking
from nnlab.lab.streams import Streams


def model() -> nn.Sequential:
    rng = np.random.default_rng(0)
    return nn.Sequential(nn.Linear(3, 4, rng=rng), nn.ReLU(), nn.Linear(4, 2, rng=rng))


X = np.random.default_rng(1).standard_normal((5, 3)).astype(np.float32)


def test_parameters_are_named_in_order() -> None:
    assert [name for name, _ in model().named_parameters()] == ["0.weight", "0.bias", "2.weight", "2.bias"]


def test_layers_may_have_names() -> None:
    rng = np.random.default_rng(0)
    named = nn.Sequential(hidden=nn.Linear(3, 4, rng=rng), output=nn.Linear(4, 2, rng=rng))
    assert [name for name, _ in named.named_parameters()][:2] == ["hidden.weight", "hidden.bias"]
    assert named["output"] is named[1]


def test_state_is_a_copy_and_loading_brings_it_back() -> None:
    one = model()
    state = one.state_dict()
    for parameter in one.parameters():
        parameter.data[...] = 0
    assert state["0.weight"].any()
    one.load_state_dict(state)
    np.testing.assert_array_equal(one[0].weight.data, state["0.weight"])


def test_a_wrong_state_is_refused_by_name() -> None:
    state = model().state_dict()
    with pytest.raises(ShapeError, match=r"2\.bias"):
        model().load_state_dict({name: value for name, value in state.items() if name != "2.bias"})
    with pytest.raises(ShapeError, match=r"0\.bias is \(4,\) here but \(9,\) there"):
        model().load_state_dict({**state, "0.bias": np.zeros(9, np.float32)})


def test_weights_survive_a_file(tmp_path) -> None:
    one, other = model(), model()
    for parameter in other.parameters():
        parameter.data[...] = 0
    nn.save_weights(one, tmp_path / "weights.safetensors")
    nn.load_weights(other, tmp_path / "weights.safetensors")
    np.testing.assert_array_equal(one(X).data, other(X).data)


def test_an_error_says_in_which_layer() -> None:
    with pytest.raises(ShapeError, match="in layer 0"):
        model()(np.ones((5, 7), np.float32))


def test_a_divergence_names_operation_and_layer() -> None:
    one = model()
    one[2].weight.data[...] = 3e38
    one[0].bias.data[...] = 1e3
    with checking(), np.errstate(all="ignore"), pytest.raises(NonFiniteError) as caught:
        one(X)
    assert (caught.value.operation, caught.value.layer) == ("linear", "2")
    assert str(caught.value) == "overflow in linear of layer 2"


def test_a_divergence_on_the_way_back_names_operation_and_layer() -> None:
    one = model()
    with checking(), np.errstate(all="ignore"), pytest.raises(NonFiniteError) as caught:
        (engine.sum(one(X)) * 1e38 * 1.0).backward(np.asarray(1e38, np.float32))
    assert caught.value.operation.startswith("gradient of")


def test_observation_shows_inputs_outputs_and_gradients_and_survives_backward() -> None:
    one = model()
    with nn.observe(one) as seen:
        loss = engine.sum(one(X))
    loss.backward()
    assert list(seen) == ["", "0", "1", "2"]
    np.testing.assert_array_equal(seen["1"].input, seen["0"].output)
    np.testing.assert_array_equal(seen["1"].output, np.maximum(seen["0"].output, 0))
    np.testing.assert_array_equal(seen["2"].gradient, np.ones((5, 2)))
    np.testing.assert_allclose(seen["1"].gradient, np.ones((5, 2)) @ one[2].weight.data.T, rtol=1e-6)
    np.testing.assert_array_equal(seen["0"].gradient, seen["1"].gradient * (seen["0"].output > 0))


def test_observation_changes_nothing() -> None:
    one, other = model(), model()
    with nn.observe(one):
        loss = engine.sum(one(X) * 2.0)
    loss.backward()
    engine.sum(other(X) * 2.0).backward()
    for a, b in zip(one.parameters(), other.parameters(), strict=True):
        np.testing.assert_array_equal(a.grad, b.grad)
    assert all(module.watcher is None for _, module in one.named_modules())


def test_gates_of_a_recurrent_layer_can_be_observed() -> None:
    lstm = nn.LSTM(3, 4, rng=np.random.default_rng(0), layers=2)
    with nn.observe(lstm) as seen:
        outputs, states = lstm(np.ones((6, 2, 3), np.float32))
    assert seen["layer1"].inner["forget_gate"].shape == (6, 2, 4)
    np.testing.assert_array_equal(seen["layer1"].inner["hidden"], outputs.data)
    np.testing.assert_array_equal(states[1][0].data, outputs.data[-1])


@pytest.mark.parametrize("kind", list(nn.RECURRENT))
def test_a_sequence_in_two_parts_equals_one_in_one(kind) -> None:
    layer = nn.RECURRENT[kind](3, 4, rng=np.random.default_rng(0), layers=2)
    x = np.random.default_rng(1).standard_normal((6, 2, 3)).astype(np.float32)
    whole, _ = layer(x)
    first, state = layer(x[:4])
    second, _ = layer(x[4:], state)
    np.testing.assert_allclose(np.concatenate([first.data, second.data]), whole.data, rtol=1e-5, atol=1e-6)


def test_batch_norm_uses_running_statistics_in_evaluation() -> None:
    layer = nn.BatchNorm(2, rng=np.random.default_rng(0), momentum=1.0)
    x = np.random.default_rng(1).normal(3.0, 2.0, (50, 2)).astype(np.float32)
    trained = layer(x).data
    np.testing.assert_allclose(trained.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(layer.running_var, x.var(axis=0, ddof=1), rtol=1e-4)
    evaluated = layer.eval()(x[:1]).data
    np.testing.assert_allclose(evaluated[0], (x[0] - x.mean(axis=0)) / x.std(axis=0, ddof=1), rtol=1e-3, atol=1e-4)


def test_a_shared_parameter_is_listed_once() -> None:
    one = nn.Linear(3, 3, rng=np.random.default_rng(0))
    assert len(list(nn.Sequential(one, nn.Tanh(), one).named_parameters())) == 2


def test_summary_counts_parameters_and_multiply_accumulates() -> None:
    rng = np.random.default_rng(0)
    network = nn.Sequential(
        nn.Conv2d(1, 8, 3, rng=rng, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(8 * 14 * 14, 10, rng=rng),
    )
    lines = nn.summary(network, np.zeros((2, 1, 28, 28), np.float32))
    assert [line.kind for line in lines] == ["Conv2d", "ReLU", "MaxPool2d", "Flatten", "Linear"]
    assert (lines[0].output, lines[0].parameters, lines[0].multiply_accumulates) == (
        (2, 8, 28, 28),
        80,
        2 * 8 * 784 * 9,
    )
    assert lines[-1].multiply_accumulates == 2 * 1568 * 10
    assert nn.parameter_count(network) == 80 + 15690
    assert network.training


@pytest.mark.parametrize(
    ("name", "shape", "std"),
    [
        ("xavier_uniform", (300, 200), np.sqrt(2 / 500)), ("xavier_normal", (300, 200), np.sqrt(2 / 500)),
        ("he_normal", (300, 200), np.sqrt(2 / 300)), ("he_uniform", (300, 200), np.sqrt(2 / 300)),
        ("lecun_normal", (300, 200), np.sqrt(1 / 300)), ("lecun_uniform", (300, 200), np.sqrt(1 / 300)),
        ("he_normal", (64, 32, 3, 3), np.sqrt(2 / 288)), ("orthogonal", (300, 200), 1 / np.sqrt(300)),
    ],
)  # fmt: skip
def test_initial_weights_have_the_spread_that_their_rule_asks_for(name, shape, std) -> None:
    drawn = nn.initializer(name)(np.random.default_rng(0), shape)
    assert drawn.shape == shape
    assert abs(drawn.std() / std - 1) < 0.02


@pytest.mark.parametrize("name", list(nn.INITIALIZERS))
def test_each_network_gets_the_weights_that_it_gets_alone(name) -> None:
    drawn = nn.initializer(name)(Streams([4, 5, 6]).init, (5, 3))
    assert drawn.shape == (3, 5, 3)
    np.testing.assert_array_equal(drawn[1], nn.initializer(name)(Streams([5]).init, (5, 3)))


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 4)])
def test_orthogonal_weights_are_orthogonal(shape) -> None:
    w = nn.initializer("orthogonal")(np.random.default_rng(0), shape)
    product = w.T @ w if shape[0] >= shape[1] else w @ w.T
    np.testing.assert_allclose(product, np.eye(min(shape)), atol=1e-12)


@pytest.mark.parametrize("name", list(nn.ACTIVATIONS))
def test_every_activation_is_a_layer(name) -> None:
    assert nn.activation(name)(X).shape == X.shape


@pytest.mark.parametrize("kind", ["conv", "norm", "embedding", "lstm", "dropout"])
def test_layers_of_several_networks_equal_each_alone(kind) -> None:
    def build(seeds):
        streams = Streams(seeds)
        rng = streams.init
        layer = {
            "conv": lambda: nn.Conv2d(2, 3, 3, rng=rng, padding=1),
            "norm": lambda: nn.LayerNorm(4, rng=rng),
            "embedding": lambda: nn.Embedding(5, 3, rng=rng),
            "lstm": lambda: nn.LSTM(4, 3, rng=rng),
            "dropout": lambda: nn.Dropout(0.5, rng=streams.dropout),
        }[kind]()
        x = {
            "conv": rng.normal(size=(2, 2, 4, 4)), "norm": rng.normal(size=(3, 2, 4)),
            "embedding": rng.integers(0, 5, (3, 2)), "lstm": rng.normal(size=(5, 2, 4)),
            "dropout": rng.normal(size=(3, 4)),
        }[kind]  # fmt: skip
        output = layer(x if kind == "embedding" else x.astype(np.float32))
        return (output[0] if kind == "lstm" else output).data

    together = build([3, 4])
    for k, seed in enumerate((3, 4)):
        np.testing.assert_allclose(together[k], build([seed]), rtol=1e-5, atol=1e-6)
