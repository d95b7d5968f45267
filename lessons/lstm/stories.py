"""Text of our own, character by character: an LSTM learns to say what comes next, and then writes by itself."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from nnlab import engine, nn
from nnlab.data import Vocabulary, all_token_windows, corpus, next_token_windows
from nnlab.lab.authoring import Experiment, Knob, Stream, Streams, View, experiment
from nnlab.lab.events import HostArray, Observation
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.knobs import KnobValue

from . import learner as learning
from .adding import GATES, PARTS
from .copying import cross_entropy
from .learner import Learner, Task, every_seed, shared_knobs, stacked
from .network import CELLS, Network, trace
from .writing import write

FEATURES = 32
"""Numbers that stand for a character before the recurrent layer reads it."""
HELD_BACK = 0.1
"""The last tenth of the text is never trained on."""
SHOWN_UNITS = 8
PROMPT = 8
"""Characters that it reads before it writes."""
WRITES = {"en": 320, "zh": 140}
"""Characters that the network writes by itself for the screen."""
PIECE = {"en": 64, "zh": 32}
"""Characters of the unseen text that the gates are shown over."""


class Reader(Network):
    """Character numbers (..., T, N) -> logits (..., T N, V)."""

    def __init__(self, knobs: Knobs, words: int, *, rng: Stream) -> None:
        forget_bias = float(knobs["forget_bias"])
        super().__init__(str(knobs["cell"]), FEATURES, int(knobs["units"]), words, rng=rng, forget_bias=forget_bias)
        self.table = nn.Embedding(words, FEATURES, rng=rng)

    def forward(self, x: Any) -> Any:
        return super().forward(self.table(x))


@dataclass(frozen=True, slots=True)
class Text:
    """A corpus as numbers."""

    language: str
    vocabulary: Vocabulary
    train: HostArray
    """(n,) int64."""
    unseen: HostArray

    @property
    def guess(self) -> float:
        """Cross-entropy in nats on the unseen part of who knows only how frequent each character is."""
        counts = np.bincount(self.train, minlength=len(self.vocabulary)) + 1.0
        return float(-np.mean(np.log(counts / counts.sum())[self.unseen]))

    def piece(self, count: int) -> HostArray:
        """So many characters of the unseen part, from the start of a line."""
        ends = np.flatnonzero(self.unseen == self.vocabulary.numbers["\n"])
        lines = ends[:-1][np.diff(ends) > 1] + 1
        start = int(lines[0]) if lines.size else 0
        return self.unseen[start : start + count]


@dataclass(slots=True)
class Stories(Learner):
    """A network that reads a text."""

    text: Text | None = None
    temperature: float = 0.7


@lru_cache(4)
def text_of(language: str) -> Text:
    """The corpus of that language, its last tenth set apart."""
    written = corpus(language)
    vocabulary = Vocabulary.of(list(written))
    numbers = vocabulary.encode(written)
    end = len(numbers) - round(HELD_BACK * len(numbers))
    return Text(language, vocabulary, numbers[:end], numbers[end:])


def setup(knobs: Knobs, streams: Streams, xp: Any) -> Stories:
    """A fresh network and the text of the knob's language."""
    text, length = text_of(str(knobs["language"])), int(knobs["length"])

    def draw(rng: np.random.Generator, n: int) -> learning.Samples:
        return next_token_windows(text.train, n, length, rng=rng)

    x, y = stacked(streams.data, lambda rng, n: all_token_windows(text.unseen, length), 0)
    task = Task(draw, cross_entropy, x, y, 500, streams.leading)
    plain = learning.learner(knobs, streams, Reader(knobs, len(text.vocabulary), rng=streams.init), task)
    return Stories(
        **{name: getattr(plain, name) for name in Learner.__dataclass_fields__},
        text=text,
        temperature=float(knobs["temperature"]),
    )


def evaluate(state: Stories) -> Metrics:
    """Measure the loss on the unseen part, and that of guessing by frequency."""
    assert state.text is not None
    metrics = dict(learning.evaluate(state))
    metrics["by_frequency"] = metrics["test_loss"] * 0 + state.text.guess
    return metrics


def change(state: Stories, name: str, value: KnobValue) -> None:
    """Apply a live knob."""
    if name == "temperature":
        state.temperature = float(value)
    else:
        learning.change(state, name, value)


def observe_writing(state: Stories) -> Observation:
    """text: what the network writes by itself, one piece of text per seed."""
    assert state.text is not None
    own = {name: values.astype(np.float64) for name, values in learning.weights(state).items()}
    count = WRITES[state.text.language]
    numbers = write(state.model.cell, own, state.text.piece(PROMPT), count, state.temperature)
    rows = ["".join(state.text.vocabulary.decode(row)) for row in numbers.reshape(-1, numbers.shape[-1])]
    return {"text": np.array(rows).reshape((*numbers.shape[:-1], 1))}


def observe_gates(state: Stories) -> Observation:
    """Gates and state of the first units over a piece of the unseen text (..., H, T), its characters above."""
    assert state.text is not None
    numbers = state.text.piece(PIECE[state.text.language])
    x = every_seed(state, numbers[:, None])
    _, inner = trace(state.model, engine.to_device(np.ascontiguousarray(x)))
    parts = {
        f"{letter}/values": np.swapaxes(inner[name][..., 0, :SHOWN_UNITS], -1, -2)
        for letter, name in PARTS[state.model.cell].items()
    }
    if "c/values" in parts:  # its range is so wide that only the largest unit would be seen
        parts["tanh c/values"] = np.tanh(parts.pop("c/values"))
    characters = np.array([character.replace("\n", "↵") for character in state.text.vocabulary.decode(numbers)])
    return {**parts, "labels": every_seed(state, characters)}


@experiment("stories")
def stories() -> Experiment:
    """Our own stories, 64 units, windows of 40 characters."""
    return Experiment(
        knobs=(
            Knob("language", "en", choices=("en", "zh")),
            Knob("temperature", 0.7, low=0.0, high=5.0, slider=(0.1, 2.0), live=True),
            Knob("cell", "lstm", choices=CELLS),
            Knob("units", 64, low=1, high=256, slider=(8, 128)),
            Knob("length", 40, low=2, high=200, slider=(5, 100)),
            Knob("forget_bias", 1.0, low=-10.0, high=10.0, slider=(-4.0, 4.0)),
            *shared_knobs(rate=0.01, batch=16),
        ),
        setup=setup,
        step=learning.step,
        evaluate=evaluate,
        change=change,
        advise=learning.advise,
        probes={"writing": observe_writing, "gates": observe_gates},
        views=(
            View("writing", "text", "writing"),
            View(
                "loss",
                "curve",
                options={
                    "series": ("test_loss", "loss", "by_frequency"),
                    "smoothed": {"loss": 0.9},
                    "y_range": (0.0, 4.0),
                },
            ),
            View(
                "gates",
                "timeline",
                "gates",
                {**GATES, "limits": {**GATES["limits"], "tanh c": (-1.0, 1.0)}, "readout": ""},
            ),
        ),
        steps=600,
        evaluations=30,
        weights=learning.weights,
        samples=lambda state: state.batch,
    )
