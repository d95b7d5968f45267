"""Published data sets on this machine: where a download lies, and whether it is here. Nothing here asks the network."""

from pathlib import Path

from nnlab.data import PUBLISHED
from nnlab.lab import paths


def folder_of(name: str) -> Path:
    """Return where the published set of that name is downloaded to; the system may empty it, for it can come again."""
    return paths.cache_folder() / "data" / name


def is_downloaded(name: str) -> bool:
    """Whether all files of the set are here in their published size; the download checked what is in them."""
    folder = folder_of(name)
    try:
        return all((folder / file.name).stat().st_size == file.size for file in PUBLISHED[name].files)
    except OSError:
        return False
