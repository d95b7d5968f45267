"""Update rules in plain NumPy, as they stand in an exported script.

A rule is rule(p, g, memory, step, settings): it changes the parameters p (P,) by their gradient g (P,), in place.
"""

from typing import Any

import numpy as np


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
