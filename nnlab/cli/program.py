"""The command `nnlab` with all it can do, and how an error becomes a sentence and an exit code."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from nnlab import __version__
from nnlab.cli import course, history, installation, training
from nnlab.cli.options import ascii_option, lessons_option, trust_option
from nnlab.lab.errors import NnlabError


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


for command in (
    course.list_lessons,
    course.progress,
    course.test,
    training.run,
    training.sweep,
    history.replay,
    history.runs,
    history.compare,
    history.export,
    installation.data,
    installation.doctor,
    installation.completion,
    installation.paths,
):
    nnlab.add_command(command)


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
        from nnlab.lab.lesson_places import place_of, told
        from nnlab.lab.reports import write_report

        is_ours = not place_of(error)
        blamed = "internal error, " if is_ours else ""
        click.echo(f"nnlab: {blamed}{told(error).rstrip('.')}. Report: {write_report(error)}", err=True)
        return 70 if is_ours else 2
