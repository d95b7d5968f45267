"""The user's data on the workbench: opened by its path, refused in one sentence, completed, learned from."""

from pathlib import Path

import numpy as np
import pytest

from nnlab.data.preview import column_note, first_rows
from nnlab.lab import data_files
from nnlab.lab.course import find_course
from nnlab.lab.headless import make_settings
from nnlab.lab.knobs import Knob, KnobValue
from nnlab.lab.lesson import load
from nnlab.tui.bench_adviser import BenchAdviser, complete_path
from nnlab.tui.bench_form import values_of
from nnlab.tui.form_advice import Advice
from nnlab.tui.line_edit import LineEdit
from nnlab.tui.speech import Speech
from tests.tui.waiting import until

LAYERS = Knob("layers", "8 tanh", check="layers")
FORMULA = Knob("formula", "x1 > 0", check="formula")
FEATURES = Knob("features", "all", check="features")


@pytest.fixture
def table(tmp_path):
    """A table of two numbers and three classes."""
    rng = np.random.default_rng(5)
    path = tmp_path / "flowers.csv"
    rows = [f"{a:.3f},{b:.3f},{'abc'[int(a > 0.4) + int(b > 0.4)]}" for a, b in rng.random((120, 2))]
    path.write_text("width,height,kind\n" + "\n".join(rows) + "\n")
    return path


def said(screen):
    """What stands in the form, its lines joined."""
    return " ".join(screen.bench.render().plain.split())


async def open_table(pilot, screen, path):
    screen.action_open_data()
    await pilot.press("ctrl+u")
    screen.bench._edit.insert(str(path))
    screen.bench.apply()
    await until(pilot, lambda: screen.session.settings.data != "" and screen.session.state == "ready")


def test_a_table_is_opened_by_its_path_and_learned_from(bench, table, shown) -> None:
    async def script(pilot, screen) -> None:
        screen.bench.select("layers")
        screen.bench.put("4 relu")
        await open_table(pilot, screen, table)
        values = screen.bench.form.values
        assert values["file"] == screen.session.settings.data
        assert values["layers"] == "4 relu", "what was set of the network stays"
        assert "source" not in values
        assert screen.changed == ()
        await until(pilot, lambda: "flowers.csv" in shown(screen.app))
        screen.bench.select("steps")
        screen.bench.put(60)
        screen.action_run_form()
        await until(pilot, lambda: screen.session.state == "done")
        assert f"--data {values['file']}" in screen.shell_line()
        screen.bench.select("file")
        await until(pilot, lambda: "width, height, kind" in shown(screen.app))
        screen.bench.put("")
        await until(pilot, lambda: screen.session.settings.data == "" and "source" in screen.bench.form.values)

    bench(script)


def test_a_kept_run_on_a_table_brings_its_table_and_the_other_way_round(bench, table, shown) -> None:
    async def script(pilot, screen) -> None:
        own = values_of(screen.session.settings)
        await open_table(pilot, screen, table)
        of_table = {**values_of(screen.session.settings), "layers": "5 relu", "seed": 4}
        for values in (own, of_table):
            screen.load(values, "F")
            await until(pilot, lambda values=values: screen.session.settings.data == values["file"])
            await until(pilot, lambda: screen.session.state == "ready" and screen.changed == ())
            assert ("source" in screen.bench.form.values) == (values["file"] == "")
            assert values_of(screen.session.settings) == values
        await until(pilot, lambda: "flowers.csv" in shown(screen.app))

    bench(script)


def test_a_table_that_is_refused_at_first_can_be_set_until_it_fits(bench, table, tmp_path) -> None:
    named = tmp_path / "named.csv"
    head, *rows = table.read_text().splitlines()
    named.write_text("\n".join([f"name,{head}", *(f"flower {i},{row}" for i, row in enumerate(rows))]))

    async def script(pilot, screen) -> None:
        for is_taken_back in (True, False):
            screen.action_open_data()
            screen.bench._edit.insert(str(named))
            screen.bench.apply()
            await until(pilot, lambda: "features=all,-name" in said(screen))
            await until(
                pilot, lambda: "target" in screen.bench.form.values and "source" not in screen.bench.form.values
            )
            if is_taken_back:
                screen.action_undo()
                await until(pilot, lambda: "source" in screen.bench.form.values and screen.session.state == "ready")
                assert screen.bench.form.values["file"] == ""
        screen.bench.select("features")
        screen.bench.put("all, -name")
        await until(pilot, lambda: screen.session.settings.data == screen.bench.form.values["file"] != "")
        assert screen.session.settings.knobs["features"] == "all, -name"

    bench(script)


