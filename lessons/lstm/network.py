"""A recurrent layer with a linear one behind it, and what its layer did at every step of a sequence."""

from collections.abc import Mapping
from typing import Any

from nnlab import engine, nn
from nnlab.lab.authoring import Stream
from nnlab.lab.events import HostArray

CELLS = ("rnn", "gru", "lstm")


class Network(nn.Module):
    """x (..., T, N, inputs) -> outputs (..., T N, outputs) of all steps, or (..., N, outputs) of the last one alone."""

    def __init__(
        self,
        cell: str,
        inputs: int,
        hidden: int,
        outputs: int,
        *,
        rng: Stream,
        forget_bias: float = 1.0,
        reads_last: bool = False,
    ) -> None:
        more: dict[str, Any] = {"forget_bias": forget_bias} if cell == "lstm" else {}
        self.reads_last = reads_last
        self.body = nn.RECURRENT[cell](inputs, hidden, rng=rng, **more)
        self.head = nn.Linear(hidden, outputs, rng=rng)

    @property
    def cell(self) -> str:
        """rnn, gru or lstm."""
        return type(self.body).__name__.lower()

    def forward(self, x: Any) -> Any:
        h, _ = self.body(x)
        if self.reads_last:
            return self.head(h[..., -1, :, :])
        return self.head(engine.reshape(h, (*h.shape[:-3], h.shape[-3] * h.shape[-2], h.shape[-1])))


def trace(model: Network, x: Any) -> tuple[HostArray, Mapping[str, HostArray]]:
    """Run x (..., T, N, D) without gradients; return the outputs, and every gate and state (..., T, N, H) by name."""
    with nn.observe(model) as seen, engine.no_grad():
        outputs = engine.values(model(x))
    return engine.to_host(outputs), {name: engine.to_host(values) for name, values in seen["body.layer0"].inner.items()}
