"""A small course of one lesson, written to a folder, whose experiment needs NumPy only."""

from pathlib import Path

import pytest

COURSE = 'format_version = 1\norder = ["toy"]\n[title]\nen = "Toy course"\nzh = "玩具课程"\n'
LESSON = """
format_version = 1
pages = ["first", "second"]
experiments = ["walk"]
[title]
en = "toy"
zh = "玩具"
[summary]
en = "a ball rolls down"
zh = "小球滚下"
[claims.small-rate-arrives]
tier = "fast"
en = "a small rate arrives"
zh = "小步能到"
[exercises.how-far]
kind = "predict"
[exercises.arrive]
kind = "goal"
"""
CODE = '''
"""A ball that rolls down x^2."""
from dataclasses import dataclass
import numpy as np
from nnlab.lab.authoring import Check, Experiment, Knob, Score, Verdict, View, claim, experiment, goal

@dataclass
class Ball:
    x: np.ndarray
    rate: float

def setup(knobs, streams, xp):
    return Ball(streams.init.normal(3.0, 1.0, size=(1,)), knobs["rate"])

def step(state):
    loss = np.sum(state.x ** 2, axis=-1)
    state.x = state.x - 2 * state.rate * state.x
    return {"loss": loss}

@experiment("walk")
def walk():
    return Experiment(
        knobs=(Knob("rate", 0.1, above=0.0, live=True),),
        setup=setup, step=step,
        evaluate=lambda s: {"distance": np.abs(s.x[..., 0])},
        goal=lambda s: np.abs(s.x[..., 0]) < 0.1,
        change=lambda s, name, value: setattr(s, name, value),
        probes={"place": lambda s: {"x": s.x}},
        views=(View("loss", "curve"),),
        steps=50,
        weights=lambda s: {"x": s.x},
    )

@claim("small-rate-arrives", broken={"rate": 1e-9})
def small_rate_arrives(run, rate=0.1):
    result = run("walk", seeds=10, rate=rate)
    return Verdict(result.rate == 1.0, result.rate, "all of them")

@goal("arrive")
def arrive(result):
    distance = float(result.last("distance"))
    return [Check("distance below 0.1", distance, distance < 0.1, score=Score(distance, "smaller"))]
'''
ENGLISH = """# First page {#first}

A ball rolls **down**. [claim:small-rate-arrives] It stops at {metric:distance}.

```formula
x ← x − 2ηx
```

```nnlab stage
experiment = "walk"
views = ["loss"]
[set]
rate = 0.2
```

```nnlab predict
id = "how-far"
question = "How far does it get?"
metric = "distance"
after = "It got to {metric:distance}."
[[answers]]
text = "all the way"
low = 0
high = 0.5
[[answers]]
text = "nowhere"
low = 0.5
high = 100
```

# Second page {#second}

```nnlab stage
experiment = "walk"
```

```nnlab goal
id = "arrive"
text = "Arrive."
hints = ["Turn the rate up."]
```
"""
CHINESE = (
    ENGLISH.replace("First page", "第一页")
    .replace("Second page", "第二页")
    .replace("A ball rolls **down**.", "小球**滚下**。")
)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Keep progress, trust and reports of a test below its own folder."""
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def course_folder(tmp_path) -> Path:
    folder = tmp_path / "course"
    write_course(folder)
    return folder


def write_course(folder: Path) -> None:
    (folder / "toy").mkdir(parents=True)
    (folder / "course.toml").write_text(COURSE, encoding="utf-8")
    for name, text in {"lesson.toml": LESSON, "lesson.py": CODE, "en.md": ENGLISH, "zh.md": CHINESE}.items():
        (folder / "toy" / name).write_text(text, encoding="utf-8")
