"""Losses, update rules and the loop in plain NumPy, as they stand in an exported script.

A loss is loss(y, t) -> (value, slope), the value a mean over the samples, slope its derivative by y. A rule is
rule(p, g, memory, step, settings): it changes the parameters p (P,) by their gradient g (P,), in place.
"""

from typing import Any

import numpy as np


def mse(y: Any, t: Any) -> Any:
    """The mean of (y - t)^2."""
    d = y - t
    return (d * d).sum() / d.size, d * np.float32(2 / d.size)


def mae(y: Any, t: Any) -> Any:
    """The mean of |y - t|."""
    d = y - t
    return np.abs(d).sum() / d.size, np.sign(d) * np.float32(1 / d.size)


def huber(y: Any, t: Any) -> Any:
    """d^2 / 2 near 0 and |d| - 1/2 beyond 1."""
    d = y - t
    clipped = np.clip(d, -1, 1)
    return (clipped * (d - clipped / 2)).sum() / d.size, clipped * np.float32(1 / d.size)


def binary_cross_entropy(y: Any, t: Any) -> Any:
    """log(1 + e^y) - t y of logits y."""
    log_not_p = np.log1p(np.exp(-np.abs(y))) + np.maximum(y, 0)
    return (log_not_p - y * t).sum() / y.size, (np.exp(y - log_not_p) - t) * np.float32(1 / y.size)


def cross_entropy(y: Any, t: Any) -> Any:
    """-log softmax(y) at the class t of logits y (N, C)."""
    rows = np.arange(len(t))
    shifted = y - y.max(axis=-1, keepdims=True)
    p = np.exp(shifted)
    total = p @ np.ones((y.shape[-1], 1), y.dtype)
    value = (np.log(total)[:, 0] - shifted[rows, t]).sum() / len(t)
    slope = p / total * np.float32(1 / len(t))
    slope[rows, t] -= np.float32(1 / len(t))
    return value, slope


def sgd(p: Any, g: Any, memory: Any, step: int, settings: Any) -> None:
    """p -= rate m with m = momentum m + g; Nesterov's form looks ahead."""
    if settings["momentum"] or "m" in memory:
        m = memory["m"] = memory["m"] * settings["momentum"] + g * (1 - settings["dampening"]) if "m" in memory else g
        g = g + settings["momentum"] * m if settings["nesterov"] else m
    p -= settings["learning_rate"] * g


def adagrad(p: Any, g: Any, memory: Any, step: int, settings: Any) -> None:
    """v += g^2;  p -= rate g / (sqrt(v) + eps)."""
    v = memory["v"] = memory.get("v", np.full_like(p, settings["initial_accumulator"])) + g * g
    g = g / (np.sqrt(v) + settings["eps"]) * settings["learning_rate"]
    p -= g / (1 + (step - 1) * settings["learning_rate_decay"])


def rmsprop(p: Any, g: Any, memory: Any, step: int, settings: Any) -> None:
    """v = alpha v + (1 - alpha) g^2;  p -= rate g / (sqrt(v) + eps), with momentum on that."""
    alpha = settings["alpha"]
    v = memory["v"] = memory.get("v", np.zeros_like(p)) * alpha + (1 - alpha) * (g * g)
    if settings["centered"]:
        mean = memory["mean"] = memory.get("mean", np.zeros_like(p)) * alpha + (1 - alpha) * g
        v = v - mean * mean
    d = g / (np.sqrt(v) + settings["eps"])
    if settings["momentum"]:
        d = memory["m"] = memory.get("m", np.zeros_like(p)) * settings["momentum"] + d
    p -= settings["learning_rate"] * d


def adam(p: Any, g: Any, memory: Any, step: int, settings: Any) -> None:
    """m and v are running means of g and g^2, freed of their start at 0;  p -= rate m / (sqrt(v) + eps)."""
    beta1, beta2 = settings["betas"]
    m = memory["m"] = memory.get("m", np.zeros_like(p)) * beta1 + g * (1 - beta1)
    v = memory["v"] = memory.get("v", np.zeros_like(p)) * beta2 + g * g * (1 - beta2)
    c = (1 - beta2**step) ** 0.5
    p -= m / (np.sqrt(v) + settings["eps"] * c) * (settings["learning_rate"] * (c / (1 - beta1**step)))


