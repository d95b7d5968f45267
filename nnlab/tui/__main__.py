"""The process of the screen, started by the guardian: `python -m nnlab.tui [--lessons DIR] [--ascii]`."""

import gc
import os
import sys
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Open the lab on this terminal and return its exit code."""
    gc.disable()
    try:
        from nnlab.tui.guardian import child_setup
    except ImportError:
        pass
    else:
        child_setup()
    from nnlab.tui import terminal

    is_ascii = "--ascii" in arguments
    folder = Path(arguments[arguments.index("--lessons") + 1]) if "--lessons" in arguments else None
    found = terminal.current(is_ascii=is_ascii)
    os.environ["TEXTUAL_COLOR_SYSTEM"] = terminal.textual_color_system(found.depth)
    os.environ["TEXTUAL_ANIMATIONS"] = "none"
    from nnlab.lab.course import find_course
    from nnlab.tui.app import AppOptions, run_app

    options = AppOptions(found, terminal.locale_language(os.environ), terminal.locale_theme(os.environ))
    return run_app(find_course(folder), options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
