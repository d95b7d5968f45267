"""A shell line in rows: broken between its words alone, so that the rows together are the same command."""

import shlex

from rich.cells import cell_len

MORE = " \\"
INDENT = "  "


def shell_rows(line: str, width: int) -> list[str]:
    """Break a line, as `shlex.join` writes it, into rows of at most `width` cells; a longer word has a row alone.

    Every row but the last ends in a backslash, every one but the first is indented: pasted, they are the line.
    """
    rows: list[str] = []
    row = ""
    for word in _pieces(line, width - len(INDENT) - len(MORE)):
        if row.strip() and cell_len(row) + 1 + cell_len(word) + len(MORE) > width:
            rows.append(row + MORE)
            row = INDENT + word
        else:
            row = f"{row} {word}" if row else word
    return [*rows, row]


def _pieces(line: str, width: int) -> list[str]:
    """Return the words, an option together with its value where both have room in a row."""
    pieces: list[str] = []
    for word in _words(line):
        before = pieces[-1] if pieces else ""
        is_value = before.startswith("--") and " " not in before and not word.startswith("--")
        if is_value and cell_len(before) + 1 + cell_len(word) <= width:
            pieces[-1] = f"{before} {word}"
        else:
            pieces.append(word)
    return pieces


def _words(line: str) -> list[str]:
    """Return the words as they are written in the line; all of it where it was not written by `shlex.join`."""
    try:
        words = [shlex.quote(word) for word in shlex.split(line)]
    except ValueError:  # a quotation is open
        return [line]
    return words if " ".join(words) == line else [line]
