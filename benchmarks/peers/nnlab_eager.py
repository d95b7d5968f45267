"""The workloads in nnlab as its users write them: modules, `loss.backward()`, `optimizer.step()`."""

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.workloads import LEAK, LEARNING_RATE, Problem
from nnlab import engine, nn
from nnlab.engine import Tensor, binary_cross_entropy_with_logits, cross_entropy

Step = Callable[[int], Any]


def build(problem: Problem, *, device: str = "cpu", gradients: Any = None) -> tuple[Step, Callable[[Any], float]]:
    """Return the training step (batch number -> loss) and the function that waits for a loss and reads it.

    gradients: (loss of arrays, model, fixed models) -> what computes the loss and its gradients; eagerly unless given.
    """
    make = {"mlp": _mlp, "cnn": _cnn, "rnn": _recurrent, "lstm": _recurrent, "gan": _gan, "dcgan": _gan}[problem.kind]
    with engine.use("cupy" if device == "cuda" else "numpy"):
        batches = [tuple(engine.to_device(array) for array in batch) for batch in problem.batches]
        step = make(problem, batches, gradients or _eagerly)
    return step, lambda loss: float(np.sum(engine.to_host(loss)))


def _eagerly(function: Callable[..., Tensor], *models: nn.Module) -> Callable[..., Any]:
    def gradients(*arrays: Any) -> Any:
        loss = function(*arrays)
        loss.backward()
        return loss.data

    return gradients


def _mlp(problem: Problem, batches: list[Any], gradients: Any) -> Step:
    activation = problem.options["activation"]
    layers: list[nn.Module] = []
    for i in range(len(problem.weights) // 2):
        layers += [*([nn.activation(activation)] if i else []), _linear(problem, f"w{i}", f"b{i}")]
    model = nn.Sequential(*layers)
    optimizer = _optimizer(problem, model)
    measure = {"bce": binary_cross_entropy_with_logits, "ce": cross_entropy}[problem.options["loss"]]
    leading = int(bool(problem.networks))
    return _training(gradients(lambda x, y: measure(model(x), y, leading=leading), model), optimizer, batches)


def _training(gradients: Any, optimizer: nn.Optimizer, batches: list[Any]) -> Step:
    def step(i: int) -> Any:
        optimizer.zero_grad()
        loss = gradients(*batches[i % len(batches)])
        optimizer.step()
        return loss

    return step


def _cnn(problem: Problem, batches: list[Any], gradients: Any) -> Step:
    model = nn.Sequential(
        _conv(problem, nn.Conv2d, "k0", "c0", padding=1), nn.ReLU(), nn.MaxPool2d(2),
        _conv(problem, nn.Conv2d, "k1", "c1", padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), _linear(problem, "w0", "b0"), nn.ReLU(), _linear(problem, "w1", "b1"),
    )  # fmt: skip
    return _training(gradients(lambda x, y: cross_entropy(model(x), y), model), _optimizer(problem, model), batches)


def _gan(problem: Problem, batches: list[Any], gradients: Any) -> Step:
    generator, critic = (_dcgan_pair if problem.kind == "dcgan" else _ring_pair)(problem)
    of_critic, of_generator = _optimizer(problem, critic), _optimizer(problem, generator)
    ones = engine.to_device(np.ones((len(problem.batches[0][0]), 1), np.float32))
    zeros = ones * 0

    def critic_loss(real: Any, latent: Any, ones: Any, zeros: Any) -> Tensor:
        told = binary_cross_entropy_with_logits(critic(real), ones)
        return told + binary_cross_entropy_with_logits(critic(generator(latent).detach()), zeros)

    def generator_loss(latent: Any, ones: Any) -> Tensor:
        return binary_cross_entropy_with_logits(critic(generator(latent)), ones)

    critic_step = gradients(critic_loss, critic, generator)
    generator_step = gradients(generator_loss, generator, critic)

    def step(i: int) -> Any:
        real, latent, second_latent = batches[i % len(batches)]
        of_critic.zero_grad()
        loss = critic_step(real, latent, ones, zeros)
        of_critic.step()
        of_generator.zero_grad()
        loss = loss + generator_step(second_latent, ones)
        of_generator.step()
        return loss

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

    replays = True

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


def _recurrent(problem: Problem, batches: list[Any], gradients: Any) -> Step:
    model = _CharacterModel(problem)
    flat = [(tokens, following.reshape(-1)) for tokens, following in batches]
    return _training(gradients(lambda x, y: cross_entropy(model(x), y), model), _optimizer(problem, model), flat)
