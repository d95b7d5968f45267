"""The user's data on the workbench: a path typed, the file kept by its content, its columns offered."""

import asyncio
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from nnlab.data.preview import first_rows
from nnlab.lab import data_files
from nnlab.lab.errors import UsageError
from nnlab.lab.knobs import KnobValue
from nnlab.tui.bench_adviser import BenchAdviser
from nnlab.tui.bench_form import section_of
from nnlab.tui.form_advice import Advice, Candidate
from nnlab.tui.line_edit import LineEdit
from nnlab.tui.refusals import told
from nnlab.tui.screens.bench_drawing import RUN_NAMES
from nnlab.tui.screens.sweep_actions import SweepActions
from nnlab.tui.value_words import value_words


class DataActions(SweepActions):
    """The part of the workbench that opens data and helps to fill the form."""

    adviser: BenchAdviser
    file_names: dict[str, str]
    """Content hash -> what the file is called."""

    def form_changed(self, names: tuple[str, ...]) -> None:
        """Take up what was set; a file is looked at first."""
        if "file" in names:
            self.begin(partial(self.open_file, str(self.bench.form.values["file"])), "file")
        else:
            super().form_changed(names)

    def step_through(self, name: str | None) -> None:
        """Show what undo or redo came back to; data of another kind bring their own knobs back as they were."""
        form = self.bench.form
        file = str(form.values.get("file", ""))
        if name is None or self.session.run is None or file == self.data:
            super().step_through(name)
            return
        self.experiment = form.experiment
        kept = {knob: value for knob, value in form.restored.items() if section_of(knob) == "data" and knob != "file"}
        self.bench.show()
        self.begin(partial(self.open_file, file, settings=kept), "file")

    def load(self, values: Mapping[str, KnobValue], name: str) -> None:
        """Take settings into the form; those of a run on other data bring its data, and with them other knobs."""
        file = str(values.get("file", ""))
        if self.session.run is None or file == self.data:
            super().load(values, name)
            return
        kept = {knob: value for knob, value in values.items() if knob != "device"}
        self.bench.form.load(kept, name)
        self.tell(self.say("bench.loaded", name=name))
        own = {knob: value for knob, value in kept.items() if knob not in RUN_NAMES}
        self.begin(partial(self.open_file, file, settings=own, is_whole=True), "file")

    async def name_file(self, file: str) -> None:
        """Say what data used before are called and which columns they have. file: their hash."""
        try:
            await self._take_data(await asyncio.to_thread(data_files.find, file))
        except UsageError:
            return  # the trainer says so
        self.bench.show()

    async def _take_data(self, data: data_files.UserData) -> None:
        """Keep the name of data, and of a table its first rows."""
        self.file_names[data.hash] = data.name
        self.adviser.table = await asyncio.to_thread(first_rows, data.path) if data.kind == "table" else None

    async def open_file(
        self,
        name: str,
        *,
        is_paused: bool = True,
        settings: Mapping[str, KnobValue] | None = None,
        is_whole: bool = False,
    ) -> None:
        """Learn from a file, or from data used before, by its hash; an empty name brings the lab's own data back.

        is_paused: stand ready for it; else train at once. settings: of the data, in place of the defaults.
        is_whole: they are of the network and the training as well, where nothing that was set stays.
        """
        form, card = self.bench.form, self.card
        if card is None:
            return
        experiment = self.experiment
        if name:
            try:
                data = await asyncio.to_thread(data_files.find, str(Path(name).expanduser()))
            except UsageError as error:
                self.bench.refuse("file", told(error, self.speech).removeprefix("--data "))
                return
            if data.kind in self.lesson.experiments:
                experiment = data.kind
            elif data.kind not in card.data_kinds:
                kinds = ", ".join(card.data_kinds)
                self.bench.refuse("file", self.say("bench.other-kind", name=data.name, kind=data.kind, kinds=kinds))
                return
            form.values["file"] = data.hash
            await self._take_data(data)
        else:
            self.adviser.table = None
        self.experiment = experiment
        # The knobs of the data are others now; what was set of the network and the training stays where it can.
        kept = [
            knob
            for knob in card.knobs
            if section_of(knob.name) != "data" and form.values[knob.name] != knob.default and not is_whole
        ]
        knobs = {knob.name: form.values[knob.name] for knob in kept}
        form.values |= {knob.name: knob.default for knob in card.knobs if section_of(knob.name) == "data"}
        form.values |= settings or {}
        self.start(is_paused=is_paused, knobs={**knobs, **(settings or {})})
        self.bench.show()

    def complete(self, name: str, edit: LineEdit) -> list[Candidate]:
        """Return what the text of a row may become."""
        row = self.bench.form.row(name)
        return list(self.adviser.complete(row.knob, edit)) if row is not None else []

    def advise(self, name: str, text: str | None) -> Advice:
        """Return what is to be said of a row."""
        row = self.bench.form.row(name) if self.query("Form") else None
        run = self.session.run if hasattr(self, "session") else None
        if row is None or run is None:
            return Advice()
        if row.knob.kind in ("choice", "bool"):
            shown = value_words(self.lesson, self.speech)(name, self.bench.form.values[name])
            is_asked = name == "device" and self.asked_device == "auto"
            return Advice(note=f"→ {run.settings.device}" if is_asked else "", shown=shown)
        value = str(self.bench.form.values[name])
        if name == "file" and text is None:
            shown = self.file_names.get(value, "")
            said = self.adviser.advise(row.knob, value, self.bench.form.values, self.speech, is_typing=False)
            return Advice(shown=shown, lines=said.lines)
        typed = value if text is None else text
        return self.adviser.advise(row.knob, typed, self.bench.form.values, self.speech, is_typing=text is not None)
