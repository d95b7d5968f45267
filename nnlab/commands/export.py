"""`nnlab export`: a kept run in other forms."""

from pathlib import Path

import click

from nnlab.commands import choosing
from nnlab.commands.choosing import KeptRun
from nnlab.lab import files, record
from nnlab.lab.errors import UsageError, unknown
from nnlab.lab.export import script
from nnlab.lab.export.columns import to_csv
from nnlab.lab.export.numpy_forms import NoScriptError
from nnlab.lab.headless import Result, execute
from nnlab.lab.history import History

FORMS = {
    ".csv": "metrics, a row for each step",
    ".jsonl": "metrics as lines of JSON",
    ".safetensors": "the weights",
    ".svg": "plots as a picture",
    ".txt": "plots as text",
    ".py": "a script that repeats the run with NumPy alone",
}
WIDTHS = {".svg": 120, ".txt": 80}


def export(run: str, output: Path, view: str | None, lessons: Path | None, *, is_trusted: bool, is_ascii: bool) -> int:
    """Write a run in the form that the file's name ends in, or in all forms into a folder."""
    folder = History().path(run)
    suffix = output.suffix.lower()
    if output.is_dir() or not suffix:
        return _export_all(run, folder, output, lessons, is_trusted=is_trusted, is_ascii=is_ascii)
    if suffix not in FORMS:
        forms = ", ".join(f"{end} ({what})" for end, what in FORMS.items())
        raise UsageError(f"{output} ends in {suffix!r}, which is no form of export; there are {forms}.")
    if view is not None and suffix not in WIDTHS:
        raise UsageError(f"--view chooses a plot, but {suffix} holds none; write .svg or .txt.")
    if suffix in (".csv", ".jsonl", ".safetensors"):
        _write_stored(folder, output)
    else:
        kept = choosing.take_up(run, lessons, is_trusted=is_trusted)
        if suffix == ".py":
            written = script.write(script.make(kept.experiment, kept.settings, kept.end), output)
            _say(*written)
            return 0
        _write_plots(kept, _repeated(kept), output, view, is_ascii=is_ascii)
    _say(output)
    return 0


def _export_all(run: str, folder: Path, output: Path, lessons: Path | None, *, is_trusted: bool, is_ascii: bool) -> int:
    output.mkdir(parents=True, exist_ok=True)
    kept = choosing.take_up(run, lessons, is_trusted=is_trusted)
    for name in ("metrics.csv", "metrics.jsonl", "weights.safetensors"):
        if name != "weights.safetensors" or (folder / record.WEIGHTS_FILE).is_file():
            _write_stored(folder, output / name)
            _say(output / name)
    result = _repeated(kept)
    for view in kept.experiment.views:
        for suffix in WIDTHS:
            _write_plots(kept, result, output / f"{view.id}{suffix}", view.id, is_ascii=is_ascii)
            _say(output / f"{view.id}{suffix}")
    try:
        _say(*script.write(script.make(kept.experiment, kept.settings, kept.end), output / "run.py"))
    except NoScriptError as error:
        click.echo(f"nnlab: no script: {error}", err=True)
    return 0


def _write_stored(folder: Path, output: Path) -> None:
    """Write what the record holds itself."""
    match output.suffix.lower():
        case ".csv":
            settings = record.read_settings(folder)
            content = to_csv(record.read_metrics(folder), settings.seed_numbers).encode()
        case ".jsonl":
            content = (folder / record.METRICS_FILE).read_bytes()
        case _:
            if not (folder / record.WEIGHTS_FILE).is_file():
                raise UsageError(f"the run in {folder} has no weights to export.")
            content = (folder / record.WEIGHTS_FILE).read_bytes()
    files.write_atomically(output, content)


def _repeated(kept: KeptRun) -> Result:
    """Make the run once more, to see what its probes see at its end."""
    probes = dict.fromkeys(view.probe for view in kept.experiment.views if view.probe)
    return execute(kept.experiment, kept.settings, probes=probes, end=kept.end)


def _write_plots(kept: KeptRun, result: Result, output: Path, view: str | None, *, is_ascii: bool) -> None:
    from nnlab.plots.palette import Depth, Palette
    from nnlab.plots.svg import to_svg
    from nnlab.stage import draw_page

    views = kept.experiment.views
    if view is not None:
        views = tuple(known for known in views if known.id == view)
        if not views:
            raise unknown(f"view of {kept.settings.name}", view, [known.id for known in kept.experiment.views])
    suffix = output.suffix.lower()
    depth: Depth = "truecolor" if suffix == ".svg" else "mono"
    palette = Palette(depth=depth, glyphs="ascii" if is_ascii else "braille")
    titles = {known.id: kept.lesson.view_title(known.id, "en") for known in views}
    grid = draw_page(result.run, views, titles, width=WIDTHS[suffix], palette=palette, words=kept.lesson.words("en"))
    text = to_svg(grid, palette, margin=12) if suffix == ".svg" else "\n".join(grid.lines()) + "\n"
    files.write_atomically(output, text.encode())


def _say(*written: Path) -> None:
    for path in written:
        click.echo(str(path))