def adamw(p: Any, g: Any, memory: Any, step: int, settings: Any) -> None:
    """Adam, with p shrunk by rate weight_decay p apart from the gradient."""
    p *= 1 - settings["learning_rate"] * settings["weight_decay"]
    adam(p, g, memory, step, settings)


def forward(x: Any, layers: Any, parameters: Any, gradients: Any, rng: Any = None) -> Any:
    """Return the network's output and what carries its slope back; rng is there while training."""
    backs = []
    for layer, name, options in layers:
        more = {"rng": rng} if layer.__name__ == "dropout" else {}
        x, back = layer(x, name, parameters, gradients, **options, **more)
        backs.append(back)

    def backward(g: Any) -> None:
        for back in reversed(backs):
            g = back(g)

    return x, backward


def clip_norm(gradients: Any, limit: float) -> Any:
    """Scale all gradients so that their common length is at most the limit."""
    norm = np.sqrt(sum(np.sum(g * g, axis=tuple(range(g.ndim))) for g in gradients.values()))
    scale = limit / np.maximum(norm + np.float32(1e-6), np.float32(limit))
    return {name: g * scale for name, g in gradients.items()}


def stream(seed: int, purpose: int) -> Any:
    """The random numbers for one purpose: 2 shuffles samples, 4 drops values."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(purpose,))))


def train(
    layers: Any, parameters: Any, loss: Any, rule: Any, data: Any, settings_at: Any, steps: int, seed: int
) -> Any:
    """Make the steps; return the last batch's loss. `parameters` are changed in place."""
    x, t = data["x"], data["y"]
    names = list(parameters)
    flat = np.concatenate([parameters[name].ravel() for name in names])
    start = 0
    for name in names:
        shape, size = parameters[name].shape, parameters[name].size
        parameters[name] = flat[start : start + size].reshape(shape)
        start += size
    shuffle, drop = stream(seed, 2), stream(seed, 4)
    order, position, value = np.empty(0, int), 0, float("nan")
    memory: dict[str, Any] = {}
    for step in range(1, steps + 1):
        settings = settings_at(step)
        batch_x, batch_t = x, t
        if 0 < settings["batch"] < len(x):
            if position >= len(x) or not order.size:
                order, position = shuffle.permutation(len(x)), 0
            chosen = order[position : position + settings["batch"]]
            position += settings["batch"]
            batch_x, batch_t = x[chosen], t[chosen]
        gradients: dict[str, Any] = {}
        y, backward = forward(batch_x, layers, parameters, gradients, drop)
        value, slope = loss(y, batch_t)
        backward(slope)
        if settings["clip"]:
            gradients = clip_norm({name: gradients[name] for name in names}, settings["clip"])
        g = np.concatenate([gradients[name].ravel() for name in names])
        if settings["weight_decay"] and rule.__name__ != "adamw":
            g += settings["weight_decay"] * flat
        if settings["l1"]:
            g += settings["l1"] * np.sign(flat)
        rule(flat, g, memory, step, settings)
    return value


def measure(layers: Any, parameters: Any, loss: Any, data: Any, classes: bool, unit: float) -> Any:
    """Return accuracy, or R2 and RMSE, on training and test samples, and the test loss."""
    found = {}
    for prefix, part in (("", ""), ("test_", "_test")):
        x, t = data["x" + part], data["y" + part]
        if not len(x):
            continue
        y, _ = forward(x, layers, parameters, {})
        if prefix:
            found["test_loss"] = loss(y, t)[0]
        if classes:
            right = (y > 0) == (t > 0.5) if y.shape[-1] == 1 else y.argmax(axis=-1) == t
            found[prefix + "accuracy"] = right.mean()
        else:
            error = ((y - t) ** 2).mean()
            found[prefix + "r2"] = 1 - error / max(((t - t.mean()) ** 2).mean(), 1e-12)
            found[prefix + "rmse"] = np.sqrt(error) * unit
    return found
