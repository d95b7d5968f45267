"""The run bar: the phases of a step stand there while there is time to follow them."""

from dataclasses import replace
from typing import get_args

import pytest

from nnlab.tui.catalogue import LANGUAGES, has
from nnlab.tui.shown_runs import State
from nnlab.tui.widgets.run_bar import STATES, RunBar, RunFacts

FACTS = RunFacts(
    state="paused", step=7, steps=6000, seed="seed 2", phases=("D reads", "D learns", "G draws", "D answers"), phase=1
)


class Bar(RunBar):
    """A bar without an app around it."""

    width = 120

    @property
    def size(self):
        from textual.geometry import Size

        return Size(self.width, 1)


@pytest.fixture
def shown(monkeypatch):
    from nnlab.tui.speech import Speech

    speech = Speech("en", is_ascii=False)
    monkeypatch.setattr("nnlab.tui.widgets.run_bar.speech_of", lambda node: speech)

    def show(facts, width=120):
        bar = Bar()
        bar.width = width
        bar._facts = facts
        return bar.render()

    return show


def test_a_paused_run_shows_its_phases_and_the_last_one_is_set_off(shown):
    line = shown(FACTS)
    assert "D reads › D learns › G draws › D answers" in line.plain
    strong = [line.plain[span.start : span.end] for span in line.spans if "bold $strong" in str(span.style)]
    assert "D learns" in strong
    assert "G draws" not in strong


@pytest.mark.parametrize("speed", [None, 100.0])
def test_at_full_speed_the_progress_stands_there(shown, speed):
    line = shown(replace(FACTS, state="training", speed=speed, rate=3000.0)).plain
    assert "›" not in line
    assert "━" in line or "─" in line


def test_in_slow_motion_the_phases_stand_there(shown):
    assert "D answers" in shown(replace(FACTS, state="training", speed=2.0, rate=2.0)).plain


def test_on_a_narrow_stage_the_phase_that_was_made_is_named(shown):
    line = shown(FACTS, 44).plain
    assert "D learns" in line
    assert "G draws" not in line


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 160])
def test_the_line_keeps_to_its_width(shown, width):
    line = shown(FACTS, width)
    assert line.cell_length <= width
    assert "paused" in line.plain


@pytest.mark.parametrize("state", get_args(State))
def test_every_state_has_a_sign_and_words(state):
    assert state in STATES
    assert all(has(f"state.{state}", language) for language in LANGUAGES)
