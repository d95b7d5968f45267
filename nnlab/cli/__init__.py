"""The command line: parses, and calls the lab or opens the screen."""

from nnlab.cli.program import guarded, main

__all__ = ["guarded", "main"]
