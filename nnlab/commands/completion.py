"""`nnlab completion`, and what the shell offers: lessons, experiments, knobs and kept runs.

Names are read from TOML and folders: no lesson's code runs and NumPy is not imported, for a key must not wait. Knobs
alone are asked of the experiment itself.
"""

import os
from pathlib import Path

import click
from click.shell_completion import CompletionItem, get_completion_class

from nnlab.lab.course import WORKBENCH, Course, find_course
from nnlab.lab.errors import NnlabError
from nnlab.lab.paths import all_paths

VARIABLE = "_NNLAB_COMPLETE"
_BASH_RETURN = "    return 0\n"
_BASH_NO_SPACE = "    [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[=/] ]] && compopt -o nospace\n"


def print_script(shell: str, program: click.Command) -> int:
    """Print the completion script of a shell."""
    found = get_completion_class(shell)
    assert found is not None
    source = found(program, {}, "nnlab", VARIABLE).source()
    if shell == "bash":  # a value follows at once, so no blank behind KNOB=
        source = source.replace(_BASH_RETURN, _BASH_NO_SPACE + _BASH_RETURN)
    click.echo(source)
    return 0


def experiments(context: click.Context, incomplete: str) -> list[CompletionItem]:
    """Offer LESSON/EXPERIMENT."""
    course = _course(context)
    if course is None:
        return []
    names = []
    for slug in (*course.slugs, WORKBENCH):
        try:
            lesson = course.lesson(slug)
        except NnlabError:
            continue
        names += [(f"{slug}/{experiment}", lesson.title("en")) for experiment in lesson.experiments]
    return [CompletionItem(name, help=title) for name, title in names if name.startswith(incomplete)]


def lessons(context: click.Context, incomplete: str) -> list[CompletionItem]:
    """Offer lessons."""
    course = _course(context)
    return [CompletionItem(slug) for slug in (course.slugs if course else ()) if slug.startswith(incomplete)]


def knobs(context: click.Context, incomplete: str) -> list[CompletionItem]:
    """Offer the experiment's knobs as KNOB=, and the choices of one that has some.

    Only the bundled lessons are opened for it; of others, which were not asked for trust, nothing runs.
    """
    course = _course(context)
    if course is None or not course.is_bundled:
        return []
    # An option that still waits for its value keeps click from reading the arguments, so the line is searched instead.
    words = os.environ.get("COMP_WORDS", "").split()
    name = next((word for word in words if word.partition("/")[0] in (*course.slugs, WORKBENCH)), "")
    from nnlab.commands.choosing import choose_experiment  # with NumPy: a quarter of a second

    try:
        loaded, experiment = choose_experiment(course, name, None)
        known = {knob.name: knob for knob in loaded.experiment(experiment).knobs}
    except NnlabError:
        return []
    knob, sign, value = incomplete.partition("=")
    if sign and knob in known:
        return [CompletionItem(f"{knob}={choice}") for choice in known[knob].choices if choice.startswith(value)]
    return [CompletionItem(f"{name}=", help=known[name].describe()) for name in known if name.startswith(incomplete)]


def kept_runs(context: click.Context, incomplete: str) -> list[CompletionItem]:
    """Offer the ids of kept runs, the newest first, and folders."""
    folder = all_paths()["runs"]
    try:
        ids = [name for name in os.listdir(folder) if not name.startswith(".") and name.startswith(incomplete)]
        ids = [name for name in ids if (folder / name / "run.json").is_file()]
        ids.sort(key=lambda name: (folder / name).stat().st_mtime, reverse=True)
    except OSError:
        ids = []
    return [CompletionItem(name) for name in ids] or [CompletionItem(incomplete, type="dir")]


def _course(context: click.Context) -> Course | None:
    """Open the course that the line names so far; None where there is none."""
    step: click.Context | None = context
    folder = None
    while step is not None and folder is None:
        folder, step = step.params.get("lessons"), step.parent
    try:
        return find_course(Path(folder) if folder else None)
    except NnlabError:
        return None
