"""The process of the screen, started by the guardian: `python -m nnlab.tui [--lessons DIR] [--ascii]`."""

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnlab.lab.course import Course
    from nnlab.tui.options import AppOptions


def main(arguments: list[str]) -> int:
    """Open the lab on this terminal and return its exit code."""
    gc.disable()
    from nnlab.tui.guardian import child_setup

    child_setup()
    from nnlab.tui import terminal

    is_ascii = "--ascii" in arguments
    folder = Path(arguments[arguments.index("--lessons") + 1]) if "--lessons" in arguments else None
    found = terminal.current(is_ascii=is_ascii)
    os.environ["TEXTUAL_COLOR_SYSTEM"] = terminal.textual_color_system(found.depth)
    os.environ["TEXTUAL_ANIMATIONS"] = "none"
    from nnlab.lab.course import find_course
    from nnlab.tui.options import AppOptions

    options = AppOptions(found, terminal.locale_language(os.environ), terminal.locale_theme(os.environ))
    return run_app(find_course(folder), options)


def run_app(course: "Course", options: "AppOptions") -> int:
    """Run the app and return the exit code: 70 after a crash, with a report, since Textual itself exits 0 then."""
    from nnlab.tui.app import LabApp

    app = LabApp(course, options)
    code = app.run()
    error: Any = app._exception
    if error is not None:
        from nnlab.lab.reports import write_report

        sys.stderr.write(f"nnlab: internal error, {type(error).__name__}: {error}. Report: {write_report(error)}\n")
        return 70
    return code if code is not None else app.return_code or 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
