"""A run under way, held in memory so that it can be kept wherever it ends, also after steps back and changed knobs."""

from dataclasses import replace

from nnlab.lab import record
from nnlab.lab.backlog import Backlog
from nnlab.lab.events import Block
from nnlab.lab.headless import Result
from nnlab.lab.history import History
from nnlab.lab.history_entry import HistoryEntry
from nnlab.lab.run import Run
from nnlab.lab.settings import Settings
from nnlab.lab.training import Training


class Recording:
    """What was observed of one run. `keep` writes it as a record that replays to the same bytes."""

    def __init__(self, settings: Settings, *, code: str = "", course: str = "") -> None:
        """code: text of the learner's code in the run. course: its folder, empty for the bundled one."""
        self.seconds = 0.0
        """Of training; pauses do not count."""
        self._settings = settings
        self._code, self._course = code, course
        self._blocks = Backlog()
        self._has_news = False

    def add(self, block: Block, seconds: float = 0.0) -> None:
        """Take up a block of steps that took so long."""
        self._blocks.add(block)
        self.seconds += seconds
        self._has_news = self._has_news or block.count > 0

    def cut(self, step: int) -> None:
        """Forget what came after `step`; at step 0 also what was measured there, since it comes again."""
        self._blocks.cut(step)
        self._has_news = step > 0

    def keep(self, training: Training, history: History) -> HistoryEntry | None:
        """Write the run as it stands into the history; None when it made no step, or none since it was last kept.

        A run that goes on is kept as one that was stopped here. Raises OSError when it cannot be written.
        """
        if not (self._has_news and training.index):
            return None
        block = self._blocks.joined()
        self._has_news = False
        coming = [scheduled for scheduled in self._settings.changes if scheduled[0] > training.index]
        run = Run(replace(self._settings, changes=(*block.applied, *coming)))
        run.fold(block)
        ended = training.ended or training.as_stopped()
        weights = training.experiment.weights
        parameters = weights(training.state) if weights is not None else {}
        result = Result(run, ended, self.seconds, parameters)
        with history.new_folder() as folder:
            writer = record.RecordWriter(folder, run.settings, self._code)
            writer.add(block)
            writer.finish(result)
            return history.keep(folder, self._course)
