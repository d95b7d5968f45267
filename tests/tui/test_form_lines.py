"""The form's lines as data, without an app."""

import pytest

from nnlab.tui.bench_form import BenchForm
from nnlab.tui.form_advice import Advice, Candidate
from nnlab.tui.form_lines import MOST_CANDIDATES, FormLines
from nnlab.tui.line_edit import LineEdit
from nnlab.tui.speech import Speech
from tests.tui.test_bench_form import CARD

MANY = [Candidate(f"word {number}", f"word {number}", 6) for number in range(20)]


def written(chosen: str, **changed) -> FormLines:
    form = BenchForm()
    form.show(CARD, str)
    state = {
        "speech": Speech(),
        "advise": lambda name, text: Advice(note="a note", lines=("a line",)),
        "has_focus": True,
        "edit": None,
        "candidates": (),
        "marked": -1,
        "refusal": "",
    }
    return FormLines(form=form, chosen=form.row(chosen), **{**state, **changed})


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [24, 40, 80])
def test_no_line_is_wider_than_the_form(width, language) -> None:
    lines = written("layers", speech=Speech(language), edit=LineEdit.at_end("8 tanh, " * 20), candidates=MANY).lines(
        width, is_airy=True
    )
    assert max(line.cell_length for line, _ in lines) <= width


def test_the_marked_candidate_is_among_those_that_fit() -> None:
    for marked in (-1, 0, 7, 19):
        lines = written("layers", edit=LineEdit.at_end("w"), candidates=MANY, marked=marked).lines(40, is_airy=True)
        shown = [target for _, target in lines if isinstance(target, int)]
        assert len(shown) == MOST_CANDIDATES
        assert max(0, marked) in shown


def test_a_refusal_stands_below_its_row_in_place_of_the_advice() -> None:
    lines = [line.plain for line, target in written("noise", refusal="too loud").lines(40, is_airy=True)]
    row = next(index for index, line in enumerate(lines) if "noise" in line)
    assert "too loud" in lines[row + 1]
    assert not any("a line" in line for line in lines)
