"""A stand-alone script that trains a run's network again with NumPy alone, and compares its numbers with the run's.

What the script needs is taken from the run itself: the samples and first weights of its state at step 0, and the
settings of the optimizer at every step, schedules and live changes included. It works for networks that are a row
of known layers with a known loss and optimizer; for others `NoScriptError` says what is in the way.
"""

import base64
import inspect
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from nnlab import __version__, engine, nn
from nnlab.engine.convolution import pair
from nnlab.lab import files, supervised
from nnlab.lab.errors import UsageError
from nnlab.lab.events import Ended
from nnlab.lab.experiment import Experiment
from nnlab.lab.export import layer_parts, training_parts
from nnlab.lab.run import Run
from nnlab.lab.settings import Settings
from nnlab.lab.training import Training
from nnlab.lab.workbench import bench

MOST_EMBEDDED = 2_000_000
"""Bytes of data that still stand in the script as text; more goes into a file beside it."""
LINE = 110
Part = Callable[..., Any]

_ACTIVATIONS: Mapping[type[nn.Module], Part] = {
    nn.Identity: layer_parts.identity,
    nn.Step: layer_parts.step,
    nn.Sigmoid: layer_parts.sigmoid,
    nn.Tanh: layer_parts.tanh,
    nn.ReLU: layer_parts.relu,
    nn.LeakyReLU: layer_parts.leaky_relu,
    nn.ELU: layer_parts.elu,
    nn.GELU: layer_parts.gelu,
    nn.SiLU: layer_parts.silu,
    nn.Softplus: layer_parts.softplus,
    nn.Sine: layer_parts.sine,
    nn.Softmax: layer_parts.softmax,
    nn.LogSoftmax: layer_parts.log_softmax,
}
_LOSSES: Mapping[Any, Part] = {
    engine.mse_loss: training_parts.mse,
    engine.l1_loss: training_parts.mae,
    engine.huber_loss: training_parts.huber,
    engine.binary_cross_entropy_with_logits: training_parts.binary_cross_entropy,
    engine.cross_entropy: training_parts.cross_entropy,
}
_RULES: Mapping[type[nn.Optimizer], Part] = {
    nn.SGD: training_parts.sgd,
    nn.Adagrad: training_parts.adagrad,
    nn.RMSprop: training_parts.rmsprop,
    nn.Adam: training_parts.adam,
    nn.AdamW: training_parts.adamw,
}
_ANNOTATION = re.compile(r": (?:Any|str|float|int|bool|dict\[str, Any\])(?=[,) =])| -> (?:Any|None)(?=:)")
_MEASURED = ("loss", "test_loss", "accuracy", "test_accuracy", "r2", "test_r2", "rmse", "test_rmse")


