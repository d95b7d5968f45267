"""The experiment workbench/text: the next character or word of a text of the lab, or of the user's."""

from functools import lru_cache
from pathlib import Path

import numpy as np

from nnlab.data import DataError, Dataset, Vocabulary, all_token_windows, corpus, read_text, words
from nnlab.lab.data_files import UserData, data_errors
from nnlab.lab.errors import UsageError
from nnlab.lab.experiment import Experiment, Knobs
from nnlab.lab.knobs import Knob
from nnlab.lab.views import View
from nnlab.lab.workbench import bench, text_probes
from nnlab.lab.workbench.network import Tokens
from nnlab.lab.workbench.recipe import Subject, workbench
from nnlab.reasons import because

MOST_WINDOWS = 20_000
KNOBS = (
    Knob("unit", "character", choices=("character", "word")),
    Knob("vocabulary", 200, low=3, high=5000, slider=(20, 2000)),
    Knob("length", 32, low=2, high=256, slider=(4, 128)),
    Knob("split", 0.1, low=0.0, high=0.5),
    Knob("layers", "embed 16, lstm 64", check="layers"),
    *bench.training_knobs(batch=32, losses=("auto", "cross_entropy")),
    Knob("temperature", 0.7, low=0.0, high=3.0, live=True),
)
SOURCE = Knob("source", "en", choices=("en", "zh"))
VIEWS = (
    View("written", "text", "written"),
    View("loss", "curve", options={"series": ("loss", "test_loss")}),
    View("perplexity", "curve", options={"series": ("test_perplexity",), "scale": "log"}),
    View("score", "curve", options={"series": ("test_accuracy", "accuracy")}),
    View("gradients", "bars", "gradients", {"scale": "log"}),
)


def text(data: UserData | None = None) -> Experiment:
    """Learn to continue a text of the lab, or the user's."""
    if data is not None:
        with data_errors():
            read_text(data.path)

    def subject(knobs: Knobs) -> Subject:
        with data_errors():
            vocabulary, _ = _encoded(data, knobs)
        return Subject(("token",), Tokens(len(vocabulary)), vocabulary.tokens, "next token")

    def draw(knobs: Knobs, rng: np.random.Generator) -> Dataset:
        vocabulary, numbers = _encoded(data, knobs)
        length = int(knobs["length"])
        held_back = int(float(knobs["split"]) * len(numbers))
        if knobs["split"] and held_back <= length:
            raise UsageError(because("text-held-back", count=f"{held_back:,}", length=length))
        x, y = _windows(numbers[: len(numbers) - held_back], length)
        x_test, y_test = _windows(numbers[len(numbers) - held_back :], length) if held_back else (x[:0], y[:0])
        return Dataset(x, y, x_test, y_test, ("token",), max(3, len(vocabulary)))

    return workbench(
        knobs=KNOBS if data is not None else (SOURCE, *KNOBS),
        subject=subject,
        data=draw,
        looks=lambda knobs, subject, sets, streams: text_probes.Writing(
            Vocabulary(subject.classes), str(knobs["unit"]) == "word"
        ),
        wrap=text_probes.TimeFirst,
        views=VIEWS,
        probes=text_probes.PROBES,
        evaluate=text_probes.evaluate,
        steps=1000,
        evaluations=20,
    )


def _windows(numbers: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Cut tokens (m,) into windows x, y (n, length), evenly thinned where they are very many."""
    x, y = all_token_windows(numbers, length)
    every = -(-x.shape[1] // MOST_WINDOWS)
    return np.ascontiguousarray(x.T[::every]), np.ascontiguousarray(y.T[::every])


def _encoded(data: UserData | None, knobs: Knobs) -> tuple[Vocabulary, np.ndarray]:
    unit, size = str(knobs["unit"]), int(knobs["vocabulary"])
    if data is None:
        return _encode(None, str(knobs["source"]), 0, unit, size)
    return _encode(data.path, "", data.path.stat().st_mtime_ns, unit, size)


@lru_cache(maxsize=4)
def _encode(path: Path | None, language: str, stamp: int, unit: str, size: int) -> tuple[Vocabulary, np.ndarray]:
    """Return the vocabulary of a text and its tokens' numbers (m,) int64."""
    content = corpus(language) if path is None else read_text(path)
    tokens = words(content) if unit == "word" else list(content)
    vocabulary = Vocabulary.of(tokens, size=size)
    if len(vocabulary) < 3:
        name = path.name if path else language
        raise DataError(because("text-word" if unit == "word" else "text-character", file=name))
    return vocabulary, vocabulary.encode(tokens)
