"""Networks that train: many at once bit for bit as alone, resumed as if never stopped, each optimizer's rule."""

import numpy as np
import pytest

from nnlab import engine, nn
from nnlab.engine import GradientError, NonFiniteError, ShapeError, Tensor, ValueRangeError
from nnlab.engine.primitive import KERNELS
from nnlab.lab.streams import Streams

X = np.random.default_rng(0).standard_normal((200, 2)).astype(np.float32)
Y = (X[:, :1] * X[:, 1:] > 0).astype(np.float32)


def network(rng) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(2, 8, rng=rng), nn.Tanh(), nn.Linear(8, 8, rng=rng), nn.Tanh(), nn.Linear(8, 1, rng=rng)
    )


def train(seeds, optimizer, steps=20, rates=None):
    streams = Streams(seeds)
    model = network(streams.init)
    rule = nn.optimizer(optimizer, model, 0.05 if rates is None else rates)
    losses = []
    for _ in range(steps):
        rule.zero_grad()
        loss = engine.binary_cross_entropy_with_logits(
            model(X), np.broadcast_to(Y, (*model(X).shape[:-2], *Y.shape)), leading=streams.leading
        )
        loss.backward()
        rule.step()
        losses.append(loss.data)
    return np.stack(losses), model.state_dict()


@pytest.mark.parametrize("optimizer", list(nn.OPTIMIZERS))
@pytest.mark.parametrize("count", [3, 100])
def test_a_network_in_a_batch_equals_itself_alone_bit_for_bit(optimizer, count) -> None:
    losses, state = train(range(count), optimizer)
    for k in (0, 1, count - 1):
        alone_losses, alone = train([k], optimizer)
        np.testing.assert_array_equal(losses[:, k], alone_losses)
        for name, value in alone.items():
            np.testing.assert_array_equal(state[name][k], value)


@pytest.mark.parametrize("optimizer", list(nn.OPTIMIZERS))
def test_one_learning_rate_per_network_equals_each_alone(optimizer) -> None:
    rates = np.asarray([0.001, 0.03, 0.2])
    losses, _ = train([5, 6, 7], optimizer, rates=rates)
    for k, rate in enumerate(rates):
        np.testing.assert_array_equal(losses[:, k], train([5 + k], optimizer, rates=float(rate))[0])


def test_momentum_and_decay_may_differ_by_network() -> None:
    def run(seeds, momentum, decay):
        streams = Streams(seeds)
        model = network(streams.init)
        rule = nn.SGD(model, 0.1, momentum, weight_decay=decay)
        for _ in range(10):
            rule.zero_grad()
            output = model(X)
            engine.mse_loss(output, Y, leading=streams.leading).backward()
            rule.step()
        return model.state_dict()["0.weight"]

    together = run([1, 2], np.asarray([0.9, 0.5]), np.asarray([0.1, 0.01]))
    np.testing.assert_allclose(together[0], run([1], 0.9, 0.1), rtol=1e-6)
    np.testing.assert_allclose(together[1], run([2], 0.5, 0.01), rtol=1e-6)


def test_a_setting_per_network_needs_parameters_that_count_networks() -> None:
    rng = np.random.default_rng(0)
    model = nn.Linear(2, 4, rng=rng)
    rule = nn.SGD(model, np.asarray([0.1, 0.2, 0.3]))
    engine.sum(model(X)).backward()
    with pytest.raises(ShapeError, match="one value per network came for 3 networks"):
        rule.step()


@pytest.mark.parametrize("cut", range(1, 21))
@pytest.mark.parametrize("optimizer", ["nesterov", "rmsprop", "adamw"])
def test_a_resumed_run_equals_an_uninterrupted_one_bit_for_bit(optimizer, cut) -> None:
    def start():
        model = nn.Sequential(
            nn.Linear(2, 6, rng=np.random.default_rng(3)), nn.BatchNorm(6, rng=np.random.default_rng(3)), nn.Tanh(),
            nn.Linear(6, 1, rng=np.random.default_rng(4)),
        )  # fmt: skip
        return model, nn.optimizer(optimizer, model, 0.05)

    def step(model, rule):
        rule.zero_grad()
        engine.binary_cross_entropy_with_logits(model(X), Y).backward()
        rule.step()

    model, rule = start()
    for index in range(21):
        if index == cut:
            saved = model.state_dict(), rule.state_dict()
        step(model, rule)
    again, again_rule = start()
    step(again, again_rule)  # a state of its own, which the load must replace
    again.load_state_dict(saved[0])
    again_rule.load_state_dict(saved[1])
    for _ in range(cut, 21):
        step(again, again_rule)
    for name, value in model.state_dict().items():
        np.testing.assert_array_equal(again.state_dict()[name], value)


def test_adams_first_step_is_the_learning_rate_whatever_the_gradient() -> None:
    x = Tensor(np.asarray([1.0, 1.0, 1.0]), requires_grad=True)
    rule = nn.Adam([x], 0.1)
    x.grad = np.asarray([1e-3, 1.0, -1e3])
    rule.step()
    np.testing.assert_allclose(x.data, [0.9, 0.9, 1.1], rtol=1e-4)


@pytest.mark.parametrize("rate", [0.01, np.asarray([0.001, 0.03, 0.2])])
@pytest.mark.parametrize("name", ["adam", "adamw"])
def test_the_kernel_of_adam_equals_its_rule_over_100_steps(name, rate, monkeypatch) -> None:
    gradients = np.random.default_rng(1).standard_normal((100, 3, 5))

    def run():
        x = Tensor(np.linspace(-1, 1, 15).reshape(3, 5), requires_grad=True)
        rule = nn.optimizer(name, [x], rate, l1=0.01)
        for gradient in gradients:
            x.grad = gradient
            rule.step()
        return [x.data, *rule.state_dict()["groups"][0]["memory"].values()]

    fast = run()
    monkeypatch.delitem(KERNELS, "adam")
    for actual, expected in zip(fast, run(), strict=True):
        np.testing.assert_allclose(actual, expected, rtol=1e-13)


