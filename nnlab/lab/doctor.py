"""Doctor: what this installation finds on this machine, each as a line with what to do when it is amiss."""

import importlib.metadata
import os
import platform
import sys
from dataclasses import dataclass

from nnlab import __version__


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    name: str
    state: str
    """"ok", "note" (works, could be better) or "bad"."""
    text: str


def examine() -> list[Finding]:
    """Look at Python, libraries, course, terminal and GPU."""
    return [
        Finding(
            "nnlab",
            "ok",
            f"{__version__} on Python {platform.python_version()}, {platform.system()} {platform.machine()}",
        ),
        *_libraries(),
        _course(),
        _terminal(),
        _processor(),
        _gpu(),
    ]


def _libraries() -> list[Finding]:
    names = ("numpy", "textual", "array-api-compat", "msgspec", "safetensors")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    found = [Finding("libraries", "ok", versions)]
    wheels = [d.metadata["Name"] for d in importlib.metadata.distributions() if d.metadata["Name"].startswith("cupy")]
    if len(wheels) > 1:
        found.append(
            Finding("cupy", "bad", f"{' and '.join(sorted(wheels))} are both installed; uninstall all but one.")
        )
    return found


def _course() -> Finding:
    from nnlab.lab.course import find_course
    from nnlab.lab.errors import NnlabError

    try:
        course = find_course()
        lessons = course.lessons()
    except NnlabError as error:
        return Finding("course", "bad", str(error))
    return Finding("course", "ok", f"{len(lessons)} lessons in {course.folder}")


def _terminal() -> Finding:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return Finding("terminal", "note", "none here; the lab needs one, `nnlab run` and `nnlab test` do not")
    size = os.get_terminal_size()
    colours = os.environ.get("COLORTERM") or os.environ.get("TERM", "unknown")
    state = "ok" if size.columns >= 80 and size.lines >= 24 else "note"
    return Finding("terminal", state, f"{size.columns}x{size.lines}, {colours}, {sys.stdout.encoding}")


def _processor() -> Finding:
    return Finding(
        "processor", "ok", f"{os.cpu_count()} cores; runs use one BLAS thread unless --blas-threads says otherwise"
    )


def _gpu() -> Finding:
    from nnlab.lab.devices import missing_reason

    reason = missing_reason()
    if reason is None:
        return Finding("gpu", "ok", "CUDA answers through CuPy; use --device cuda")
    return Finding("gpu", "note", f"none, so everything runs on the CPU: {reason}")
