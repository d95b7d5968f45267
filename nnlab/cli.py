"""The command line: parses, and calls the lab or opens the screen."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from nnlab import __version__
from nnlab.lab.errors import NnlabError


def offering(kind: str) -> Callable[[click.Context, click.Parameter, str], Any]:
    """Return what a shell calls to complete a word: a function of nnlab.commands.completion, imported only then."""

    def complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> Any:
        from nnlab.commands import completion

        return getattr(completion, kind)(context, incomplete)

    return complete


KNOBS: dict[str, Any] = {"multiple": True, "shell_complete": offering("knobs")}
lessons_option = click.option(
    "--lessons", type=click.Path(path_type=Path), metavar="DIR", help="A course of your own instead of the bundled one."
)
trust_option = click.option("--trust", is_flag=True, help="Run the code of --lessons without asking.")
ascii_option = click.option("--ascii", "is_ascii", is_flag=True, help="Draw with ASCII characters only.")


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="nnlab", message="%(prog)s %(version)s")
@lessons_option
@trust_option
@ascii_option
@click.pass_context
def nnlab(context: click.Context, lessons: Path | None, trust: bool, is_ascii: bool) -> None:
    """A neural-network lab that lives in a terminal.

    Without a command it opens the lab; everything else works without a screen.
    """
    context.obj = {"lessons": lessons, "trust": trust, "ascii": is_ascii}
    if context.invoked_subcommand is None:
        from nnlab.commands.courses import open_lab

        context.exit(open_lab(lessons, is_trusted=trust, is_ascii=is_ascii))


@nnlab.command("list")
@click.argument("lesson", required=False, shell_complete=offering("lessons"))
@lessons_option
@click.option("--experiments", is_flag=True, help="One LESSON/EXPERIMENT a line, ready for `nnlab run`.")
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def list_lessons(shared: dict[str, Any], /, lesson: str | None, lessons: Path | None, **options: Any) -> int:
    """List the lessons with your progress, or a LESSON's pages, exercises and best scores; runs none of their code."""
    from nnlab.commands import listing

    return listing.list_lessons(lesson, lessons or shared["lessons"], **options)


@nnlab.group()
def progress() -> None:
    """Your progress in the lessons; `nnlab list` shows it."""


@progress.command()
@click.argument("lesson", required=False, shell_complete=offering("lessons"))
@click.option("--yes", is_flag=True, help="Do not ask.")
@lessons_option
@click.pass_obj
def reset(shared: dict[str, Any], /, lesson: str | None, yes: bool, lessons: Path | None) -> int:
    """Forget what you did in LESSON, or in every lesson of every course; asks before.

    Kept runs and the code you wrote stay.
    """
    from nnlab.commands import progress as forgetting

    return forgetting.reset(lesson, lessons or shared["lessons"], is_sure=yes)


