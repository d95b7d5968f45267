"""The workloads in HIPS autograd: NumPy code under `value_and_grad`, as its examples write it."""

from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import value_and_grad
from autograd.scipy.signal import convolve

from benchmarks.workloads import LEAK, LEARNING_RATE, Problem, UnsupportedError

Parameters = dict[str, Any]


def build(problem: Problem, *, device: str = "cpu") -> tuple[Callable[[int], Any], Callable[[Any], float]]:
    """Return the training step (batch number -> loss) and the function that reads a loss."""
    if device != "cpu" or problem.kind == "dcgan":
        raise UnsupportedError("autograd has neither transposed nor strided convolution, and no GPU")
    parameters = {name: w.copy() for name, w in problem.weights.items()}
    state = {name: (np.zeros_like(w), np.zeros_like(w)) for name, w in parameters.items()}
    descend = {"adam": _adam, "sgd": _sgd}[problem.options["optimizer"]]
    make = {"mlp": _mlp_loss, "cnn": _cnn_loss, "rnn": _recurrent_loss, "lstm": _recurrent_loss, "gan": _gan_losses}
    measure = make[problem.kind](problem)

    def step(i: int) -> Any:
        loss, gradients = value_and_grad(measure)(parameters, problem.batches[i % len(problem.batches)])
        descend(parameters, gradients, state, i + 1)
        return loss

    def gan_step(i: int) -> Any:
        total = 0.0
        real, *latents = problem.batches[i % len(problem.batches)]
        for own, loss_of, latent in zip("dg", measure, latents, strict=True):
            other = {k: w for k, w in parameters.items() if k[0] != own}
            trained = {k: w for k, w in parameters.items() if k[0] == own}
            loss, gradients = value_and_grad(loss_of)(trained, other, real, latent)
            descend(parameters, gradients, state, i + 1)
            total += loss
        return total

    return (gan_step if problem.kind == "gan" else step), lambda loss: float(np.sum(loss))


def _adam(parameters: Parameters, gradients: Parameters, state: Any, count: int) -> None:
    for name, g in gradients.items():
        m, v = state[name]
        m *= 0.9
        m += 0.1 * g
        v *= 0.999
        v += 0.001 * g * g
        parameters[name] -= LEARNING_RATE / (1 - 0.9**count) * m / (np.sqrt(v / (1 - 0.999**count)) + 1e-8)


def _sgd(parameters: Parameters, gradients: Parameters, state: Any, count: int) -> None:
    for name, g in gradients.items():
        parameters[name] -= LEARNING_RATE * g


def _mlp_loss(problem: Problem) -> Callable[[Parameters, Any], Any]:
    activation = {"tanh": anp.tanh, "relu": lambda x: anp.maximum(x, 0)}[problem.options["activation"]]
    depth = len(problem.weights) // 2

    def measure(p: Parameters, batch: Any) -> Any:
        x, y = batch
        for i in range(depth):
            x = (activation(x) if i else x) @ p[f"w{i}"] + p[f"b{i}"]
        if problem.options["loss"] == "bce":
            return anp.sum(anp.mean(_bce(x, y), axis=(-2, -1)))
        return _cross_entropy(x, y)

    return measure


def _cnn_loss(problem: Problem) -> Callable[[Parameters, Any], Any]:
    def convolution(x: Any, k: Any, c: Any) -> Any:
        # scipy's convolution flips the kernel; the networks of the other peers do not.
        padded = anp.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), "constant")
        y = convolve(padded, k[:, :, ::-1, ::-1], axes=([2, 3], [2, 3]), dot_axes=([1], [1]), mode="valid")
        return y + c[None, :, None, None]

    def pool(x: Any) -> Any:
        n, c, h, w = x.shape
        return anp.max(anp.max(anp.reshape(x, (n, c, h // 2, 2, w // 2, 2)), axis=3), axis=4)

    def measure(p: Parameters, batch: Any) -> Any:
        x, y = batch
        for i in range(2):
            x = pool(anp.maximum(convolution(x, p[f"k{i}"], p[f"c{i}"]), 0))
        x = anp.maximum(anp.reshape(x, (len(x), -1)) @ p["w0"] + p["b0"], 0)
        return _cross_entropy(x @ p["w1"] + p["b1"], y)

    return measure


def _recurrent_loss(problem: Problem) -> Callable[[Parameters, Any], Any]:
    hidden = problem.weights["wh"].shape[0]

    def sigmoid(x: Any) -> Any:
        return 0.5 * (anp.tanh(0.5 * x) + 1)

    def measure(p: Parameters, batch: Any) -> Any:
        tokens, following = batch
        projected = p["e"][tokens] @ p["wx"] + p["b"]
        h = c = np.zeros((tokens.shape[1], hidden), np.float32)
        states = []
        for t in range(len(tokens)):
            gates = projected[t] + h @ p["wh"]
            if problem.kind == "rnn":
                h = anp.tanh(gates)
            else:
                i, f, g, o = (gates[:, k * hidden : (k + 1) * hidden] for k in range(4))
                c = sigmoid(f) * c + sigmoid(i) * anp.tanh(g)
                h = sigmoid(o) * anp.tanh(c)
            states.append(h)
        logits = anp.reshape(anp.stack(states), (-1, hidden)) @ p["wo"] + p["bo"]
        return _cross_entropy(logits, following.reshape(-1))

    return measure


def _gan_losses(problem: Problem) -> tuple[Callable[..., Any], Callable[..., Any]]:
    def generate(p: Parameters, z: Any) -> Any:
        for i in range(3):
            z = (anp.maximum(z, 0) if i else z) @ p[f"g.w{i}"] + p[f"g.b{i}"]
        return z

    def judge(p: Parameters, x: Any) -> Any:
        for i in range(3):
            x = (anp.maximum(x, LEAK * x) if i else x) @ p[f"d.w{i}"] + p[f"d.b{i}"]
        return x

    def critic_loss(critic: Parameters, generator: Parameters, real: Any, latent: Any) -> Any:
        return anp.mean(_bce(judge(critic, real), 1.0)) + anp.mean(
            _bce(judge(critic, generate(generator, latent)), 0.0)
        )

    def generator_loss(generator: Parameters, critic: Parameters, real: Any, latent: Any) -> Any:
        return anp.mean(_bce(judge(critic, generate(generator, latent)), 1.0))

    return critic_loss, generator_loss


def _bce(logits: Any, targets: Any) -> Any:
    return anp.maximum(logits, 0) - logits * targets + anp.log1p(anp.exp(-anp.abs(logits)))


def _cross_entropy(logits: Any, classes: Any) -> Any:
    shifted = logits - anp.max(logits, axis=1, keepdims=True)
    log_sum = anp.log(anp.sum(anp.exp(shifted), axis=1))
    return anp.mean(log_sum - shifted[np.arange(len(classes)), classes])
