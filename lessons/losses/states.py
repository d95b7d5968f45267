"""Supervised states that carry a few fields of an experiment's own."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar

from nnlab.lab.authoring import Experiment, Streams, Supervised
from nnlab.lab.experiment import Knobs

Kind = TypeVar("Kind", bound=Supervised)


def setup_as(made: Experiment, kind: Callable[..., Kind], *names: str) -> Callable[[Knobs, Streams, Any], Kind]:
    """Return a setup that makes a `kind` of what `made` sets up, its further fields `names` taken from the knobs."""

    def setup(knobs: Knobs, streams: Streams, xp: Any) -> Kind:
        plain = made.setup(knobs, streams, xp)
        shared = {part.name: getattr(plain, part.name) for part in fields(plain)}
        return kind(**shared, **{name: knobs[name] for name in names})

    return setup
