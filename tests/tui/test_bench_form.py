"""The workbench's form: what stands in it, what is refused in place, what is undone."""

import pytest
from textual.app import App, ComposeResult

from nnlab.lab.errors import UsageError
from nnlab.lab.experiment import ExperimentCard
from nnlab.lab.knobs import Knob
from nnlab.lab.settings import Settings
from nnlab.tui.bench_form import RUN_KNOBS, BenchForm, values_of
from nnlab.tui.form_advice import Advice, Candidate
from nnlab.tui.form_lines import FormLines
from nnlab.tui.line_edit import LineEdit
from nnlab.tui.speech import Speech
from nnlab.tui.widgets.form import Form

CARD = ExperimentCard(
    knobs=(
        Knob("learning_rate", 0.1, above=0.0, live=True),
        Knob("hidden", 2, low=0, high=9),
        Knob("noise", 0.1, low=0.0),
        Knob("activation", "tanh", choices=("tanh", "relu", "sigmoid")),
        Knob("bias", True),
        Knob("layers", "8 tanh"),
    ),
    views=(),
    steps=300,
    phases=(),
    has_goal=False,
)


class OneForm(App[None]):
    AUTO_FOCUS = None
    CSS = "Form { width: 40; height: 30; }"

    def __init__(self) -> None:
        super().__init__()
        self.changed: list[str] = []

    def compose(self) -> ComposeResult:
        yield Form(self.complete)

    def complete(self, name: str, edit: LineEdit) -> list[Candidate]:
        words = ["relu", "tanh"] if name == "layers" and edit.text.endswith(" ") else []
        return [Candidate(word, edit.text + word, len(edit.text + word)) for word in words]

    def on_mount(self) -> None:
        form = self.query_one(Form)
        form.form.show(CARD, str)
        form.focus()

    def on_form_changed(self, event: Form.Changed) -> None:
        self.changed.append(event.name)


def filled() -> BenchForm:
    form = BenchForm()
    form.show(CARD, str)
    return form


def test_knobs_stand_in_sections_with_the_run_s_own_at_the_end() -> None:
    names = [row.knob.name for row in filled().rows]
    assert names[0] == "noise"
    assert names[1:3] == ["layers", "hidden"]
    assert names[-6:] == ["steps", "until_goal", "max_seconds", "seed", "seeds", "device"]
    assert set(names) == {knob.name for knob in (*CARD.knobs, *RUN_KNOBS)}
    assert filled().values["steps"] == 300


def test_a_file_has_a_row_only_where_the_experiment_takes_one() -> None:
    form = BenchForm()
    form.show(ExperimentCard((), (), 10, (), False, ("table",)), str)
    assert form.rows[0].knob.name == "file"
    assert filled().row("file") is None


def test_a_change_is_undone_and_done_again() -> None:
    form = filled()
    assert form.set("hidden", "4")
    assert not form.set("hidden", 4)
    form.load({"noise": 0.3, "activation": "relu", "unheard": 1}, "A")
    assert form.undo() == "A"
    assert (form.values["noise"], form.values["hidden"]) == (0.1, 4)
    assert form.undo() == "hidden"
    assert form.values["hidden"] == 2
    assert form.undo() is None
    assert form.redo() == "hidden"
    assert form.redo() == "A"
    assert form.values["activation"] == "relu"
    assert "unheard" not in form.values


def test_a_value_that_does_not_fit_changes_nothing() -> None:
    form = filled()
    with pytest.raises(UsageError, match="hidden is 12"):
        form.set("hidden", "12")
    assert form.values["hidden"] == 2
    assert not form.can_undo


def test_the_form_says_what_it_has_otherwise_than_a_run() -> None:
    form = filled()
    knobs = {knob.name: knob.default for knob in CARD.knobs}
    settings = Settings("l", "e", knobs, steps=300)
    assert form.differing(settings, "auto") == ()
    form.set("seed", 7)
    form.set("hidden", 3)
    assert set(form.differing(settings, "auto")) == {"seed", "hidden"}
    assert values_of(settings)["steps"] == 300


