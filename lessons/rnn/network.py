"""The lesson's one network: a recurrent layer that reads, and a dense layer that answers after every step."""

from typing import Any

import numpy as np

from nnlab import engine, nn
from nnlab.lab.authoring import Streams
from nnlab.lab.events import HostArray, Observation

Array = np.ndarray[Any, np.dtype[Any]]
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class Reader(nn.Module):
    """x (..., T, N, D) -> answers (..., T, N, O); `states` after every step come with them where they are asked for."""

    def __init__(self, inputs: int, hidden: int, outputs: int, *, rng: Any, recurrent: Any = "orthogonal") -> None:
        self.rnn = nn.RNN(inputs, hidden, rng=rng, recurrent=recurrent)
        self.head = nn.Linear(hidden, outputs, rng=rng)

    def forward(self, x: Any) -> engine.Tensor:
        """Return the answers (..., T, N, O)."""
        return self.read(x)[0]

    def read(self, x: Any, state: Any = None) -> tuple[engine.Tensor, engine.Tensor, Any]:
        """Return the answers, the hidden states (..., T, N, H), and the state to go on from."""
        states, last = self.rnn(x, state)
        lead, (steps, n, hidden) = states.shape[:-3], states.shape[-3:]
        flat = self.head(engine.reshape(states, (*lead, steps * n, hidden)))
        return engine.reshape(flat, (*lead, steps, n, flat.shape[-1])), states, last


def with_radius(radius: float) -> Any:
    """Return an initializer of square matrices: normal numbers, scaled so that the largest |eigenvalue| is `radius`."""

    def draw(rng: Any, shape: tuple[int, ...]) -> Array:
        weights = np.asarray(rng.normal(0.0, 1.0, shape))
        largest = np.abs(np.linalg.eigvals(weights)).max(axis=-1)
        scaled: Array = weights * (radius / largest)[..., None, None]
        return scaled

    return draw


def learned_numbers(model: nn.Module, leading: int) -> int:
    """Return how many numbers one network learns; `leading` axes count seeds."""
    return sum(int(np.prod(parameter.shape[leading:])) for parameter in model.parameters())


def saved(model: nn.Module) -> dict[str, HostArray]:
    """Return the learned numbers by name, for the record."""
    return {name: engine.to_host(value) for name, value in model.state_dict().items()}


def some_units(name: str, hidden: int, shown: int) -> str:
    """Return what the first `shown` of `hidden` units are called: h, or h₁₋₁₆ where there are more."""
    return name if hidden <= shown else f"{name}₁₋{str(shown).translate(SUBSCRIPTS)}"


def seeds_shape(streams: Streams) -> tuple[int, ...]:
    """Return () for one seed, (S,) for several."""
    return (len(streams.seeds),) if streams.leading else ()


def every_seed(seeds: tuple[int, ...], **arrays: Any) -> Observation:
    """Repeat arrays that all seeds share along the seeds axis, where there is one."""
    return {name: np.broadcast_to(np.asarray(value), (*seeds, *np.shape(value))) for name, value in arrays.items()}
