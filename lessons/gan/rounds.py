"""A round of the game, step by step: both players, one of them alone, or one phase at a time."""

import numpy as np

from nnlab import engine
from nnlab.lab.experiment import Metrics
from nnlab.lab.knobs import KnobValue

from .players import PHASES, Duel, d_learns, d_loss_of, draw, g_learns, g_loss_of, generate, read

TURNS = ("both", "D", "G", "phase")
"""What one step of the run is: a round, D alone, G alone, or the next of the five phases."""


def step(state: Duel) -> Metrics:
    """Make one turn: a round of both players, one of them alone, or the next phase; metrics D_loss, G_loss, phase."""
    turn = str(state.rules["turn"])
    if turn == "phase":
        _make_phase(state, state.phase)
        state.made, state.phase = state.phase, (state.phase + 1) % len(PHASES)
    else:
        if turn != "G":
            for _ in range(int(state.rules["d_steps"]) if turn == "both" else 1):
                read(state)
                d_learns(state)
        if turn != "D":
            draw(state)
            g_learns(state)
        state.phase, state.made = 0, PHASES.index("learns" if turn == "D" else "moves")
    return {"D_loss": state.d_loss, "G_loss": state.g_loss, "phase": np.full(state.d_loss.shape, float(state.made))}


def _make_phase(state: Duel, phase: int) -> None:
    # Reading and answering change nothing: the batch is taken, and what D says of it can be seen.
    if PHASES[phase] == "reads":
        read(state)
        state.d_loss = engine.values(d_loss_of(state, state.real, state.noise))
    elif PHASES[phase] == "learns":
        d_learns(state)
    elif PHASES[phase] == "draws":
        draw(state)
    elif PHASES[phase] == "answers":
        state.g_loss = engine.values(g_loss_of(state, generate(state, state.noise)))
    else:
        g_learns(state)


def begin(state: Duel) -> None:
    """Measure both losses before the first step, on a batch that is not used again."""
    read(state)
    state.d_loss = engine.values(d_loss_of(state, state.real, state.noise))
    state.g_loss = engine.values(g_loss_of(state, generate(state, state.noise)))


def change(state: Duel, name: str, value: KnobValue) -> None:
    """Apply a live knob: d_rate and g_rate go to the optimizers, all others are rules of the game."""
    if name in ("d_rate", "g_rate"):
        optimizer = state.d_optimizer if name == "d_rate" else state.g_optimizer
        optimizer.learning_rate = float(value)
    else:
        state.rules[name] = value
