"""Records: a finished run as a folder (run.json, metrics.jsonl, weights.safetensors) and as JSON for a pipe.

Wall-clock values appear only in `seconds`, `steps_per_second` and the file of effort.py; a JSONL line holds no path and
no run id, so the same run gives the same lines on the same machine.
"""

import hashlib
import os
import platform
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from safetensors.numpy import load_file, save

from nnlab import __version__
from nnlab.lab import effort, files
from nnlab.lab.errors import UsageError
from nnlab.lab.events import Block, Change, Ended, HostArray
from nnlab.lab.headless import Result
from nnlab.lab.learner_code import content_hash
from nnlab.lab.run import Series
from nnlab.lab.settings import Settings

RECORD_VERSION = 1
ABOUT_FILE = "run.json"
METRICS_FILE = "metrics.jsonl"
WEIGHTS_FILE = "weights.safetensors"
CODE_FILE = "code.py"
"""In a run folder: the learner's code that replaced ours."""
FILES = (ABOUT_FILE, METRICS_FILE, WEIGHTS_FILE, CODE_FILE, effort.EFFORT_FILE)


def settings_dict(settings: Settings) -> dict[str, Any]:
    """Return the settings as plain data; a learner's code and a user's data are named only where there are any."""
    return {
        "lesson": settings.lesson,
        "experiment": settings.experiment,
        "knobs": dict(settings.knobs),
        "seed": settings.seed,
        "seeds": settings.seeds,
        "steps": settings.steps,
        "device": settings.device,
        "changes": [[at, change.knob, change.value] for at, change in settings.changes],
        "until_goal": settings.until_goal,
        "blas_threads": settings.blas_threads,
        **({"code": settings.code} if settings.code else {}),
        **({"data": settings.data} if settings.data else {}),
    }


def settings_from(data: Mapping[str, Any]) -> Settings:
    """Return the Settings that `settings_dict` wrote."""
    changes = tuple((int(at), Change(str(knob), value)) for at, knob, value in data["changes"])
    return Settings(**{**data, "changes": changes})


def summary(result: Result) -> dict[str, Any]:
    """Return what `run --json` prints: one object about the run, with one entry per seed when there are several."""
    settings = result.run.settings
    finals = {name: result.last(name) for name in result.run.metrics}
    data: dict[str, Any] = {
        "lesson": settings.lesson,
        "experiment": settings.experiment,
        "knobs": dict(settings.knobs),
        "seed": settings.seed,
        "device": settings.device,
        "steps": result.steps,
        "status": result.status,
        "metrics": {name: _plain(_middle(value)) for name, value in finals.items()},
        "seconds": round(result.seconds, 4),
        "steps_per_second": _plain(round(result.steps_per_second, 1)),
        "parameters": sum(array.size for array in result.parameters.values()) // settings.seeds,
    }
    if settings.code:
        data["code"] = settings.code
    if settings.data:
        data["data"] = settings.data
    if result.ended.reason:
        data["reason"] = result.ended.reason
    if result.ended.advice:
        data["try"] = {change.knob: change.value for change in result.ended.advice}
    if settings.changes:
        data["changes"] = [[at, change.knob, change.value] for at, change in settings.changes]
    if "samples" in result.run.effort:
        data["samples"] = int(result.run.effort["samples"].values.sum())
    if settings.seeds > 1:
        statuses = result.ended.seeds or (result.status,) * settings.seeds
        data["seeds"] = settings.seeds
        data["solved"] = result.solved
        data["runs"] = [
            {"seed": seed, "status": statuses[k], "metrics": {name: _plain(value[k]) for name, value in finals.items()}}
            for k, seed in enumerate(settings.seed_numbers)
        ]
    return data


def start_line(settings: Settings) -> dict[str, Any]:
    """Return the first line of a JSONL stream."""
    return {"event": "start", "nnlab": __version__, **settings_dict(settings)}


