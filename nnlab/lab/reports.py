"""Reports: what is written when something fails that should not have."""

import platform
import sys
import time
import traceback
from pathlib import Path

from nnlab import __version__
from nnlab.lab import paths


def write_report(error: BaseException) -> Path:
    """Write the traceback, versions and command line of an internal error to a file, and return its path."""
    folder = paths.log_folder()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"report-{time.strftime('%Y%m%d-%H%M%S')}.txt"
    head = f"nnlab {__version__}\nPython {platform.python_version()} {platform.platform()}\ncommand {sys.argv}\n\n"
    path.write_text(head + "".join(traceback.format_exception(error)), encoding="utf-8")
    return path