def test_another_table_is_not_asked_for_the_first_one_s_target(bench, table, tmp_path) -> None:
    other = tmp_path / "shells.csv"
    other.write_text("size,turns,name\n" + "1,2,a\n2,1,b\n" * 30, encoding="utf-8")

    async def script(pilot, screen) -> None:
        await open_table(pilot, screen, table)
        first = screen.session.settings.data
        screen.bench.select("target")
        screen.bench.put("kind")
        assert screen.bench.form.values["target"] == "kind"
        await open_table(pilot, screen, other)
        await until(pilot, lambda: screen.session.settings.data != first)
        assert screen.bench.form.values["target"] == ""

    bench(script)


def test_a_file_that_is_not_there_is_said_below_its_row_and_the_text_stays(bench) -> None:
    async def script(pilot, screen) -> None:
        screen.bench.select("file")
        screen.bench.put("/nowhere/at-all.csv")
        await until(pilot, lambda: "neither a file nor the hash" in said(screen))
        assert screen.bench.form.values["file"] == "/nowhere/at-all.csv"
        assert screen.session.state == "ready"

    bench(script)


def test_a_wrong_target_is_said_at_its_row(bench, table) -> None:
    async def script(pilot, screen) -> None:
        await open_table(pilot, screen, table)
        screen.bench.select("target")
        screen.bench.put("colour")
        await until(pilot, lambda: "no column 'colour'" in said(screen))
        assert screen.bench.form.values["target"] == "colour"

    bench(script)


def adviser_on(experiment: str, **knobs: KnobValue) -> tuple[BenchAdviser, dict[str, KnobValue]]:
    """Return an adviser with a run of the workbench on the stage, and what the form then holds."""
    recipe, settings = make_settings(load(find_course().lesson("workbench")), experiment, knobs)
    adviser = BenchAdviser()
    adviser.take_run(experiment, recipe.card(settings.knobs), settings)
    return adviser, values_of(settings)


def test_layers_are_completed_and_checked_while_they_are_typed() -> None:
    adviser, values = adviser_on("table", layers="8 tanh")
    assert adviser.parameters == 33
    words = [one.shown for one in adviser.complete(LAYERS, LineEdit.at_end("8 tanh, dr"))]
    assert words == ["dropout"]
    taken = adviser.complete(LAYERS, LineEdit.at_end("8 tanh, dr"))[0]
    assert (taken.text, taken.cursor) == ("8 tanh, dropout", 15)
    said = adviser.advise(LAYERS, "8 tanh, 8 tanh", values, Speech(), is_typing=False)
    assert "105 parameters" in said.note
    assert "2 → 8 → 8 → 1" in said.lines[0]
    assert "conv" in adviser.advise(LAYERS, "conv 8 3x3", values, Speech(), is_typing=True).error


@pytest.mark.parametrize(
    ("experiment", "line", "shapes"),
    [
        ("images", "conv 8 3x3 relu, maxpool 2, flatten, 32 relu", "1x8x8 → 8x6x6 → 8x3x3 → 72 → 32 → 10"),
        ("text", "embed 16, lstm 32", "→ 16 → 32 →"),
    ],
)
def test_shapes_of_images_and_texts_are_told_too(experiment: str, line: str, shapes: str) -> None:
    adviser, values = adviser_on(experiment)
    assert shapes in adviser.advise(LAYERS, line, values, Speech(), is_typing=True).lines[0]


def test_shapes_follow_the_form_before_it_is_run() -> None:
    adviser, values = adviser_on("images")
    values["source"] = "glyphs"
    assert "1x16x16" in adviser.advise(LAYERS, "flatten, 4", values, Speech(), is_typing=True).lines[0]
    adviser, values = adviser_on("table")
    values["features"] = "x1, x2, x1 * x2"
    assert "3 → 4" in adviser.advise(LAYERS, "4", values, Speech(), is_typing=True).lines[0]


def test_what_does_not_fit_is_told_with_its_place() -> None:
    adviser, values = adviser_on("images")
    error = adviser.advise(LAYERS, "conv 4 3, maxpool 16, flatten", values, Speech(), is_typing=False).error
    assert error.startswith("character 11 (at")
    assert "is larger than its input of 4x6x6" in error


