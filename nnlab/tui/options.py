"""Options: how the app was started, and the sizes at which its layout changes."""

from dataclasses import dataclass, field
from pathlib import Path

from nnlab.lab.paths import all_paths
from nnlab.tui.terminal import Terminal, ThemeName

SMALLEST = (40, 12)
"""Columns and rows below which nothing can be laid out."""
WIDTHS = [(0, "-tiny"), (40, "-narrow"), (80, "-medium"), (120, "-wide"), (150, "-huge")]
HEIGHTS = [(0, "-flat"), (12, "-low"), (20, "-short"), (36, "-middle"), (44, "-tall")]


@dataclass(slots=True)
class AppOptions:
    """How the app was started."""

    terminal: Terminal = field(default_factory=Terminal)
    language: str = "en"
    """The locale's; the user's choice goes first."""
    theme: ThemeName = "dark"
    settings: Path = field(default_factory=lambda: all_paths()["settings"])
    progress: Path = field(default_factory=lambda: all_paths()["progress"])
    is_live: bool = True
    """Train a network on the home screen."""
