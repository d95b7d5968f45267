"""What a lesson's code imports: the public names of the lab under one roof."""

from nnlab.lab.data_files import UserData
from nnlab.lab.events import Change
from nnlab.lab.experiment import Experiment
from nnlab.lab.faults import CodeError, returned
from nnlab.lab.headless import Result
from nnlab.lab.knobs import Knob
from nnlab.lab.lesson import claim, code, experiment, goal
from nnlab.lab.streams import Stream, Streams
from nnlab.lab.supervised import Supervised, by_knobs, supervised
from nnlab.lab.verdicts import Check, Score, Verdict
from nnlab.lab.views import View

__all__ = [
    "Change",
    "Check",
    "CodeError",
    "Experiment",
    "Knob",
    "Result",
    "Score",
    "Stream",
    "Streams",
    "Supervised",
    "UserData",
    "Verdict",
    "View",
    "by_knobs",
    "claim",
    "code",
    "experiment",
    "goal",
    "returned",
    "supervised",
]
