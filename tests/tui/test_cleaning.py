"""Foreign text reaches the terminal as plain text, through every widget in use."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.widget import Widget

import nnlab.tui
from nnlab.tui.cleaning import clean, clean_line, content
from nnlab.tui.speech import Speech
from nnlab.tui.theme import make_theme, theme_id
from nnlab.tui.widgets.footer import Footer
from nnlab.tui.widgets.header import Header
from nnlab.tui.widgets.lesson_list import LessonList, LessonRow

EVIL = (
    "\x1b[31mred\x1b]52;c;cm0=\x07\x1b]0;title\x1b\\\x9b2J\x90q\x9c\u202eevil\u2066 [@click=app.leave]x[/] arr[i] [/]"
)
SEEN = "redevil [@click=app.leave]x[/] arr[i] [/]"


@pytest.mark.parametrize(
    ("dirty", "cleaned"),
    [
        (EVIL, SEEN),
        ("a\tb", "a   b"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("\x1b]52;c;unended payload", ""),
        ("\x1b(B\x1b=ok\x1bc", "ok"),
        ("ŷ = σ(w·x) 感知机", "ŷ = σ(w·x) 感知机"),
    ],
)
def test_clean_takes_out_sequences_and_keeps_words(dirty: str, cleaned: str) -> None:
    assert clean(dirty) == cleaned


@given(st.text())
def test_cleaned_text_holds_no_control_character_but_newline(text: str) -> None:
    assert all(c == "\n" or (ord(c) >= 32 and not 0x7F <= ord(c) <= 0x9F) for c in clean(text))


@given(st.text())
def test_clean_line_is_one_line(text: str) -> None:
    assert "\n" not in clean_line(text)


def test_content_never_reads_markup() -> None:
    made = content(["[bold]a[/bold]", ("[@click=app.leave]b[/]", "bold")])
    assert made.plain == "[bold]a[/bold][@click=app.leave]b[/]"
    assert [span.style for span in made.spans] == ["bold"]


def row(text: str) -> LessonRow:
    return LessonRow(text, text, text, (True, False), 0, 1, 1, text, "continue")


def header(text: str) -> Header:
    made = Header()
    made.trail = (text,)
    made.note = ""
    return made


class OneWidget(App[None]):
    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget
        self.register_theme(make_theme("dark"))
        self.theme = theme_id("dark")

    def compose(self) -> ComposeResult:
        yield self.widget


@pytest.mark.parametrize(
    "make", [header, lambda text: LessonList([row(text)] * 2), "footer"], ids=["header", "list", "footer"]
)
def test_widgets_show_foreign_text_as_plain_text(make, drive) -> None:
    widget = Footer() if make == "footer" else make(EVIL)
    app = OneWidget(widget)

    async def script(pilot) -> None:
        if make == "footer":
            widget.tell(Speech().content(EVIL))
        await pilot.pause()
        strips = app.screen._compositor.render_strips(app.size)
        text = "\n".join(strip.text for strip in strips)
        assert "arr[i] [/]" in text
        assert all(c == "\n" or c.isprintable() for c in text)
        assert not any("@click" in (segment.style.meta or {}) for strip in strips for segment in strip if segment.style)

    drive(app, script, (160, 24))


def test_an_evil_lesson_comes_out_clean_on_home_help_and_palette(make_app, course_folder: Path, drive, shown) -> None:
    lesson = course_folder / "perceptrons" / "lesson.toml"
    escaped = EVIL.encode("unicode_escape").decode().replace("\\x1b", "\\u001b").replace("\\x07", "\\u0007")
    escaped = escaped.replace("\\x9b", "\\u009b").replace("\\x90", "\\u0090").replace("\\x9c", "\\u009c")
    lesson.write_text(lesson.read_text(encoding="utf-8").replace("one neuron, one line", escaped), encoding="utf-8")
    app = make_app()

    async def script(pilot) -> None:
        for keys in ([], ["question_mark"], ["escape", "slash", *"perceptrons"]):
            await pilot.press(*keys)
            await pilot.pause()
            text = shown(app)
            assert all(c == "\n" or c.isprintable() for c in text), keys
            if keys != ["question_mark"]:
                assert "arr[i]" in text

    drive(app, script, (160, 48))


def test_no_module_hands_text_to_a_widget_that_reads_markup() -> None:
    """Static, Label, Button and notify take markup; the only way to them is content made by the cleaner."""
    forbidden = {"Static", "Label", "Button", "notify", "from_markup", "DataTable", "OptionList", "Select", "Tree"}
    found = []
    for path in Path(nnlab.tui.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                is_safe = (
                    node.args
                    and isinstance(node.args[0], ast.Call)
                    and ast.unparse(node.args[0].func).endswith("content")
                )
                if name in forbidden and node.args and not is_safe:
                    found.append(f"{path.name}:{node.lineno} {name}")
    assert found == []
