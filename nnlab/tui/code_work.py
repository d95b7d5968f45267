"""The learner's work on a code exercise, as the page and the editor both show it. Nothing here runs the code."""

from pathlib import Path

from nnlab.lab import code_files
from nnlab.lab.course import Lesson
from nnlab.lab.errors import UsageError
from nnlab.lab.exercises import CodeResult
from nnlab.lab.faults import Fault
from nnlab.lab.learner_code import content_hash
from nnlab.lab.prose import Code
from nnlab.lab.verdicts import Check


class CodeWork:
    """One exercise under way: its text, what the checks said last, how many hints were taken."""

    def __init__(self, lesson: Lesson, exercise: Code, language: str, *, is_passed: bool) -> None:
        """Read the learner's file. `notice` says it when that cannot be read."""
        self.lesson = lesson
        self.exercise = exercise
        self.is_passed = is_passed
        self.language = language
        self.path: Path = code_files.learner_file(lesson, exercise.id)
        self.notice = ""
        self.hints_shown = 0
        self.shows_solution = False
        self.asked_for_solution = False
        self.is_checking = False
        self.in_run = ""
        """Content hash of the code in the run on the stage; empty while ours runs."""
        self._result: CodeResult | None = None
        self._run_fault: Fault | None = None
        self.text = self._read()
        self._saved = self.text
        """What the file holds, or would hold if there were one: it is not written again."""
        self._stamp = self._file_stamp()

    @property
    def id(self) -> str:
        """The exercise's id."""
        return self.exercise.id

    @property
    def checks(self) -> tuple[Check, ...]:
        """What the checks measured last; they may be of an earlier text."""
        return self._result.checks if self._result is not None else ()

    @property
    def fault(self) -> Fault | None:
        """What is wrong with the code: found by the checks, or by the run."""
        return self._run_fault or (self._result.fault if self._result is not None else None)

    @property
    def printed(self) -> str:
        """What the code printed while it was checked; foreign text."""
        return self._result.printed if self._result is not None else ""

    @property
    def passes(self) -> bool:
        """Whether the last check found all in order."""
        return self.fault is None and self._result is not None and self._result.passes

    @property
    def is_current(self) -> bool:
        """Whether the last check was of the text as it stands."""
        return self._result is not None and self._result.code == content_hash(self.text)

    @property
    def hash(self) -> str:
        """Content hash of the text as it stands."""
        return content_hash(self.text)

    @property
    def can_run(self) -> bool:
        """Whether there is code to switch to or from: in the run, or checked as it stands and without a fault."""
        return bool(self.in_run) or (self.is_current and self.fault is None)

    # --- what happens ---------------------------------------------------------------------------------------------

    def take(self, result: CodeResult) -> None:
        """Take up what the checks said."""
        self._result, self._run_fault, self.is_checking = result, None, False
        self.is_passed = self.is_passed or result.passes

    def take_run_fault(self, fault: Fault) -> None:
        """Take up that the code broke the run, or ended the trainer's process."""
        self._run_fault, self.is_checking = fault, False

    def begin_check(self) -> str:
        """Write the file, keep this version, and return the text to check."""
        self.write(self.text)
        code_files.keep(self.text)
        self._run_fault, self.is_checking = None, True
        return self.text

    def hint(self) -> bool:
        """Show one hint more; False when there is none left."""
        if self.hints_shown >= len(self.exercise.hints):
            return False
        self.hints_shown += 1
        return True

    def solution(self) -> str:
        """Return a right answer."""
        return code_files.solution(self.lesson, self.id)

    def starting_point(self) -> str:
        """Return what stood there first, in the learner's language."""
        return code_files.starting_point(self.lesson, self.id, self.language)

    # --- the file -------------------------------------------------------------------------------------------------

    def write(self, text: str) -> None:
        """Keep the text in the learner's file; a text that was never touched is not written."""
        self.text = text
        if text == self._saved:
            return
        try:
            if self.path.is_file() or text != self.starting_point():
                code_files.write_learner_code(self.lesson, self.id, text)
                self._saved = text
        except OSError as error:
            self.notice = f"{self.path}: {error.strerror}"
        self._stamp = self._file_stamp()

    def ensure_file(self) -> Path:
        """Write the file even if nothing was changed, for an editor of the learner's, and return its path."""
        code_files.write_learner_code(self.lesson, self.id, self.text)
        self._saved = self.text
        self._stamp = self._file_stamp()
        return self.path

    def reload(self) -> bool:
        """Read the file again if another program has changed it; return whether the text is another now."""
        stamp = self._file_stamp()
        if stamp is None or stamp == self._stamp:
            return False
        self._stamp = stamp
        before, self.text = self.text, self._read()
        self._saved = self.text
        return self.text != before

    def _read(self) -> str:
        try:
            self.notice = ""
            return code_files.learner_code(self.lesson, self.exercise.id, self.language)
        except UsageError as error:
            self.notice = str(error)
            return getattr(self, "text", "") or self.starting_point()

    def _file_stamp(self) -> tuple[int, int] | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size
