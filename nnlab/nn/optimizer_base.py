"""What every optimizer has: groups of parameters, settings, penalties and state. The rules are in optimizers.py.

p are the parameters, g their gradient, both flat (P,). A setting may be a number, or hold one value per network (S,)
when every parameter has a leading axis that counts networks.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from nnlab.engine import Array, Tensor, ValueRangeError
from nnlab.engine.errors import unknown_name
from nnlab.engine.modes import MODE, check_finite
from nnlab.nn.flat_parameters import FlatParameters
from nnlab.nn.module import Module

Setting = Any
"""A number, or a host array (S,) with one per network."""

PER_NETWORK = ("learning_rate", "weight_decay", "l1", "momentum", "alpha")
"""Settings that may hold one value per network."""


class Hyperparameter:
    """A setting of all groups: reading gives that of the first, assigning sets it in each."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, optimizer: "Optimizer", owner: type) -> Any:
        if optimizer is None:
            raise AttributeError(self.name)
        return optimizer.groups[0].settings[self.name]

    def __set__(self, optimizer: "Optimizer", value: Any) -> None:
        _check_setting(self.name, value)
        for group in optimizer.groups:
            group.settings[self.name] = value


class Group:
    """Parameters that share settings, and what the optimizer remembers about them."""

    def __init__(self, parameters: FlatParameters, settings: dict[str, Any]) -> None:
        self.parameters = parameters
        self.settings = settings
        self.memory: dict[str, Array] = {}
        """Running arrays (P,) by name."""
        self.steps = 0

    def remember(self, name: str, start: float = 0.0) -> Array:
        """Return the running array of that name, made on first use."""
        if name not in self.memory:
            values = self.parameters.values
            self.memory[name] = self.parameters.xp.full(values.shape, start, dtype=values.dtype, device=values.device)
        return self.memory[name]

    def setting(self, name: str) -> Any:
        """Return a setting as a number, or spread over the elements (P,)."""
        return self.parameters.spread(self.settings[name])


class Optimizer(ABC):
    """Base of all optimizers: groups, gradients with penalties, state. A subclass writes `update`.

    parameters: a module, tensors, or groups as dicts {"parameters": ..., setting: value}. weight_decay adds
    weight_decay p to g (an L2 penalty), l1 adds l1 sign(p).
    """

    learning_rate = Hyperparameter()
    weight_decay = Hyperparameter()
    l1 = Hyperparameter()

    def __init__(
        self, parameters: Any, learning_rate: Setting, *, weight_decay: Setting = 0.0, l1: Setting = 0.0, **more: Any
    ) -> None:
        settings = {"learning_rate": learning_rate, "weight_decay": weight_decay, "l1": l1, **more}
        self.groups = [
            Group(FlatParameters(tensors, names), settings | own) for tensors, names, own in _groups(parameters)
        ]
        for group in self.groups:
            for name, value in group.settings.items():
                if name not in settings:
                    raise unknown_name("setting", name, settings)
                _check_setting(name, value)

    @abstractmethod
    def update(self, group: Group, p: Array, g: Array) -> None:
        """Change p (P,) in place by the gradient g (P,), which it may overwrite."""

    def step(self) -> None:
        """Make one update of all parameters from their gradients."""
        for group in self.groups:
            parameters = group.parameters
            parameters.adopt()
            g = parameters.gradient()
            group.steps += 1
            self._add_penalties(group, parameters.values, g)
            self.update(group, parameters.values, g)
            mode = MODE.get()
            if mode is not None and mode.is_checked:
                for tensor, name in zip(parameters.parameters, parameters.names, strict=True):
                    check_finite(tensor.data, f"the update of {name}", "")

    def _add_penalties(self, group: Group, p: Array, g: Array) -> None:
        if is_on(group.settings["weight_decay"]):
            g += group.setting("weight_decay") * p
        if is_on(group.settings["l1"]):
            g += group.setting("l1") * group.parameters.xp.sign(p)

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for group in self.groups:
            for parameter in group.parameters.parameters:
                parameter.grad = None

    def state_dict(self) -> dict[str, Any]:
        """Return copies of everything that a resume needs besides the parameters."""
        return {
            "groups": [
                {
                    "steps": group.steps,
                    "settings": dict(group.settings),
                    "memory": {
                        name: group.parameters.xp.asarray(array, copy=True) for name, array in group.memory.items()
                    },
                }
                for group in self.groups
            ]
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go back to a `state_dict`."""
        if len(state["groups"]) != len(self.groups):
            raise ValueRangeError(
                f"load_state_dict: this optimizer has {len(self.groups)} groups, the state {len(state['groups'])}."
            )
        for group, saved in zip(self.groups, state["groups"], strict=True):
            group.steps = saved["steps"]
            group.settings = dict(saved["settings"])
            dtype = group.parameters.values.dtype
            group.memory = {
                name: group.parameters.xp.asarray(array, dtype=dtype, copy=True)
                for name, array in saved["memory"].items()
            }


def _groups(parameters: Any) -> Iterable[tuple[list[Tensor], list[str], dict[str, Any]]]:
    if isinstance(parameters, Module):
        named = [(name, tensor) for name, tensor in parameters.named_parameters() if tensor.requires_grad]
        if not named:
            raise ValueRangeError(f"optimizer: {type(parameters).__name__} has no parameters to learn.")
        yield [tensor for _, tensor in named], [name for name, _ in named], {}
        return
    items = list(parameters)
    if items and isinstance(items[0], Mapping):
        for item in items:
            for tensors, names, _ in _groups(item["parameters"]):
                yield tensors, names, {key: value for key, value in item.items() if key != "parameters"}
        return
    tensors = [tensor for tensor in items if tensor.requires_grad]
    if not tensors:
        raise ValueRangeError("optimizer: there are no parameters to learn (tensors with requires_grad=True).")
    yield tensors, [f"{i} of shape {tensor.shape}" for i, tensor in enumerate(tensors)], {}


def is_on(setting: Setting) -> bool:
    """Whether a setting is in use; an array of one per network is."""
    return bool(setting) if isinstance(setting, int | float) else True


def _check_setting(name: str, value: Any) -> None:
    """Raise ValueRangeError unless a rate is a finite number of at least 0 (and a decay factor below 1)."""
    if name == "betas":
        for beta in value:
            _check_setting("beta", beta)
        return
    if isinstance(value, bool):
        return
    host = np.asarray(value, dtype=np.float64)
    if not np.all(np.isfinite(host) & (host >= 0)):
        raise ValueRangeError(f"{name}: expected a finite number of at least 0, got {value!r}.")
    if name in ("beta", "alpha") and not np.all(host < 1):
        raise ValueRangeError(f"{name}: expected a number in [0, 1), got {value!r}.")
