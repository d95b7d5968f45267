"""The workloads in JAX: pure functions, one jitted step that takes and gives back parameters and Adam's state."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from benchmarks.workloads import LEAK, LEARNING_RATE, Problem

Parameters = dict[str, Any]


def build(problem: Problem, *, device: str = "cpu") -> tuple[Callable[[int], Any], Callable[[Any], float]]:
    """Return the training step (batch number -> loss) and the function that waits for a loss and reads it."""
    jax.config.update("jax_platforms", "cuda" if device == "cuda" else "cpu")
    batches = [tuple(jnp.asarray(array) for array in batch) for batch in problem.batches]
    parameters = {name: jnp.asarray(array) for name, array in problem.weights.items()}
    adam = problem.options["optimizer"] == "adam"
    make = _gan_update if problem.kind in ("gan", "dcgan") else _update
    update = jax.jit(make(problem, adam), donate_argnums=(0, 1))
    moments = {name: (jnp.zeros_like(w), jnp.zeros_like(w)) for name, w in parameters.items()} if adam else {}
    state = [parameters, (jnp.zeros(()), moments)]

    def step(i: int) -> Any:
        state[0], state[1], loss = update(state[0], state[1], batches[i % len(batches)])
        return loss

    return step, lambda loss: float(loss.sum())


def _update(problem: Problem, adam: bool) -> Callable[..., Any]:
    measure = {"mlp": _mlp_loss, "cnn": _cnn_loss, "rnn": _recurrent_loss, "lstm": _recurrent_loss}[problem.kind](
        problem
    )

    def total(parameters: Parameters, batch: Any) -> tuple[Any, Any]:
        loss = measure(parameters, batch)
        return loss.sum(), loss

    def update(parameters: Parameters, state: Any, batch: Any) -> tuple[Parameters, Any, Any]:
        gradients, loss = jax.grad(total, has_aux=True)(parameters, batch)
        count, moments = state
        new, moments = _descend(parameters, gradients, count + 1, moments, adam)
        return new, (count + 1, moments), loss

    return update


def _gan_update(problem: Problem, adam: bool) -> Callable[..., Any]:
    generate, judge = (_dcgan_pair if problem.kind == "dcgan" else _ring_pair)()

    def critic_loss(critic: Parameters, generator: Parameters, real: Any, latent: Any) -> Any:
        return _bce(judge(critic, real), 1.0).mean() + _bce(judge(critic, generate(generator, latent)), 0.0).mean()

    def generator_loss(generator: Parameters, critic: Parameters, latent: Any) -> Any:
        return _bce(judge(critic, generate(generator, latent)), 1.0).mean()

    def update(parameters: Parameters, state: Any, batch: Any) -> tuple[Parameters, Any, Any]:
        real, latent, second_latent = batch
        count, moments = state
        generator = {k: v for k, v in parameters.items() if k.startswith("g.")}
        critic = {k: v for k, v in parameters.items() if k.startswith("d.")}
        first, gradients = jax.value_and_grad(critic_loss)(critic, generator, real, latent)
        critic, of_critic = _descend(critic, gradients, count + 1, moments, adam)
        second, gradients = jax.value_and_grad(generator_loss)(generator, critic, second_latent)
        generator, of_generator = _descend(generator, gradients, count + 1, moments, adam)
        return generator | critic, (count + 1, of_generator | of_critic), first + second

    return update


def _descend(
    parameters: Parameters, gradients: Parameters, count: Any, moments: Any, adam: bool
) -> tuple[Parameters, Any]:
    if not adam:
        return {name: w - LEARNING_RATE * gradients[name] for name, w in parameters.items()}, {}
    new, kept = {}, {}
    for name, w in parameters.items():
        g, (m, v) = gradients[name], moments[name]
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        new[name] = w - LEARNING_RATE * (m / (1 - 0.9**count)) / (jnp.sqrt(v / (1 - 0.999**count)) + 1e-8)
        kept[name] = (m, v)
    return new, kept


def _mlp_loss(problem: Problem) -> Callable[[Parameters, Any], Any]:
    activation = {"tanh": jnp.tanh, "relu": jax.nn.relu}[problem.options["activation"]]
    depth = len(problem.weights) // 2

    def measure(p: Parameters, batch: Any) -> Any:
        x, y = batch
        for i in range(depth):
            x = (activation(x) if i else x) @ p[f"w{i}"] + p[f"b{i}"]
        return _bce(x, y).mean(axis=(-2, -1)) if problem.options["loss"] == "bce" else _cross_entropy(x, y)

    return measure


def _cnn_loss(problem: Problem) -> Callable[[Parameters, Any], Any]:
    def measure(p: Parameters, batch: Any) -> Any:
        x, y = batch
        for i in range(2):
            x = jax.nn.relu(_conv(x, p[f"k{i}"], p[f"c{i}"], 1, 1))
            x = lax.reduce_window(x, -jnp.inf, lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")
        x = jax.nn.relu(x.reshape(len(x), -1) @ p["w0"] + p["b0"])
        return _cross_entropy(x @ p["w1"] + p["b1"], y)

    return measure


def _recurrent_loss(problem: Problem) -> Callable[[Parameters, Any], Any]:
    is_lstm = problem.kind == "lstm"

    def measure(p: Parameters, batch: Any) -> Any:
        tokens, following = batch
        projected = p["e"][tokens] @ p["wx"] + p["b"]
        zeros = jnp.zeros((tokens.shape[1], p["wh"].shape[0]))

        def rnn(h: Any, x: Any) -> tuple[Any, Any]:
            h = jnp.tanh(x + h @ p["wh"])
            return h, h

        def lstm(state: Any, x: Any) -> tuple[Any, Any]:
            h, c = state
            i, f, g, o = jnp.split(x + h @ p["wh"], 4, axis=1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
            return (h, c), h

        _, states = lax.scan(lstm, (zeros, zeros), projected) if is_lstm else lax.scan(rnn, zeros, projected)
        logits = states @ p["wo"] + p["bo"]
        return _cross_entropy(logits.reshape(-1, logits.shape[-1]), following.reshape(-1))

    return measure


def _ring_pair() -> tuple[Callable[..., Any], Callable[..., Any]]:
    def chain(net: str, activation: Callable[[Any], Any]) -> Callable[..., Any]:
        def forward(p: Parameters, x: Any) -> Any:
            for i in range(3):
                x = (activation(x) if i else x) @ p[f"{net}.w{i}"] + p[f"{net}.b{i}"]
            return x

        return forward

    return chain("g", jax.nn.relu), chain("d", lambda x: jax.nn.leaky_relu(x, LEAK))


def _dcgan_pair() -> tuple[Callable[..., Any], Callable[..., Any]]:
    def generate(p: Parameters, z: Any) -> Any:
        x = jax.nn.relu((z @ p["g.w"] + p["g.b"]).reshape(-1, 16, 7, 7))
        x = jax.nn.relu(_conv_transpose(x, p["g.k0"], p["g.c0"]))
        return jnp.tanh(_conv_transpose(x, p["g.k1"], p["g.c1"]))

    def judge(p: Parameters, x: Any) -> Any:
        for i in range(2):
            x = jax.nn.leaky_relu(_conv(x, p[f"d.k{i}"], p[f"d.c{i}"], 2, 1), LEAK)
        return x.reshape(len(x), -1) @ p["d.w"] + p["d.b"]

    return generate, judge


def _conv(x: Any, k: Any, c: Any, stride: int, padding: int) -> Any:
    return lax.conv_general_dilated(x, k, (stride, stride), [(padding, padding)] * 2) + c[:, None, None]


def _conv_transpose(x: Any, k: Any, c: Any) -> Any:
    """Stride 2, kernel 4, padding 1; k (C, O, 4, 4) flipped, since PyTorch's transposed convolution is a gradient."""
    flipped = jnp.flip(k, (2, 3)).transpose(1, 0, 2, 3)
    return lax.conv_general_dilated(x, flipped, (1, 1), [(2, 2)] * 2, lhs_dilation=(2, 2)) + c[:, None, None]


def _bce(logits: Any, targets: Any) -> Any:
    return jnp.maximum(logits, 0) - logits * targets + jnp.log1p(jnp.exp(-jnp.abs(logits)))


def _cross_entropy(logits: Any, classes: Any) -> Any:
    return -jnp.take_along_axis(jax.nn.log_softmax(logits), classes[:, None], axis=1).mean()
