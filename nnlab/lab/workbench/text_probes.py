"""What is seen of a network that continues a text, and how it is fed: sequences are (..., N, T) tokens here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab import engine, nn
from nnlab.data import Vocabulary, join_words
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Metrics
from nnlab.lab.workbench import bench, image_probes
from nnlab.lab.workbench.bench import Bench
from nnlab.lab.workbench.network import Outputs

WRITTEN = 200
"""Tokens that the network writes for the eye."""


@dataclass(frozen=True)
class Writing:
    """How numbers become text again."""

    vocabulary: Vocabulary
    is_of_words: bool

    def spell(self, numbers: Any) -> str:
        """Return the text of token numbers (n,)."""
        tokens = self.vocabulary.decode(numbers)
        return join_words(tokens) if self.is_of_words else "".join(tokens)


class TimeFirst(nn.Module):
    """A network over time for inputs (..., N, T): its layers see (..., T, N, ...), its outputs are (..., N, T, C)."""

    def __init__(self, inner: nn.Sequential) -> None:
        self.inner = inner

    def forward(self, x: Any) -> Any:
        outputs = self.inner(engine.namespace_of(x).matrix_transpose(x))
        last = len(outputs.shape) - 1
        return engine.permute(outputs, axes=(*range(last - 2), last - 1, last - 2, last))


def evaluate(state: Bench) -> Metrics:
    """Measure as any experiment does, and the perplexity on unseen text: e to the loss."""
    metrics = dict(bench.evaluate(state))
    if "test_loss" in metrics:
        metrics["test_perplexity"] = engine.namespace_of(metrics["test_loss"]).exp(metrics["test_loss"])
    return metrics


def written(state: Bench) -> Observation:
    """text (1,): what the network writes by itself from the first token of the text, drawn at the temperature."""
    assert state.task is not None
    writing = state.task.looks
    assert isinstance(writing, Writing)
    texts = [writing.spell(row) for row in np.moveaxis(write(state, WRITTEN), 0, -1).reshape(-1, WRITTEN)]
    return {"text": np.array([[line] for line in texts]) if state.leading else np.array(texts)}


def write(state: Bench, count: int) -> np.ndarray:
    """Return token numbers (count,) or (count, S) that the network draws one after another."""
    first = engine.to_host(bench.seen(state).x)[..., 0, 0]
    rng = np.random.default_rng(state.index)
    memory: dict[int, Any] = {}
    token, tokens = first, []
    model = state.model
    assert isinstance(model, TimeFirst)
    model.eval()
    with engine.no_grad():
        for _ in range(count):
            logits = engine.to_host(engine.values(_one_step(model, token[..., None, None], memory)))[..., 0, 0, :]
            token = _draw(logits, state.temperature, rng)
            tokens.append(token)
    model.train()
    return np.stack(tokens)


def _one_step(model: TimeFirst, token: np.ndarray, memory: dict[int, Any]) -> Any:
    """Feed one token (..., T=1, N=1) and keep each recurrent layer's state in `memory`."""
    value: Any = engine.to_device(token)
    for place, layer in enumerate(model.inner):
        if isinstance(layer, Outputs):
            value, memory[place] = layer.recurrent(value, memory.get(place))
        else:
            value = layer(value)
    return value


def _draw(logits: np.ndarray, temperature: float, rng: np.random.Generator) -> np.ndarray:
    """Return one token (...) by its logits (..., C); the likeliest at temperature 0."""
    if temperature <= 0:
        return np.asarray(np.argmax(logits, axis=-1))
    noise = rng.gumbel(size=logits.shape[-1])
    return np.asarray(np.argmax(logits / temperature + noise, axis=-1))


PROBES: Mapping[str, Callable[[Bench], Observation]] = {
    "written": written,
    "gradients": image_probes.gradients,
}
