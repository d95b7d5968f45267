"""Commands about runs that were kept: list, repeat, compare, export."""

from pathlib import Path
from typing import Any

import click

from nnlab.cli.options import ascii_option, lessons_option, offering, prepare_process, trust_option


@click.command()
@click.argument("run", metavar="RUN", shell_complete=offering("kept_runs"))
@lessons_option
@trust_option
@click.pass_obj
def replay(shared: dict[str, Any], /, run: str, lessons: Path | None, trust: bool) -> int:
    """Repeat a kept run (its id, label or folder), or cell N of a sweep (FOLDER/N), and compare it, byte for byte."""
    prepare_process()
    from nnlab.commands import replay as replaying

    return replaying.replay(run, lessons or shared["lessons"], is_trusted=trust or shared["trust"])


@click.group(invoke_without_command=True)
@click.pass_context
def runs(context: click.Context) -> None:
    """The history of kept runs: list, show, pin, label, delete. RUN is an id (three digits or more) or a label."""
    if context.invoked_subcommand is None:
        from nnlab.commands import runs as history

        context.exit(history.list_runs((), limit=20, as_json=False))


@runs.command("list")
@click.argument("words", nargs=-1, metavar="[WORD|KNOB=VALUE]...")
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="0 lists them all.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def list_kept(words: tuple[str, ...], **options: Any) -> int:
    """List the runs that all words fit: part of a name, label or data, a status, pinned, or KNOB=VALUE."""
    from nnlab.commands import runs as history

    return history.list_runs(words, **options)


@runs.command()
@click.argument("run", metavar="RUN", shell_complete=offering("kept_runs"))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def show(run: str, as_json: bool) -> int:
    """Show one run: settings, results, the line that repeats it, its folder."""
    from nnlab.commands import runs as history

    return history.show_run(run, as_json=as_json)


@runs.command()
@click.argument("names", nargs=-1, required=True, metavar="RUN...", shell_complete=offering("kept_runs"))
@click.option("--off", is_flag=True, help="Unpin.")
def pin(names: tuple[str, ...], off: bool) -> int:
    """Pin runs: they always stay."""
    from nnlab.commands import runs as history

    return history.pin_runs(names, pinned=not off)


@runs.command()
@click.argument("run", metavar="RUN", shell_complete=offering("kept_runs"))
@click.argument("label")
def label(run: str, label: str) -> int:
    """Give a run a name of your own; "" takes it away."""
    from nnlab.commands import runs as history

    return history.label_run(run, label)


@runs.command()
@click.argument("names", nargs=-1, required=True, metavar="RUN...", shell_complete=offering("kept_runs"))
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(names: tuple[str, ...], yes: bool) -> int:
    """Delete runs that are not pinned."""
    from nnlab.commands import runs as history

    return history.delete_runs(names, is_sure=yes)


@click.command()
@click.argument("names", nargs=-1, metavar="RUN...", shell_complete=offering("kept_runs"))
@click.option("--metric", "metrics", multiple=True, metavar="M", help="Only this metric; may be repeated.")
@click.option("--over", type=click.Choice(["steps", "samples", "seconds"]), default="steps", show_default=True)
@click.option(
    "--smoothing", type=float, default=0.0, metavar="0..1", help="Moving mean of the curves; 0.9 is ten wide."
)
@click.option("--log", "is_log", is_flag=True, help="Logarithmic curves.")
@click.option("--plot", is_flag=True, help="End with the curves over one another, as text.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@ascii_option
@click.pass_obj
def compare(shared: dict[str, Any], /, names: tuple[str, ...], is_ascii: bool, **options: Any) -> int:
    """Compare kept runs, by id, label or folder: the settings that differ, results, parameters, time."""
    from nnlab.commands import compare as comparing

    return comparing.compare(names, is_ascii=is_ascii or shared["ascii"], **options)


@click.command()
@click.argument("run", metavar="RUN", shell_complete=offering("kept_runs"))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE|DIR", help="Its end says the form."
)
@click.option("--view", metavar="VIEW", help="For .svg and .txt: only this plot.")
@lessons_option
@trust_option
@ascii_option
@click.pass_obj
def export(
    shared: dict[str, Any],
    /,
    run: str,
    output: Path,
    view: str | None,
    lessons: Path | None,
    trust: bool,
    is_ascii: bool,
) -> int:
    """Write a kept run as .csv, .jsonl, .safetensors, .svg, .txt, or as a .py that repeats it with NumPy alone.

    RUN is an id, a label or a folder. Into a folder it writes all of them.
    """
    prepare_process()
    from nnlab.commands import export as exporting

    return exporting.export(
        run,
        output,
        view,
        lessons or shared["lessons"],
        is_trusted=trust or shared["trust"],
        is_ascii=is_ascii or shared["ascii"],
    )
