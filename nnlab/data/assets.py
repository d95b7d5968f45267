"""Where the files that come with nnlab lie: the one place below `nnlab.data` that knows it."""

from pathlib import Path

from nnlab.data.errors import DataFileError


def asset(name: str) -> Path:
    """Return the path of a bundled file: inside the wheel, or beside the package. Raises DataFileError when gone."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_bundled" / "assets"
    folder = inside if inside.is_dir() else package.parent / "assets"
    if not (folder / name).is_file():
        raise DataFileError(f"{folder / name} is missing, but nnlab comes with it; install nnlab again.")
    return folder / name
