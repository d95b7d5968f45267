"""What commands have in common that take an experiment: reading its name and its knobs."""

from nnlab.lab.course import Course
from nnlab.lab.data_files import UserData
from nnlab.lab.errors import UsageError
from nnlab.lab.lesson import LoadedLesson, load


def choose_experiment(course: Course, name: str, own: UserData | None) -> tuple[LoadedLesson, str]:
    """Load the lesson that LESSON[/EXPERIMENT] names; without an experiment take its first, or the first for `own`."""
    slug, _, experiment = name.partition("/")
    lesson = course.lesson(slug)
    loaded = load(lesson)
    if not experiment:
        if not lesson.experiments:
            raise UsageError(f"the lesson {slug} has no experiment to run.")
        experiment = lesson.experiments[0] if own is None else loaded.experiment_for(own)
    return loaded, experiment


def assignment(text: str) -> tuple[str, str]:
    """Read KNOB=VALUE. Raises UsageError."""
    knob, sign, value = text.partition("=")
    if not (sign and knob):
        raise UsageError(f"--set {text!r} has no '='; write it as KNOB=VALUE, for instance --set hidden=4.")
    return knob.strip(), value.strip()