@pytest.fixture
def on_table(table: Path) -> tuple[BenchAdviser, dict[str, KnobValue]]:
    """An adviser with a run on the user's table, and what the form then holds."""
    data = data_files.keep(table)
    recipe, settings = make_settings(load(find_course().lesson("workbench")), "table", {}, data=data)
    adviser = BenchAdviser()
    adviser.table = first_rows(table)
    adviser.take_run("table", recipe.card(settings.knobs), settings)
    return adviser, values_of(settings)


def test_features_of_the_users_table_count_before_it_is_run(on_table) -> None:
    adviser, values = on_table
    assert "2 → 4 → 3" in adviser.advise(LAYERS, "4", values, Speech(), is_typing=True).lines[0]
    values["features"] = "width, height, width * height, width^2"
    assert adviser.advise(FEATURES, str(values["features"]), values, Speech(), is_typing=False).note == "→ 4"
    assert "4 → 4 → 3" in adviser.advise(LAYERS, "4", values, Speech(), is_typing=True).lines[0]
    values["target"] = "height"
    assert adviser.advise(LAYERS, "4", values, Speech(), is_typing=True) == Advice()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("width, hight", "character 8 (at 'width, hight'): no column 'hight'; did you mean 'height'?"),
        ("width, kind", "features name 'kind', which is the target"),
        ("all, -nothing", "flowers.csv: no column 'nothing'"),
        ("log(width - 9)", "has no finite value in some rows"),
    ],
)
def test_features_that_do_not_fit_are_told_while_they_are_typed(on_table, line: str, said: str) -> None:
    adviser, values = on_table
    assert said in adviser.advise(FEATURES, line, values, Speech(), is_typing=True).error
    assert adviser.advise(LAYERS, "4", {**values, "features": line}, Speech(), is_typing=True) == Advice()


def test_features_of_the_labs_own_points_are_told_too() -> None:
    adviser, values = adviser_on("table")
    assert adviser.advise(FEATURES, "x1, x2, x1^2", values, Speech(), is_typing=True).note == "→ 3"
    assert "no column 'x3'" in adviser.advise(FEATURES, "x3", values, Speech(), is_typing=True).error
    values["source"] = "formula"
    assert "no column 'q'" in adviser.advise(FORMULA, "x1 > q", values, Speech(), is_typing=True).error
    assert adviser.advise(FORMULA, "x1 > x2", values, Speech(), is_typing=True) == Advice()


def test_sizes_that_only_the_file_can_tell_are_not_guessed() -> None:
    adviser, values = adviser_on("table")
    values |= {"file": "0123456789ab", "target": "b"}
    assert adviser.advise(LAYERS, "conv 8 3x3", values, Speech(), is_typing=True) == Advice()


def test_paths_are_completed_data_first(tmp_path) -> None:
    for name in ("notes.md", "data.csv", "dates.tsv", ".hidden.csv"):
        (tmp_path / name).write_text("a,b\n1,2\n")
    (tmp_path / "dark").mkdir()
    found = [one.shown for one in complete_path(f"{tmp_path}/d")]
    assert found == ["dark/", "data.csv", "dates.tsv"]
    assert [one.shown for one in complete_path(f"{tmp_path}/")][-1] == "notes.md"
    assert [one.shown for one in complete_path(f"{tmp_path}/.h")] == [".hidden.csv"]
    assert complete_path("/no/such/folder/x") == []


def test_columns_are_offered_with_what_they_hold(table) -> None:
    adviser = BenchAdviser()
    adviser.table = first_rows(table)
    found = adviser.complete(Knob("target", ""), LineEdit.at_end("i"))
    assert [one.text for one in found] == ["width", "height", "kind"]
    assert column_note(adviser.table, "kind") == "a, b, c"
    second = adviser.complete(Knob("features", "all", check="features"), LineEdit.at_end("width,he"))
    assert [one.text for one in second] == ["width, height"]


def test_a_preview_reads_the_beginning_of_a_large_file_and_raises_nothing(tmp_path) -> None:
    large = tmp_path / "large.csv"
    large.write_text("a,b\n" + "1.25,2.5\n" * 50_000)
    preview = first_rows(large)
    assert preview is not None
    assert preview.names == ("a", "b")
    assert len(preview) < 10_000
    broken = tmp_path / "broken.csv"
    broken.write_bytes(b"\xff\xfe\x00")
    assert first_rows(broken) is None
    assert first_rows(tmp_path / "missing.csv") is None
