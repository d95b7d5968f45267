"""The learner's own editor: $VISUAL or $EDITOR on the terminal, while the screen is put aside."""

import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from textual.app import App, SuspendNotSupported

FALLBACKS = ("nano", "vim", "vi")


def editor_command(environment: Mapping[str, str]) -> list[str]:
    """Return the command of the learner's editor; empty when there is none."""
    for variable in ("VISUAL", "EDITOR"):
        try:
            words = shlex.split(environment.get(variable, ""))
        except ValueError:  # a quotation mark that is never closed
            continue
        if words and shutil.which(words[0]):
            return words
    return next(([name] for name in FALLBACKS if shutil.which(name)), [])


def edit(app: App[object], path: Path) -> str:
    """Open the file and wait until the editor is closed; return what went wrong, empty when nothing did."""
    command = editor_command(os.environ)
    if not command:
        return "none"
    trouble = ""

    def leave_it_to_the_editor(number: int, frame: FrameType | None) -> None:
        """ctrl+c in the editor reaches this process too."""

    try:
        with app.suspend():
            before = signal.signal(signal.SIGINT, leave_it_to_the_editor)
            try:
                subprocess.run([*command, str(path)], check=False)
            except OSError as error:  # raised inside `suspend` it would leave the app without a terminal
                trouble = f"{command[0]}: {error.strerror}"
            finally:
                signal.signal(signal.SIGINT, before)
    except SuspendNotSupported:
        trouble = "suspend"
    return trouble
