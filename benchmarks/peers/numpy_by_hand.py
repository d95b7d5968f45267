"""The perceptrons and the ring GAN in plain NumPy, derivatives written by hand, as a careful person writes them.

g is the derivative of the loss by what a line computes. Parameters and gradients are views of two flat buffers, so that
Adam is a dozen in-place calls for all of them.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.workloads import LEAK, LEARNING_RATE, Problem, UnsupportedError

CHUNK = 16
"""How many networks of W8 are trained at a time: their activations then stay in the second-level cache."""


class Flat:
    """Parameters, gradients and Adam's moments in flat buffers, with a view per parameter."""

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        size = sum(w.size for w in weights.values())
        self.p, self.g, self.m, self.v, self.s = np.zeros((5, size), np.float32)
        self.weights: dict[str, np.ndarray] = {}
        self.gradients: dict[str, np.ndarray] = {}
        self.count, start = 0, 0
        for name, w in weights.items():
            for buffer, views in ((self.p, self.weights), (self.g, self.gradients)):
                views[name] = buffer[start : start + w.size].reshape(w.shape)
            self.weights[name][...] = w
            start += w.size

    def sgd(self) -> None:
        self.p -= LEARNING_RATE * self.g

    def adam(self) -> None:
        self.count += 1
        p, g, m, v, s = self.p, self.g, self.m, self.v, self.s
        m *= 0.9
        np.multiply(g, 0.1, out=s)
        m += s
        v *= 0.999
        np.multiply(g, g, out=s)
        s *= 0.001
        v += s
        np.sqrt(v, out=s)
        # The two bias corrections folded into one step size and one epsilon.
        correction = (1 - 0.999**self.count) ** 0.5
        s += 1e-8 * correction
        np.divide(m, s, out=s)
        s *= LEARNING_RATE * correction / (1 - 0.9**self.count)
        p -= s


def build(problem: Problem, *, device: str = "cpu") -> tuple[Callable[[int], Any], Callable[[Any], float]]:
    """Return the training step (batch number -> loss) and the function that reads a loss."""
    if problem.kind not in ("mlp", "gan") or device != "cpu":
        raise UnsupportedError("written by hand for W1, W2, W6 and W8 on the CPU only")
    if problem.kind == "gan":
        step = _gan(problem)
    elif problem.networks > CHUNK:
        step = _in_chunks(problem)
    else:
        step = _mlp(problem, problem.weights, problem.batches)
    return step, lambda loss: float(np.sum(loss))


def _in_chunks(problem: Problem) -> Callable[[int], Any]:
    steps = []
    for start in range(0, problem.networks, CHUNK):
        part = slice(start, start + CHUNK)
        weights = {name: w[part] for name, w in problem.weights.items()}
        steps.append(_mlp(problem, weights, [tuple(array[part] for array in batch) for batch in problem.batches]))
    return lambda i: np.concatenate([step(i) for step in steps])


