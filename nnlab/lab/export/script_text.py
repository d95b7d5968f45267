"""The text of an exported script: what it says of the run, the functions it needs, its numbers, its main."""

import base64
import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab import __version__
from nnlab.lab.export import loop_parts, rule_parts
from nnlab.lab.export.numpy_forms import Part, Row
from nnlab.lab.settings import Settings

LINE = 110
_ANNOTATION = re.compile(r": (?:Any|str|float|int|bool|dict\[str, Any\])(?=[,) =])| -> (?:Any|None)(?=:)")


@dataclass(frozen=True, slots=True)
class Told:
    """What a script says of its run, besides the arrays."""

    settings: Settings
    line: str
    """The shell line that made the run."""
    steps: int
    layers: list[Row]
    loss: Part
    rule: Part
    fixed: Mapping[str, Any]
    """Settings of the optimizer that stay; `moving` are those with a value for each step."""
    moving: list[str]
    expected: Mapping[str, float]
    is_classifier: bool
    unit: float
    """What a regression's targets were divided by."""


def compose(told: Told, content: bytes) -> str:
    """Return the script. content: the arrays as an npz file, empty when they stand in a file beside it."""
    data = f"DATA = {_text_of(content)}\n" if content else 'DATA = ""\n'
    return "\n".join([_head(told, is_alone=bool(content)), _sources(told), _constants(told), _MAIN, data, _TAIL])


def _sources(told: Told) -> str:
    used = list(dict.fromkeys(part for part, _, _ in told.layers))
    rules = [rule_parts.adam, told.rule] if told.rule is rule_parts.adamw else [told.rule]
    loop = [loop_parts.forward, loop_parts.clip_norm, loop_parts.stream, loop_parts.train, loop_parts.measure]
    parts = [*used, told.loss, *rules, *loop]
    return "\n\n".join(_plain(inspect.getsource(part)) for part in parts)


def _plain(source: str) -> str:
    """Return a function's source without annotations: a script is read by people who do not need them."""
    return _ANNOTATION.sub("", source)


def _head(told: Told, *, is_alone: bool) -> str:
    place = "" if is_alone else " and the file of the same name that ends in .npz"
    return f'''"""{told.settings.name}, seed {told.settings.seed}, {told.steps:,} steps, in plain NumPy.

Written by nnlab {__version__}. It needs NumPy{place}. This line made the run:

    {told.line}
"""

import base64
import io
import sys
from pathlib import Path

import numpy as np

'''


def _constants(told: Told) -> str:
    rows = "".join(f'    ({part.__name__}, "{name}", {options!r}),\n' for part, name, options in told.layers)
    numbers = "".join(f'    "{name}": {value!r},\n' for name, value in told.expected.items())
    plain = {name: value if isinstance(value, bool | tuple) else float(value) for name, value in told.fixed.items()}
    if "batch" in plain:
        plain["batch"] = int(told.fixed["batch"])
    return f"""
LAYERS = [
{rows}]
LOSS, RULE = {told.loss.__name__}, {told.rule.__name__}
SEED, STEPS = {told.settings.seed}, {told.steps}
SETTINGS = {plain!r}
MOVING = {told.moving!r}  # settings with a value for each step
IS_CLASSIFIER, UNIT = {told.is_classifier}, {told.unit!r}
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
