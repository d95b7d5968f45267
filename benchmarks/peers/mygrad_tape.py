"""The workloads in MyGrad: its tensors on NumPy, its convolution and pooling, and Adam in NumPy since it ships none."""

from collections.abc import Callable
from typing import Any

import mygrad as mg
import numpy as np
from mygrad.nnet.activations import leaky_relu, relu, sigmoid
from mygrad.nnet.layers import conv_nd, max_pool
from mygrad.nnet.losses import softmax_crossentropy

from benchmarks.workloads import LEAK, LEARNING_RATE, Problem, UnsupportedError

Parameters = dict[str, Any]


def build(problem: Problem, *, device: str = "cpu") -> tuple[Callable[[int], Any], Callable[[Any], float]]:
    """Return the training step (batch number -> loss) and the function that reads a loss."""
    if device != "cpu" or problem.kind == "dcgan":
        raise UnsupportedError("MyGrad has no transposed convolution and no GPU")
    mg.turn_memory_guarding_off()  # as its documentation advises for speed
    parameters = {name: mg.tensor(w) for name, w in problem.weights.items()}
    state = {name: (np.zeros_like(w), np.zeros_like(w)) for name, w in problem.weights.items()}
    descend = {"adam": _adam, "sgd": _sgd}[problem.options["optimizer"]]
    make = {"mlp": _mlp_loss, "cnn": _cnn_loss, "rnn": _recurrent_loss, "lstm": _recurrent_loss, "gan": _gan_losses}
    measure = make[problem.kind](problem)

    def step(i: int) -> Any:
        loss = measure(parameters, problem.batches[i % len(problem.batches)])
        loss.backward()
        descend(parameters, state, i + 1)
        return loss

    def gan_step(i: int) -> Any:
        total = 0.0
        real, *latents = problem.batches[i % len(problem.batches)]
        for own, loss_of, latent in zip("dg", measure, latents, strict=True):
            loss = loss_of(parameters, real, latent)
            loss.backward()
            descend({k: w for k, w in parameters.items() if k[0] == own}, state, i + 1)
            total += loss.item()
            for tensor in parameters.values():
                tensor.null_grad()
        return total

    return (gan_step if problem.kind == "gan" else step), lambda loss: float(np.sum(np.asarray(loss)))


def _adam(parameters: Parameters, state: Any, count: int) -> None:
    for name, tensor in parameters.items():
        g, (m, v) = tensor.grad, state[name]
        m *= 0.9
        m += 0.1 * g
        v *= 0.999
        v += 0.001 * g * g
        tensor.data[...] -= LEARNING_RATE / (1 - 0.9**count) * m / (np.sqrt(v / (1 - 0.999**count)) + 1e-8)


def _sgd(parameters: Parameters, state: Any, count: int) -> None:
    for tensor in parameters.values():
        tensor.data[...] -= LEARNING_RATE * tensor.grad


def _mlp_loss(problem: Problem) -> Callable[[Parameters, Any], Any]:
    activation = {"tanh": mg.tanh, "relu": relu}[problem.options["activation"]]
    depth = len(problem.weights) // 2

    def measure(p: Parameters, batch: Any) -> Any:
        x, y = batch
        for i in range(depth):
            x = (activation(x) if i else x) @ p[f"w{i}"] + p[f"b{i}"]
        if problem.options["loss"] == "bce":
            return mg.sum(mg.mean(_bce(x, y), axis=(-2, -1)))
        return softmax_crossentropy(x, y)

    return measure


def _cnn_loss(problem: Problem) -> Callable[[Parameters, Any], Any]:
    def measure(p: Parameters, batch: Any) -> Any:
        x, y = batch
        for i in range(2):
            x = conv_nd(x, p[f"k{i}"], stride=1, padding=1) + p[f"c{i}"].reshape(1, -1, 1, 1)
            x = max_pool(relu(x), pool=(2, 2), stride=2)
        x = relu(x.reshape(len(x), -1) @ p["w0"] + p["b0"])
        return softmax_crossentropy(x @ p["w1"] + p["b1"], y)

    return measure


def _recurrent_loss(problem: Problem) -> Callable[[Parameters, Any], Any]:
    hidden = problem.weights["wh"].shape[0]

    def measure(p: Parameters, batch: Any) -> Any:
        tokens, following = batch
        projected = p["e"][tokens] @ p["wx"] + p["b"]
        h: Any = np.zeros((tokens.shape[1], hidden), np.float32)
        c: Any = h
        states = []
        for t in range(len(tokens)):
            gates = projected[t] + mg.matmul(h, p["wh"])
            if problem.kind == "rnn":
                h = mg.tanh(gates)
            else:
                i, f, g, o = (gates[:, k * hidden : (k + 1) * hidden] for k in range(4))
                c = sigmoid(f) * c + sigmoid(i) * mg.tanh(g)
                h = sigmoid(o) * mg.tanh(c)
            states.append(h)
        logits = mg.stack(states).reshape(-1, hidden) @ p["wo"] + p["bo"]
        return softmax_crossentropy(logits, following.reshape(-1))

    return measure


def _gan_losses(problem: Problem) -> tuple[Callable[..., Any], Callable[..., Any]]:
    def generate(p: Parameters, z: Any) -> Any:
        for i in range(3):
            z = mg.matmul(relu(z) if i else z, p[f"g.w{i}"]) + p[f"g.b{i}"]
        return z

    def judge(p: Parameters, x: Any) -> Any:
        for i in range(3):
            x = mg.matmul(leaky_relu(x, np.float32(LEAK)) if i else x, p[f"d.w{i}"]) + p[f"d.b{i}"]
        return x

    def critic_loss(p: Parameters, real: Any, latent: Any) -> Any:
        with mg.no_autodiff:
            made = generate(p, latent).data
        return mg.mean(_bce(judge(p, real), 1.0)) + mg.mean(_bce(judge(p, made), 0.0))

    def generator_loss(p: Parameters, real: Any, latent: Any) -> Any:
        return mg.mean(_bce(judge(p, generate(p, latent)), 1.0))

    return critic_loss, generator_loss


def _bce(logits: Any, targets: Any) -> Any:
    return relu(logits) - logits * np.float32(targets) + mg.log1p(mg.exp(-mg.abs(logits)))
