"""Preferences: theme, language, glyphs and motion, kept between sessions."""

from pathlib import Path
from typing import Literal

import msgspec

from nnlab.lab import files

MAX_BYTES = 10_000


class Preferences(msgspec.Struct):
    """What the user chose; None: as the terminal and the locale say."""

    theme: Literal["dark", "light"] | None = None
    language: Literal["en", "zh"] | None = None
    glyphs: Literal["braille", "ascii"] | None = None
    reduced_motion: bool = False


def read(path: Path) -> tuple[Preferences, str]:
    """Read the preferences, and a notice for the user ("" when all is well). A damaged file is moved aside."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise msgspec.DecodeError("too long")
        return msgspec.toml.decode(path.read_bytes(), type=Preferences), ""
    except FileNotFoundError:
        return Preferences(), ""
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Preferences(), f"The settings file was damaged. It is kept as {files.move_aside(path).name}."
    except OSError:
        return Preferences(), ""


def write(path: Path, preferences: Preferences) -> None:
    """Keep the preferences. A folder that cannot be written costs them, never the session."""
    chosen = {name: value for name, value in msgspec.structs.asdict(preferences).items() if value is not None}
    try:
        files.write_atomically(path, msgspec.toml.encode(chosen))
    except OSError:
        return
