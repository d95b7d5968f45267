"""The wire between the screen and a trainer process: the messages. As bytes they travel by nnlab.lab.framing."""

from collections.abc import Mapping

import msgspec

from nnlab.lab.events import Block, Change, Ended, Observation
from nnlab.lab.exercises import CodeResult
from nnlab.lab.experiment import ExperimentCard
from nnlab.lab.faults import Fault
from nnlab.lab.knobs import KnobValue
from nnlab.lab.settings import Settings
from nnlab.lab.verdicts import Check
from nnlab.reasons import Reason

PROTOCOL = 10
"""Counts up with every change of a message; both sides must have the same."""


# --- what the screen sends ------------------------------------------------------------------------------------------


class Start(msgspec.Struct, tag="start", frozen=True):
    """Build an experiment and train it. Answered by Started, Refused or Failed."""

    run: int
    """A number that the answers repeat, so that late frames of an earlier run can be told apart."""
    lessons: str
    """Folder of the course; empty for the bundled one."""
    lesson: str
    experiment: str
    knobs: Mapping[str, KnobValue] = {}
    """What differs from the defaults."""
    seed: int = 1
    seeds: int = 1
    steps: int | None = None
    """None: as many as the experiment says."""
    device: str = "cpu"
    """auto, cpu or cuda; when cuda is missing the run goes on with the CPU and Started.notice says so."""
    changes: tuple[tuple[int, Change], ...] = ()
    until_goal: bool = False
    max_seconds: float | None = None
    """End the run with status "limit" after so many seconds of training."""
    probes: tuple[str, ...] | None = None
    """What to observe; None: what the experiment's views draw."""
    is_paused: bool = False
    goals: tuple[str, ...] = ()
    """Goals of the lesson whose checks shall come with the frames; none do while a learner's code is in the run."""
    code: str = ""
    """Text of the learner's code that replaces ours; empty for ours."""
    data: str = ""
    """A file, or the content hash of data that was used before; empty for what the experiment has by itself."""
    keep: bool = False
    """Keep the run in the history when it ends, is replaced, or the screen closes. Answered by Kept."""


class CheckCode(msgspec.Struct, tag="check", frozen=True):
    """Check a learner's code against an exercise; the run stays. Answered by CodeChecked or Refused."""

    lessons: str
    """Folder of the course; empty for the bundled one."""
    lesson: str
    exercise: str
    text: str


class SetKnob(msgspec.Struct, tag="change", frozen=True):
    """Set a live knob before the next step."""

    change: Change


class Pause(msgspec.Struct, tag="pause", frozen=True):
    """Make no more steps until told."""


class Resume(msgspec.Struct, tag="resume", frozen=True):
    """Go on."""


class StepForward(msgspec.Struct, tag="step", frozen=True):
    """Pause, and make `count` steps."""

    count: int = 1
    changes: tuple[Change, ...] = ()
    """Live knobs for these steps alone; they go back afterwards."""


class StepBack(msgspec.Struct, tag="back", frozen=True):
    """Pause, and undo one step. Answered by Rewound."""


class Rewind(msgspec.Struct, tag="rewind", frozen=True):
    """Go to the very same initial weights. Answered by Rewound; whether steps are made stays as it is."""


class SetSpeed(msgspec.Struct, tag="speed", frozen=True):
    """Make so many steps a second."""

    steps_per_second: float | None = None
    """None: as many as the machine can."""


class Want(msgspec.Struct, tag="want", frozen=True):
    """Observe these probes from now on."""

    probes: tuple[str, ...]


class Ready(msgspec.Struct, tag="ready", frozen=True):
    """The last frame is painted: one more may come."""


class Stop(msgspec.Struct, tag="stop", frozen=True):
    """End the run as it stands, with status "stopped"; the process stays."""


Command = (
    Start | CheckCode | SetKnob | Pause | Resume | StepForward | StepBack | Rewind | SetSpeed | Want | Ready | Stop
)


# --- what the trainer answers ---------------------------------------------------------------------------------------


class Hello(msgspec.Struct, tag="hello", frozen=True):
    """The first message of a trainer."""

    protocol: int
    pid: int
    versions: Mapping[str, str]


class Started(msgspec.Struct, tag="started", frozen=True):
    """The run exists; step 0 is the initial weights."""

    run: int
    card: ExperimentCard
    settings: Settings
    notice: str = ""
    """A sentence for the user: the device that was asked for is missing."""


class Loading(msgspec.Struct, tag="loading", frozen=True):
    """A user's data is being read for a Start that is not answered yet."""

    run: int
    done: int
    """Bytes."""
    total: int


class Frame(msgspec.Struct, tag="frame", frozen=True):
    """All metrics since the last frame and, at most ten times a second, the newest observations."""

    run: int
    index: int
    """Steps made."""
    block: Block
    """Its count is 0 when no step was made since the last frame."""
    probes: Mapping[str, Observation]
    """Empty when the fields are not due."""
    steps_per_second: float
    """Over about the last second; NaN while no steps are made."""
    checks: Mapping[str, tuple[Check, ...]] = {}
    """Goal id -> its checks on the run as it stands; comes with the observations."""


class Rewound(msgspec.Struct, tag="rewound", frozen=True):
    """The run is at `step` again; what came after it never happened."""

    run: int
    step: int


class RunEnded(msgspec.Struct, tag="ended", frozen=True):
    """The run is over; the frame before this message held its last steps."""

    run: int
    ended: Ended


class Refused(msgspec.Struct, tag="refused", frozen=True):
    """A command did not fit (unknown knob or value); nothing has changed."""

    run: int
    command: str
    message: str
    reason: Reason | None = None
    """Set where every language can say the message."""
    card: ExperimentCard | None = None
    """Of a start whose data were refused: the experiment, so that its knobs can say how to take them."""
    settings: Settings | None = None
    """What that run would have been."""


class Failed(msgspec.Struct, tag="failed", frozen=True):
    """The lesson's code or the engine raised; the run is gone, the process waits for the next start."""

    run: int
    message: str
    traceback: str
    fault: Fault | None = None
    """Set when it was the learner's code in the run that raised."""


class CodeChecked(msgspec.Struct, tag="checked", frozen=True):
    """What a CheckCode came to."""

    result: CodeResult


class Kept(msgspec.Struct, tag="kept", frozen=True):
    """The run is in the history, as it stood when it ended or was left."""

    run: int
    id: str


Answer = Hello | Loading | Started | Frame | Rewound | RunEnded | Refused | Failed | CodeChecked | Kept
