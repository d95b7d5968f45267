"""The workloads W1-W8: shapes, initial weights and batches, the same arrays for every library.

Linear weights are (in, out), kernels (O, C, kh, kw), kernels of transposed convolutions (C, O, kh, kw). A recurrent
cell has one input matrix (D, k*H), one state matrix (H, k*H) and one bias (k*H): k = 1 for tanh, 4 for LSTM in the
order i, f, g, o.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

Arrays = dict[str, np.ndarray]

BATCHES = 8
LEARNING_RATE = 1e-3
LATENT = 8
DCGAN_LATENT = 32
LEAK = 0.2


class UnsupportedError(Exception):
    """A peer has no way, or no reasonable way, to train a workload; the message says why."""


@dataclass(frozen=True)
class Problem:
    """What a peer needs to train one workload.

    A step trains on batches[i % len(batches)]. The weights of a network `mlp` are w0, b0, w1, b1, ...; those of a GAN
    start with "g." or "d."; many networks at once have an axis S in front of every weight and batch (biases then are
    (S, 1, out)).
    """

    name: str
    kind: str
    """mlp, cnn, rnn, lstm, gan or dcgan."""
    weights: Arrays
    batches: list[tuple[np.ndarray, ...]]
    options: dict[str, Any] = field(default_factory=dict)
    """activation ("tanh", "relu") and loss ("bce", "ce") of an mlp; optimizer ("adam", "sgd") of all."""
    networks: int = 0
    """S, or 0 for one network without the axis."""

    @property
    def parameters(self) -> int:
        """The number of trained values."""
        return sum(w.size for w in self.weights.values())


def mlp(
    name: str,
    widths: tuple[int, ...],
    batch: int,
    *,
    activation: str,
    loss: str,
    optimizer: str = "adam",
    networks: int = 0,
) -> Problem:
    """Return a multi-layer perceptron; targets are (N, 1) in {0, 1} for "bce" and (N,) int64 classes for "ce"."""
    rng = np.random.default_rng(1)
    lead = (networks,) if networks else ()
    weights = {}
    for i, (inputs, outputs) in enumerate(pairwise(widths)):
        weights[f"w{i}"] = uniform(rng, (*lead, inputs, outputs), inputs)
        weights[f"b{i}"] = np.zeros((*lead, 1, outputs) if networks else outputs, np.float32)
    batches = []
    for _ in range(BATCHES if networks < 64 else 1):
        x = rng.standard_normal((*lead, batch, widths[0]), np.float32)
        if loss == "bce":
            y = rng.integers(0, 2, (*lead, batch, widths[-1])).astype(np.float32)
        else:
            y = rng.integers(0, widths[-1], (*lead, batch))
        batches.append((x, y))
    return Problem(
        name, "mlp", weights, batches, {"activation": activation, "loss": loss, "optimizer": optimizer}, networks
    )


def cnn(name: str = "W3", batch: int = 64, channels: int = 8) -> Problem:
    """Return the small CNN on 28x28 images: x (N, 1, 28, 28), classes (N,)."""
    rng = np.random.default_rng(2)
    flat = 2 * channels * 7 * 7
    weights = {
        "k0": uniform(rng, (channels, 1, 3, 3), 9), "c0": np.zeros(channels, np.float32),
        "k1": uniform(rng, (2 * channels, channels, 3, 3), 9 * channels), "c1": np.zeros(2 * channels, np.float32),
        "w0": uniform(rng, (flat, 64), flat), "b0": np.zeros(64, np.float32),
        "w1": uniform(rng, (64, 10), 64), "b1": np.zeros(10, np.float32),
    }  # fmt: skip
    batches = [(rng.random((batch, 1, 28, 28), np.float32), rng.integers(0, 10, batch)) for _ in range(BATCHES)]
    return Problem(name, "cnn", weights, batches, {"optimizer": "adam"})


def recurrent(name: str, cell: str, *, length: int = 32, batch: int = 32, hidden: int = 128) -> Problem:
    """Return a character model: tokens and next tokens, both (T, B) int64 in [0, 64)."""
    rng = np.random.default_rng(3)
    vocabulary, embedding, gates = 64, 32, {"rnn": 1, "lstm": 4}[cell]
    weights = {
        "e": rng.standard_normal((vocabulary, embedding), np.float32),
        "wx": uniform(rng, (embedding, gates * hidden), hidden), "wh": uniform(rng, (hidden, gates * hidden), hidden),
        "b": np.zeros(gates * hidden, np.float32),
        "wo": uniform(rng, (hidden, vocabulary), hidden), "bo": np.zeros(vocabulary, np.float32),
    }  # fmt: skip
    batches = []
    for _ in range(BATCHES):
        tokens = rng.integers(0, vocabulary, (length + 1, batch))
        batches.append((np.ascontiguousarray(tokens[:-1]), np.ascontiguousarray(tokens[1:])))
    return Problem(name, cell, weights, batches, {"optimizer": "adam"})


def gan(name: str = "W6", batch: int = 128, hidden: int = 64) -> Problem:
    """Return a GAN on a ring of eight modes: batches are (real (N, 2), latents of the D and of the G step (N, 8))."""
    rng = np.random.default_rng(4)
    weights = {}
    for net, widths in (("g", (LATENT, hidden, hidden, 2)), ("d", (2, hidden, hidden, 1))):
        for i, (inputs, outputs) in enumerate(pairwise(widths)):
            weights[f"{net}.w{i}"] = uniform(rng, (inputs, outputs), inputs)
            weights[f"{net}.b{i}"] = np.zeros(outputs, np.float32)
    batches = []
    for _ in range(BATCHES):
        angle = rng.integers(0, 8, batch) * (np.pi / 4)
        ring = np.stack([np.cos(angle), np.sin(angle)], axis=1) + 0.05 * rng.standard_normal((batch, 2))
        latents = rng.standard_normal((2, batch, LATENT), np.float32)
        batches.append((ring.astype(np.float32), latents[0], latents[1]))
    return Problem(name, "gan", weights, batches, {"optimizer": "adam"})


def dcgan(name: str = "W7", batch: int = 64) -> Problem:
    """Return a small DCGAN: batches are (images (N, 1, 28, 28) in [-1, 1], latents (N, 32), latents (N, 32))."""
    rng = np.random.default_rng(5)
    weights = {
        "g.w": uniform(rng, (DCGAN_LATENT, 784), DCGAN_LATENT), "g.b": np.zeros(784, np.float32),
        "g.k0": uniform(rng, (16, 8, 4, 4), 64), "g.c0": np.zeros(8, np.float32),
        "g.k1": uniform(rng, (8, 1, 4, 4), 32), "g.c1": np.zeros(1, np.float32),
        "d.k0": uniform(rng, (8, 1, 4, 4), 16), "d.c0": np.zeros(8, np.float32),
        "d.k1": uniform(rng, (16, 8, 4, 4), 128), "d.c1": np.zeros(16, np.float32),
        "d.w": uniform(rng, (784, 1), 784), "d.b": np.zeros(1, np.float32),
    }  # fmt: skip
    batches = []
    for _ in range(BATCHES):
        images = rng.random((batch, 1, 28, 28), np.float32) * 2 - 1
        latents = rng.standard_normal((2, batch, DCGAN_LATENT), np.float32)
        batches.append((images, latents[0], latents[1]))
    return Problem(name, "dcgan", weights, batches, {"optimizer": "adam"})


def uniform(rng: np.random.Generator, shape: tuple[int, ...], fan_in: int) -> np.ndarray:
    """Return float32 weights drawn from U(-1, 1) / sqrt(fan_in)."""
    return ((2 * rng.random(shape) - 1) / np.sqrt(fan_in)).astype(np.float32)


def _many(networks: int) -> Callable[[], Problem]:
    return lambda: mlp(f"W8-{networks}", (2, 8, 8, 1), 200, activation="tanh", loss="bce", networks=networks)


def _digits(optimizer: str, name: str) -> Callable[[], Problem]:
    return lambda: mlp(name, (784, 128, 64, 10), 64, activation="relu", loss="ce", optimizer=optimizer)


WORKLOADS: dict[str, Callable[[], Problem]] = {
    "W1": lambda: mlp("W1", (2, 8, 8, 1), 200, activation="tanh", loss="bce"),
    "W2": _digits("adam", "W2"),
    "W2-sgd": _digits("sgd", "W2-sgd"),
    "W3": cnn,
    "W4": lambda: recurrent("W4", "rnn"),
    "W5": lambda: recurrent("W5", "lstm"),
    "W6": gan,
    "W7": dcgan,
    "W8-1": _many(1),
    "W8-16": _many(16),
    "W8-256": _many(256),
    "W8-1024": _many(1024),
}


def problem_named(name: str) -> Problem:
    """Return a workload by its name, or one of other sizes: "mlp width=64 depth=2 batch=64", "lstm length=8"."""
    if name in WORKLOADS:
        return WORKLOADS[name]()
    kind, *settings = name.split()
    sizes = {key: int(value) for key, _, value in (setting.partition("=") for setting in settings)}
    if kind == "mlp":
        widths = (sizes.get("width", 128),) * (sizes.get("depth", 2) + 1) + (10,)
        return mlp(name, widths, sizes.get("batch", 64), activation="relu", loss="ce")
    if kind in ("rnn", "lstm"):
        return recurrent(name, kind, **sizes)
    if kind == "cnn":
        return cnn(name, **sizes)
    raise ValueError(f"no workload {name!r}; one of {', '.join(WORKLOADS)}, or mlp, rnn, lstm, cnn with sizes")
