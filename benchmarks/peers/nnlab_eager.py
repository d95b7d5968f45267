"""The workloads in nnlab as its users write them: modules, `loss.backward()`, `optimizer.step()`."""

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.workloads import LEAK, LEARNING_RATE, Problem
from nnlab import engine, nn
from nnlab.engine import Tensor, binary_cross_entropy_with_logits, cross_entropy

Step = Callable[[int], Tensor]


def build(problem: Problem, *, device: str = "cpu") -> tuple[Step, Callable[[Tensor], float]]:
    """Return the training step (batch number -> loss) and the function that waits for a loss and reads it."""
    make = {"mlp": _mlp, "cnn": _cnn, "rnn": _recurrent, "lstm": _recurrent, "gan": _gan, "dcgan": _gan}[problem.kind]
    with engine.use("cupy" if device == "cuda" else "numpy"):
        batches = [tuple(engine.to_device(array) for array in batch) for batch in problem.batches]
        step = make(problem, batches)
    return step, lambda loss: float(np.sum(engine.to_host(loss)))


def _mlp(problem: Problem, batches: list[Any]) -> Step:
    activation = problem.options["activation"]
    layers: list[nn.Module] = []
    for i in range(len(problem.weights) // 2):
        layers += [*([nn.activation(activation)] if i else []), _linear(problem, f"w{i}", f"b{i}")]
    model = nn.Sequential(*layers)
    optimizer = _optimizer(problem, model)
    measure = {"bce": binary_cross_entropy_with_logits, "ce": cross_entropy}[problem.options["loss"]]
    leading = int(bool(problem.networks))

    def step(i: int) -> Tensor:
        x, y = batches[i % len(batches)]
        optimizer.zero_grad()
        loss = measure(model(x), y, leading=leading)
        loss.backward()
        optimizer.step()
        return loss

    return step


def _cnn(problem: Problem, batches: list[Any]) -> Step:
    model = nn.Sequential(
        _conv(problem, nn.Conv2d, "k0", "c0", padding=1), nn.ReLU(), nn.MaxPool2d(2),
        _conv(problem, nn.Conv2d, "k1", "c1", padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), _linear(problem, "w0", "b0"), nn.ReLU(), _linear(problem, "w1", "b1"),
    )  # fmt: skip
    optimizer = _optimizer(problem, model)

    def step(i: int) -> Tensor:
        x, y = batches[i % len(batches)]
        optimizer.zero_grad()
        loss = cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return step


def _gan(problem: Problem, batches: list[Any]) -> Step:
    generator, critic = (_dcgan_pair if problem.kind == "dcgan" else _ring_pair)(problem)
    of_critic, of_generator = _optimizer(problem, critic), _optimizer(problem, generator)
    ones = engine.to_device(np.ones((len(problem.batches[0][0]), 1), np.float32))
    zeros = ones * 0

    def step(i: int) -> Tensor:
        real, latent, second_latent = batches[i % len(batches)]
        of_critic.zero_grad()
        told = binary_cross_entropy_with_logits(critic(real), ones)
        fooled = binary_cross_entropy_with_logits(critic(generator(latent).detach()), zeros)
        critic_loss = told + fooled
        critic_loss.backward()
        of_critic.step()
        of_generator.zero_grad()
        generator_loss = binary_cross_entropy_with_logits(critic(generator(second_latent)), ones)
        generator_loss.backward()
        of_generator.step()
        return critic_loss.detach() + generator_loss.detach()

    return step


def _ring_pair(problem: Problem) -> tuple[nn.Module, nn.Module]:
    nets = []
    for net, activation in (("g", nn.ReLU), ("d", lambda: nn.LeakyReLU(LEAK))):
        layers: list[nn.Module] = []
        for i in range(3):
            layers += [*([activation()] if i else []), _linear(problem, f"{net}.w{i}", f"{net}.b{i}")]
        nets.append(nn.Sequential(*layers))
    return nets[0], nets[1]


def _linear(problem: Problem, w: str, b: str) -> nn.Linear:
    weight, bias = problem.weights[w], problem.weights[b]
    layer = nn.Linear(*weight.shape[-2:], rng=np.random.default_rng(0))
    # With many networks a bias is (S, out) here; other libraries want it (S, 1, out).
    return _with(layer, weight=weight, bias=bias.reshape(*weight.shape[:-2], -1))


def _with(layer: Any, **values: np.ndarray) -> Any:
    for name, value in values.items():
        setattr(layer, name, nn.parameter(value))
    return layer


def _optimizer(problem: Problem, model: nn.Module) -> nn.Optimizer:
    return nn.optimizer(problem.options["optimizer"], model, LEARNING_RATE)


def _conv(problem: Problem, kind: Any, k: str, c: str, **options: int) -> nn.Module:
    kernel, bias = problem.weights[k], problem.weights[c]
    inputs = kernel.shape[0] if kind is nn.ConvTranspose2d else kernel.shape[1]
    layer = kind(inputs, len(bias), kernel.shape[-1], rng=np.random.default_rng(0), **options)
    return _with(layer, weight=kernel, bias=bias)


def _dcgan_pair(problem: Problem) -> tuple[nn.Module, nn.Module]:
    generator = nn.Sequential(
        _linear(problem, "g.w", "g.b"), nn.Reshape((16, 7, 7)), nn.ReLU(),
        _conv(problem, nn.ConvTranspose2d, "g.k0", "g.c0", stride=2, padding=1), nn.ReLU(),
        _conv(problem, nn.ConvTranspose2d, "g.k1", "g.c1", stride=2, padding=1), nn.Tanh(),
    )  # fmt: skip
    critic = nn.Sequential(
        _conv(problem, nn.Conv2d, "d.k0", "d.c0", stride=2, padding=1), nn.LeakyReLU(LEAK),
        _conv(problem, nn.Conv2d, "d.k1", "d.c1", stride=2, padding=1), nn.LeakyReLU(LEAK),
        nn.Flatten(), _linear(problem, "d.w", "d.b"),
    )  # fmt: skip
    return generator, critic


class _CharacterModel(nn.Module):
    """Embedding, one recurrent layer, linear read-out: tokens (T, N) -> logits (T N, V)."""

    def __init__(self, problem: Problem) -> None:
        w, rng = problem.weights, np.random.default_rng(0)
        hidden = w["wh"].shape[0]
        kind = {"rnn": nn.RNN, "lstm": nn.LSTM}[problem.kind]
        self.embedding = _with(nn.Embedding(*w["e"].shape, rng=rng), weight=w["e"])
        self.recurrent = kind(w["wx"].shape[0], hidden, rng=rng)
        _with(self.recurrent.layers[0], weight_x=w["wx"], weight_h=w["wh"], bias=w["b"])
        self.decode = _linear(problem, "wo", "bo")

    def forward(self, tokens: Any) -> Tensor:
        states, _ = self.recurrent(self.embedding(tokens))
        return self.decode(engine.reshape(states, (-1, states.shape[-1])))


def _recurrent(problem: Problem, batches: list[Any]) -> Step:
    model = _CharacterModel(problem)
    optimizer = _optimizer(problem, model)
    flat = [(tokens, following.reshape(-1)) for tokens, following in batches]

    def step(i: int) -> Tensor:
        tokens, following = flat[i % len(flat)]
        optimizer.zero_grad()
        loss = cross_entropy(model(tokens), following)
        loss.backward()
        optimizer.step()
        return loss

    return step
