"""The workloads in PyTorch, eager mode, as its tutorials write them (default Adam or the fused one)."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from benchmarks.workloads import LEAK, LEARNING_RATE, Problem

Step = Callable[[int], torch.Tensor]


def build(
    problem: Problem, *, device: str = "cpu", fused: bool = False
) -> tuple[Step, Callable[[torch.Tensor], float]]:
    """Return the training step (batch number -> loss) and the function that waits for a loss and reads it."""
    # One process times one workload, so the thread count that the environment asks for is PyTorch's own setting.
    place = torch.device(device)
    batches = [tuple(torch.from_numpy(array).to(place) for array in batch) for batch in problem.batches]
    step = {"mlp": _mlp, "cnn": _cnn, "rnn": _recurrent, "lstm": _recurrent, "gan": _gan, "dcgan": _gan}[problem.kind]
    return step(problem, batches, place, fused), lambda loss: float(loss.sum())


def _mlp(problem: Problem, batches: list[Any], device: torch.device, fused: bool) -> Step:
    names = [name for name in problem.weights if name.startswith("w")]
    activation = {"tanh": nn.Tanh, "relu": nn.ReLU}[problem.options["activation"]]
    layers: list[nn.Module] = []
    for i, _ in enumerate(names):
        layers += [*([activation()] if i else []), _linear(problem, f"w{i}", f"b{i}")]
    network = nn.Sequential(*layers).to(device)
    optimizer = _optimizer(problem, network, fused)
    measure = {"bce": _bce_with_logits, "ce": _cross_entropy}[problem.options["loss"]]

    def step(i: int) -> torch.Tensor:
        x, y = batches[i % len(batches)]
        optimizer.zero_grad()
        loss = measure(network(x), y)
        # One loss per network: their sum gives each network its own gradient.
        (loss.sum() if problem.networks else loss).backward()
        optimizer.step()
        return loss.detach()

    return step


def _bce_with_logits(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    if logits.ndim == 2:
        return F.binary_cross_entropy_with_logits(logits, targets)
    return F.binary_cross_entropy_with_logits(logits, targets, reduction="none").mean(dim=(-2, -1))


def _cross_entropy(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return F.cross_entropy(logits, targets)


class _ManyLinear(nn.Module):
    """S linear layers at once: x (S, N, in) -> (S, N, out)."""

    def __init__(self, w: np.ndarray, b: np.ndarray) -> None:
        super().__init__()
        self.w, self.b = nn.Parameter(_tensor(w)), nn.Parameter(_tensor(b))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.baddbmm(self.b, x, self.w)


def _cnn(problem: Problem, batches: list[Any], device: torch.device, fused: bool) -> Step:
    network = nn.Sequential(
        _conv(problem, "k0", "c0", padding=1), nn.ReLU(), nn.MaxPool2d(2),
        _conv(problem, "k1", "c1", padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), _linear(problem, "w0", "b0"), nn.ReLU(), _linear(problem, "w1", "b1"),
    ).to(device)  # fmt: skip
    optimizer = _optimizer(problem, network, fused)

    def step(i: int) -> torch.Tensor:
        x, y = batches[i % len(batches)]
        optimizer.zero_grad()
        loss = F.cross_entropy(network(x), y)
        loss.backward()
        optimizer.step()
        return loss.detach()

    return step


class _CharacterModel(nn.Module):
    """Embedding, one recurrent layer, read-out. The second bias of PyTorch's cells is redundant and stays at zero."""

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        w = problem.weights
        hidden, kind = w["wh"].shape[0], {"rnn": nn.RNN, "lstm": nn.LSTM}[problem.kind]
        self.embedding = nn.Embedding.from_pretrained(_tensor(w["e"]), freeze=False)
        self.cell = kind(w["wx"].shape[0], hidden)
        with torch.no_grad():
            self.cell.weight_ih_l0.copy_(_tensor(w["wx"].T))
            self.cell.weight_hh_l0.copy_(_tensor(w["wh"].T))
            self.cell.bias_ih_l0.copy_(_tensor(w["b"]))
            self.cell.bias_hh_l0.zero_()
        self.cell.bias_hh_l0.requires_grad_(False)
        self.decode = _linear(problem, "wo", "bo")

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.decode(self.cell(self.embedding(tokens))[0])


