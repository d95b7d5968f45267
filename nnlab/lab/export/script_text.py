"""The text of an exported script: what it says of the run, the functions it needs, its numbers, its main."""

import base64
import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab import __version__
from nnlab.lab.export import image_parts, loop_parts, rule_parts, sequence_parts
from nnlab.lab.export.numpy_forms import Part, Row
from nnlab.lab.settings import Settings

LINE = 110
_HELPERS: Mapping[Part, set[Part]] = {
    image_parts.in_parts: {image_parts.conv2d},
    sequence_parts.with_ones: {sequence_parts.rnn, sequence_parts.lstm},
    sequence_parts.by_gate: {sequence_parts.lstm},
}
"""Functions that layers call -> the layers."""
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
    expected: list[dict[str, float]]
    """What the run came to, seed by seed."""
    is_classifier: bool
    units: list[float]
    """What each seed's targets of a regression were divided by."""
    most: int
    """So many samples at most were measured, evenly chosen; 0 for all."""


def compose(told: Told, content: bytes) -> str:
    """Return the script. content: the arrays as an npz file, empty when they stand in a file beside it."""
    data = f"DATA = {_text_of(content)}\n" if content else 'DATA = ""\n'
    return "\n".join([_head(told, is_alone=bool(content)), _sources(told), _constants(told), _MAIN, data, _TAIL])


def _sources(told: Told) -> str:
    used = list(dict.fromkeys(part for part, _, _ in told.layers))
    rules = [rule_parts.adam, told.rule] if told.rule is rule_parts.adamw else [told.rule]
    loop = [loop_parts.forward, loop_parts.clip_norm, loop_parts.stream, loop_parts.train, loop_parts.measure]
    parts = [*_needed(used), told.loss, *rules, *loop]
    return "\n\n".join(_plain(inspect.getsource(part)) for part in parts)


def _needed(used: list[Part]) -> list[Part]:
    """Return the layers' functions, behind those that they call."""
    helpers = [helper for helper, callers in _HELPERS.items() if not callers.isdisjoint(used)]
    return [*helpers, *used]


def _plain(source: str) -> str:
    """Return a function's source without annotations: a script is read by people who do not need them."""
    return _ANNOTATION.sub("", source)


def _head(told: Told, *, is_alone: bool) -> str:
    place = "" if is_alone else " and the file of the same name that ends in .npz"
    first, *_, last = (told.settings.seed, *told.settings.seed_numbers)
    seeds = f"seed {first}" if first == last else f"seeds {first} to {last}"
    return f'''"""{told.settings.name}, {seeds}, {told.steps:,} steps, in plain NumPy.

Written by nnlab {__version__}. It needs NumPy{place}. This line made the run:

    {told.line}
"""

import base64
import io
import os
import sys
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "{told.settings.blas_threads}")  # sums then add up in the run's order
import numpy as np

'''


def _constants(told: Told) -> str:
    rows = "".join(f'    ({part.__name__}, "{name}", {options!r}),\n' for part, name, options in told.layers)
    numbers = "".join(
        "    {\n" + "".join(f'        "{name}": {value!r},\n' for name, value in seed.items()) + "    },\n"
        for seed in told.expected
    )
    plain = {name: value if isinstance(value, bool | tuple) else float(value) for name, value in told.fixed.items()}
    if "batch" in plain:
        plain["batch"] = int(told.fixed["batch"])
    return f"""
LAYERS = [
{rows}]
LOSS, RULE = {told.loss.__name__}, {told.rule.__name__}
SEEDS, STEPS = {list(told.settings.seed_numbers)!r}, {told.steps}
SETTINGS = {plain!r}
MOVING = {told.moving!r}  # settings with a value for each step
IS_CLASSIFIER, MOST = {told.is_classifier}, {told.most}  # samples to measure at most; 0: all
UNITS = {told.units!r}  # the target's unit of each seed
EXPECTED = [  # what the run came to, seed by seed
{numbers}]
"""


_MAIN = '''
def main():
    """Train, print the numbers beside those of the run, and return 1 if they differ."""
    np.seterr(all="ignore")  # as in the run
    packed = io.BytesIO(base64.b64decode(DATA)) if DATA else Path(__file__).with_suffix(".npz")
    with np.load(packed) as file:
        arrays = dict(file)

    def settings_at(step):
        now = {name: arrays["at." + name][step - 1].item() for name in MOVING}
        return {**SETTINGS, **now}

    def of_seed(kind, k):  # what all seeds share is there once
        return {name[len(kind) :]: a[min(k, len(a) - 1)] for name, a in arrays.items() if name.startswith(kind)}

    worst = 0.0
    for k, seed in enumerate(SEEDS):
        data, parameters = of_seed("data.", k), of_seed("first.", k)
        found = {"loss": train(LAYERS, parameters, LOSS, RULE, data, settings_at, STEPS, seed)}
        found.update(measure(LAYERS, parameters, LOSS, data, IS_CLASSIFIER, UNITS[k], MOST))
        if len(SEEDS) > 1:
            print(f"seed {seed}")
        for name, expected in EXPECTED[k].items():
            worst = max(worst, abs(found[name] - expected) / max(abs(expected), 1e-6))
            print(f"{name:15} {found[name]:<22.9g} nnlab {expected:.9g}")
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
