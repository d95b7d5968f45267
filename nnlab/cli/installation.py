"""Commands about the installation itself, and what can be added to it."""

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def doctor(as_json: bool) -> int:
    """Look at the installation: libraries, terminal, GPU."""
    from nnlab.commands import doctor as examining

    return examining.doctor(as_json)


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> int:
    """Print a script that lets the shell complete commands, experiments, knobs and runs.

    \b
    bash  nnlab completion bash > ~/.local/share/bash-completion/completions/nnlab
    zsh   nnlab completion zsh > a folder of $fpath/_nnlab
    fish  nnlab completion fish > ~/.config/fish/completions/nnlab.fish
    """
    from nnlab.commands import completion as completing

    return completing.print_script(shell, context.find_root().command)


@click.command()
def paths() -> int:
    """Print where nnlab keeps things."""
    from nnlab.lab.paths import all_paths

    for name, path in all_paths().items():
        click.echo(f"{name:10}{path}")
    return 0


@click.command()
@click.argument("name", metavar="[NAME]", required=False)
@click.option("--from", "mirror", metavar="URL", help="Fetch the same files from a mirror; their checksums hold.")
@click.option("--json", "as_json", is_flag=True, help="Print the list as one JSON object.")
def data(name: str | None, mirror: str | None, as_json: bool) -> int:
    """List the published data sets, or download one: mnist, fashion-mnist.

    Nothing is ever downloaded unasked. What comes is checked against its published checksums and kept, so that
    `nnlab run cnn/digits --data NAME` finds it.
    """
    from nnlab.commands import data as fetching

    if name is None:
        return fetching.list_sets(as_json=as_json)
    return fetching.fetch(name, mirror)
