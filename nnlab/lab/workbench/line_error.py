"""The error of a line that was typed: it knows its place, so that a screen can point there."""

from nnlab.lab.errors import UsageError
from nnlab.reasons import Reason


class LineError(UsageError):
    """A typed line that cannot be read or does not fit; `place` counts characters from 0."""

    def __init__(self, what: str, line: str, place: int, reason: Reason) -> None:
        """what: which line it is ("layers"). reason: what is wrong and what to do."""
        self.place = place
        super().__init__(reason.at(what, line, place))