class NoScriptError(UsageError):
    """This run cannot be written as a script that needs NumPy alone; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Script:
    """An exported script."""

    text: str
    data: bytes
    """An npz file that must stand beside it as <its name>.npz; empty when all is in the text."""


def write(script: Script, path: Path) -> list[Path]:
    """Write a script, and its data beside it where there are any; return what was written."""
    files.write_atomically(path, script.text.encode())
    if not script.data:
        return [path]
    files.write_atomically(path.with_suffix(".npz"), script.data)
    return [path, path.with_suffix(".npz")]


def make(experiment: Experiment, settings: Settings, end: Ended | None = None) -> Script:
    """Return the script that repeats a run. Raises NoScriptError.

    end: where the run was ended from outside. The run is made once more to see what it did at every step.
    """
    if settings.seeds != 1:
        raise NoScriptError(f"a script repeats one network, but this run trained {settings.seeds}; run one seed of it.")
    if settings.device != "cpu":
        raise NoScriptError(f"a script repeats what NumPy computed, but this run was on {settings.device}.")
    training = Training(experiment, settings)
    state = training.state
    if not isinstance(state, supervised.Supervised) or experiment.step not in (supervised.step, bench.step):
        raise NoScriptError(
            f"{settings.name} does more in a step than predict, compare and update, and no script is made of that."
        )
    layers = _layers(state.model)
    loss, rule = _known(_LOSSES, state.loss, "loss"), _known(_RULES, type(state.optimizer), "optimizer")
    if len(state.optimizer.groups) > 1:
        raise NoScriptError("its optimizer has several groups of parameters, and a script has one.")
    arrays = {f"data.{name}": engine.to_host(getattr(state.data, name)) for name in ("x", "y", "x_test", "y_test")}
    arrays |= {f"first.{name}": engine.to_host(value) for name, value in state.model.state_dict().items()}
    steps, run, table = _observe(training, settings, end)
    fixed = {name: values[0] for name, values in table.items() if all(value == values[0] for value in values)}
    moving = [name for name in table if name not in fixed]
    arrays |= {f"at.{name}": np.array(table[name]) for name in moving}
    expected = {name: run.last(name) for name in _MEASURED if name in run.metrics}
    unit = float(getattr(getattr(state, "task", None), "unit", 1.0))
    is_classifier = any(name.endswith("accuracy") for name in run.metrics)
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)  # type: ignore[arg-type]  # its stub takes the names for options
    content = packed.getvalue()
    defaults = {knob.name: knob.default for knob in experiment.knobs}
    is_embedded = len(content) <= MOST_EMBEDDED
    text = "\n".join(
        [
            _head(settings, replace(settings, knobs=defaults), steps, is_embedded),
            _sources(layers, loss, rule),
            _constants(layers, loss, rule, settings, steps, fixed, moving, expected, is_classifier, unit),
            _MAIN,
            f"DATA = {_text_of(content)}\n" if is_embedded else 'DATA = ""\n',
            _TAIL,
        ]
    )
    return Script(text, b"" if is_embedded else content)


def _layers(model: nn.Module) -> list[tuple[Part, str, dict[str, Any]]]:
    """Return (function, name, options) of each layer. Raises NoScriptError."""
    if not isinstance(model, nn.Sequential):
        raise NoScriptError(f"its network is a {type(model).__name__} and not a row of layers.")
    return [_layer(layer, layer.name) for layer in model]


def _layer(layer: nn.Module, name: str) -> tuple[Part, str, dict[str, Any]]:
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
        case nn.Flatten():
            return layer_parts.flatten, name, {}
        case nn.GlobalAvgPool2d():
            return layer_parts.global_pool, name, {}
        case nn.Conv2d() if layer.options["groups"] == 1 and pair(layer.options["dilation"]) == (1, 1):
            options = {option: pair(layer.options[option], option, 0) for option in ("stride", "padding")}
            return layer_parts.conv2d, name, options
        case nn.MaxPool2d() | nn.AvgPool2d() if pair(layer.options["padding"], "padding", 0) == (0, 0):
            stride = layer.options["stride"]
            kernel = pair(layer.kernel)
            how = {"kind": "max" if isinstance(layer, nn.MaxPool2d) else "mean", "kernel": kernel}
            return layer_parts.pool, name, {**how, "stride": kernel if stride is None else pair(stride)}
    raise NoScriptError(f"its layer {name} is a {kind.__name__}, which has no form in NumPy alone here.")


def _known(table: Mapping[Any, Part], key: Any, what: str) -> Part:
    if key not in table:
        name = getattr(key, "__name__", type(key).__name__)
        raise NoScriptError(f"its {what} is {name}, which has no form in NumPy alone here.")
    return table[key]


def _observe(training: Training, settings: Settings, end: Ended | None) -> tuple[int, Run, dict[str, list[Any]]]:
    """Make the run; return its steps, its metrics, and every setting of the optimizer at every step."""
    run, state = Run(settings), training.state
    run.fold(training.advance(0))
    table: dict[str, list[Any]] = {}
    while training.ended is None and (end is None or training.index < end.step):
        run.fold(training.advance(1))
        now = {**state.optimizer.groups[0].settings, "batch": state.batch, "clip": getattr(state, "clip", 0.0)}
        for name, value in now.items():
            table.setdefault(name, []).append(value)
    if training.ended is not None and training.ended.status == "diverged":
        raise NoScriptError("this run diverged, so there are no numbers to repeat.")
    if not training.index:
        raise NoScriptError("this run made no step, so there is nothing to repeat.")
    if training.ended is None and training.experiment.evaluate is not None:  # ended between two measurements
        for name, value in training.experiment.evaluate(state).items():
            run.metrics[name].append(np.array([training.index]), np.array([float(value)]))
    return training.index, run, table


def _sources(layers: list[tuple[Part, str, dict[str, Any]]], loss: Part, rule: Part) -> str:
    used = list(dict.fromkeys(part for part, _, _ in layers))
    rules = [training_parts.adam, rule] if rule is training_parts.adamw else [rule]
    loop = [
        training_parts.forward,
        training_parts.clip_norm,
        training_parts.stream,
        training_parts.train,
        training_parts.measure,
    ]
    parts = [*used, loss, *rules, *loop]
    return "\n\n".join(_plain(inspect.getsource(part)) for part in parts)


def _plain(source: str) -> str:
    """Return a function's source without annotations: a script is read by people who do not need them."""
    return _ANNOTATION.sub("", source)


