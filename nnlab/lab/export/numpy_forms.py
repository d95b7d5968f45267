"""Which function of plain NumPy stands for a layer, a loss or an optimizer in an exported script."""

from collections.abc import Callable, Mapping
from typing import Any

from nnlab import engine, nn
from nnlab.engine.convolution import pair
from nnlab.lab.class_losses import sigmoid_squared_error, softmax_squared_error
from nnlab.lab.errors import UsageError
from nnlab.lab.export import activation_parts, image_parts, layer_parts, loss_parts, rule_parts, sequence_parts
from nnlab.lab.workbench.network import Outputs, OverTime
from nnlab.lab.workbench.text_probes import TimeFirst

Part = Callable[..., Any]
Row = tuple[Part, str, dict[str, Any]]
"""A layer in a script: its function, the name in front of its parameters, its options."""

_ACTIVATIONS: Mapping[type[nn.Module], Part] = {
    nn.Identity: activation_parts.identity,
    nn.Step: activation_parts.step,
    nn.Sigmoid: activation_parts.sigmoid,
    nn.Tanh: activation_parts.tanh,
    nn.ReLU: activation_parts.relu,
    nn.LeakyReLU: activation_parts.leaky_relu,
    nn.ELU: activation_parts.elu,
    nn.GELU: activation_parts.gelu,
    nn.SiLU: activation_parts.silu,
    nn.Softplus: activation_parts.softplus,
    nn.Sine: activation_parts.sine,
    nn.Softmax: activation_parts.softmax,
    nn.LogSoftmax: activation_parts.log_softmax,
}
_RECURRENT: Mapping[type[nn.Module], Part] = {
    nn.RNN: sequence_parts.rnn,
    nn.LSTM: sequence_parts.lstm,
    nn.GRU: sequence_parts.gru,
}
LOSSES: Mapping[Any, Part] = {
    engine.mse_loss: loss_parts.mse,
    engine.l1_loss: loss_parts.mae,
    engine.huber_loss: loss_parts.huber,
    engine.binary_cross_entropy_with_logits: loss_parts.binary_cross_entropy,
    engine.cross_entropy: loss_parts.cross_entropy,
    sigmoid_squared_error: loss_parts.sigmoid_mse,
    softmax_squared_error: loss_parts.softmax_mse,
}
RULES: Mapping[type[nn.Optimizer], Part] = {
    nn.SGD: rule_parts.sgd,
    nn.Adagrad: rule_parts.adagrad,
    nn.RMSprop: rule_parts.rmsprop,
    nn.Adam: rule_parts.adam,
    nn.AdamW: rule_parts.adamw,
}


class NoScriptError(UsageError):
    """This run cannot be written as a script that needs NumPy alone; the sentence says why."""


def layers_of(model: nn.Module) -> list[Row]:
    """Return (function, name, options) of each layer. Raises NoScriptError."""
    if isinstance(model, TimeFirst):
        turn: Row = (sequence_parts.turn, "", {})
        return [turn, *_row_of(model.inner, "inner."), turn]
    return _row_of(model, "")


def _row_of(model: nn.Module, prefix: str) -> list[Row]:
    if not isinstance(model, nn.Sequential):
        raise NoScriptError(f"its network is a {type(model).__name__} and not a row of layers.")
    rows: list[Row] = []
    for layer in model:
        name = prefix + layer.name
        match layer:
            case Outputs() if type(layer.recurrent) in _RECURRENT:
                part = _RECURRENT[type(layer.recurrent)]
                rows += [(part, f"{name}.recurrent.{inner}", {}) for inner, _ in layer.recurrent.children()]
            case OverTime():
                rows.append(_layer(layer.layer, f"{name}.layer"))
            case _:
                rows.append(_layer(layer, name))
    return rows


def _layer(layer: nn.Module, name: str) -> Row:
    kind = type(layer)
    if kind in _ACTIVATIONS:
        assert isinstance(layer, nn.Activation | nn.Identity)
        options = dict(getattr(layer, "options", {}))
        if options.pop("axis", -1) != -1:
            raise NoScriptError(f"its {kind.__name__} is over another axis than the last.")
        return _ACTIVATIONS[kind], name, options
    match layer:
        case nn.Linear():
            return layer_parts.linear, name, {}
        case nn.Dropout():
            return layer_parts.dropout, name, {"p": layer.p}
        case nn.LayerNorm():
            return layer_parts.layer_norm, name, {"eps": layer.eps}
        case nn.BatchNorm():
            return layer_parts.batch_norm, name, {"eps": layer.eps, "momentum": layer.momentum}
        case nn.Embedding():
            return sequence_parts.embedding, name, {}
        case nn.Flatten():
            return image_parts.flatten, name, {}
        case nn.GlobalAvgPool2d():
            return image_parts.global_pool, name, {}
        case nn.Conv2d() if layer.options["groups"] == 1 and pair(layer.options["dilation"]) == (1, 1):
            options = {option: pair(layer.options[option], option, 0) for option in ("stride", "padding")}
            return image_parts.conv2d, name, options
        case nn.MaxPool2d() | nn.AvgPool2d() if pair(layer.options["padding"], "padding", 0) == (0, 0):
            stride = layer.options["stride"]
            kernel = pair(layer.kernel)
            how = {"kind": "max" if isinstance(layer, nn.MaxPool2d) else "mean", "kernel": kernel}
            return image_parts.pool, name, {**how, "stride": kernel if stride is None else pair(stride)}
    raise NoScriptError(f"its layer {name} is a {kind.__name__}, which has no form in NumPy alone here.")


def known(table: Mapping[Any, Part], key: Any, what: str) -> Part:
    """Return the function that stands for a loss or an optimizer. Raises NoScriptError."""
    if key not in table:
        name = getattr(key, "__name__", type(key).__name__)
        raise NoScriptError(f"its {what} is {name}, which has no form in NumPy alone here.")
    return table[key]
