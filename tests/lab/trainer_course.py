"""A course for the trainer's tests: experiments that walk downhill, print, raise, hang and diverge."""

from pathlib import Path

COURSE = 'format_version = 1\norder = ["toy"]\ntitle = { en = "Toys" }\n'

LESSON = """format_version = 1
pages = []
title = { en = "Toy" }
summary = { en = "Toy" }
experiments = ["walk", "print", "raise", "hang", "greedy", "drawn", "still"]
[exercises.downhill]
kind = "code"
"""

START = '"""Go downhill."""\n\n\ndef move(x, rate):\n    return x\n'
SOLUTION = '"""Downhill."""\n\n\ndef move(x, rate):\n    return x - rate * 2 * x\n'

CODE = """
import os, sys, time
from dataclasses import dataclass, replace
import numpy as np
from nnlab.lab.events import Change
from nnlab.lab.experiment import Experiment
from nnlab.lab.knobs import Knob
from nnlab.lab.lesson import code, experiment
from nnlab.lab.streams import Stream
from nnlab.lab.verdicts import Check
from nnlab.lab.views import View

print("lesson.py prints while it is loaded", flush=True)


@dataclass
class Walk:
    x: np.ndarray
    rate: float
    noise: Stream
    made: int = 0


def step(state, move=lambda x, rate: x - rate * 2 * x):
    loss = np.sum(state.x**2, axis=-1)
    state.x = move(state.x, state.rate) + 0.01 * state.noise.normal(size=state.x.shape[-1:])
    state.made += 1
    return {"loss": loss}


WALK = Experiment(
    knobs=(Knob("rate", 0.1, above=0.0, live=True), Knob("size", 3, low=1, high=9)),
    setup=lambda knobs, streams, xp: Walk(streams.init.normal(size=(knobs["size"],)), knobs["rate"], streams.latent),
    step=step,
    evaluate=lambda state: {"largest": np.max(np.abs(state.x), axis=-1)},
    change=lambda state, name, value: setattr(state, name, value),
    advise=lambda knobs: (Change("rate", 0.1),),
    probes={"x": lambda state: {"x": state.x}, "made": lambda state: {"made": np.asarray(state.made)}},
    views=(View("x", "bars", "x"),),
    steps=200,
    evaluations=20,
)


@experiment("walk")
def walk(move=None):
    return WALK if move is None else replace(WALK, step=lambda state: step(state, move))


@code("downhill", experiment="walk", name="move", wrong=lambda x, rate: x + rate)
def downhill(move):
    return [Check("move(1, 0.1)", float(move(1.0, 0.1)), abs(move(1.0, 0.1) - 0.8) < 1e-9, 0.8)]


@experiment("drawn", data=("table",))
def drawn(data=None):
    start = np.zeros(2) if data is None else np.loadtxt(data.path, delimiter=",", skiprows=1).ravel()
    return replace(WALK, setup=lambda knobs, streams, xp: Walk(start.copy(), knobs["rate"], streams.latent))


@experiment("still")
def still():
    return Experiment(
        knobs=(Knob("z", 2.0, look=True),),
        setup=lambda knobs, streams, xp: Walk(np.asarray(knobs["z"]), 0.0, streams.latent),
        step=lambda state: {},
        evaluate=lambda state: {"square": state.x**2},
        change=lambda state, name, value: setattr(state, "x", np.asarray(value)),
        probes={"x": lambda state: {"x": state.x}},
        steps=0,
    )


@experiment("print")
def prints():
    def noisy(state):
        print("a step", state.made)
        sys.stdout.flush()
        os.write(1, b"raw bytes\\n")
        assert sys.stdin.read() == ""
        return step(state)

    return replace(WALK, step=noisy)


@experiment("raise")
def raises():
    def broken(state):
        if state.made == 5:
            raise ZeroDivisionError("five is enough")
        return step(state)

    return replace(WALK, step=broken)


@experiment("hang")
def hangs():
    def endless(state):
        while True:
            pass

    return replace(WALK, step=endless)


@experiment("greedy")
def greedy():
    def hungry(state):
        raise MemoryError("no more")

    return replace(WALK, step=hungry)
"""


def write_course(folder: Path) -> Path:
    """Write the course into `folder` and return it."""
    (folder / "toy").mkdir(parents=True)
    (folder / "course.toml").write_text(COURSE)
    (folder / "toy" / "lesson.toml").write_text(LESSON)
    (folder / "toy" / "lesson.py").write_text(CODE)
    for kind, text in (("exercises", START), ("solutions", SOLUTION)):
        (folder / "toy" / kind).mkdir()
        (folder / "toy" / kind / "downhill.py").write_text(text)
    return folder
