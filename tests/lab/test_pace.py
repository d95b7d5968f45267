import math

import pytest

from nnlab.lab import pace
from nnlab.lab.pace import Pace


class Clock:
    """Time that only passes when a test says so."""

    def __init__(self):
        self.now = 100.0

    def perf_counter(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    stopped = Clock()
    monkeypatch.setattr(pace, "time", stopped)
    return stopped


def train(clock, pacing, seconds, per_step):
    """Do as the trainer does for so long; return the steps made."""
    end, index = clock.now + seconds, 0
    while clock.now < end:
        clock.now += pacing.wait_seconds()
        count = pacing.next_count()
        clock.now += count * per_step
        index += count
        pacing.made(count, count * per_step, index)
    return index


@pytest.mark.parametrize("per_step", [1e-5, 1e-4, 1e-3])
def test_a_slice_comes_to_take_the_time_between_two_looks_at_the_commands(clock, per_step):
    pacing = Pace()
    train(clock, pacing, 1.0, per_step)
    assert pacing.slice * per_step == pytest.approx(pace.SLICE_SECONDS, rel=0.4)


def test_a_step_longer_than_a_slice_is_made_alone(clock):
    pacing = Pace()
    train(clock, pacing, 1.0, 0.2)
    assert pacing.slice == 1


@pytest.mark.parametrize("speed", [0.5, 2.0, 30.0, 300.0])
def test_a_wanted_speed_is_kept_to_a_step_or_two(clock, speed):
    pacing = Pace()
    pacing.set_speed(speed)
    assert abs(train(clock, pacing, 20.0, 1e-4) - 20.0 * speed) <= 2


def test_a_machine_that_is_too_slow_for_the_wanted_speed_owes_no_steps(clock):
    pacing = Pace()
    pacing.set_speed(1000.0)
    train(clock, pacing, 5.0, 0.01)
    assert pacing.next_count() <= 1 + 1000 * pace.SLICE_SECONDS


def test_a_pause_makes_no_step_due(clock):
    pacing = Pace()
    pacing.set_speed(10.0)
    train(clock, pacing, 1.0, 1e-4)
    clock.now += 60.0
    pacing.resume()
    assert pacing.next_count() == 1


@pytest.mark.parametrize("speed", [None, 0.0, -1.0, math.inf, math.nan])
def test_no_sensible_speed_means_full_speed(clock, speed):
    pacing = Pace()
    pacing.set_speed(speed)
    assert pacing.wait_seconds() == 0.0
    assert pacing.next_count() == 1


@pytest.mark.parametrize(("speed", "expected"), [(2.0, 2.0), (50.0, 50.0), (None, 10_000.0)])
def test_the_measured_speed_is_the_real_one(clock, speed, expected):
    pacing = Pace()
    assert math.isnan(pacing.measured())
    pacing.set_speed(speed)
    train(clock, pacing, 3.0, 1e-4)
    assert pacing.measured() == pytest.approx(expected, rel=0.1)
