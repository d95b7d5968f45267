"""One word: after each letter the network says the next. The same letter twice needs two answers, and so a memory."""

import math
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from nnlab import engine, nn
from nnlab.data import Vocabulary, one_hot
from nnlab.lab.authoring import Experiment, Knob, Streams, View, experiment
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.knobs import KnobValue

from . import unrolled
from .back import LearnerBack, layer_of
from .network import Reader, learned_numbers, saved, seeds_shape

WORDS = ("hello", "hellohello", "mammal", "高高兴兴")


@dataclass(frozen=True, slots=True)
class Spelling:
    """The word as numbers."""

    text: str
    vocabulary: Vocabulary
    x: Any
    """(..., T, 1, V) on the device: the letters but for the last, one-hot."""
    y: Any
    """(..., T) int64 on the device: the letter after each."""
    seeds: tuple[int, ...]
    learned: int
    has_memory: bool
    layer: Any
    """Replaces the recurrent layer, for a learner's way back; None for ours."""


@dataclass(slots=True)
class Word:
    """A network that learns one word."""

    model: Reader
    optimizer: nn.Optimizer
    moment: int
    """The step on show, from 0."""
    spelling: Spelling


def spell(text: str, seeds: tuple[int, ...], model: Reader, **rest: Any) -> Spelling:
    """Turn a word into one-hot letters; every seed reads the same."""
    vocabulary = Vocabulary.of(list(text))
    numbers = vocabulary.encode(text)
    x = one_hot(numbers[:-1], len(vocabulary)).astype(np.float32)[:, None]
    return Spelling(
        text=text,
        vocabulary=vocabulary,
        x=engine.to_device(np.broadcast_to(x, (*seeds, *x.shape)).copy()),
        y=engine.to_device(np.broadcast_to(numbers[1:], (*seeds, len(text) - 1)).copy()),
        seeds=seeds,
        learned=learned_numbers(model, len(seeds)),
        **rest,
    )


def setup(knobs: Knobs, streams: Streams, learner: LearnerBack | None = None) -> Word:
    """Draw the weights; without memory W is 0 and stays so."""
    text = str(knobs["word"])
    letters = len(Vocabulary.of(list(text)))
    model = Reader(letters, int(knobs["hidden"]), letters, rng=streams.init)
    has_memory = bool(knobs["memory"])
    if not has_memory:
        model.rnn.layers[0].weight_h.data *= 0.0
    spelling = spell(
        text,
        seeds_shape(streams),
        model,
        has_memory=has_memory,
        layer=None if learner is None else layer_of(learner),
    )
    optimizer = nn.Adam(model, float(knobs["learning_rate"]))
    return Word(model, optimizer, min(int(knobs["moment"]), len(text) - 1) - 1, spelling)


def answers(state: Word) -> tuple[engine.Tensor, engine.Tensor]:
    """Return the logits (..., T, V) and the hidden states (..., T, 1, H)."""
    if state.spelling.layer is None:
        logits, states, _ = state.model.read(state.spelling.x)
        return logits[..., 0, :], states
    cell = state.model.rnn.layers[0]
    states = state.spelling.layer(state.spelling.x, cell.weight_x, cell.weight_h, cell.bias)
    return state.model.head(states[..., 0, :]), states


def step(state: Word) -> Metrics:
    """Read the word once, take the loss back through time, update."""
    state.optimizer.zero_grad()
    loss = loss_of(state, answers(state)[0])
    loss.backward()
    if not state.spelling.has_memory:
        weights = state.model.rnn.layers[0].weight_h
        weights.grad = engine.values(weights) * 0.0
    state.optimizer.step()
    return {"loss": loss.data}


def loss_of(state: Word, logits: engine.Tensor) -> engine.Tensor:
    """The mean cross-entropy of the letters."""
    return engine.cross_entropy(logits, state.spelling.y, leading=len(state.spelling.seeds))


def evaluate(state: Word) -> Metrics:
    """Count the letters that are right, and the learned numbers; these do not depend on the word's length."""
    with engine.no_grad():
        given = engine.to_host(engine.values(answers(state)[0])).argmax(axis=-1)
    return {
        "right": (given == engine.to_host(state.spelling.y)).sum(axis=-1).astype(np.float64),
        "steps_through_time": np.full(state.spelling.seeds, float(len(state.spelling.text) - 1)),
        "parameters": np.full(state.spelling.seeds, state.spelling.learned),
        "no_memory": np.full(state.spelling.seeds, lowest_without_memory(state.spelling.text)),
    }


def lowest_without_memory(text: str) -> float:
    """The lowest mean cross-entropy for who sees one letter only: each letter's followers, by how often they come."""
    pairs = Counter(pairwise(text))
    letters = Counter(text[:-1])
    return sum(n * math.log(letters[before] / n) for (before, _), n in pairs.items()) / (len(text) - 1)


def change(state: Word, name: str, value: KnobValue) -> None:
    """Apply a live knob; `moment` only chooses what is on show."""
    if name == "moment":
        state.moment = min(int(value), len(state.spelling.text) - 1) - 1
    else:
        setattr(state.optimizer, name, value)


LOSS = {
    "series": ("loss", "no_memory"),
    "scale": "log",
    "words": {"no memory": "W = 0"},
    "colours": {"no memory": "muted"},
}


@experiment("word")
def word(back: LearnerBack | None = None) -> Experiment:
    """hello with three hidden units.

    back: replaces our walk back through time.
    """
    return Experiment(
        knobs=(
            Knob("moment", 3, low=1, high=9, live=True),
            Knob("word", "hello", choices=WORDS),
            Knob("memory", True),
            Knob("hidden", 3, low=1, high=16, slider=(1, 8)),
            Knob("learning_rate", 0.05, above=0.0, slider=(0.001, 1.0), log=True, live=True),
        ),
        setup=lambda knobs, streams, xp: setup(knobs, streams, back),
        step=step,
        evaluate=evaluate,
        change=change,
        probes={
            "network": unrolled.observe_network,
            "cell": unrolled.observe_cell,
            "weights": unrolled.observe_weights,
            "shares": unrolled.observe_shares,
            "backwards": unrolled.observe_backwards,
        },
        views=(
            View("network", "unrolled", "network"),
            View("cell", "text", "cell", {"colour": "strong"}),
            View("weights", "matrix", "weights", {"signed": True}),
            View("loss", "curve", options=LOSS),
            View("backwards", "unrolled", "backwards"),
            View("shares", "table", "shares", {"strong": ["‖∂L/∂W‖"]}),
        ),
        steps=300,
        evaluations=100,
        weights=lambda state: saved(state.model),
    )
