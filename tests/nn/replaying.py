"""Small models and their losses for the tests of replays, and what a replay of them is held to."""

from typing import Any

import numpy as np

from nnlab import engine, nn
from nnlab.engine import Tensor
from nnlab.nn.replay import PATIENCE

CALLS = PATIENCE + 3
"""Calls after which a replay replays, if it can."""


def small_net(rng: Any, *more: nn.Module) -> nn.Sequential:
    return nn.Sequential(nn.Linear(3, 4, rng=rng), nn.Tanh(), *more, nn.Linear(4, 1, rng=rng))


class Counted:
    """A loss of a model, which counts how often it is called."""

    def __init__(self, model: nn.Module) -> None:
        self.model = model
        self.calls = 0

    def __call__(self, x: Any, y: Any) -> Tensor:
        self.calls += 1
        return engine.mse_loss(self.model(x), y)


def batch(rng: Any, n: int = 5) -> tuple[np.ndarray, np.ndarray]:
    return rng.standard_normal((n, 3)).astype(np.float32), rng.standard_normal((n, 1)).astype(np.float32)


def gradients_of(model: nn.Module) -> list[Any]:
    return [parameter.grad for parameter in model.parameters()]


def assert_equal_to_eager(model: nn.Module, replay: Any, function: Any, arrays: Any) -> None:
    model.zero_grad()
    loss, replayed = replay(*arrays), gradients_of(model)
    model.zero_grad()
    expected = function(*arrays)
    expected.backward()
    np.testing.assert_array_equal(loss, expected.data)
    for one, other in zip(replayed, gradients_of(model), strict=True):
        np.testing.assert_array_equal(one, other)
    model.zero_grad()


def settled(rng: Any, model: nn.Module) -> tuple[Counted, nn.Replay]:
    """A replay after so many calls that it replays, if it can."""
    function = Counted(model)
    replay = nn.Replay(function, model)
    for _ in range(CALLS):
        model.zero_grad()
        replay(*batch(rng))
    model.zero_grad()
    return function, replay


def is_replayed(rng: Any, model: nn.Module) -> bool:
    function, replay = settled(rng, model)
    before = function.calls
    replay(*batch(rng))
    return function.calls == before