def test_typing_replaces_a_number_and_a_refusal_keeps_what_was_typed(drive) -> None:
    app = OneForm()

    async def script(pilot) -> None:
        form = app.query_one(Form)
        form.select("hidden")
        await pilot.press("enter", "1", "2", "enter")
        assert form.is_typing
        assert "hidden is 12" in form.render().plain
        assert form.form.values["hidden"] == 2
        await pilot.press("backspace", "enter")
        assert not form.is_typing
        assert form.form.values["hidden"] == 1
        assert app.changed == ["hidden"]

    drive(app, script)


def test_escape_brings_the_value_back(drive) -> None:
    app = OneForm()

    async def script(pilot) -> None:
        form = app.query_one(Form)
        form.select("noise")
        await pilot.press("7", "escape")
        assert not form.is_typing
        assert form.form.values["noise"] == 0.1
        assert app.changed == []

    drive(app, script)


def test_arrows_turn_numbers_and_choices_and_backspace_is_the_default(drive) -> None:
    app = OneForm()

    async def script(pilot) -> None:
        form = app.query_one(Form)
        form.select("activation")
        await pilot.press("right")
        assert form.form.values["activation"] == "relu"
        form.select("hidden")
        await pilot.press("right", "right")
        assert form.form.values["hidden"] == 4
        await pilot.press("backspace")
        assert form.form.values["hidden"] == 2
        form.select("bias")
        await pilot.press("enter")
        assert form.form.values["bias"] is False

    drive(app, script)


def test_a_choice_is_found_by_typing_its_beginning(drive) -> None:
    app = OneForm()

    async def script(pilot) -> None:
        form = app.query_one(Form)
        form.select("activation")
        await pilot.press("enter", "s", "i", "enter")
        assert form.form.values["activation"] == "sigmoid"

    drive(app, script)


def test_a_text_is_completed_with_tab_and_with_a_click(drive) -> None:
    app = OneForm()

    async def script(pilot) -> None:
        form = app.query_one(Form)
        form.select("layers")
        await pilot.press("enter", "ctrl+u", "4", "space", "tab", "enter")
        assert form.form.values["layers"] == "4 relu"
        await pilot.press("enter", "comma", "8", "space")
        await pilot.pause()
        row = next(y for y, line in enumerate(form.render().plain.split("\n")) if line.strip() == "tanh")
        await pilot.click(Form, offset=(20, row))
        await pilot.press("enter")
        assert form.form.values["layers"] == "4 relu,8 tanh"

    drive(app, script)


def test_a_form_that_is_too_high_scrolls_with_the_chosen_row(drive) -> None:
    app = OneForm()
    app.CSS = "Form { width: 40; height: 6; }"

    async def script(pilot) -> None:
        form = app.query_one(Form)
        form.styles.height = 6
        form.select("device")
        await pilot.pause()
        shown = form.render().plain
        assert "device" in shown
        assert "noise" not in shown
        assert len(shown.split("\n")) == 6

    drive(app, script)


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (["left", "x"], "abxc"),
        (["home", "delete"], "bc"),
        (["ctrl+u", "z"], "z"),
        (["left", "ctrl+k"], "ab"),
        (["end", "backspace"], "ab"),
    ],
)
def test_a_line_is_edited(keys, text) -> None:
    edit = LineEdit.at_end("abc")
    for key in keys:
        assert edit.press(key, key if len(key) == 1 else None)
    assert edit.text == text


def test_pasted_control_sequences_do_not_get_into_a_line() -> None:
    edit = LineEdit()
    edit.insert("a\x1b]52;c;aGk=\x07b\nc")
    assert edit.text == "ab c"


def test_long_lines_of_the_form_are_whole_where_there_is_room() -> None:
    form = filled()
    form.set("layers", "16 relu, dropout 0.1, 16 relu")
    written = FormLines(form, Speech(is_ascii=True), lambda name, text: Advice(), None, False, None, (), -1, "")
    shown = "\n".join(line.plain for line, _ in written.lines(60, is_airy=False))
    assert "16 relu, dropout 0.1, 16 relu" in shown
    assert shown.isascii()
