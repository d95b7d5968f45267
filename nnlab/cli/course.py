"""Commands about a course: what is in it, your progress, and the proofs of what it asserts."""

from pathlib import Path
from typing import Any

import click

from nnlab.cli.options import lessons_option, offering, prepare_process, trust_option


@click.command("list")
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


@click.group()
def progress() -> None:
    """Your progress in the lessons; `nnlab list` shows it."""


@progress.command()
@click.argument("lesson", required=False, shell_complete=offering("lessons"))
@click.option("--yes", is_flag=True, help="Do not ask.")
@lessons_option
@click.pass_obj
def reset(shared: dict[str, Any], /, lesson: str | None, yes: bool, lessons: Path | None) -> int:
    """Forget what you did in LESSON, or in every lesson of the course; asks before.

    Kept runs and the code you wrote stay.
    """
    from nnlab.commands import progress as forgetting

    return forgetting.reset(lesson, lessons or shared["lessons"], is_sure=yes)


@click.command()
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
