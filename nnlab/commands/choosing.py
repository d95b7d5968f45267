"""What commands have in common: reading the name of an experiment and its knobs, taking up a kept run."""

from dataclasses import dataclass
from pathlib import Path

from nnlab.commands.courses import open_course
from nnlab.lab import code_files, data_files, devices, record
from nnlab.lab.course import Course, Lesson
from nnlab.lab.data_files import UserData
from nnlab.lab.errors import UsageError
from nnlab.lab.events import Ended
from nnlab.lab.experiment import Experiment
from nnlab.lab.headless import make_settings
from nnlab.lab.history import History
from nnlab.lab.lesson import LoadedLesson, load
from nnlab.lab.settings import Settings


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


@dataclass(frozen=True, slots=True)
class KeptRun:
    """A kept run with its experiment, ready to be made once more."""

    folder: Path
    settings: Settings
    end: Ended | None
    """Where it was ended from outside."""
    experiment: Experiment
    lesson: Lesson


def take_up(run: str, lessons: Path | None, *, is_trusted: bool) -> KeptRun:
    """Load the experiment of a kept run, by id, label or folder.

    lessons: its course, where that is not the one that the history names. Raises UsageError.
    """
    history = History()
    folder = history.path(run)
    settings = record.read_settings(folder)
    devices.resolve(settings.device)
    code = record.read_code(folder, settings)
    if code and not (is_trusted or code_files.is_kept(settings.code)):
        raise UsageError(
            f"this run used code that was never tried here; read {folder / record.CODE_FILE}, then give --trust."
        )
    if lessons is None and folder.parent == history.folder and history.find(folder.name).course:
        lessons = Path(history.find(folder.name).course)
    loaded = load(open_course(lessons, is_trusted=is_trusted).lesson(settings.lesson))
    data = data_files.find(settings.data) if settings.data else None
    experiment, _ = make_settings(loaded, settings.experiment, {}, code=code, data=data)
    return KeptRun(folder, settings, record.read_end(folder), experiment, loaded.lesson)


def assignment(text: str) -> tuple[str, str]:
    """Read KNOB=VALUE. Raises UsageError."""
    knob, sign, value = text.partition("=")
    if not (sign and knob):
        raise UsageError(f"--set {text!r} has no '='; write it as KNOB=VALUE, for instance --set hidden=4.")
    return knob.strip(), value.strip()
