"""The error of a line that was typed: it knows its place, so that a screen can point there."""

from nnlab.lab.errors import UsageError


class LineError(UsageError):
    """A typed line that cannot be read or does not fit; `place` counts characters from 0."""

    def __init__(self, what: str, line: str, place: int, sentence: str) -> None:
        """what: which line it is ("layers"). sentence: what is wrong and what to do."""
        self.place = place
        shown = line[max(0, place - 20) : place + 20].strip()
        self.sentence = sentence
        super().__init__(f"{what}, character {place + 1} (at {shown!r}): {sentence}")
