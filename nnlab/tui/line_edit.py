"""One line of text under edit: the text, its cursor, and the keys that move and change it. Knows no widget."""

from dataclasses import dataclass

from nnlab.tui.cleaning import clean_line


@dataclass(slots=True)
class LineEdit:
    """A text with a cursor before character `cursor`."""

    text: str = ""
    cursor: int = 0

    @classmethod
    def at_end(cls, text: str) -> "LineEdit":
        """Return an edit of `text` with the cursor behind it."""
        return cls(text, len(text))

    def insert(self, text: str) -> None:
        """Put text at the cursor; control characters of a paste are left out."""
        text = clean_line(text)
        self.text = self.text[: self.cursor] + text + self.text[self.cursor :]
        self.cursor += len(text)

    def press(self, key: str, character: str | None) -> bool:
        """Take up a key; False when it means nothing to a line of text."""
        text, at = self.text, self.cursor
        word = len(text[:at].rstrip().rpartition(" ")[0])
        moves = {"left": at - 1, "right": at + 1, "home": 0, "end": len(text), "ctrl+a": 0, "ctrl+e": len(text)}
        cuts = {
            "backspace": (at - 1, at),
            "delete": (at, at + 1),
            "ctrl+u": (0, at),
            "ctrl+k": (at, len(text)),
            "ctrl+w": (word, at),
        }
        if key in moves:
            self.cursor = max(0, min(len(text), moves[key]))
        elif key in cuts:
            start, end = max(0, cuts[key][0]), min(len(text), cuts[key][1])
            self.text, self.cursor = text[:start] + text[end:], start
        elif character is not None and character.isprintable():
            self.insert(character)
        else:
            return False
        return True
