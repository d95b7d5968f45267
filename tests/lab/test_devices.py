"""The memory limit of a run, on the CPU and, with a stand-in for CuPy, on a device."""

import inspect
import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest

from nnlab import cli
from nnlab.commands.run import run
from nnlab.lab import devices
from nnlab.lab.errors import UsageError


class OutOfMemoryError(MemoryError):
    """As CuPy's own."""


class Pool:
    """Hands out bytes up to its limit, as CuPy's memory pool does."""

    limit = 0

    def set_limit(self, *, size: int) -> None:
        self.limit = size

    def take(self, size: int) -> None:
        if self.limit and size > self.limit:
            raise OutOfMemoryError(f"Out of memory allocating {size:,} bytes.")


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Pool:
    fake: Any = ModuleType("cupy")
    pool = Pool()
    fake.get_default_memory_pool = lambda: pool
    monkeypatch.setitem(sys.modules, "cupy", fake)
    return pool


def test_on_a_device_the_limit_is_that_of_its_pool_and_not_of_the_process(pool: Pool) -> None:
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_AS)
    devices.limit_memory("cuda", 100)
    assert pool.limit == 100 * 2**20
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_a_device_out_of_memory_is_one_sentence_and_exit_4(pool: Pool, capsys: pytest.CaptureFixture[str]) -> None:
    devices.limit_memory("cuda", 100)
    assert cli.guarded(lambda: pool.take(101 * 2**20)) == 4
    assert "the memory limit was reached; give --max-memory more" in capsys.readouterr().err


def test_a_run_on_a_device_hands_its_limit_to_the_pool(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "missing_reason", lambda: None)
    asked: dict[str, Any] = dict.fromkeys(inspect.signature(run).parameters)
    asked |= {"name": "no-such-lesson", "device": "cuda", "max_memory": 77}
    with pytest.raises(UsageError, match="no-such-lesson"):
        run(**asked)
    assert pool.limit == 77 * 2**20


def test_a_process_over_its_limit_ends_with_exit_4() -> None:
    pytest.importorskip("resource")
    code = "from nnlab.lab import devices; from nnlab import cli; devices.limit_memory('cpu', 100)\n"
    code += "raise SystemExit(cli.guarded(lambda: bytearray(200 * 2**20)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 4
    assert "the memory limit was reached" in done.stderr


def test_a_system_without_limits_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resource", None)
    with pytest.raises(UsageError, match="--max-memory needs a system that can limit a process"):
        devices.limit_memory("cpu", 100)
