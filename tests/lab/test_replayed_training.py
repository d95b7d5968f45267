"""Training that replays its steps: the same bits after every step, back, rewind, live change and divergence."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nnlab import engine, nn
from nnlab.data import split
from nnlab.lab import snapshots
from nnlab.lab.events import Change
from nnlab.lab.knobs import Knob, resolve
from nnlab.lab.settings import Settings
from nnlab.lab.supervised import supervised
from nnlab.lab.training import Training


def clouds(knobs: Any, rng: np.random.Generator) -> Any:
    labels = np.arange(70) % 2
    return split(rng.normal(size=(70, 2)) + 2.0 * labels[:, None], labels, test=0.2, rng=rng)


def recipe(*more: Any, loss: Any = engine.binary_cross_entropy_with_logits) -> Any:
    return supervised(
        knobs=(Knob("batch", 16, low=0), Knob("learning_rate", 0.03, above=0.0, live=True)),
        data=clouds,
        model=lambda knobs, rng: nn.Sequential(
            nn.Linear(2, 6, rng=rng), nn.Tanh(), *(layer(rng) for layer in more), nn.Linear(6, 1, rng=rng)
        ),
        optimizer=lambda knobs, model: nn.Adam(model, float(knobs["learning_rate"])),
        loss=loss,
        views=(),
        steps=60,
        evaluations=12,
    )


def training(experiment: Any, **changed: Any) -> Training:
    settings = Settings("any", "any", resolve(experiment.knobs, {}), steps=60, device="cpu")
    return Training(experiment, replace(settings, **changed))


def trace(run: Training) -> list[bytes]:
    """Everything that a run with a rewind, steps back and a live change leaves, as bytes."""
    seen = []

    def note(count: int) -> None:
        block = run.advance(count)
        seen.extend(values.tobytes() for values in block.metrics.values())
        seen.extend(values.tobytes() for _, values in block.measured.values())
        seen.extend(values.tobytes() for values in run.state.model.state_dict().values())
        seen.extend(parameter.grad.tobytes() for parameter in run.state.model.parameters())

    note(17)
    run.back()
    run.back()
    note(3)
    run.change(Change("learning_rate", 0.2))
    note(11)
    run.rewind()
    note(60)
    return seen


def recordings(run: Training) -> list[Any]:
    return [seen for seen in run.state.gradients._seen.values() if type(seen) is tuple]


@pytest.mark.parametrize("seeds", [1, 3])
@pytest.mark.parametrize("batch", [0, 16])
def test_a_run_that_is_replayed_equals_an_eager_one_bit_for_bit(seeds, batch, monkeypatch) -> None:
    settings = {"seeds": seeds, "knobs": {"batch": batch, "learning_rate": 0.03}}
    replayed = training(recipe(), **settings)
    with_replays = trace(replayed)
    assert recordings(replayed), "this run was to be replayed"
    monkeypatch.setattr("nnlab.nn.replay.PATIENCE", 10**9)
    eager = training(recipe(), **settings)
    assert trace(eager) == with_replays
    assert not recordings(eager)


@pytest.mark.parametrize("cut", range(1, 21))
def test_a_run_resumed_at_any_cut_equals_one_that_went_on(cut) -> None:
    whole, cut_run, resumed = (training(recipe()) for _ in range(3))
    whole.advance(40)
    cut_run.advance(cut)
    resumed.state = snapshots.restore(resumed.state, snapshots.take(cut_run.state))
    resumed.index = cut
    resumed.advance(40 - cut)
    for one, other in zip(
        whole.state.model.state_dict().values(), resumed.state.model.state_dict().values(), strict=True
    ):
        assert one.tobytes() == other.tobytes()


def test_a_divergence_of_a_replayed_run_names_its_operation() -> None:
    run = training(recipe(loss=engine.mse_loss), knobs={"batch": 0, "learning_rate": 0.03})
    run.advance(20)
    assert recordings(run)
    run.change(Change("learning_rate", 1e38))
    run.advance(40)
    assert run.ended is not None
    assert run.ended.status == "diverged"
    assert run.ended.operation


def test_a_run_with_dropout_or_a_loss_of_its_own_is_eager() -> None:
    dropping = training(recipe(lambda rng: nn.Dropout(0.2, rng=rng)))
    dropping.advance(20)
    assert not recordings(dropping)
    own = training(recipe(loss=lambda y, t, leading: engine.mse_loss(y, t, leading=leading)))
    own.advance(20)
    assert not isinstance(own.state.gradients, nn.Replay)
