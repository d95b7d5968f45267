"""Where output goes: data to stdout, everything else to stderr."""

import sys
from collections.abc import Mapping
from typing import Any

import click
import msgspec


def print_json(data: Mapping[str, Any]) -> None:
    """Write one JSON object to stdout."""
    write(msgspec.json.format(msgspec.json.encode(data), indent=2) + b"\n")


def write(content: bytes, *, is_flushed: bool = False) -> None:
    """Write data to stdout as it is. is_flushed: a reader waits for it."""
    sys.stdout.buffer.write(content)
    if is_flushed:
        sys.stdout.buffer.flush()


def notice(text: str) -> None:
    """Tell the user something beside the data; nothing when the text is empty."""
    if text:
        click.echo(f"nnlab: {text}", err=True)
