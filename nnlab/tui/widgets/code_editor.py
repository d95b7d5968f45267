"""The code editor: Textual's text area in our colours, with indentation that follows the code."""

from rich.style import Style
from rich.text import Text
from textual import events
from textual.document._document import EditResult
from textual.document._edit import Edit
from textual.widgets import TextArea
from textual.widgets.text_area import TextAreaTheme

from nnlab.tui.cleaning import clean
from nnlab.tui.terminal import ThemeName
from nnlab.tui.theme import colours

INDENT = 4


def editor_theme(name: ThemeName) -> TextAreaTheme:
    """Return our palette as a theme of the text area: words by brightness, four kinds of token by a series colour."""
    role = colours(name)

    def style(colour: str, *, bold: bool = False, italic: bool = False) -> Style:
        return Style(color=role[colour], bold=bold, italic=italic)

    keyword, call = style("s4"), style("text")
    return TextAreaTheme(
        name=f"nnlab-{name}",
        base_style=Style(color=role["text"], bgcolor=role["surface"]),
        gutter_style=Style(color=role["faint"], bgcolor=role["surface"]),
        cursor_style=Style(color=role["background"], bgcolor=role["accent"]),
        cursor_line_style=Style(bgcolor=role["panel"]),
        cursor_line_gutter_style=Style(color=role["muted"], bgcolor=role["panel"]),
        bracket_matching_style=Style(bgcolor=role["line"], bold=True),
        selection_style=Style(bgcolor=role["accent-dim"]),
        syntax_styles={
            "keyword": keyword,
            "keyword.function": keyword,
            "keyword.return": keyword,
            "keyword.operator": keyword,
            "conditional": keyword,
            "repeat": keyword,
            "include": keyword,
            "exception": keyword,
            "string": style("s5"),
            "comment": style("muted", italic=True),
            "spell": style("muted"),
            "number": style("s2"),
            "float": style("s2"),
            "boolean": style("s2"),
            "constant.builtin": style("s2"),
            "function": style("strong", bold=True),
            "method": style("strong", bold=True),
            "function.call": call,
            "method.call": call,
            "function.builtin": style("s3"),
            "type.builtin": style("s3"),
        },
    )


class CodeEditor(TextArea):
    """A Python editor. Escape is left to the screen; what is typed or pasted is cleaned of control characters."""

    DEFAULT_CSS = "CodeEditor { border: none; padding: 0; &:focus { border: none; } }"

    def __init__(self, text: str = "", *, is_read_only: bool = False, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        self._faulty = 0
        super().__init__(
            clean(text),
            language="python",
            soft_wrap=False,
            tab_behavior="indent",
            show_line_numbers=True,
            read_only=is_read_only,
            compact=True,
            id=id,
        )
        self.cursor_blink = False
        self.indent_width = INDENT
        self.register_theme(editor_theme("dark"))
        self.register_theme(editor_theme("light"))
        self.theme = "nnlab-dark"

    def take_theme(self, name: ThemeName) -> None:
        """Take up another theme."""
        self.theme = f"nnlab-{name}"

    def show(self, text: str) -> None:
        """Show another text; what stood there before can be had back with undo."""
        text = clean(text)
        if text != self.text:
            place = self.cursor_location
            self.replace(text, self.document.start, self.document.end, maintain_selection_offset=False)
            self.move_cursor((min(place[0], self.document.line_count - 1), 0))

    def go_to_last_line(self) -> None:
        """Put the cursor to the last line that is not empty."""
        lines = self.document.lines
        last = max((row for row, line in enumerate(lines) if line.strip()), default=0)
        self.move_cursor((last, len(lines[last]) - len(lines[last].lstrip())))

    def on_resize(self) -> None:
        """Keep the cursor in view when the outcome below takes rows away."""
        self.scroll_cursor_visible()

    def mark(self, line: int) -> None:
        """Show that line, from 1, as faulty; 0 shows none."""
        if line != self._faulty:
            self._faulty = line
            self._line_cache.clear()
            self.refresh()

    def get_line(self, line_index: int) -> Text:
        """Return a line of the text, underlined when it is the faulty one."""
        line = super().get_line(line_index)
        if line_index + 1 == self._faulty:
            line.stylize(Style(underline=True, color=self.app.theme_variables["error"]))
        return line

    def edit(self, edit: Edit) -> EditResult:
        """Take up an edit, cleaned: a pasted escape sequence must not reach the terminal."""
        edit.text = clean(edit.text)
        return super().edit(edit)

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.prevent_default()  # the text area would move the focus; the screen closes the editor
        elif event.key == "enter" and not self.read_only:
            event.prevent_default()
            event.stop()
            self._break_line()

    def _break_line(self) -> None:
        """Start a line as deep as this one, deeper after a colon."""
        row, column = self.selection.start if self.selection.is_empty else min(self.selection.start, self.selection.end)
        before = self.document.get_line(row)[:column]
        indent = len(before) - len(before.lstrip(" "))
        if before.rstrip().endswith(":"):
            indent += INDENT
        self._replace_via_keyboard("\n" + " " * indent, *self.selection)
