"""The history: kept runs are found again, survive kills and two writers, and replay to the same bytes."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nnlab.lab import history as histories
from nnlab.lab import record
from nnlab.lab.course import find_course
from nnlab.lab.errors import UsageError
from nnlab.lab.events import Change
from nnlab.lab.headless import execute, make_settings
from nnlab.lab.history import History
from nnlab.lab.lesson import load
from nnlab.lab.recording import Recording
from nnlab.lab.training import Training


@pytest.fixture
def toy(course_folder):
    return load(find_course(course_folder).lesson("toy"))


@pytest.fixture
def history(tmp_path):
    return History(tmp_path / "runs")


def keep(history, toy, seed=1, steps=20, course=""):
    experiment, settings = make_settings(toy, "walk", {}, seed=seed, steps=steps)
    with history.new_folder() as folder:
        writer = record.RecordWriter(folder, settings)
        writer.finish(execute(experiment, settings, on_block=lambda block, _: writer.add(block)))
        return history.keep(folder, course)


def test_a_kept_run_says_what_it_was(history, toy):
    kept = keep(history, toy, seed=3, steps=25, course="/courses/toy")
    (entry,) = history.entries()
    assert entry == kept
    assert (entry.name, entry.settings.seed, entry.status, entry.steps) == ("toy/walk", 3, "done", 25)
    assert entry.parameters == 1
    assert entry.course == "/courses/toy"
    assert set(entry.metrics) == {"loss", "distance", "solved"}
    assert record.read_settings(history.path(entry.id)) == entry.settings


def test_the_newest_run_comes_first_and_the_same_run_again_is_the_same_entry(history, toy):
    first, second = keep(history, toy, seed=1), keep(history, toy, seed=2)
    assert [entry.id for entry in history.entries()] == [second.id, first.id]
    history.label(first.id, "good one")
    again = keep(history, toy, seed=1)
    assert again.id == first.id
    assert [entry.id for entry in history.entries()] == [first.id, second.id]
    assert history.find(first.id).label == "good one"


def test_a_run_is_found_by_digits_and_by_label(history, toy):
    kept = keep(history, toy)
    assert history.find(kept.id[:5]) == kept
    labelled = history.label(kept.id, "  wide \n net ")
    assert labelled.label == "wide net"
    assert history.find("wide net") == labelled
    with pytest.raises(UsageError, match="no run 'abc'"):
        history.find("abc" if not kept.id.startswith("abc") else "abd")
    other = keep(history, toy, seed=2)
    with pytest.raises(UsageError, match="is called 'wide net' already"):
        history.label(other.id, "wide net")


def test_an_empty_history_says_how_to_keep_a_run(history):
    assert history.entries() == ()
    with pytest.raises(UsageError, match="--keep"):
        history.find("abc")


def test_pins_last_and_deleted_runs_are_gone_for_another_reader_too(history, toy):
    first, second = keep(history, toy, seed=1), keep(history, toy, seed=2)
    other = History(history.folder)
    assert len(other.entries()) == 2
    history.pin(second.id)
    history.delete([first.id])
    assert other.entries() == history.entries() == (history.find(second.id),)
    assert other.entries()[0].pinned
    assert not (history.folder / first.id).exists()


@pytest.mark.parametrize("damage", ["gone", "garbage", "torn", "empty"])
def test_a_damaged_index_is_made_anew_from_the_folders(history, toy, damage):
    kept = [keep(history, toy, seed=seed) for seed in (1, 2, 3)]
    history.pin(kept[0].id)
    index = history.folder / "index.jsonl"
    content = index.read_bytes()
    match damage:
        case "gone":
            index.unlink()
        case "garbage":
            index.write_bytes(b"\x00\xff{]\n[1]\n7\n{}\n" + b"[" * 5000)
        case "torn":
            index.write_bytes(content[: -len(content) // 3])
        case "empty":
            index.write_bytes(b"")
    fresh = History(history.folder)
    assert {entry.id for entry in fresh.entries()} == {entry.id for entry in kept}
    later = keep(fresh, toy, seed=4)
    assert History(history.folder).entries()[0] == later
    assert History(history.folder).find(kept[0].id).pinned or damage == "torn"


def test_folders_removed_or_damaged_by_hand_leave_the_rest_in_order(history, toy):
    kept = [keep(history, toy, seed=seed) for seed in (1, 2, 3)]
    shutil.rmtree(history.folder / kept[0].id)
    (history.folder / "index.jsonl").unlink()
    (history.folder / kept[1].id / "entry.json").write_text("no")
    assert [entry.id for entry in history.entries()] == [kept[2].id]


def test_the_oldest_loose_runs_go_when_there_are_too_many(history, toy, monkeypatch):
    monkeypatch.setattr(histories, "MOST", 3)
    kept = [keep(history, toy, seed=seed) for seed in (1, 2)]
    history.pin(kept[0].id)
    for seed in (3, 4, 5):
        keep(history, toy, seed=seed)
    assert sorted(entry.settings.seed for entry in history.entries()) == [1, 4, 5]


def test_runs_that_gave_way_are_told_once(history, toy, monkeypatch):
    monkeypatch.setattr(histories, "MOST", 2)
    for seed in (1, 2, 3, 4, 5):
        keep(history, toy, seed=seed)
    history.delete([history.entries()[0].id])
    assert [history.take_removed(), history.take_removed()] == [3, 0]
    keep(history, toy, seed=6)
    keep(history, toy, seed=7)
    assert histories.History(history.folder).take_removed() == 1


def test_a_run_that_is_pinned_or_labelled_meanwhile_does_not_give_way(history, toy, monkeypatch):
    kept = [keep(history, toy, seed=seed) for seed in (1, 2, 3)]
    before = history.entries()
    history.pin(kept[0].id)
    history.label(kept[1].id, "good")
    monkeypatch.setattr(histories, "MOST", 0)
    monkeypatch.setattr(history, "entries", lambda: before)  # read just before another lab pinned and labelled
    history._thin_out()
    monkeypatch.undo()
    assert {entry.id for entry in history.entries()} == {kept[0].id, kept[1].id}
    assert history.take_removed() == 1


# --- runs that were steered -------------------------------------------------------------------------------------------


def replays(history, toy, entry):
    """Run the record's settings once more and compare the metric lines and the weights."""
    folder = history.path(entry.id)
    settings = record.read_settings(folder)
    experiment, _ = make_settings(toy, "walk", {})
    with history.new_folder() as place:
        writer = record.RecordWriter(place, settings)
        end = record.read_end(folder)
        writer.finish(execute(experiment, settings, on_block=lambda block, _: writer.add(block), end=end))
        assert (place / "metrics.jsonl").read_text() == (folder / "metrics.jsonl").read_text()
        assert (place / "weights.safetensors").read_bytes() == (folder / "weights.safetensors").read_bytes()


