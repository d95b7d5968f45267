"""A replay gives the bits of the eager call, and follows what changes while it goes on."""

from typing import Any

import numpy as np
import pytest

from benchmarks.peers import nnlab_eager, nnlab_replayed
from benchmarks.workloads import problem_named
from nnlab import engine, nn
from nnlab.engine import NonFiniteError, Tensor, checking
from nnlab.engine.backend import NAMESPACES
from nnlab.engine.primitive import KERNELS
from nnlab.nn import replay as replay_module
from nnlab.nn.replay import Recorded
from tests.engine.cases import CASES, Case
from tests.nn.replaying import CALLS, assert_equal_to_eager, batch, gradients_of, settled, small_net


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(4)


def counting() -> Any:
    """A function that does something else at every second call, twice the same for two calls with the same input."""
    seen: list[bytes] = []

    def function(x: Any) -> Tensor:
        key = engine.to_host(x).tobytes()
        if key not in seen:
            seen.append(key)
        return engine.tanh(x) * float(1 + seen.index(key) % 2)

    return function


# --- The same bits.


@pytest.mark.parametrize("name", ["W1", "W2", "W2-sgd", "W3", "W4", "W5", "W6", "W7", "W8-16"])
def test_a_workload_trained_by_replays_equals_the_eager_one_bit_for_bit(name, monkeypatch) -> None:
    monkeypatch.setattr(replay_module, "LARGEST", 2**30)
    made: list[nn.Replay] = []

    def noted(*arguments: Any) -> nn.Replay:
        made.append(nn.Replay(*arguments))
        return made[-1]

    problem = problem_named(name)
    eager, _ = nnlab_eager.build(problem)
    replayed, _ = nnlab_eager.build(problem, gradients=noted)
    for i in range(CALLS + 4):
        np.testing.assert_array_equal(eager(i), replayed(i))
    assert all([type(seen) for seen in replay._seen.values()] == [tuple] for replay in made)


def test_the_replayed_benchmark_trains_as_the_eager_one() -> None:
    (eager, read), (replayed, _) = nnlab_eager.build(problem_named("W6")), nnlab_replayed.build(problem_named("W6"))
    assert [read(eager(i)) for i in range(CALLS)] == [read(replayed(i)) for i in range(CALLS)]


class Holding(nn.Module):
    """A module whose parameters are the inputs of a case."""

    replays = True

    def __init__(self, case: Case, arrays: Any) -> None:
        self.function = case.function
        self.inputs = [Tensor(x, requires_grad=True) if x.dtype.kind == "f" else None for x in arrays]
        for i, tensor in enumerate(self.inputs):
            setattr(self, f"input{i}", tensor)

    def forward(self, *numbers: Any) -> Tensor:
        rest = iter(numbers)
        y = self.function(*(next(rest) if tensor is None else tensor for tensor in self.inputs))
        return engine.sum(y * y + y)