@nnlab.command()
@click.argument("name", metavar="LESSON[/EXPERIMENT]", shell_complete=offering("experiments"))
@click.option("--set", "assignments", metavar="KNOB=VALUE", help="Set a knob; may be repeated.", **KNOBS)
@click.option("--at", "changes", multiple=True, metavar="STEP:KNOB=VALUE", help="Change a live knob before a step.")
@click.option("--seed", type=int, default=1, show_default=True, help="First seed.")
@click.option("--seeds", type=click.IntRange(1, 10_000), default=1, help="Train so many seeds side by side.")
@click.option("--steps", type=click.IntRange(min=0), help="Training steps; each experiment has its own default.")
@click.option("--device", default="auto", show_default=True, metavar="auto|cpu|cuda")
@click.option("--until-goal", is_flag=True, help="Stop as soon as the experiment's goal holds.")
@click.option("--plot", is_flag=True, help="End with the plots, as text.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--jsonl", "as_jsonl", is_flag=True, help="Stream every step as a line of JSON.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="DIR", help="Keep the run in this folder too.")
@click.option("--keep", is_flag=True, help="Keep the run in the history; see `nnlab runs`.")
@click.option("--max-seconds", type=click.FloatRange(min=0, min_open=True), help="Stop after so many seconds (exit 4).")
@click.option(
    "--max-memory",
    type=click.IntRange(min=64),
    metavar="MB",
    help="Let the process, or with cuda its device, use at most so much memory (exit 4).",
)
@click.option("--code", metavar="FILE|HASH", help="Let your function replace ours: a file, or code tried before.")
@click.option("--data", metavar="FILE|HASH", help="Learn from your data: a table, images, a text, or data used before.")
@click.option("--target", metavar="COLUMN", help="Short for --set target=COLUMN: what a table's network shall tell.")
@click.option("--layers", metavar="LINE", help='Short for --set layers=LINE, such as "8 tanh, 8 tanh".')
@click.option("--blas-threads", type=click.IntRange(1, 256), default=1, show_default=True)
@lessons_option
@trust_option
@ascii_option
@click.pass_obj
def run(
    shared: dict[str, Any], /, lessons: Path | None, trust: bool, is_ascii: bool, blas_threads: int, **options: Any
) -> int:
    """Run an experiment without a screen."""
    prepare_process(blas_threads)
    from nnlab.commands import run as running

    return running.run(
        folder=lessons or shared["lessons"],
        is_trusted=trust or shared["trust"],
        is_ascii=is_ascii or shared["ascii"],
        blas_threads=blas_threads,
        **options,
    )


@nnlab.command()
@click.argument("name", metavar="LESSON[/EXPERIMENT]", shell_complete=offering("experiments"))
@click.option("--grid", metavar="KNOB=A,B,C", help="Try each of these values; may be repeated.", **KNOBS)
@click.option("--random", metavar="KNOB=LOW..HIGH[:log]", help="Draw values; may be repeated.", **KNOBS)
@click.option("--samples", type=click.IntRange(1), help="Draws for each cell of the grid; 20 unless said.")
@click.option("--set", "assignments", metavar="KNOB=VALUE", help="Set a knob in every cell.", **KNOBS)
@click.option("--seed", type=int, default=1, show_default=True, help="First seed, also of the random values.")
@click.option("--seeds", type=click.IntRange(1, 1000), default=1, help="Train so many seeds in each cell.")
@click.option("--steps", type=click.IntRange(min=0), help="Training steps; each experiment has its own default.")
@click.option("--metric", default="", metavar="M", help="What ranks the cells; else the loss on unseen data.")
@click.option("--device", default="auto", show_default=True, metavar="auto|cpu|cuda")
@click.option("--data", metavar="FILE|HASH", help="Learn from your data, as in `nnlab run`.")
@click.option("--target", metavar="COLUMN", help="Short for --set target=COLUMN, as in `nnlab run`.")
@click.option("--layers", metavar="LINE", help="Short for --set layers=LINE, as in `nnlab run`.")
@click.option("--jobs", type=click.IntRange(1, 256), help="Worker processes; one for each core unless said.")
@click.option("--plot", is_flag=True, help="Begin with a map over the two knobs of a grid, as text.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--jsonl", "as_jsonl", is_flag=True, help="Stream what happens as lines of JSON.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="DIR", help="Keep the sweep in this folder.")
@lessons_option
@trust_option
@ascii_option
@click.pass_obj
def sweep(shared: dict[str, Any], /, lessons: Path | None, trust: bool, is_ascii: bool, **options: Any) -> int:
    """Train an experiment with many settings and rank them; killed, the same line goes on where it was.

    Networks of equal shape train as one array program, the rest in worker processes. The same plan is the same sweep.
    """
    prepare_process()
    from nnlab.commands import sweep as sweeping

    return sweeping.sweep(
        folder=lessons or shared["lessons"],
        is_trusted=trust or shared["trust"],
        is_ascii=is_ascii or shared["ascii"],
        **options,
    )


@nnlab.command()
@click.argument("names", nargs=-1, metavar="[LESSON|CLAIM|exercise:ID|PATH]...", shell_complete=offering("lessons"))
@click.option("--full", is_flag=True, help="Check the full tier too, not only the fast one.")
@click.option("--ship", is_flag=True, help="Also write the proofs into the lessons' folders, to be shipped with them.")
@click.option("--broken", is_flag=True, help="Check the claims' broken forms alone: each must fail, so this exits 1.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@lessons_option
@trust_option
@click.pass_obj
def test(shared: dict[str, Any], /, lessons: Path | None, trust: bool, **options: Any) -> int:
    """Prove what the lessons assert: every claim, and that its broken form fails.

    A code exercise counts as the claim exercise:ID: it fails unsolved, passes with its solution, and a wrong function
    changes the run.
    """
    prepare_process()
    from nnlab.commands import test as testing

    return testing.test(folder=lessons or shared["lessons"], is_trusted=trust or shared["trust"], **options)


@nnlab.command()
@click.argument("run", metavar="RUN", shell_complete=offering("kept_runs"))
@lessons_option
@trust_option
@click.pass_obj
def replay(shared: dict[str, Any], /, run: str, lessons: Path | None, trust: bool) -> int:
    """Repeat a kept run (its id, label or folder), or cell N of a sweep (FOLDER/N), and compare it, byte for byte."""
    prepare_process()
    from nnlab.commands import replay as replaying

    return replaying.replay(run, lessons or shared["lessons"], is_trusted=trust or shared["trust"])


@nnlab.group(invoke_without_command=True)
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


@nnlab.command()
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


@nnlab.command()
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


@nnlab.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def doctor(as_json: bool) -> int:
    """Look at the installation: libraries, terminal, GPU."""
    from nnlab.commands import doctor as examining

    return examining.doctor(as_json)


@nnlab.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> int:
    """Print a script that lets the shell complete commands, experiments, knobs and runs.

    \b
    bash  nnlab completion bash > ~/.local/share/bash-completion/completions/nnlab
    zsh   nnlab completion zsh > a folder of $fpath/_nnlab
    fish  nnlab completion fish > ~/.config/fish/completions/nnlab.fish
    """
    from nnlab.commands import completion as completing

    return completing.print_script(shell, nnlab)


@nnlab.command()
def paths() -> int:
    """Print where nnlab keeps things."""
    from nnlab.lab.paths import all_paths

    for name, path in all_paths().items():
        click.echo(f"{name:10}{path}")
    return 0


def prepare_process(blas_threads: int = 1) -> None:
    """Settle what must be settled before NumPy is imported: BLAS threads, and how memory is kept."""
    from nnlab.lab.allocation import keep_large_temporaries
    from nnlab.lab.threads import limit_blas_threads

    limit_blas_threads(blas_threads)
    keep_large_temporaries()


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its code: see README, "Exit codes"."""
    sys.exit(guarded(lambda: nnlab.main(arguments, prog_name="nnlab", standalone_mode=False)))


def guarded(work: Callable[[], Any]) -> int:
    """Run `work`; turn what it raises into one sentence on stderr and an exit code."""
    try:
        code = work()
        return code if isinstance(code, int) else 0
    except NnlabError as error:
        click.echo(f"nnlab: {error}", err=True)
        return error.exit_code
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return 130
    except MemoryError:
        click.echo("nnlab: the memory limit was reached; give --max-memory more, or take fewer seeds.", err=True)
        return 4
    except BrokenPipeError:
        sys.stderr.close()
        return 141
    except Exception as error:  # the last border: the user gets a sentence and a report, not a traceback
        from nnlab.lab.reports import write_report

        click.echo(f"nnlab: internal error, {type(error).__name__}: {error}. Report: {write_report(error)}", err=True)
        return 70


if __name__ == "__main__":
    main()