def block_lines(block: Block) -> Iterator[dict[str, Any]]:
    """Yield a block's lines in order of steps: one per step, changes before it, measurements after it."""
    changes = list(block.applied)
    measured = {int(at) for steps, _ in block.measured.values() for at in steps}
    if 0 in measured:
        yield _measured_line(block, 0)
    for row in range(block.count):
        index = block.first + row
        while changes and changes[0][0] <= index:
            _, change = changes.pop(0)
            yield {"event": "change", "step": index, "knob": change.knob, "value": change.value}
        yield {"event": "step", "step": index, **{name: _plain(values[row]) for name, values in block.metrics.items()}}
        if index in measured:
            yield _measured_line(block, index)


def end_line(ended: Ended) -> dict[str, Any]:
    """Return the last line of a JSONL stream."""
    line: dict[str, Any] = {"event": "end", "status": ended.status, "step": ended.step}
    if ended.reason:
        line |= {"reason": ended.reason, "operation": ended.operation}
    return line


def encode(data: Mapping[str, Any]) -> bytes:
    """Return one line of JSON."""
    return msgspec.json.encode(data) + b"\n"


class RecordWriter:
    """Writes a run folder while the run goes on; the folder gets its final name when the run has ended."""

    def __init__(self, folder: Path, settings: Settings, code: str = "") -> None:
        """code: text of the learner's code in the run; it is kept with the record."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._blocks: list[Block] = []
        self._lines = open(folder / METRICS_FILE, "wb")  # noqa: SIM115  (closed by finish)
        self._lines.write(encode(start_line(settings)))
        if code:
            files.write_atomically(folder / CODE_FILE, code.encode("utf-8", "replace"))

    def add(self, block: Block) -> None:
        """Append a block's lines."""
        self._lines.writelines(encode(line) for line in block_lines(block))
        self._blocks.append(Block(block.first, block.count, {}, effort=block.effort))

    def finish(self, result: Result) -> None:
        """Write the end, the summary and the weights."""
        self._lines.write(encode(end_line(result.ended)))
        self._lines.flush()
        os.fsync(self._lines.fileno())
        self._lines.close()
        environment = {
            "nnlab": __version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "blas": _blas(),
            "machine": platform.machine(),
        }
        about = {
            "record_version": RECORD_VERSION,
            "settings": settings_dict(result.run.settings),
            "summary": summary(result),
            "environment": environment,
        }
        files.write_atomically(self.folder / ABOUT_FILE, msgspec.json.format(msgspec.json.encode(about), indent=1))
        effort.write(self.folder, self._blocks)
        if result.parameters:
            arrays = {name: np.ascontiguousarray(value) for name, value in result.parameters.items()}
            files.write_atomically(self.folder / WEIGHTS_FILE, save(arrays))


def read_settings(folder: Path) -> Settings:
    """Return the settings of a run folder. Raises UsageError when it is none."""
    return settings_from(read_about(folder)["settings"])


def read_code(folder: Path, settings: Settings) -> str:
    """Return the learner's code of a run folder, empty when ours ran. Raises UsageError when it is not what ran."""
    if not settings.code:
        return ""
    try:
        text = (folder / CODE_FILE).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{folder / CODE_FILE} cannot be read; the run used code {settings.code}.") from None
    if content_hash(text) != settings.code:
        raise UsageError(f"{folder / CODE_FILE} has changed since the run, which used code {settings.code}.")
    return text


def read_summary(folder: Path) -> dict[str, Any]:
    """Return the summary of a run folder. Raises UsageError when it is none."""
    data: dict[str, Any] = read_about(folder)["summary"]
    return data


def read_end(folder: Path) -> Ended | None:
    """Return where the run of a run folder was ended from outside; None when it came to its own end."""
    data = read_summary(folder)
    if data["status"] not in ("stopped", "limit"):
        return None
    return Ended(data["status"], data["steps"], data.get("reason", ""))