def _mlp(problem: Problem, weights: dict[str, np.ndarray], batches: list[Any]) -> Callable[[int], Any]:
    flat = Flat(weights)
    chain = Chain(flat, "", len(weights) // 2, problem.options["activation"])
    measure = {"bce": bce, "ce": cross_entropy}[problem.options["loss"]]
    update = {"adam": flat.adam, "sgd": flat.sgd}[problem.options["optimizer"]]

    def step(i: int) -> Any:
        x, y = batches[i % len(batches)]
        loss, g = measure(chain.forward(x), y)
        chain.backward(g)
        update()
        return loss

    return step


class Chain:
    """Linear layers with an activation between them, whose last forward pass can be gone back through."""

    def __init__(self, flat: Flat, prefix: str, depth: int, activation: str) -> None:
        self.w = [flat.weights[f"{prefix}w{i}"] for i in range(depth)]
        self.b = [flat.weights[f"{prefix}b{i}"] for i in range(depth)]
        self.gw = [flat.gradients[f"{prefix}w{i}"] for i in range(depth)]
        # (..., 1, out), so that a matrix product with ones can sum a batch into it: a third of the time of a sum.
        biases = [flat.gradients[f"{prefix}b{i}"] for i in range(depth)]
        self.gb = [b if b.ndim == self.w[0].ndim else b[None, :] for b in biases]
        self.ones: dict[int, np.ndarray] = {}
        self.activation = activation
        self.inputs: list[np.ndarray] = []

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.inputs = []
        for i, (w, b) in enumerate(zip(self.w, self.b, strict=True)):
            if i:
                if self.activation == "tanh":
                    np.tanh(x, out=x)
                elif self.activation == "relu":
                    np.maximum(x, 0, out=x)
                else:
                    np.maximum(x, LEAK * x, out=x)
            self.inputs.append(x)
            x = x @ w
            x += b
        return x

    def backward(self, g: np.ndarray, *, needs_input: bool = False, needs_weights: bool = True) -> np.ndarray | None:
        for i in range(len(self.w) - 1, -1, -1):
            x = self.inputs[i]
            if needs_weights:
                np.matmul(x.swapaxes(-1, -2), g, out=self.gw[i])
                np.matmul(self._ones(g.shape[-2]), g, out=self.gb[i])
            if i == 0:
                return g @ self.w[0].swapaxes(-1, -2) if needs_input else None
            g = g @ self.w[i].swapaxes(-1, -2)
            if self.activation == "tanh":
                slope = x * x
                np.subtract(1, slope, out=slope)
                g *= slope
            elif self.activation == "relu":
                g *= x > 0
            else:
                g *= np.where(x > 0, np.float32(1), np.float32(LEAK))
        return None

    def _ones(self, n: int) -> np.ndarray:
        if n not in self.ones:
            self.ones[n] = np.ones((1, n), np.float32)
        return self.ones[n]


def bce(logits: np.ndarray, targets: np.ndarray) -> tuple[Any, np.ndarray]:
    """Return the mean loss over the last two axes and its derivative by the logits (..., N, 1)."""
    n = logits.shape[-2] * logits.shape[-1]
    e = np.abs(logits)
    np.negative(e, out=e)
    np.exp(e, out=e)
    loss = np.maximum(logits, 0)
    loss -= logits * targets
    loss += np.log1p(e)
    g = np.where(logits >= 0, np.float32(1), e)
    e += 1
    g /= e
    g -= targets
    g *= 1 / n
    return np.add.reduce(loss, axis=(-2, -1)) / n, g


def cross_entropy(logits: np.ndarray, classes: np.ndarray) -> tuple[Any, np.ndarray]:
    """Return the mean loss and its derivative by the logits (N, C)."""
    rows = np.arange(len(logits))
    shifted = logits - logits.max(axis=1, keepdims=True)
    e = np.exp(shifted)
    total = e.sum(axis=1, keepdims=True)
    loss = (np.log(total[:, 0]) - shifted[rows, classes]).mean()
    e /= total
    e[rows, classes] -= 1
    e /= len(logits)
    return loss, e


def _gan(problem: Problem) -> Callable[[int], Any]:
    generator_flat = Flat({k: w for k, w in problem.weights.items() if k.startswith("g.")})
    critic_flat = Flat({k: w for k, w in problem.weights.items() if k.startswith("d.")})
    generator, critic = Chain(generator_flat, "g.", 3, "relu"), Chain(critic_flat, "d.", 3, "leaky")

    def step(i: int) -> Any:
        real, latent, second_latent = problem.batches[i % len(problem.batches)]
        n = len(real)
        # Real and made samples go through the critic as one batch: the gradients of their two losses add up anyway.
        both = np.concatenate([real, generator.forward(latent)])
        targets = np.zeros((2 * n, 1), np.float32)
        targets[:n] = 1
        loss, g = bce(critic.forward(both), targets)
        critic.backward(g * 2)
        critic_flat.adam()
        generator_loss, g = bce(critic.forward(generator.forward(second_latent)), np.ones((n, 1), np.float32))
        back = critic.backward(g, needs_input=True, needs_weights=False)
        generator.backward(back)
        generator_flat.adam()
        return 2 * loss + generator_loss

    return step
