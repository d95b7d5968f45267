"""The mistakes that a teacher makes in pages and views, each told in one sentence with its place."""

import re
import textwrap
from pathlib import Path

import pytest

from nnlab.lab import checks
from nnlab.lab.course import find_course
from nnlab.lab.lesson import load
from nnlab.stage.page_proofs import prove_pages

TOML = """format_version = 1
pages = ["one", "two"]
experiments = ["fall"]
[title]
en = "toy"
[summary]
en = "toy"
[exercises.guess]
kind = "predict"
[exercises.reach]
kind = "goal"
[claims.falls]
tier = "fast"
en = "it falls"
zh = "下降"
"""
PAGES = """# One {#one}

It falls. [claim:falls]

```nnlab stage
experiment = "fall"
views = ["loss", "here"]
[set]
rate = 0.5
```

```nnlab predict
id = "guess"
question = "?"
metric = "loss"
[[answers]]
text = "low"
low = 0.0
high = 9.0
```

# Two {#two}

```nnlab stage
experiment = "fall"
```

```nnlab goal
id = "reach"
text = "!"
hints = ["a", "b"]
```

```nnlab try
[[items]]
text = "go"
[items.set]
rate = 0.1
```
"""
CODE = """import numpy as np

from nnlab.lab.authoring import Experiment, Knob, Verdict, View, claim, experiment, goal


def step(state):
    state["x"] = state["x"] * (1 - state["rate"])
    return {"loss": state["x"] ** 2}


@experiment("fall")
def fall():
    return Experiment(
        knobs=(Knob("rate", 0.5, low=0.0, high=1.0),),
        setup=lambda knobs, streams, xp: {"x": np.asarray(1.0), "rate": knobs["rate"]},
        step=step,
        probes={"here": lambda state: {"values": np.array([state["x"]])}},
        views=(View("loss", "curve"), View("here", "bars", "here")),
        steps=5,
    )


@claim("falls", broken={"rate": 0.0})
def falls(run, rate=0.5):
    loss = float(run("fall", rate=rate).last("loss"))
    return Verdict(loss < 1.0, loss, "below 1")


@goal("reach")
def reach(result):
    return []
"""


@pytest.fixture
def course(tmp_path):
    toy = tmp_path / "toy"
    toy.mkdir()
    (tmp_path / "course.toml").write_text('format_version = 1\norder = ["toy"]\n[title]\nen = "c"\n', "utf-8")
    for name, text in {"lesson.toml": TOML, "en.md": PAGES, "zh.md": PAGES, "lesson.py": CODE}.items():
        (toy / name).write_text(text, "utf-8")
    return tmp_path


def test_a_lesson_without_mistakes_is_proved(course):
    proof = prove_pages(find_course(course).lesson("toy"))
    assert (proof.status, proof.message, proof.value) == ("proved", "", "2 pages")


MISTAKES = {
    "en.md, line 12: unknown directive 'predikt'; there are stage": ("en.md", "nnlab predict", "nnlab predikt"),
    "en.md, line 5: no view 'hear'; did you mean 'here'": ("en.md", '"here"]', '"hear"]'),
    "zh.md, line 5: no experiment 'fal'; did you mean 'fall'": ("zh.md", 'experiment = "fall"', 'experiment = "fal"'),
    "en.md, line 5: no knob 'rat'; did you mean 'rate'": ("en.md", "rate = 0.5", "rat = 0.5"),
    "en.md, line 34: rate is 7.0, but it must be a number from 0 to 1": ("en.md", "rate = 0.1", "rate = 7.0"),
    "en.md, line 3: no claim 'fals'; did you mean 'falls'": ("en.md", "[claim:falls]", "[claim:fals]"),
    "en.md, line 12: no metric 'los'; did you mean 'loss'": ("en.md", 'metric = "loss"', 'metric = "los"'),
    "en.md, line 12: lesson.toml has no [exercises.gues]; add it": ("en.md", 'id = "guess"', 'id = "gues"'),
    "en.md, line 28: 'reach' is a goal exercise in lesson.toml, but a code here": ("en.md", "nnlab goal", "nnlab code"),
    "zh.md has the pages one, but lesson.toml lists one, two.": ("zh.md", "# Two {#two}", "## Two"),
    "zh.md, line 28: this goal of the page 'two' is not the one of en.md": ("zh.md", '["a", "b"]', '["a"]'),
    "zh.md: the page 'one' has stage, predict, but en.md has prose, stage": ("zh.md", "It falls. [claim:falls]", ""),
    "en.md, line 22: the page id 'one' is used twice.": ("en.md", "{#two}", "{#one}"),
    "lesson.toml: the claim 'falls' is on no page; add [claim:falls]": ("*.md", " [claim:falls]", ""),
    "the view 'here' of the experiment 'fall' is drawn as 'bar': no plot kind": ("lesson.py", '"bars"', '"bar"'),
    "shows 'her', which is no probe; there are here.": ("lesson.py", '"bars", "here"', '"bars", "her"'),
    "stays empty: a bars draws none of the arrays of 'here'": ("lesson.py", '{"values":', '{"value":'),
    "lesson.py, line 17: KeyError: 'y' (the view 'here' of": ("lesson.py", 'np.array([state["x"]])', 'state["y"]'),
    "lesson.py, line 15: NameError: name 'nq' is not defined (the experiment": (
        "lesson.py",
        "np.asarray",
        "nq.asarray",
    ),
}


@pytest.mark.parametrize("sentence", MISTAKES)
def test_a_mistake_is_told_with_its_place(course, sentence):
    files, old, new = MISTAKES[sentence]
    for path in (course / "toy").glob(files):
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
    proof = prove_pages(find_course(course).lesson("toy"))
    assert proof.status == "failed"
    assert re.search(re.escape(sentence), proof.message), proof.message


def test_the_smallest_lesson_works_as_it_is_printed(course):
    text = (Path(__file__).parent.parent / "CONTRIBUTING.md").read_text("utf-8")
    start = text.index('    @experiment("fit")')
    printed = textwrap.dedent(text[start : text.index("`engine` and `nn` come from", start)])
    names = "Knob, Verdict, View, claim, experiment, supervised"
    code = "import numpy as np\nfrom nnlab import engine, nn\nfrom nnlab.data import dataset\n"
    code += f"from nnlab.lab.authoring import {names}\n"
    toy = course / "toy"
    (toy / "lesson.py").write_text(f"{code}\n\n{printed}", "utf-8")
    first, last = text.index("    format_version = 1"), text.index("Its page, in `en.md`")
    (toy / "lesson.toml").write_text(textwrap.dedent(text[first:last]), "utf-8")
    page = '# First {#first}\n\nTrue. [claim:unseen-is-harder]\n\n```nnlab stage\nexperiment = "fit"\n```\n'
    for language in ("en", "zh"):
        (toy / f"{language}.md").write_text(page, "utf-8")
    lesson = find_course(course).lesson("toy")
    assert prove_pages(lesson).message == ""
    proof = checks.prove(load(lesson), "unseen-is-harder")
    assert (proof.status, proof.message) == ("proved", "")
