"""What the workbench's form is told: completions of paths, columns and layers, and what is wrong with a line."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nnlab.data.kinds import KINDS, Kind
from nnlab.data.preview import column_note
from nnlab.data.table import Table
from nnlab.lab.knobs import Knob
from nnlab.lab.workbench import completion
from nnlab.lab.workbench.line_error import LineError
from nnlab.lab.workbench.network import describe
from nnlab.tui.form_help import Advice, Candidate
from nnlab.tui.line_edit import LineEdit
from nnlab.tui.speech import Speech

MOST = 50
DATA_SUFFIXES = (".csv", ".tsv", ".tab", ".data", ".dat", ".npz", ".txt", ".gz", ".idx", "-ubyte")


class FormHelper:
    """Knows the experiment's kind of data, the columns of the user's table and the network on the stage."""

    def __init__(self) -> None:
        self.kind: Kind = "table"
        self.table: Table | None = None
        """First rows of the user's table."""
        self.inputs = 0
        """Numbers that the network on the stage takes; 0 while not known."""
        self.outputs: int | None = None
        self.parameters = 0
        """Numbers that the network on the stage learns; 0 while not known."""

    def take_experiment(self, experiment: str) -> None:
        """The experiment says what kind of data it learns from."""
        self.kind = experiment if experiment in KINDS else "table"

    def take_network(self, observation: Mapping[str, Any]) -> None:
        """Read from the network on the stage how many numbers go in and come out."""
        names = sorted((name for name in observation if name.startswith("weights")), key=lambda name: int(name[7:]))
        weights = sum(observation[name].shape[-2] * observation[name].shape[-1] for name in names)
        self.parameters = weights + sum(array.shape[-1] for name, array in observation.items() if name[:4] == "bias")
        if names:
            self.inputs = int(observation[names[0]].shape[-2])
            self.outputs = int(observation[names[-1]].shape[-1])

    # --- completion -------------------------------------------------------------------------------------------------

    def complete(self, knob: Knob, edit: LineEdit) -> Sequence[Candidate]:
        """Return what the text under edit may become."""
        if knob.name == "file":
            return complete_path(edit.text)
        if knob.check == "layers":
            found = completion.complete(edit.text, edit.cursor, self.kind)
            pairs = [(word, completion.insert(edit.text, found, word)) for word in found.words]
            return [Candidate(word, text, cursor) for word, (text, cursor) in pairs if text != edit.text]
        if self.table is not None and knob.name in ("target", "features"):
            return self._columns(edit, is_list=knob.name == "features")
        return []

    def _columns(self, edit: LineEdit, *, is_list: bool) -> list[Candidate]:
        assert self.table is not None
        start = edit.text.rfind(",", 0, edit.cursor) + 1 if is_list else 0
        typed = edit.text[start : edit.cursor].strip().lower()
        before = edit.text[:start] + (" " if start else "")
        found = []
        for name in self.table.names:
            if typed in name.lower() and name.lower() != typed:
                text = before + name + edit.text[edit.cursor :] if is_list else name
                found.append(Candidate(f"{name}   {column_note(self.table, name)}", text, len(before + name)))
        return found[:MOST]

    # --- advice -----------------------------------------------------------------------------------------------------

    def advise(self, knob: Knob, text: str, speech: Speech, *, is_typing: bool) -> Advice:
        """Return what is to be said of a text, applied or under edit."""
        if knob.check == "layers":
            return self._advise_layers(text, speech, is_typing=is_typing)
        if knob.name == "file" and self.table is not None and text and not is_typing:
            return Advice(lines=(speech.say("bench.columns", count=len(self.table.names)), ", ".join(self.table.names)))
        return Advice()

    def _advise_layers(self, text: str, speech: Speech, *, is_typing: bool) -> Advice:
        if not self.inputs or self.kind != "table":
            return Advice()
        try:
            layers = describe(text, (self.inputs,), self.outputs)
        except LineError as error:
            return Advice(error=error.sentence) if is_typing else Advice()
        total = sum(layer.parameters for layer in layers)
        shapes = [self.inputs, *(layer.output[-1] for layer in layers if layer.parameters)]
        said = " → ".join(str(size) for size in shapes)
        note = speech.say("bench.parameters", count=f"{total:,}")
        return Advice(note, (f"{said}   {note}",))


def complete_path(typed: str) -> list[Candidate]:
    """Return the folders and files that a path may become; data before other files, hidden ones only when asked for."""
    folder, _, beginning = typed.rpartition("/")
    place = Path(folder + "/" if folder or typed.startswith("/") else ".").expanduser()
    try:
        with os.scandir(place) as entries:
            found = [(entry.name, entry.is_dir()) for entry in entries]
    except OSError:
        return []
    fitting = [
        (name, is_folder)
        for name, is_folder in found
        if name.lower().startswith(beginning.lower()) and (not name.startswith(".") or beginning.startswith("."))
    ]
    fitting.sort(key=lambda one: (not (one[1] or one[0].lower().endswith(DATA_SUFFIXES)), not one[1], one[0].lower()))
    head = folder + "/" if folder or typed.startswith("/") else ""
    paths = [(name + "/" if is_folder else name) for name, is_folder in fitting[:MOST]]
    return [Candidate(name, head + name, len(head + name)) for name in paths if head + name != typed]
