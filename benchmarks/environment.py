"""The environment of the benchmarks: .venv-bench, with every peer that installs on this machine."""

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv-bench"
PYTHON = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
_STAMP = FOLDER / "installed.json"

# What our own engine needs, in the version that it runs with here, and then the peers. Exactly this version of
# PyTorch: its wheel is the one without gigabytes of CUDA packages.
BASE = (f"numpy=={version('numpy')}", "array-api-compat", "safetensors", "msgspec")
PEERS = ("torch==2.13.0", "jax", "mygrad", "autograd", "scipy", "tinygrad")
ON_CUDA = ("torch==2.13.0", "jax[cuda12]", "cupy-cuda12x[ctk]>=14,<15")
"""What a run on a GPU needs. PyTorch's wheel must be one with CUDA; with another one its cells are - and say why."""


def prepare(*, only: tuple[str, ...] = PEERS) -> dict[str, str]:
    """Make the environment, install what is missing in it, and return {requirement: why it did not install}.

    What failed once is tried again the next time. Raises RuntimeError when even the base does not install.
    """
    state: dict[str, str] = json.loads(_STAMP.read_text()) if _STAMP.exists() else {}
    wanted = [requirement for requirement in (*BASE, *only) if state.get(requirement) != "installed"]
    if not wanted:
        return {}
    if not PYTHON.exists():
        print(f"Making {FOLDER.name} ...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(FOLDER)], check=True)
    failures = {}
    for requirement in wanted:
        print(f"Installing {requirement} ...", file=sys.stderr)
        # NumPy's version is named again each time, so that no peer replaces it.
        command = [str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check", BASE[0], requirement]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode == 0:
            state[requirement] = "installed"
            continue
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or ["pip failed"]
        failures[requirement] = lines[-1].removeprefix("ERROR: ")
        if requirement in BASE:
            raise RuntimeError(f"{requirement} did not install into {FOLDER.name}: {failures[requirement]}")
    _STAMP.write_text(json.dumps(state, indent=1))
    return failures


def versions() -> dict[str, str]:
    """Return {package: version} of the packages that matter, as the environment holds them."""
    names = ["numpy", *(requirement.partition("==")[0] for requirement in PEERS), "cupy-cuda12x"]
    code = (
        "import importlib.metadata as m, json, sys\n"
        "def v(n):\n"
        "    try: return m.version(n)\n"
        "    except m.PackageNotFoundError: return None\n"
        "print(json.dumps({n: v(n) for n in sys.argv[1:]}))"
    )
    done = subprocess.run([str(PYTHON), "-c", code, *names], capture_output=True, text=True, check=True)
    return {name: found for name, found in json.loads(done.stdout).items() if found}
