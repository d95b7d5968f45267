"""The lesson on long short-term memory: a state that is carried on, and gates that decide what happens to it."""

from nnlab.lab.authoring import Check, Result, Score, goal

from .adding import PASSES, adding
from .by_hand import cell
from .claims import (
    bias_one_fades,
    bias_two_keeps,
    bias_zero_loses,
    by_hand_adds,
    chinese_by_heart,
    copy_without_memory,
    four_lines,
    four_times,
    gru_adds,
    gru_sooner,
    gru_three,
    guess_is_a_sixth,
    line_alone_halves,
    line_differs,
    low_bias_late,
    lstm_adds,
    lstm_adds_long,
    lstm_ahead_on_copies,
    lstm_copies,
    open_gate_keeps,
    plain_net_beside,
    plain_reads_too,
    reads_english,
    rnn_guesses,
    rnn_guesses_long,
    rnn_hardly_copies,
    rows_differ,
    state_has_no_ceiling,
    trained_line_stays,
)
from .copying import copying
from .fading import fading
from .lstm_step import lstm_step
from .stories import stories


@goal("long-sum")
def long_sum(result: Result) -> list[Check]:
    """A sum over a hundred numbers in 1,500 steps."""
    length, error = int(result.run.settings.knobs["length"]), float(result.last("test_loss").max())
    return [
        Check("T ≥ 100", length, length >= 100),
        Check("t ≤ 1,500", f"{result.steps:,}", result.steps <= 1500),
        Check("MSE ≤ 0.04", round(error, 4), error <= PASSES, score=Score(error, "smaller")),
    ]


__all__ = [
    "adding",
    "bias_one_fades",
    "bias_two_keeps",
    "bias_zero_loses",
    "by_hand_adds",
    "cell",
    "chinese_by_heart",
    "copy_without_memory",
    "copying",
    "fading",
    "four_lines",
    "four_times",
    "gru_adds",
    "gru_sooner",
    "gru_three",
    "guess_is_a_sixth",
    "line_alone_halves",
    "line_differs",
    "long_sum",
    "low_bias_late",
    "lstm_adds",
    "lstm_adds_long",
    "lstm_ahead_on_copies",
    "lstm_copies",
    "lstm_step",
    "open_gate_keeps",
    "plain_net_beside",
    "plain_reads_too",
    "reads_english",
    "rnn_guesses",
    "rnn_guesses_long",
    "rnn_hardly_copies",
    "rows_differ",
    "state_has_no_ceiling",
    "stories",
    "trained_line_stays",
]
