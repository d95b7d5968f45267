"""The workloads in tinygrad: its tensors, its Adam, and a step under TinyJit."""

import os
import shutil
from collections.abc import Callable
from typing import Any

import numpy as np
from tinygrad import Tensor, TinyJit, dtypes
from tinygrad.helpers import TRAINING
from tinygrad.nn import optim

from benchmarks.workloads import LEAK, LEARNING_RATE, Problem, UnsupportedError


def build(problem: Problem, *, device: str = "cpu") -> tuple[Callable[[int], Any], Callable[[Any], float]]:
    """Return the training step (batch number -> loss) and the function that waits for a loss and reads it."""
    if device != "cpu" or problem.kind in ("rnn", "lstm", "dcgan"):
        raise UnsupportedError("run for W1, W2, W3, W6 and W8: an unrolled sequence takes minutes to compile")
    compiler = os.environ.get("CC", "clang")
    if not shutil.which(compiler):
        raise UnsupportedError(f"tinygrad compiles for the CPU with {compiler}, which is not on this machine")
    TRAINING.value = 1  # its optimizers refuse to step otherwise
    p = {name: Tensor(w) for name, w in problem.weights.items()}
    batches = [
        tuple(Tensor(a.astype(np.int32) if a.dtype == np.int64 else a).realize() for a in batch)
        for batch in problem.batches
    ]
    kind = {"adam": optim.Adam, "sgd": optim.SGD}[problem.options["optimizer"]]
    train = TinyJit((_gan if problem.kind == "gan" else _supervised)(problem, p, kind))

    def step(i: int) -> Any:
        return train(*batches[i % len(batches)])

    return step, lambda loss: float(loss.sum().item())


def _supervised(problem: Problem, p: dict[str, Any], kind: Any) -> Callable[..., Any]:
    optimizer = kind(list(p.values()), lr=LEARNING_RATE)
    forward = _cnn(p) if problem.kind == "cnn" else _mlp(problem, p)

    def train(x: Any, y: Any) -> Any:
        optimizer.zero_grad()
        if problem.options.get("loss") == "bce":
            loss = _bce(forward(x), y).mean(axis=(-2, -1))
        else:
            loss = forward(x).sparse_categorical_crossentropy(y)
        loss.sum().backward()
        return loss.realize(*optimizer.schedule_step())

    return train


def _mlp(problem: Problem, p: dict[str, Any]) -> Callable[[Any], Any]:
    activation = {"tanh": Tensor.tanh, "relu": Tensor.relu}[problem.options["activation"]]

    def forward(x: Any) -> Any:
        for i in range(len(p) // 2):
            x = (activation(x) if i else x) @ p[f"w{i}"] + p[f"b{i}"]
        return x

    return forward


def _cnn(p: dict[str, Any]) -> Callable[[Any], Any]:
    def forward(x: Any) -> Any:
        for i in range(2):
            x = x.conv2d(p[f"k{i}"], p[f"c{i}"], padding=1).relu().max_pool2d((2, 2))
        x = (x.flatten(1) @ p["w0"] + p["b0"]).relu()
        return x @ p["w1"] + p["b1"]

    return forward


def _gan(problem: Problem, p: dict[str, Any], kind: Any) -> Callable[..., Any]:
    of_critic = kind([w for k, w in p.items() if k[0] == "d"], lr=LEARNING_RATE)
    of_generator = kind([w for k, w in p.items() if k[0] == "g"], lr=LEARNING_RATE)

    def chain(net: str, x: Any) -> Any:
        for i in range(3):
            if i:
                x = x.relu() if net == "g" else x.leaky_relu(LEAK)
            x = x @ p[f"{net}.w{i}"] + p[f"{net}.b{i}"]
        return x

    def train(real: Any, latent: Any, second_latent: Any) -> Any:
        of_critic.zero_grad()
        critic_loss = _bce(chain("d", real), 1.0).mean() + _bce(chain("d", chain("g", latent).detach()), 0.0).mean()
        critic_loss.backward()
        critic_loss.realize(*of_critic.schedule_step())
        of_generator.zero_grad()
        generator_loss = _bce(chain("d", chain("g", second_latent)), 1.0).mean()
        generator_loss.backward()
        return (critic_loss.detach() + generator_loss).cast(dtypes.float32).realize(*of_generator.schedule_step())

    return train


def _bce(logits: Any, targets: Any) -> Any:
    return logits.relu() - logits * targets + (1 + (-logits.abs()).exp()).log()
