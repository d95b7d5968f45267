"""The next character, or the next word: a network reads our stories, or the user's text, and writes on by itself."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnlab import engine, nn
from nnlab.data import Vocabulary, all_token_windows, corpus, next_token_windows, read_text, words
from nnlab.lab.authoring import Experiment, Knob, Stream, Streams, UserData, View, experiment
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.knobs import KnobValue

from . import writing
from .network import Array, learned_numbers, saved, seeds_shape, some_units

HELD_BACK = 0.1
MOST_TOKENS = 2000
"""Rarer ones count as unknown."""
EMBEDDED = 32


@dataclass(frozen=True, slots=True)
class Library:
    """The text as numbers."""

    vocabulary: Vocabulary
    train: Array
    """(m,) int64."""
    held: Array
    """(k,) int64: the end of the text, which training never meets."""
    is_words: bool
    length: int
    seeds: tuple[int, ...]
    numbers: tuple[int, ...]
    """The seeds themselves, for writing."""
    learned: int


class Writer(nn.Module):
    """Tokens (..., T, N) -> logits (..., T N, V): a table of vectors, a recurrent layer, a dense layer."""

    def __init__(self, tokens: int, hidden: int, *, rng: Any) -> None:
        self.table = nn.Embedding(tokens, EMBEDDED, rng=rng)
        self.rnn = nn.RNN(EMBEDDED, hidden, rng=rng)
        self.head = nn.Linear(hidden, tokens, rng=rng)

    def forward(self, x: Any) -> engine.Tensor:
        """Return the logits alone."""
        return self.read(x)[0]

    def read(self, x: Any, state: Any = None) -> tuple[engine.Tensor, engine.Tensor, Any]:
        """Return the logits, the hidden states (..., T, N, H), and the state to go on from."""
        states, last = self.rnn(self.table(x), state)
        lead, (steps, n, hidden) = states.shape[:-3], states.shape[-3:]
        return self.head(engine.reshape(states, (*lead, steps * n, hidden))), states, last


@dataclass(slots=True)
class Reading:
    """A network that learns a text."""

    model: Writer
    optimizer: nn.Optimizer
    draws: Stream
    batch: int
    clip: float
    temperature: float
    library: Library
    index: int = 0
    """Steps made."""
    pages: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    """What it wrote on the way: step, and a text a seed."""


def tokens_of(knobs: Knobs, data: UserData | None) -> list[str]:
    """Return the text as tokens: of the user's file, or of our stories in the language asked for."""
    text = corpus(str(knobs["language"])) if data is None else read_text(data.path)
    return words(text) if knobs["unit"] == "word" else list(text)


def setup(knobs: Knobs, streams: Streams, data: UserData | None) -> Reading:
    """Collect the vocabulary, hold back the end of the text, draw the weights."""
    tokens = tokens_of(knobs, data)
    vocabulary = Vocabulary.of(tokens, size=MOST_TOKENS)
    numbers = vocabulary.encode(tokens)
    first = round(len(numbers) * (1 - HELD_BACK))
    length = min(int(knobs["length"]), max(1, (len(numbers) - first) // 2), max(1, first - 1))
    model = Writer(len(vocabulary), int(knobs["hidden"]), rng=streams.init)
    return Reading(
        model=model,
        optimizer=nn.Adam(model, float(knobs["learning_rate"])),
        draws=streams.data,
        batch=int(knobs["batch"]),
        clip=float(knobs["clip"]),
        temperature=float(knobs["temperature"]),
        library=Library(
            vocabulary=vocabulary,
            train=numbers[:first],
            held=numbers[first:],
            is_words=knobs["unit"] == "word",
            length=length,
            seeds=seeds_shape(streams),
            numbers=streams.seeds,
            learned=learned_numbers(model, streams.leading),
        ),
    )


def _loss(state: Reading, x: Array, y: Array) -> engine.Tensor:
    """Return the mean cross-entropy of the next token, x and y (..., T, N)."""
    logits = state.model(engine.to_device(x))
    meant = engine.to_device(np.reshape(y, (*y.shape[:-2], -1)))
    return engine.cross_entropy(logits, meant, leading=len(state.library.seeds))


def step(state: Reading) -> Metrics:
    """Make one update on pieces of the text, drawn anew."""
    library = state.library
    drawn = state.draws.each(
        lambda rng: np.stack(next_token_windows(library.train, state.batch, library.length, rng=rng))
    )
    state.optimizer.zero_grad()
    loss = _loss(state, drawn[..., 0, :, :], drawn[..., 1, :, :])
    loss.backward()
    if state.clip > 0:
        nn.clip_gradient_norm(state.model, state.clip, leading=len(library.seeds))
    state.optimizer.step()
    state.index += 1
    return {"loss": loss.data}


def evaluate(state: Reading) -> Metrics:
    """Measure the loss on the part held back; keep what the network writes now."""
    library = state.library
    x, y = (np.broadcast_to(part, (*library.seeds, *part.shape)).copy() for part in _held(library))
    with engine.no_grad():
        lost = engine.values(_loss(state, x, y))
    if writing.is_milestone(state.index) and all(at != state.index for at, _ in state.pages):
        state.pages.append((state.index, writing.write(state)))
    alike = np.ones(library.seeds)
    return {
        "test_loss": lost,
        "vocabulary": alike * len(library.vocabulary),
        "guess": alike * np.log(len(library.vocabulary)),
        "parameters": alike * library.learned,
    }


def _held(library: Library) -> tuple[Array, Array]:
    return all_token_windows(library.held, library.length)


def change(state: Reading, name: str, value: KnobValue) -> None:
    """Apply a live knob: clip and temperature are ours, the rest is the optimizer's."""
    if name in ("clip", "temperature"):
        setattr(state, name, float(value))
    else:
        setattr(state.optimizer, name, value)


STATES = {
    "maps": {"p": "sequential"},
    "limits": {"h": (-1.0, 1.0), some_units("h", 64, writing.UNITS): (-1.0, 1.0), "p": (0.0, 1.0)},
}


@experiment("text", data=("text",))
def text(data: UserData | None = None) -> Experiment:
    """64 hidden units, 16 pieces of 32 tokens a step.

    data: a UTF-8 text in place of our stories.
    """
    return Experiment(
        knobs=(
            Knob("unit", "character", choices=("character", "word")),
            Knob("language", "en", choices=("en", "zh")),
            Knob("temperature", 0.6, above=0.0, high=10.0, slider=(0.1, 2.0), live=True),
            Knob("hidden", 64, low=1, high=512, slider=(8, 128)),
            Knob("clip", 1.0, low=0.0, high=1000.0, slider=(0.0, 5.0), live=True),
            Knob("learning_rate", 0.005, above=0.0, slider=(0.0001, 1.0), log=True, live=True),
            Knob("length", 32, low=2, high=256, slider=(4, 64)),
            Knob("batch", 16, low=1, high=256, slider=(1, 64)),
        ),
        setup=lambda knobs, streams, xp: setup(knobs, streams, data),
        step=step,
        evaluate=evaluate,
        change=change,
        probes={
            "written": writing.observe_written,
            "states": writing.observe_states,
            "next": writing.observe_next,
        },
        views=(
            View("written", "text", "written", {"tail": True}),
            View("loss", "curve", options={"series": ("loss", "test_loss", "guess"), "words": {"guess": "ln V"}}),
            View("next", "table", "next", {"strong": ["p"]}),
            View("states", "timeline", "states", STATES),
        ),
        steps=600,
        evaluations=30,
        weights=lambda state: saved(state.model),
    )