def read_metrics(folder: Path) -> dict[str, Series]:
    """Return the metrics of a run folder by name. Raises UsageError when they cannot be read."""
    path = folder / METRICS_FILE
    columns: dict[str, tuple[list[int], list[Any]]] = {}
    try:
        lines = path.read_bytes().splitlines()
        for line in lines:
            data = msgspec.json.decode(line, type=dict[str, Any])
            if data.pop("event") not in ("step", "measured"):
                continue
            step = data.pop("step")
            for name, value in data.items():
                steps, values = columns.setdefault(name, ([], []))
                steps.append(step)
                values.append(value)
        return {name: _series(steps, values) for name, (steps, values) in columns.items()}
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}); give the folder of a kept run.") from None
    except (msgspec.DecodeError, KeyError, TypeError, ValueError, RecursionError):
        raise UsageError(f"{path} holds no metrics that this nnlab can read; give the folder of a kept run.") from None


def _series(steps: list[int], values: list[Any]) -> Series:
    """Return a series of values () or (S,); null, which stands for no number, is NaN again."""
    series = Series()
    series.append(np.array(steps), np.array(values, dtype=np.float64))
    return series


def read_weights(folder: Path) -> dict[str, HostArray]:
    """Return the learned parameters of a run folder by name, with the seeds axis in front where there are several."""
    arrays: dict[str, HostArray] = load_file(folder / WEIGHTS_FILE)
    return arrays


def metrics_digest(folder: Path) -> str:
    """Return the SHA-256 of a run folder's metric lines, which hold no wall-clock value."""
    return hashlib.sha256((folder / METRICS_FILE).read_bytes()).hexdigest()


def result_digest(result: Result) -> str:
    """Return the SHA-256 of all that a run measured and learned, bit for bit, and of how it ended."""
    digest = hashlib.sha256(f"{result.status} {result.steps} {result.ended.seeds}".encode())
    for name, series in sorted(result.run.metrics.items()):
        digest.update(f"{name} {series.values.shape}".encode())
        digest.update(np.ascontiguousarray(series.steps).tobytes() + np.ascontiguousarray(series.values).tobytes())
    for name, array in sorted(result.parameters.items()):
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode() + np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def read_about(folder: Path) -> dict[str, Any]:
    """Return what run.json holds: settings, summary, environment. Raises UsageError when it is no record."""
    path = folder / ABOUT_FILE
    try:
        about = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
        if about["record_version"] == RECORD_VERSION:
            return about
        raise UsageError(f"{path} has record version {about['record_version']}, but this nnlab reads {RECORD_VERSION}.")
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read ({error.strerror}); a run folder holds run.json and metrics.jsonl."
        ) from None
    except (msgspec.DecodeError, KeyError, UnicodeDecodeError):
        raise UsageError(f"{path} is no run record; give the folder that `nnlab run -o` wrote.") from None


def _measured_line(block: Block, index: int) -> dict[str, Any]:
    line: dict[str, Any] = {"event": "measured", "step": index}
    for name, (steps, values) in block.measured.items():
        line[name] = _plain(values[int(np.searchsorted(steps, index))])
    return line


def _middle(values: HostArray) -> Any:
    """Return the median over seeds; np.median brings numpy.ma along, which one seed does not need."""
    return np.median(values) if values.ndim else values


def _plain(value: Any) -> Any:
    """Return a number or list for JSON; non-finite numbers become null, as JSON has none."""
    array = np.asarray(value, dtype=np.float64)
    if array.ndim:
        return [_plain(item) for item in array]
    return float(array) if np.isfinite(array) else None


def _blas() -> str:
    configuration: dict[str, Any] = np.show_config(mode="dicts")  # type: ignore[assignment]  # its stub has None
    blas = configuration.get("Build Dependencies", {}).get("blas", {})
    return f"{blas.get('name', 'unknown')} {blas.get('version', '')}".strip()