def _recurrent(problem: Problem, batches: list[Any], device: torch.device, fused: bool) -> Step:
    network = _CharacterModel(problem).to(device)
    optimizer = _optimizer(problem, network, fused)

    def step(i: int) -> torch.Tensor:
        tokens, following = batches[i % len(batches)]
        optimizer.zero_grad()
        loss = F.cross_entropy(network(tokens).flatten(0, 1), following.flatten())
        loss.backward()
        optimizer.step()
        return loss.detach()

    return step


def _gan(problem: Problem, batches: list[Any], device: torch.device, fused: bool) -> Step:
    generator, critic = (_dcgan_pair if problem.kind == "dcgan" else _ring_pair)(problem)
    generator, critic = generator.to(device), critic.to(device)
    of_critic, of_generator = _optimizer(problem, critic, fused), _optimizer(problem, generator, fused)

    def step(i: int) -> torch.Tensor:
        real, latent, second_latent = batches[i % len(batches)]
        ones, zeros = torch.ones(len(real), 1, device=device), torch.zeros(len(real), 1, device=device)
        of_critic.zero_grad()
        told = F.binary_cross_entropy_with_logits(critic(real), ones)
        fooled = F.binary_cross_entropy_with_logits(critic(generator(latent).detach()), zeros)
        critic_loss = told + fooled
        critic_loss.backward()
        of_critic.step()
        of_generator.zero_grad()
        generator_loss = F.binary_cross_entropy_with_logits(critic(generator(second_latent)), ones)
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


def _dcgan_pair(problem: Problem) -> tuple[nn.Module, nn.Module]:
    generator = nn.Sequential(
        _linear(problem, "g.w", "g.b"), nn.Unflatten(1, (16, 7, 7)), nn.ReLU(),
        _conv(problem, "g.k0", "g.c0", transposed=True, stride=2, padding=1), nn.ReLU(),
        _conv(problem, "g.k1", "g.c1", transposed=True, stride=2, padding=1), nn.Tanh(),
    )  # fmt: skip
    critic = nn.Sequential(
        _conv(problem, "d.k0", "d.c0", stride=2, padding=1), nn.LeakyReLU(LEAK),
        _conv(problem, "d.k1", "d.c1", stride=2, padding=1), nn.LeakyReLU(LEAK),
        nn.Flatten(), _linear(problem, "d.w", "d.b"),
    )  # fmt: skip
    return generator, critic


def _linear(problem: Problem, w: str, b: str) -> nn.Module:
    weight, bias = problem.weights[w], problem.weights[b]
    if problem.networks:
        return _ManyLinear(weight, bias)
    layer = nn.Linear(*weight.shape)
    with torch.no_grad():
        layer.weight.copy_(_tensor(weight.T))
        layer.bias.copy_(_tensor(bias))
    return layer


def _conv(problem: Problem, k: str, c: str, *, transposed: bool = False, **options: int) -> nn.Module:
    kernel, bias = problem.weights[k], problem.weights[c]
    outputs, inputs = (kernel.shape[1], kernel.shape[0]) if transposed else kernel.shape[:2]
    layer = (nn.ConvTranspose2d if transposed else nn.Conv2d)(inputs, outputs, kernel.shape[2], **options)
    with torch.no_grad():
        layer.weight.copy_(_tensor(kernel))
        layer.bias.copy_(_tensor(bias))
    return layer


def _optimizer(problem: Problem, network: nn.Module, fused: bool) -> torch.optim.Optimizer:
    parameters = [p for p in network.parameters() if p.requires_grad]
    if problem.options["optimizer"] == "sgd":
        return torch.optim.SGD(parameters, LEARNING_RATE, fused=fused or None)
    return torch.optim.Adam(parameters, LEARNING_RATE, fused=fused or None)


def _tensor(array: np.ndarray) -> torch.Tensor:
    return torch.tensor(np.ascontiguousarray(array))
