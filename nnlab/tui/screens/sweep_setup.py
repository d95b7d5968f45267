"""Setting a sweep up: which knobs vary over which values, how many seeds and steps, what ranks the cells."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from nnlab.lab.knobs import Knob, KnobValue
from nnlab.tui import actions
from nnlab.tui.bench_form import Row
from nnlab.tui.form_advice import Advice, metric_name, plain
from nnlab.tui.screens.lab_screen import LabScreen
from nnlab.tui.screens.sure import Question
from nnlab.tui.widgets.footer import Footer
from nnlab.tui.widgets.form import Form

if TYPE_CHECKING:
    from nnlab.lab.sweep.plan import Plan
    from nnlab.lab.sweep.unfinished import Unfinished

Begin = Callable[["SweepPlan"], None]
NONE = "–"
MOST_VALUES = 8
WORTH_VARYING = ("learning_rate", "layers", "hidden", "width", "batch")
"""Knobs that are suggested where none is chosen, and beside it; another data set could have other metrics."""
SOME_LAYERS = ("4 tanh", "16 tanh", "8 tanh, 8 tanh", "16 relu, 16 relu")
"""Lines that are suggested beside the present one."""


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """What was asked for."""

    varied: tuple[tuple[str, str], ...]
    """Knob and its values as typed."""
    seeds: int
    steps: int
    samples: int
    metric: str


def suggested(knob: Knob, value: KnobValue) -> str:
    """Return values to try around the present one, as one would type them."""
    if knob.choices:
        return ", ".join(knob.choices[:MOST_VALUES])
    if knob.kind == "bool":
        return "no, yes"
    if knob.check == "layers":
        return " | ".join(dict.fromkeys((str(value), *SOME_LAYERS)))
    if knob.kind == "text":
        return str(value)
    if knob.log or (knob.kind == "float" and knob.above is not None):
        tried = [float(f"{float(value) * factor:.2g}") for factor in (0.1, 0.3, 1, 3, 10)]
    elif knob.kind == "int":
        middle = max(1, int(value))
        tried = [float(round(middle * factor)) for factor in (0.25, 0.5, 1, 2, 4)]
    else:
        low, high = knob.span
        tried = [float(f"{low + (high - low) * share:.2g}") for share in (0, 0.25, 0.5, 0.75, 1)]
    fitting = [number for number in dict.fromkeys(tried) if _fits(knob, number)]
    return ", ".join(plain(int(number) if knob.kind == "int" else number) for number in fitting)


def _fits(knob: Knob, number: float) -> bool:
    return not (
        (knob.low is not None and number < knob.low)
        or (knob.high is not None and number > knob.high)
        or (knob.above is not None and number <= knob.above)
    )


class SweepSetup(LabScreen, ModalScreen[None]):
    """A small form over the workbench; what is asked for is handed to `begin`."""

    PLACE = "setup"
    CSS = """
    SweepSetup { background: $background 60%; align: center middle; }
    SweepSetup #box { width: 76; max-width: 100%; height: auto; max-height: 100%; padding: 1 2; background: $surface; }
    SweepSetup Question { margin: 1 2 0 2; height: auto; }
    SweepSetup Form { height: auto; max-height: 22; }
    SweepSetup.-low #box, SweepSetup.-flat #box { padding: 0 1; }
    SweepSetup.-low Question, SweepSetup.-flat Question { margin: 0 2; }
    """
    BINDINGS = actions.layer_bindings("setup")

    def __init__(
        self,
        knobs: Sequence[Knob],
        values: Mapping[str, KnobValue],
        labels: Mapping[str, str],
        metrics: Sequence[str],
        *,
        chosen: str,
        before: SweepPlan | None,
        begin: Begin,
        unfinished: "Unfinished | None",
        take_up: Callable[["Plan"], None],
    ) -> None:
        """chosen: the knob that varies at first. before: the last plan, taken up again. metrics: the best first.

        unfinished: a sweep of earlier that `take_up` would go on with.
        """
        super().__init__()
        self._knobs = {knob.name: knob for knob in knobs}
        self._values, self._labels = values, labels
        self._metrics = tuple(metrics)
        self._before, self._chosen, self._begin = before, chosen, begin
        self._unfinished, self._take_up = unfinished, take_up

    def compose(self) -> ComposeResult:
        """Yield the form."""
        with Vertical(id="box"):
            yield Form(advise=self._advise, id="sweep-form")
            if self._unfinished is not None:
                yield Question(self._tell_unfinished)
        yield Footer()

    def _tell_unfinished(self) -> str:
        old = self._unfinished
        if old is None:
            return ""
        knobs = self.say("bench.comma").join(self._labels.get(name, name) for name in old.plan.knobs)
        key = actions.BY_ID["take_up"].key_label
        return self.say("sweep.cut-off", knobs=knobs, done=old.done, total=old.plan.cell_count, key=key)

    def on_mount(self) -> None:
        """Fill the form in."""
        form = self.query_one(Form)
        names = tuple(self._knobs)
        ranked = [*(name for name in WORTH_VARYING if name in names), *names]
        first = self._chosen if self._chosen in names else ranked[0]
        second = next((name for name in ranked if name != first), NONE)
        varied = self._before.varied if self._before is not None else ()
        pairs = [*varied, *[(NONE, "")] * 3][:3] if varied else self._default_pairs(first, second)
        rows: list[Row] = []
        for number, (_, text) in enumerate(pairs, 1):
            choices = names if number == 1 else (NONE, *names)
            knob = Knob(f"knob{number}", choices[0], choices=choices)
            rows.append(Row(knob, self.say(f"sweep.knob{number}"), "sweep"))
            rows.append(Row(Knob(f"values{number}", text), self.say("sweep.values"), "sweep"))
        run = [
            Knob("seeds", 1, low=1, high=1000),
            Knob("steps", int(self._values["steps"]), low=0),
            Knob("samples", 20, low=1, high=10_000),
        ]
        if self._metrics:
            run.append(Knob("metric", self._metrics[0], choices=self._metrics))
        rows += [Row(knob, self.say(f"sweep.{knob.name}"), "sweep") for knob in run]
        form.form.rows = tuple(rows)
        form.form.values = {row.knob.name: row.knob.default for row in rows}
        form.form.values |= {f"knob{number}": name for number, (name, _) in enumerate(pairs, 1)}
        if self._before is not None:
            old = self._before
            form.form.values |= {"seeds": old.seeds, "steps": old.steps, "samples": old.samples}
            form.form.values |= {"metric": old.metric} if old.metric in self._metrics else {}
        form.select("values1")
        form.show()
        form.focus()

    def _default_pairs(self, first: str, second: str) -> list[tuple[str, str]]:
        pairs = [(first, self._suggest(first)), (second, self._suggest(second) if second != NONE else "")]
        return [*pairs, (NONE, "")]

    def _suggest(self, name: str) -> str:
        return suggested(self._knobs[name], self._values[name])

    @property
    def is_typing(self) -> bool:
        """Whether keys go into a text now."""
        return bool(self.query(Form)) and self.query_one(Form).is_typing

    def plan(self) -> SweepPlan:
        """Return what the form says."""
        values = self.query_one(Form).form.values
        varied = tuple(
            (str(values[f"knob{number}"]), str(values[f"values{number}"]))
            for number in (1, 2, 3)
            if values[f"knob{number}"] != NONE and str(values[f"values{number}"]).strip()
        )
        return SweepPlan(
            varied, int(values["seeds"]), int(values["steps"]), int(values["samples"]), str(values.get("metric", ""))
        )

    def count(self) -> int:
        """Return how many cells that makes."""
        total, is_drawn = 1, False
        for _, text in self.plan().varied:
            if ".." in text:
                is_drawn = True
            else:
                total *= len([part for part in text.split("|" if "|" in text else ",") if part.strip()])
        return total * (self.plan().samples if is_drawn else 1)

    def _advise(self, name: str, text: str | None) -> Advice:
        if not self.query(Form) or not self.query_one(Form).form.rows:
            return Advice()
        value = str(self.query_one(Form).form.values[name])
        if name.startswith("knob"):
            return Advice(shown=self._labels.get(value, value))
        if name == "metric":
            return Advice(shown=metric_name(self.speech, value))
        if name.startswith("values"):
            return Advice(lines=(self.say("sweep.how"), self.say("sweep.count", count=self.count())))
        return Advice()

    @on(Form.Changed)
    def take(self, event: Form.Changed) -> None:
        """Another knob brings values of its own."""
        if event.name.startswith("knob"):
            form = self.query_one(Form)
            number, name = event.name[-1], str(form.form.values[event.name])
            form.form.values[f"values{number}"] = self._suggest(name) if name != NONE else ""
            form.show()

    @on(Form.Editing)
    def take_editing(self) -> None:
        """Other keys work while one types."""
        self.refresh_bindings()

    def action_begin(self) -> None:
        """Start, or go on where the same sweep was stopped."""
        form = self.query_one(Form)
        if not form.apply():
            return
        plan = self.plan()
        names = [name for name, _ in plan.varied]
        if not names or len(set(names)) < len(names):
            form.refuse("values1", self.say("sweep.nothing" if not names else "sweep.twice"))
            return
        app, begin = self.app, self._begin
        if self.close_once():
            app.call_later(begin, plan)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is an unfinished sweep to go on with."""
        if action == "take_up":
            return self._unfinished is not None
        return super().check_action(action, parameters)

    def action_take_up(self) -> None:
        """Go on with the unfinished sweep."""
        app, old, take_up = self.app, self._unfinished, self._take_up
        if old is not None and self.close_once():
            app.call_later(take_up, old.plan)

    def action_close(self) -> None:
        """Go back."""
        self.close_once()

    def on_click(self, event: events.Click) -> None:
        """A click beside the box closes it."""
        if event.widget is self:
            self.action_close()
