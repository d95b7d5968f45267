"""Where a replay stands back: what draws, keeps, branches, or is none of the engine's is computed every time."""

from typing import Any

import numpy as np
import pytest

from nnlab import engine, nn
from nnlab.engine import Tensor
from nnlab.engine.backend import NAMESPACES
from nnlab.nn import replay as replay_module
from nnlab.nn.replay import Recorded
from tests.nn.replaying import CALLS, Counted, batch, is_replayed, settled, small_net


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(4)


def test_what_draws_or_keeps_is_not_replayed(rng) -> None:
    assert is_replayed(rng, small_net(rng))
    assert not is_replayed(rng, small_net(rng, nn.Dropout(0.5, rng=rng)))
    assert not is_replayed(rng, small_net(rng, nn.BatchNorm(4, rng=rng)))


def test_a_batch_norm_is_left_as_eager_calls_leave_it(rng) -> None:
    model = small_net(rng, nn.BatchNorm(4, rng=rng))
    settled(rng, model)
    assert type(model[2].running_mean) is np.ndarray  # type: ignore[attr-defined]


def test_a_function_that_is_not_of_the_engine_is_called_every_time(rng) -> None:
    assert not is_replayed(rng, small_net(rng, nn.Activation(lambda x: engine.relu(x) * 2.0)))


class Own(nn.Module):
    def forward(self, x: Any) -> Any:
        return x * 2.0


class Promising(Own):
    replays = True

    def forward(self, x: Any) -> Any:
        return x * 2.0


class Inheriting(Promising):
    def forward(self, x: Any) -> Any:
        return x * 3.0


def test_a_module_of_ones_own_has_to_say_so_beside_its_forward(rng) -> None:
    assert not is_replayed(rng, small_net(rng, Own()))
    assert is_replayed(rng, small_net(rng, Promising()))
    assert not is_replayed(rng, small_net(rng, Inheriting()))


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x * np.random.default_rng(0).random(x.shape[-1]),
        lambda x: x * float(engine.values(x)[0, 0]),
        lambda x: x * 2.0 if engine.values(engine.sum(x)) > 0 else x,
        lambda x: x * engine.values(x).flatten()[:1],
        lambda x: x * engine.values(x).sum().item(),
        lambda x: Tensor(np.where(engine.values(x) > 0, 1.0, 2.0)) * x,
        lambda x: x + sum(float(one) for one in engine.values(x)[0]),
        lambda x: x * np.modf(engine.values(x))[0],
    ],
    ids=["a draw", "a float", "a branch", "a copy", "an item", "a function of NumPy", "a loop", "two outputs"],
)
def test_a_promise_that_is_broken_is_noticed(function, rng) -> None:
    class Breaking(nn.Module):
        replays = True

        def forward(self, x: Any) -> Any:
            return function(x)

    model = small_net(rng, Breaking())
    assert not is_replayed(rng, model)
    assert all(type(parameter.data) is np.ndarray for parameter in model.parameters())
    assert Recorded not in NAMESPACES


def test_another_namespace_is_computed_eagerly(rng) -> None:
    import array_api_strict

    with engine.use(array_api_strict) as xp:
        model = small_net(rng)
        function = Counted(model)
        replay = nn.Replay(function, model)
        for _ in range(CALLS):
            model.zero_grad()
            replay(*(xp.asarray(array) for array in batch(rng)))
    assert function.calls == CALLS


def test_a_large_step_keeps_no_memory(rng, monkeypatch) -> None:
    monkeypatch.setattr(replay_module, "LARGEST", 100)
    assert not is_replayed(rng, small_net(rng))