@pytest.mark.parametrize("form", ["standard", "kernels"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_primitive_is_replayed_bit_for_bit(case: Case, form, rng, monkeypatch) -> None:
    if form == "standard":
        for name in list(KERNELS):
            monkeypatch.delitem(KERNELS, name)
    arrays = case.draw(rng)
    model = Holding(case, arrays)
    numbers = [x for x in arrays if x.dtype.kind != "f"]
    replay = nn.Replay(model, model)
    for _ in range(CALLS):
        model.zero_grad()
        replay(*numbers)
        for tensor in model.parameters():
            tensor.data += 0.01
    assert_equal_to_eager(model, replay, model, [x[::-1].copy() for x in numbers])
    (seen,) = replay._seen.values()
    assert (seen is None) == (case.name == "dropout"), "only what draws is not replayed"
    assert Recorded not in NAMESPACES


def test_a_short_last_batch_has_a_recording_of_its_own(rng) -> None:
    model = small_net(rng)
    function, replay = settled(rng, model)
    for n in (5, 2, 5, 2, 2, 2, 2, 2, 5):
        assert_equal_to_eager(model, replay, function, batch(rng, n))


def test_at_most_so_many_shapes_are_looked_after(rng) -> None:
    model = small_net(rng)
    _, replay = settled(rng, model)
    for n in range(1, 30):
        model.zero_grad()
        replay(*batch(rng, n))
    assert len(replay._seen) == replay_module.MOST


def test_the_loss_is_new_at_every_call(rng) -> None:
    model = small_net(rng)
    _, replay = settled(rng, model)
    losses = []
    for _ in range(3):
        model.zero_grad()
        losses.append(replay(*batch(rng)))
    assert len({float(loss) for loss in losses}) == 3


def test_a_loss_per_network_is_new_at_every_call_too(rng) -> None:
    model = nn.Sequential(nn.Linear(3, 1, rng=rng))
    model[0].weight = nn.parameter(rng.standard_normal((2, 3, 1)))  # type: ignore[attr-defined]
    model[0].bias = nn.parameter(rng.standard_normal((2, 1)))  # type: ignore[attr-defined]
    replay = nn.Replay(lambda x, y: engine.mse_loss(model(x), y, leading=1), model)
    kept = []
    for _ in range(CALLS):
        model.zero_grad()
        x, y = batch(rng)
        kept.append((replay(x, y), engine.mse_loss(model(x), y, leading=1).data))
    for loss, expected in kept:
        np.testing.assert_array_equal(loss, expected)


# --- What may change while it goes on.


def test_weights_changed_in_place_and_restored_are_seen(rng) -> None:
    model = small_net(rng)
    function, replay = settled(rng, model)
    state = model.state_dict()
    nn.clip_parameters(model, 0.1)
    assert_equal_to_eager(model, replay, function, batch(rng))
    model.load_state_dict(state)
    assert_equal_to_eager(model, replay, function, batch(rng))


def test_an_optimizer_made_later_moves_the_weights_and_the_replay_follows(rng) -> None:
    model = small_net(rng)
    function, replay = settled(rng, model)
    optimizer = nn.optimizer("adam", model, 0.1)
    for rate in (0.1, 0.5, 0.01):
        optimizer.learning_rate = rate
        optimizer.zero_grad()
        replay(*batch(rng))
        optimizer.step()
        assert_equal_to_eager(model, replay, function, batch(rng))


@pytest.mark.parametrize(
    "change",
    [
        lambda model, rng: setattr(model[0], "weight", nn.parameter(rng.standard_normal((3, 4)))),
        lambda model, rng: setattr(model[0].weight, "data", model[0].weight.data + 1),
        lambda model, rng: setattr(model[0], "bias", None),
        lambda model, rng: setattr(model[1], "function", engine.sigmoid),
        lambda model, rng: setattr(model[1], "function", counting()),
        lambda model, rng: model.layers.__setitem__(1, nn.ReLU()),
        lambda model, rng: model.layers.append(nn.Tanh()),
        lambda model, rng: model.layers.insert(1, nn.Dropout(0.5, rng=rng)) or model.eval(),
        lambda model, rng: setattr(model[0].weight, "requires_grad", False),
    ],
    ids=[
        "parameter",
        "its array",
        "no bias",
        "function",
        "counting function",
        "layer",
        "one more",
        "dropout, eval",
        "frozen",
    ],
)
def test_a_change_of_the_model_is_seen_at_once(change, rng) -> None:
    model = small_net(rng)
    function, replay = settled(rng, model)
    change(model, rng)
    for _ in range(CALLS):
        assert_equal_to_eager(model, replay, function, batch(rng))


def test_options_of_a_layer_changed_in_their_dict_are_seen(rng) -> None:
    model = nn.Sequential(nn.LeakyReLU(0.1), nn.Linear(3, 1, rng=rng))
    function, replay = settled(rng, model)
    model[0].options["negative_slope"] = 0.3  # type: ignore[attr-defined]
    assert_equal_to_eager(model, replay, function, batch(rng))


def test_gradients_that_are_there_are_added_to(rng) -> None:
    model = small_net(rng)
    _, replay = settled(rng, model)
    arrays = batch(rng)
    replay(*arrays)
    once = [gradient.copy() for gradient in gradients_of(model)]
    replay(*arrays)
    for twice, gradient in zip(gradients_of(model), once, strict=True):
        np.testing.assert_array_equal(twice, gradient + gradient)


def test_a_watched_layer_is_seen_and_the_replay_goes_on_afterwards(rng) -> None:
    model = small_net(rng)
    function, replay = settled(rng, model)
    arrays = batch(rng)
    with nn.observe(model) as seen:
        replay(*arrays)
        np.testing.assert_array_equal(seen["1"].output, np.tanh(seen["1"].input))
        assert type(seen["1"].output) is np.ndarray
        assert seen["1"].gradient is not None
    for _ in range(CALLS):
        assert_equal_to_eager(model, replay, function, batch(rng))
    before = function.calls
    replay(*arrays)
    assert function.calls == before


def test_a_layer_watched_from_the_start_is_never_recorded(rng) -> None:
    model = small_net(rng)
    with nn.observe(model) as seen:
        settled(rng, model)
    assert type(seen["0"].output) is np.ndarray


def test_checking_names_the_operation_that_overflowed(rng) -> None:
    model = small_net(rng)
    _, replay = settled(rng, model)
    x, y = batch(rng)
    with np.errstate(all="ignore"):
        assert not np.isfinite(replay(x * 1e30, y * 1e30))
        model.zero_grad()
        with checking(), pytest.raises(NonFiniteError, match="overflow in mse_loss"):
            replay(x * 1e30, y * 1e30)


def test_of_a_gan_only_the_model_that_learns_gets_gradients(rng) -> None:
    generator, critic = small_net(rng), nn.Sequential(nn.Linear(1, 4, rng=rng), nn.ReLU(), nn.Linear(4, 1, rng=rng))
    replay = nn.Replay(lambda z: engine.generator_loss("non_saturating", critic(generator(z))), generator, critic)
    kept = np.ones((1, 4), np.float32)
    for _ in range(CALLS):
        critic[0].weight.grad = kept  # type: ignore[attr-defined]
        generator.zero_grad()
        replay(batch(rng)[0])
        assert critic[0].weight.grad is kept  # type: ignore[attr-defined]
        assert all(gradient is not None for gradient in gradients_of(generator))
    assert [type(seen) for seen in replay._seen.values()] == [tuple]
