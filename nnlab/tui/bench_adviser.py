"""What the workbench's form is told: completions of paths, columns and layers, and what is wrong with a line."""

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from nnlab.data.kinds import KINDS, Kind
from nnlab.data.preview import column_note
from nnlab.data.table import Table
from nnlab.lab.errors import UsageError
from nnlab.lab.experiment import ExperimentCard, NetworkSizes
from nnlab.lab.knobs import Knob, KnobValue
from nnlab.lab.settings import Settings
from nnlab.lab.workbench import completion
from nnlab.lab.workbench.line_error import LineError
from nnlab.lab.workbench.network import describe, shape_of
from nnlab.tui.bench_form import section_of, values_of
from nnlab.tui.form_advice import Advice, Candidate
from nnlab.tui.line_edit import LineEdit
from nnlab.tui.refusals import told
from nnlab.tui.speech import Speech

MOST = 50
AMOUNTS = ("noise", "samples", "scaling", "split", "length")
"""Settings of the data that do not change what goes into a network and comes out."""
DATA_SUFFIXES = (".csv", ".tsv", ".tab", ".data", ".dat", ".npz", ".txt", ".gz", ".idx", "-ubyte")


class BenchAdviser:
    """Knows the experiment's kind of data, the columns of the user's table and the network on the stage."""

    def __init__(self) -> None:
        self.kind: Kind = "table"
        self.table: Table | None = None
        """First rows of the user's table."""
        self.parameters = 0
        """Numbers that the network on the stage learns; 0 while not known."""
        self._experiment = ""
        self._staged: NetworkSizes | None = None
        """Of the network on the stage; `_staged_by` are the settings of its data."""
        self._staged_by: dict[str, KnobValue] = {}

    def take_run(self, experiment: str, card: ExperimentCard, settings: Settings) -> None:
        """A run is on the stage: what kind of data it learns from, and what its network takes and answers with."""
        self.kind = experiment if experiment in KINDS else "table"
        self._experiment, self._staged, self._staged_by = experiment, card.sizes, data_of(values_of(settings))
        self.parameters = 0
        if card.sizes is not None:
            layers = describe(str(settings.knobs["layers"]), shape_of(card.sizes), card.sizes.outputs)
            self.parameters = sum(layer.parameters for layer in layers)

    def take_network(self, observation: Mapping[str, Any]) -> None:
        """Count what a lesson's network on the stage learns, whose layers are not typed."""
        if self._staged is None:
            learned = [array.shape for name, array in observation.items() if name.startswith(("weights", "bias"))]
            self.parameters = sum(math.prod(shape[-2:]) if len(shape) > 1 else shape[-1] for shape in learned)

    def sizes(self, values: Mapping[str, KnobValue]) -> NetworkSizes | None:
        """Return what a line of layers has to fit with the form's values; None while only a run could tell."""
        if self._staged is None:
            return None
        if (data := data_of(values)) == self._staged_by:
            return self._staged
        if values.get("file"):
            is_same = {**data, "features": ""} == {**self._staged_by, "features": ""}
            try:
                names, is_all = self._features(str(values.get("features", "")), values) if is_same else ((), False)
            except UsageError:
                return None
            return replace(self._staged, input=(len(names),)) if is_all else None
        from nnlab.lab.workbench.sizes import own_sizes  # 100 ms that only a form whose data were changed needs

        return own_sizes(self._experiment, values)

    def _features(self, line: str, values: Mapping[str, KnobValue]) -> tuple[tuple[str, ...], bool]:
        """Return (the features that a line makes, whether these are all); raises UsageError where it cannot."""
        from nnlab.lab.workbench import point_sets, tables  # what a form whose features are left alone does not need

        if not values.get("file"):
            return point_sets.feature_names(line), True
        if self.table is None:
            return (), False
        return tables.features_in_head(self.table, line, str(values.get("target", "")))

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

    def advise(
        self, knob: Knob, text: str, values: Mapping[str, KnobValue], speech: Speech, *, is_typing: bool
    ) -> Advice:
        """Return what is to be said of a text, applied or under edit, where the form holds `values`."""
        if knob.check == "layers":
            return _advise_layers(text, self.sizes(values), speech)
        if knob.check == "features":
            return self._advise_features(text, values, speech)
        if knob.check == "formula" and values.get("source") == "formula":
            return _advise_formula(text, values, speech)
        if knob.name == "file" and self.table is not None and text and not is_typing:
            return Advice(lines=(speech.say("bench.columns", count=len(self.table.names)), ", ".join(self.table.names)))
        return Advice()

    def _advise_features(self, text: str, values: Mapping[str, KnobValue], speech: Speech) -> Advice:
        try:
            names, is_all = self._features(text, values)
        except UsageError as error:
            return Advice(error=told(error, speech))
        return Advice(f"→ {len(names)}") if is_all else Advice()


def _advise_formula(text: str, values: Mapping[str, KnobValue], speech: Speech) -> Advice:
    from nnlab.lab.workbench import point_sets  # as for features

    try:
        point_sets.classes_of({**values, "formula": text})
    except UsageError as error:
        return Advice(error=told(error, speech))
    return Advice()


def _advise_layers(text: str, sizes: NetworkSizes | None, speech: Speech) -> Advice:
    """Return the shapes on the way through the network that a line tells of, or where and why it does not fit."""
    if sizes is None:
        return Advice()
    try:
        layers = describe(text, shape_of(sizes), sizes.outputs)
    except LineError as error:
        return Advice(error=told(error, speech))
    shapes = [sizes.input or (sizes.words,)]
    for layer in layers:
        if layer.parameters or layer.output != shapes[-1]:
            shapes.append(layer.output)
    said = " → ".join("x".join(map(str, shape)) for shape in shapes)
    note = speech.say("bench.parameters", count=f"{sum(layer.parameters for layer in layers):,}")
    return Advice(note, (f"{said}   {note}",))


def data_of(values: Mapping[str, KnobValue]) -> dict[str, KnobValue]:
    """Return the values that a network's inputs and outputs depend on: those of the data that are no mere amounts."""
    return {name: value for name, value in values.items() if section_of(name) == "data" and name not in AMOUNTS}


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
