"""What several commands share: options, completion, and making the process ready."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


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


def prepare_process(blas_threads: int = 1) -> None:
    """Settle what must be settled before NumPy is imported: BLAS threads, and how memory is kept."""
    from nnlab.lab.allocation import keep_large_temporaries
    from nnlab.lab.threads import limit_blas_threads

    limit_blas_threads(blas_threads)
    keep_large_temporaries()
