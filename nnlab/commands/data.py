"""`nnlab data`: the published data sets, and the download of one that the user asks for."""

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import click

from nnlab.commands.output import print_json
from nnlab.data import PUBLISHED
from nnlab.data.download import Progress, download, publication
from nnlab.lab.data_files import data_errors
from nnlab.lab.errors import UsageError
from nnlab.lab.published_sets import folder_of, is_downloaded


def list_sets(*, as_json: bool) -> int:
    """Print the sets that can be downloaded, how large they are, and which are here."""
    if as_json:
        print_json(
            {
                "data": [
                    {"name": name, "title": wanted.title, "bytes": wanted.size, "is_here": is_downloaded(name)}
                    for name, wanted in PUBLISHED.items()
                ]
            }
        )
        return 0
    for name, wanted in PUBLISHED.items():
        where = str(folder_of(name)) if is_downloaded(name) else f"nnlab data {name}  downloads it"
        click.echo(f"{name:14}{wanted.size / 1e6:6.1f} MB   {where}")
        click.echo(f"{'':14}{wanted.credit}")
    return 0


def fetch(name: str, mirror: str | None) -> int:
    """Download a published set, checked by its checksums, and say how to learn from it.

    mirror: an address below which the same files lie.
    """
    with data_errors():
        wanted = publication(name)
        if mirror is not None:
            wanted = replace(wanted, address=_address(mirror))
        with _progress(wanted.title) as progress:
            folder = download(wanted, folder_of(name), progress=progress)
    click.echo(folder)
    click.echo(f"{wanted.title}: {wanted.credit}", err=True)
    click.echo(f"nnlab run cnn/digits --data {name}  learns from it", err=True)
    return 0


def _address(mirror: str) -> str:
    """Return the address with a slash at its end. Raises UsageError for what is none."""
    parts = urlsplit(mirror)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise UsageError(f"--from {mirror} is no address; give one that starts with https:// or http://.")
    return mirror if mirror.endswith("/") else mirror + "/"


@contextlib.contextmanager
def _progress(title: str) -> Iterator[Progress | None]:
    """Show a bar of the bytes that came, on a terminal only."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn(title, markup=False), BarColumn(bar_width=None), DownloadColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), refresh_per_second=10) as bar:
        task = bar.add_task("download", total=None)
        yield lambda here, total: bar.update(task, completed=here, total=total)
