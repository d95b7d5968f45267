"""What a network writes: samples on the way, the state of mind over a passage, and the chances of the next token."""

from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab import engine
from nnlab.data import join_words
from nnlab.lab.events import HostArray, Observation

from .network import Array, every_seed, some_units

if TYPE_CHECKING:
    from .corpora import Reading

MILESTONES = (0, 20, 60, 100, 200, 400, 800)
"""Steps at which a sample is kept; from then on every 800."""
KEPT, WRITTEN = 70, 240
"""Characters of a kept sample, and of the newest; of words a fifth."""
PASSAGE = 84
BEST = 6
REMINDER = 8
"""Characters of the passage that stand over what comes next."""
BAR = 24
"""Cells of a bar that stands for certainty."""
UNITS = 16
"""Units on show."""
LINE_END = "¶"


def is_milestone(step: int) -> bool:
    """Whether what is written at this step is kept."""
    return step in MILESTONES or (step > 0 and step % MILESTONES[-1] == 0)


def sample(state: "Reading", count: int) -> HostArray:
    """Write `count` tokens (..., count) after a line end, at the temperature set.

    The dice are the same at every call and for every seed: what changes is the network, not its luck.
    """
    library = state.library
    dice = np.random.default_rng(1).random(count)
    first = int(library.vocabulary.encode(["\n"])[0])
    token = np.full((*library.seeds, 1, 1), first, dtype=np.int64)
    written = np.empty((*library.seeds, count), dtype=np.int64)
    memory: Any = None
    with engine.no_grad():
        for place, thrown in enumerate(dice):
            logits, _, memory = state.model.read(engine.to_device(token), memory)
            scores = engine.to_host(engine.values(logits))[..., 0, :].astype(np.float64) / state.temperature
            scores[..., 0] = -np.inf  # the unknown token stands for what cannot be written
            chances = np.exp(scores - scores.max(axis=-1, keepdims=True))
            reached = np.cumsum(chances, axis=-1) >= thrown * chances.sum(axis=-1, keepdims=True)
            written[..., place] = reached.argmax(axis=-1)
            token = written[..., place, None, None]
    return written


def spell(state: "Reading", numbers: Array) -> str:
    """Spell tokens as a line of text; line ends are seen."""
    tokens = state.library.vocabulary.decode(numbers.tolist())
    joined = join_words(tokens) if state.library.is_words else "".join(tokens)
    lines = [line for line in joined.split("\n") if line.strip()]
    return f" {LINE_END} ".join(lines)


def write(state: "Reading", characters: int = KEPT) -> tuple[str, ...]:
    """Return what the network writes now, a text a seed."""
    numbers = sample(state, characters // 5 if state.library.is_words else characters)
    return tuple(spell(state, one) for one in numbers.reshape(-1, numbers.shape[-1]))


def observe_written(state: "Reading") -> Observation:
    """text (..., n) and heads (..., n): samples from the kept steps, the newest and longest at the end."""
    newest = write(state, WRITTEN)
    pages = [(at, texts) for at, texts in state.pages if at < state.index][-7:]
    texts = np.array([*[texts for _, texts in pages], newest]).T
    heads = [f"{at:,}" for at in (*[at for at, _ in pages], state.index)]
    if not state.library.seeds:
        texts = texts[0]
    return {"text": texts, **every_seed(state.library.seeds, heads=np.array(heads))}


def observe_states(state: "Reading") -> Observation:
    """h (..., units, T) over a passage held back; p (..., T): the chance that the network gives each next token.

    The first units only: averages of neighbours would say nothing.
    """
    library = state.library
    passage = library.held[: min(PASSAGE, len(library.held) - 1) + 1]
    logits, states = _read(state, passage[:-1])
    chances = _chances(logits)
    right = np.take_along_axis(chances, np.broadcast_to(passage[1:, None], (*library.seeds, len(passage) - 1, 1)), -1)
    labels = [token if token != "\n" else LINE_END for token in library.vocabulary.decode(passage.tolist())]
    return {
        some_units("h", states.shape[-1], UNITS) + "/values": np.swapaxes(states, -1, -2)[..., :UNITS, :],
        "p/values": right[..., 0],
        **every_seed(library.seeds, labels=np.array(labels[:-1])),
    }


def observe_next(state: "Reading") -> Observation:
    """The likeliest tokens after a passage held back: token, under the passage's end, p, and p as a bar, (..., 6)."""
    library = state.library
    passage = library.held[: min(PASSAGE // 2, len(library.held))]
    chances = _chances(_read(state, passage)[0])[..., -1, :]
    count = min(BEST, chances.shape[-1])
    best = np.argsort(-chances, axis=-1, kind="stable")[..., :count]
    tokens = np.array([_seen(token) for token in library.vocabulary.tokens])
    sure = np.take_along_axis(chances, best, -1)
    bars = np.array(["━" * round(BAR * chance) for chance in sure.reshape(-1).tolist()]).reshape(sure.shape)
    end = "".join(
        f"␣{token}" if library.is_words else _seen(token) for token in library.vocabulary.decode(passage[-REMINDER:])
    )
    return {f"…{end[-REMINDER:]}": tokens[best], "p": sure, " ": bars}


def _seen(token: str) -> str:
    return LINE_END if token == "\n" else "␣" if token == " " else token


def _read(state: "Reading", numbers: Array) -> tuple[HostArray, HostArray]:
    """Return the logits (..., T, V) and the states (..., T, H) of a passage (T,)."""
    x = np.broadcast_to(numbers[:, None], (*state.library.seeds, len(numbers), 1)).copy()
    with engine.no_grad():
        logits, states, _ = state.model.read(engine.to_device(x))
    return engine.to_host(engine.values(logits)), engine.to_host(engine.values(states))[..., 0, :]


def _chances(logits: HostArray) -> HostArray:
    scores = np.exp(logits - logits.max(axis=-1, keepdims=True))
    chances: HostArray = scores / scores.sum(axis=-1, keepdims=True)
    return chances
