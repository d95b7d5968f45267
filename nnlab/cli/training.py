"""Commands that train: one run, or many settings of it."""

from pathlib import Path
from typing import Any

import click

from nnlab.cli.options import KNOBS, ascii_option, lessons_option, offering, prepare_process, trust_option


@click.command()
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
@click.option(
    "--data",
    metavar="FILE|HASH|NAME",
    help="Learn from your data: a table, images, a text, data used before, or a set that `nnlab data NAME` fetched.",
)
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


@click.command()
@click.argument("name", metavar="LESSON[/EXPERIMENT]", shell_complete=offering("experiments"))
@click.option("--grid", metavar="KNOB=A,B,C", help="Try each of these values; may be repeated.", **KNOBS)
@click.option("--random", metavar="KNOB=LOW..HIGH[:log]", help="Draw values; may be repeated.", **KNOBS)
@click.option("--samples", type=click.IntRange(1), help="Draws for each cell of the grid; 20 unless said.")
@click.option("--set", "assignments", metavar="KNOB=VALUE", help="Set a knob in every cell.", **KNOBS)
@click.option("--seed", type=int, default=1, show_default=True, help="First seed, also of the random values.")
@click.option("--seeds", type=click.IntRange(1, 1000), default=1, help="Train so many seeds in each cell.")
@click.option("--steps", type=click.IntRange(min=0), help="Training steps; each experiment has its own default.")
@click.option("--until-goal", is_flag=True, help="Stop each cell as soon as the goal holds; rank by the steps.")
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