class Steered:
    """A run that is moved as a screen moves it, with its recording."""

    def __init__(self, toy, steps=50, **knobs):
        experiment, settings = make_settings(toy, "walk", knobs, steps=steps)
        self.training = Training(experiment, settings)
        self.recording = Recording(settings)
        self.advance(0)

    def advance(self, count):
        self.recording.add(self.training.advance(count), 0.001)

    def back(self, steps=1):
        for _ in range(steps):
            self.training.back()
            self.recording.cut(self.training.index)
            self.advance(0)

    def rewind(self):
        self.training.rewind()
        self.recording.cut(0)
        self.advance(0)


def test_a_run_that_went_back_and_changed_knobs_replays(history, toy):
    run = Steered(toy)
    run.advance(7)
    run.training.change(Change("rate", 0.3))
    run.advance(5)
    run.back(8)
    run.advance(3)
    run.training.change(Change("rate", 0.02))
    run.advance(1)
    run.back(1)
    run.training.change(Change("rate", 0.05))
    run.advance(100)
    entry = run.recording.keep(run.training, history)
    assert entry.status == "done"
    assert entry.settings.changes == ((8, Change("rate", 0.05)),)
    replays(history, toy, entry)


def test_a_run_left_on_its_way_replays_as_far_as_it_came(history, toy):
    run = Steered(toy)
    run.advance(13)
    entry = run.recording.keep(run.training, history)
    assert (entry.status, entry.steps) == ("stopped", 13)
    assert run.training.ended is None, "keeping a run does not end it"
    replays(history, toy, entry)