def _head(settings: Settings, defaults: Settings, steps: int, is_embedded: bool) -> str:
    place = "" if is_embedded else " and the file of the same name that ends in .npz"
    return f'''"""{settings.name}, seed {settings.seed}, {steps:,} steps, in plain NumPy.

Written by nnlab {__version__}. It needs NumPy{place}. This line made the run:

    {settings.shell_line(defaults)}
"""

import base64
import io
import sys
from pathlib import Path

import numpy as np

'''


def _constants(
    layers: list[tuple[Part, str, dict[str, Any]]],
    loss: Part,
    rule: Part,
    settings: Settings,
    steps: int,
    fixed: Mapping[str, Any],
    moving: list[str],
    expected: Mapping[str, float],
    is_classifier: bool,
    unit: float,
) -> str:
    rows = "".join(f'    ({part.__name__}, "{name}", {options!r}),\n' for part, name, options in layers)
    numbers = "".join(f'    "{name}": {value!r},\n' for name, value in expected.items())
    plain = {name: value if isinstance(value, bool | tuple) else float(value) for name, value in fixed.items()}
    if "batch" in plain:
        plain["batch"] = int(fixed["batch"])
    return f"""
LAYERS = [
{rows}]
LOSS, RULE = {loss.__name__}, {rule.__name__}
SEED, STEPS = {settings.seed}, {steps}
SETTINGS = {plain!r}
MOVING = {moving!r}  # settings with a value for each step
IS_CLASSIFIER, UNIT = {is_classifier}, {unit!r}
EXPECTED = {{  # what the run came to
{numbers}}}
"""


_MAIN = '''
def main():
    """Train, print the numbers beside those of the run, and return 1 if they differ."""
    packed = io.BytesIO(base64.b64decode(DATA)) if DATA else Path(__file__).with_suffix(".npz")
    with np.load(packed) as file:
        arrays = dict(file)
    data = {name[5:]: array for name, array in arrays.items() if name.startswith("data.")}
    parameters = {name[6:]: array for name, array in arrays.items() if name.startswith("first.")}

    def settings_at(step):
        now = {name: arrays["at." + name][step - 1].item() for name in MOVING}
        return {**SETTINGS, **now}

    found = {"loss": train(LAYERS, parameters, LOSS, RULE, data, settings_at, STEPS, SEED)}
    found.update(measure(LAYERS, parameters, LOSS, data, IS_CLASSIFIER, UNIT))
    worst = 0.0
    for name, expected in EXPECTED.items():
        worst = max(worst, abs(found[name] - expected) / max(abs(expected), 1e-6))
        print(f"{name:14} {found[name]:<22.9g} nnlab {expected:.9g}")
    print(f"largest relative difference {worst:.1e}")
    return int(not worst < 1e-3)

'''
_TAIL = """
if __name__ == "__main__":
    sys.exit(main())
"""


def _text_of(content: bytes) -> str:
    text = base64.b64encode(content).decode()
    lines = "\n".join(f'    "{text[i : i + LINE]}"' for i in range(0, len(text), LINE))
    return f"(\n{lines}\n)"