def test_an_optimizer_without_a_rule_cannot_be_made() -> None:
    class Nothing(nn.Optimizer):
        pass

    with pytest.raises(TypeError, match="update"):
        Nothing([Tensor([1.0], requires_grad=True)], 0.1)


def test_adamw_decays_apart_from_the_gradient() -> None:
    x = Tensor(np.asarray([2.0]), requires_grad=True)
    rule = nn.AdamW([x], 0.1, weight_decay=0.5)
    x.grad = np.asarray([0.0])
    rule.step()
    np.testing.assert_allclose(x.data, [2.0 * (1 - 0.1 * 0.5)])


def test_optimizers_never_change_a_gradient() -> None:
    for name in nn.OPTIMIZERS:
        x = Tensor(np.asarray([1.0, 2.0]), requires_grad=True)
        rule = nn.optimizer(name, [x], 0.1, weight_decay=0.1, l1=0.1)
        gradient = np.asarray([3.0, 4.0])
        gradient.flags.writeable = False
        for _ in range(2):
            x.grad = gradient
            rule.step()
        np.testing.assert_array_equal(gradient, [3.0, 4.0])


def test_penalties_pull_weights_to_zero() -> None:
    x = Tensor(np.asarray([1.0, -1.0]), requires_grad=True)
    rule = nn.SGD([x], 0.1, l1=0.5)
    x.grad = np.zeros(2)
    rule.step()
    np.testing.assert_allclose(x.data, [0.95, -0.95])


def test_groups_have_their_own_settings_and_an_assignment_sets_all() -> None:
    a, b = (Tensor(np.asarray([1.0]), requires_grad=True) for _ in range(2))
    rule = nn.SGD([{"parameters": [a]}, {"parameters": [b], "learning_rate": 0.5}], 0.1)
    a.grad = b.grad = np.ones(1)
    rule.step()
    assert (a.item(), b.item()) == (0.9, 0.5)
    rule.learning_rate = 0.2
    rule.step()
    np.testing.assert_allclose([a.item(), b.item()], [0.7, 0.3])


def test_two_optimizers_may_share_parameters() -> None:
    x = Tensor(np.asarray([1.0]), requires_grad=True)
    first, second = nn.SGD([x], 0.1), nn.SGD([x], 0.1)
    for rule in (first, second, first):
        x.grad = np.ones(1)
        rule.step()
    np.testing.assert_allclose(x.data, [0.7])


def test_a_parameter_that_backward_did_not_reach_is_named() -> None:
    model = network(np.random.default_rng(0))
    rule = nn.Adam(model, 0.1)
    engine.sum(model[0](X)).backward()
    with pytest.raises(GradientError, match=r"did not reach parameter 2\.weight"):
        rule.step()


def test_checking_finds_a_step_that_overflows() -> None:
    x = Tensor(np.asarray([1e30], dtype=np.float32), requires_grad=True)
    rule = nn.SGD([x], 1e20)
    x.grad = np.asarray([1e30], dtype=np.float32)
    with engine.checking(), np.errstate(all="ignore"), pytest.raises(NonFiniteError, match="the update of"):
        rule.step()


@pytest.mark.parametrize("rate", [-1.0, float("nan"), float("inf")])
def test_a_learning_rate_must_be_finite_and_not_negative(rate) -> None:
    with pytest.raises(ValueRangeError, match="learning_rate"):
        nn.SGD([Tensor([1.0], requires_grad=True)], rate)


def test_unknown_names_offer_the_nearest() -> None:
    with pytest.raises(ValueRangeError, match="did you mean 'adam'"):
        nn.optimizer("adma", [], 0.1)
    with pytest.raises(ValueRangeError, match="did you mean 'tanh'"):
        nn.activation("tahn")
    with pytest.raises(ValueRangeError, match="did you mean 'he_normal'"):
        nn.initializer("he_normall")


@pytest.mark.parametrize("leading", [0, 1])
def test_clipping_by_norm_limits_each_network_by_itself(leading) -> None:
    a = Tensor(np.zeros((2, 3)), requires_grad=True)
    b = Tensor(np.zeros((2, 1)), requires_grad=True)
    a.grad, b.grad = np.asarray([[3.0, 0, 0], [0.3, 0, 0]]), np.asarray([[4.0], [0.4]])
    norm = nn.clip_gradient_norm([a, b], 1.0, leading=leading)
    if leading:
        np.testing.assert_allclose(norm, [5.0, 0.5])
        np.testing.assert_allclose(b.grad, [[0.8], [0.4]], rtol=1e-5)
    else:
        np.testing.assert_allclose(norm, np.sqrt(25.25))
        np.testing.assert_allclose(np.sqrt((a.grad**2).sum() + (b.grad**2).sum()), 1.0, rtol=1e-5)


def test_schedules_go_where_they_say() -> None:
    assert [round(nn.schedule("step", 1.0, every=2)(i), 4) for i in range(5)] == [1, 1, 0.1, 0.1, 0.01]
    cosine = nn.schedule("cosine", 1.0, steps=10)
    assert (cosine(0), round(cosine(5), 12), cosine(10), cosine(99)) == (1.0, 0.5, 0.0, 0.0)
    warm = nn.warm_up(cosine, steps=4)
    assert [warm(i) for i in range(5)] == [0.25, 0.5, 0.75, 1.0, 1.0]
