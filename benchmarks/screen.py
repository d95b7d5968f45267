"""What the screen costs: training speed kept, key-to-paint latency, first paint. `python -m benchmarks.screen`.

`nnlab` runs on a real pty of 160x48 cells and trains a 2-8-8-1 network at full speed; the same settings run headless
in turn with it, in fresh processes. The bytes that come are kept with their times and replayed through a terminal
emulator afterwards, so that looking at the screen takes nothing from what is measured. A key counts as painted when
the mark of the focus has moved. First paint is counted from the start of the process to the first filled screen.

    speed     steps a second, from the step numbers that the screen itself shows
    session   the same without a screen: a trainer process that is asked for 20 frames a second
"""

import argparse
import asyncio
import fcntl
import json
import os
import pty
import re
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from dataclasses import dataclass, field
from pathlib import Path

import pyte

COURSE = Path(__file__).parent / "screen_course"
COLUMNS, ROWS = 160, 48
STEPS = 1_000_000
NNLAB = [sys.executable, "-m", "nnlab.cli"]
UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[(?:[<>=][\d;]*[a-z]|\?[\d;]*\$p)")
FOCUS_MARKS = "▸>"


@dataclass
class Recording:
    """Bytes of one screen with their times, and the times of the keys that were pressed."""

    start: float = 0.0
    chunks: list[tuple[float, bytes]] = field(default_factory=list)
    keys: list[float] = field(default_factory=list)
    training_from: float = 0.0


@dataclass
class Seen:
    """What a recording shows."""

    first_paint: float
    steps_per_second: float
    latencies: list[float]
    missed: int
    megabytes_per_second: float


def headless_speed(seconds: float, home: str) -> float:
    """Steps a second of `nnlab run` with the same settings, over about `seconds`."""
    command = [*NNLAB, "run", "mlp", "--lessons", str(COURSE), "--trust", "--json"]
    command += ["--steps", str(STEPS), "--max-seconds", str(seconds)]
    done = subprocess.run(command, capture_output=True, env={**os.environ, "NNLAB_HOME": home}, check=False)
    if done.returncode not in (0, 4):
        raise RuntimeError(f"`nnlab run` failed: {done.stderr.decode()}")
    return float(json.loads(done.stdout)["steps_per_second"])


def record_screen(seconds: float, keys: int, home: str) -> Recording:
    """Open the lesson on a pty, let it train for `seconds`, then press `keys` keys; quit."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    environment = {
        **os.environ,
        "NNLAB_HOME": home,
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
    }
    environment.pop("NO_COLOR", None)
    recording = Recording(start=time.perf_counter())
    process = subprocess.Popen(
        [*NNLAB, "--lessons", str(COURSE), "--trust"],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environment,
        start_new_session=True,
    )
    os.close(slave)

    def drain(until: float, pattern: bytes = b"") -> bool:
        while (rest := until - time.perf_counter()) > 0:
            if not select.select([master], [], [], rest)[0]:
                break
            try:
                data = os.read(master, 1 << 16)
            except OSError:  # nnlab is gone
                break
            recording.chunks.append((time.perf_counter(), data))
            if pattern and pattern in b"".join(chunk for _, chunk in recording.chunks[-20:]):
                return True
        return not pattern

    def after(wait: float) -> float:
        return time.perf_counter() + wait

    try:
        if not drain(after(20), b"full speed"):
            raise RuntimeError("the home screen does not show the lesson; look at it with `nnlab`")
        drain(after(0.5))
        os.write(master, b"\r")
        if not drain(after(20), b"1,000,000"):
            raise RuntimeError("the lesson's run bar shows no step; look at it with `nnlab`")
        drain(after(1.5))
        recording.training_from = time.perf_counter()
        drain(after(seconds))
        for press in range(keys):
            recording.keys.append(time.perf_counter())
            os.write(master, b"\t")
            drain(after(0.2 + 0.01 * (press % 7)))
        os.write(master, b"\x11")
        drain(after(0.5))
    finally:
        process.send_signal(signal.SIGTERM)
        deadline = after(5)
        while process.poll() is None and time.perf_counter() < deadline:
            drain(after(0.05))
        process.kill()
        process.wait()
        os.close(master)
    return recording


def replay(recording: Recording) -> Seen:
    """Look at a recording through a terminal emulator."""
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    first_paint = float("nan")
    counts: list[tuple[float, int]] = []
    latencies: list[float] = []
    waiting = list(recording.keys)
    marks: frozenset[tuple[int, int]] = frozenset()
    size = 0
    missed = 0
    last_key = recording.keys[-1] + 1.0 if recording.keys else float("inf")
    for at, data in recording.chunks:
        if at > last_key:
            break
        stream.feed(UNKNOWN_TO_PYTE.sub(b"", data))
        if first_paint != first_paint and sum(bool(line.strip()) for line in screen.display) >= 8:
            first_paint = at - recording.start
        if at < recording.training_from:
            marks = _marks(screen)
            continue
        size += len(data)
        before_keys = not recording.keys or at < recording.keys[0]
        if before_keys and (found := re.search(r"([\d,]+) / 1,000,000", "\n".join(screen.display))):
            counts.append((at, int(found.group(1).replace(",", ""))))
        now = _marks(screen)
        if now != marks:
            marks = now
            while len(waiting) > 1 and waiting[1] < at:
                waiting.pop(0)
                missed += 1
            if waiting and waiting[0] < at:
                latencies.append(at - waiting.pop(0))
    (start, first), (end, last) = counts[0], counts[-1]
    seconds = recording.chunks[-1][0] - recording.training_from
    return Seen(first_paint, (last - first) / (end - start), latencies, missed + len(waiting), size / seconds / 1e6)


def _marks(screen: pyte.Screen) -> frozenset[tuple[int, int]]:
    return frozenset(
        (row, column)
        for row, line in enumerate(screen.display)
        for column, cell in enumerate(line)
        if cell in FOCUS_MARKS
    )


async def session_speed(seconds: float) -> tuple[float, float]:
    """Return (steps a second, frames a second) of a session whose frames are asked for 20 times a second."""
    from nnlab.tui.session import Session

    news = asyncio.Event()
    session = Session(news.set, lessons=str(COURSE))
    session.start("mlp", "mlp")
    try:
        while session.run is None or session.run.step == 0:
            news.clear()
            await news.wait()
            session.painted()
            if session.state in ("failed", "dead"):
                raise RuntimeError(session.message)
        frames, step, start = 0, session.run.step, time.perf_counter()
        while time.perf_counter() - start < seconds:
            await asyncio.sleep(0.05)
            frames += 1
            session.painted()
        return (session.run.step - step) / (time.perf_counter() - start), frames / (time.perf_counter() - start)
    finally:
        session.close()


def main() -> None:
    """Measure in turn, and print medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0, help="of training at each measurement")
    parser.add_argument("--keys", type=int, default=40, help="pressed in each round")
    parser.add_argument("--no-screen", action="store_true", help="measure the session alone")
    options = parser.parse_args()
    headless, sessions, seen = [], [], []
    with tempfile.TemporaryDirectory() as home:
        for _ in range(options.rounds):
            headless.append(headless_speed(options.seconds, home))
            sessions.append(asyncio.run(session_speed(options.seconds)))
            if not options.no_screen:
                seen.append(replay(record_screen(options.seconds, options.keys, home)))
    alone = statistics.median(headless)
    print(f"headless          {alone:10,.0f} steps/s   (rounds: {', '.join(f'{speed:,.0f}' for speed in headless)})")
    kept = statistics.median(speed / base for (speed, _), base in zip(sessions, headless, strict=True))
    print(f"session, 20 Hz    {statistics.median(s for s, _ in sessions):10,.0f} steps/s   {kept:.1%} of headless")
    if seen:
        shown = statistics.median(one.steps_per_second for one in seen)
        kept = statistics.median(one.steps_per_second / base for one, base in zip(seen, headless, strict=True))
        print(f"screen 160x48     {shown:10,.0f} steps/s   {kept:.1%} of headless")
        latencies = sorted(1000 * latency for one in seen for latency in one.latencies)
        p50, p99 = (latencies[min(len(latencies) - 1, int(share * len(latencies)))] for share in (0.5, 0.99))
        counted = f"{len(latencies)} keys, {sum(one.missed for one in seen)} not seen"
        print(f"key to paint      p50 {p50:.1f} ms, p99 {p99:.1f} ms, worst {latencies[-1]:.1f} ms, {counted}")
        first_paint = 1000 * statistics.median(one.first_paint for one in seen)
        print(f"first paint       {first_paint:.0f} ms after process start")
        print(f"to the terminal   {statistics.median(one.megabytes_per_second for one in seen):.2f} MB/s")


if __name__ == "__main__":
    main()
