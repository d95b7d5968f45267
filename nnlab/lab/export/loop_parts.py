"""The loop in plain NumPy, as it stands in an exported script: forwards, backwards, steps, and what is measured."""

from typing import Any

import numpy as np


def forward(x: Any, layers: Any, parameters: Any, gradients: Any, rng: Any = None) -> Any:
    """Return the network's output and what carries its slope back; rng is there while training."""
    backs = []
    for layer, name, options in layers:
        more = {"rng": rng} if layer.__name__ in ("dropout", "batch_norm") else {}
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
    names = [name for name in parameters if ".running_" not in name]
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


def measure(layers: Any, parameters: Any, loss: Any, data: Any, classes: bool, unit: float, most: int) -> Any:
    """Return accuracy, or R2 and RMSE, on training and test samples, and the test loss; on `most` of each, evenly."""
    found = {}
    for prefix, part in (("", ""), ("test_", "_test")):
        x, t = data["x" + part], data["y" + part]
        if not len(x):
            continue
        every = -(-len(x) // most) if most else 1
        x, t = x[::every], t[::every]
        y, _ = forward(x, layers, parameters, {})
        if prefix:
            found["test_loss"] = loss(y, t)[0]
            found["test_perplexity"] = np.exp(found["test_loss"])
        if classes:
            right = (y > 0) == (t > 0.5) if y.shape[-1] == 1 else y.argmax(axis=-1) == t
            found[prefix + "accuracy"] = right.mean(axis=-1).mean()
        else:
            error = ((y - t) ** 2).mean()
            found[prefix + "r2"] = 1 - error / max(((t - t.mean()) ** 2).mean(), 1e-12)
            found[prefix + "rmse"] = np.sqrt(error) * unit
    return found
