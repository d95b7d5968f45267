"""Two modes of computing: checking (every result must be finite) and without gradients."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from nnlab.engine.backend import Array, namespace_of
from nnlab.engine.errors import NonFiniteError


class Mode:
    """What an operation has to do besides computing. No dataclass: that module costs 5 ms of the engine's import."""

    def __init__(self, *, is_checked: bool = False, is_recorded: bool = True) -> None:
        self.is_checked = is_checked
        self.is_recorded = is_recorded
        self.layers: list[str] = []
        """Names of the modules that are being called, outermost first."""


MODE: ContextVar[Mode | None] = ContextVar("mode", default=None)
"""None is the usual mode (recorded, not checked), so that the usual operation pays one look-up."""


@contextmanager
def checking() -> Iterator[None]:
    """Inside the block the first operation with a non-finite result raises NonFiniteError; each costs a wait."""
    mode = MODE.get()
    with _mode(Mode(is_checked=True, is_recorded=mode is None or mode.is_recorded)):
        yield


@contextmanager
def no_grad() -> Iterator[None]:
    """Inside the block results carry no gradient and keep nothing for a backward pass."""
    mode = MODE.get()
    with _mode(Mode(is_checked=mode is not None and mode.is_checked, is_recorded=False)):
        yield


@contextmanager
def _mode(mode: Mode) -> Iterator[None]:
    token = MODE.set(mode)
    try:
        yield
    finally:
        MODE.reset(token)


# What a non-finite result of these operations is called; all others overflow, or are not a number.
_CAUSES = {("log", "inf"): "log(0)", ("divide", "inf"): "division by 0", ("divide", "nan"): "0/0"}


def check_finite(x: Array, operation: str, layer: str) -> None:
    """Raise NonFiniteError when `x` (any shape, floating) holds an infinity or a NaN."""
    xp = namespace_of(x)
    if not xp.isdtype(x.dtype, "real floating") or bool(xp.all(xp.isfinite(x))):
        return
    kind = "nan" if bool(xp.any(xp.isnan(x))) else "inf"
    what = _CAUSES.get((operation, kind), {"nan": "not a number", "inf": "overflow"}[kind])
    raise NonFiniteError(operation, layer, what)
