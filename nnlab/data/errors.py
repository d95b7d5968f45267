"""What is raised when data cannot be made, read, fetched or divided as asked.

DataError
├── DataFileError
└── DownloadError
"""

from nnlab.reasons import Reason


class DataError(ValueError):
    """A data set that does not exist, or a size, noise or share that does not fit."""

    def __init__(self, message: str | Reason = "") -> None:
        """message: the sentence in English, or the reason that says it in every language."""
        super().__init__(str(message))
        self.reason = message if isinstance(message, Reason) else None


class DataFileError(DataError):
    """A file that is missing, damaged or of another kind; the message names the file and, inside it, the byte."""


class DownloadError(DataError):
    """A file that did not arrive whole: no network, an address that refuses, or bytes with another checksum."""
