"""A lesson with a code exercise, and what a learner does there."""

from pathlib import Path

from nnlab.tui.widgets.code_pane import CodePane
from tests.lab.trainer_course import START, write_course
from tests.tui.waiting import until

PAGE = """# Downhill {#downhill}

Write it.

```nnlab stage
experiment = "walk"
```

```nnlab code
id = "downhill"
text = "Write the step."
hints = ["first hint", "second hint", "third hint"]
```

# Elsewhere {#elsewhere}

Nothing to write.

```nnlab stage
experiment = "walk"
[set]
size = 5
```
"""


def write_exercise(folder: Path) -> Path:
    """Write a course whose lesson has a page with the exercise and one without."""
    write_course(folder)
    toml = folder / "toy" / "lesson.toml"
    toml.write_text(toml.read_text().replace("pages = []", 'pages = ["downhill", "elsewhere"]'))
    for language in ("en", "zh"):
        (folder / "toy" / f"{language}.md").write_text(PAGE, encoding="utf-8")
    (folder / "toy" / "exercises" / "downhill.zh.py").write_text(START.replace("Go downhill", "下坡"), encoding="utf-8")
    return folder


async def write(pilot, screen, text):
    """Open the editor and put this text there."""
    screen.action_edit()
    await until(pilot, lambda: screen.is_typing)
    screen.query_one(CodePane).editor.show(text)
    await until(pilot, lambda: screen.work.text == text)
