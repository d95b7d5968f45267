"""Where nnlab keeps things on this system. NNLAB_HOME moves all of it below one folder (tests, classrooms)."""

import os
from pathlib import Path

import platformdirs


def _below(kind: str, otherwise: str) -> Path:
    home = os.environ.get("NNLAB_HOME")
    return Path(home).expanduser() / kind if home else Path(otherwise)


def data_folder() -> Path:
    """Progress, runs, proofs, learner's code, data of the user's own."""
    return _below("data", platformdirs.user_data_dir("nnlab", appauthor=False))


def config_folder() -> Path:
    """Settings of the interface, trusted courses."""
    return _below("config", platformdirs.user_config_dir("nnlab", appauthor=False))


def cache_folder() -> Path:
    """What can be made or downloaded again."""
    return _below("cache", platformdirs.user_cache_dir("nnlab", appauthor=False))


def log_folder() -> Path:
    """Reports of internal errors."""
    return _below("log", platformdirs.user_log_dir("nnlab", appauthor=False))


def all_paths() -> dict[str, Path]:
    """What `nnlab paths` prints: what -> where."""
    from nnlab.lab.course import bundled_folder

    return {
        "progress": data_folder() / "progress.json",
        "runs": data_folder() / "runs",
        "sweeps": data_folder() / "sweeps",
        "code": data_folder() / "code",
        "own": data_folder() / "own",
        "proofs": data_folder() / "proofs.json",
        "settings": config_folder() / "settings.toml",
        "trust": config_folder() / "trust.json",
        "cache": cache_folder(),
        "log": log_folder(),
        "lessons": bundled_folder("lessons"),
        "assets": bundled_folder("assets"),
    }