def test_a_rewound_run_replays_and_nothing_is_kept_twice(history, toy):
    run = Steered(toy)
    assert run.recording.keep(run.training, history) is None, "no step was made"
    run.advance(9)
    first = run.recording.keep(run.training, history)
    assert run.recording.keep(run.training, history) is None, "no step since"
    run.rewind()
    assert run.recording.keep(run.training, history) is None
    run.advance(9)
    assert run.recording.keep(run.training, history).id == first.id
    run.advance(50)
    replays(history, toy, run.recording.keep(run.training, history))
    run.back(3)
    back = run.recording.keep(run.training, history)
    assert (back.status, back.steps) == ("stopped", 47)
    replays(history, toy, back)


def test_a_diverged_run_is_the_same_record_wherever_its_blocks_end(history, toy):
    kept = set()
    for count in (1, 7, 64, 1000):
        run = Steered(toy, steps=2000, rate=1.5)
        while run.training.ended is None:
            run.advance(count)
        entry = run.recording.keep(run.training, history)
        assert entry.status == "diverged"
        kept.add(entry.id)
    assert len(kept) == 1
    replays(history, toy, entry)


# --- several processes ------------------------------------------------------------------------------------------------

WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[4])
from nnlab.lab.course import find_course
from nnlab.lab.history import History
from nnlab.lab.lesson import load
from tests.lab.test_history import keep
toy = load(find_course(Path(sys.argv[1])).lesson("toy"))
history = History(Path(sys.argv[2]))
first = int(sys.argv[3])
print("ready", flush=True)
for seed in range(first, first + 40):
    keep(history, toy, seed=seed, steps=5)
    print(seed, flush=True)
"""
ROOT = str(Path(__file__).resolve().parents[2])


def writer(course, folder, first):
    command = [sys.executable, "-c", WRITER, str(course), str(folder), str(first), ROOT]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_two_processes_that_write_at_once_lose_nothing(history, course_folder):
    both = [writer(course_folder, history.folder, first) for first in (1, 21)]
    for process in both:
        process.communicate()
        assert process.returncode == 0
    assert sorted(entry.settings.seed for entry in history.entries()) == list(range(1, 61))
    shutil.rmtree(history.folder / history.entries()[0].id)
    assert len(History(history.folder).entries()) == 59


def test_a_writer_that_is_killed_leaves_whole_runs_alone(history, course_folder):
    for attempt in range(5):
        process = writer(course_folder, history.folder, 100 * attempt + 1)
        said = [process.stdout.readline() for _ in range(3 + attempt)]
        time.sleep(0.003 * attempt)
        os.kill(process.pid, signal.SIGKILL)
        more, _ = process.communicate()
        done = [int(line) for line in [*said, *more.splitlines()] if line.strip().isdigit()]
        seeds = {entry.settings.seed for entry in History(history.folder).entries()}
        assert set(done) <= seeds
        for entry in History(history.folder).entries():
            lines = (history.folder / entry.id / "metrics.jsonl").read_text().splitlines()
            assert '"event":"end"' in lines[-1]
            assert record.read_weights(history.folder / entry.id)["x"].shape == (1,)


def test_what_a_kill_left_behind_is_cleared_away_a_day_later(history, toy):
    keep(history, toy)
    left = history.folder / ".new-abc"
    left.mkdir()
    keep(history, toy, seed=2)
    assert left.is_dir(), "somebody may be writing it now"
    os.utime(left, (time.time() - 2 * 86400,) * 2)
    keep(history, toy, seed=3)
    assert not left.exists()


def test_a_run_that_went_back_while_it_exploded_diverges_where_its_replay_does(history, toy):
    run = Steered(toy, steps=2000, rate=1.05)
    while run.training.ended is None:
        run.advance(1)
    end = run.training.ended.step
    again = Steered(toy, steps=2000, rate=1.05)
    again.advance(end - 5)
    again.back(8)
    again.advance(2000)
    entry = again.recording.keep(again.training, history)
    assert (entry.status, entry.steps) == ("diverged", end)
    replays(history, toy, entry)
