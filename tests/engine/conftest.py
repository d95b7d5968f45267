"""Every test that takes `xp` runs on NumPy (also read-only), array-api-strict (twice), CuPy and PyTorch if there."""

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import array_api_strict
import numpy as np
import pytest

from nnlab.engine import available, to_host, use


@dataclass(frozen=True)
class Backend:
    """Makes arrays of one namespace from host arrays."""

    name: str
    xp: Any
    is_read_only: bool = False

    def array(self, host: Any) -> Any:
        array = self.xp.asarray(host)
        if self.is_read_only:
            array = np.array(array)
            array.flags.writeable = False
        return array

    def close(self, actual: Any, expected: Any, rtol: float = 1e-12, atol: float = 1e-12) -> None:
        np.testing.assert_allclose(to_host(actual), to_host(expected), rtol=rtol, atol=atol)


NAMES = ["numpy", "read-only", "strict", "strictest"]
if available("cupy") is None:
    NAMES.append("cupy")
if available("torch") is None:
    NAMES.append("torch")


@pytest.fixture(params=NAMES)
def backend(request: pytest.FixtureRequest) -> Iterator[Backend]:
    flags: Any = nullcontext()
    if request.param == "strictest":
        flags = array_api_strict.ArrayAPIStrictFlags(
            boolean_indexing=False, data_dependent_shapes=False, enabled_extensions=()
        )
    by_name = {"numpy": "numpy", "read-only": "numpy", "cupy": "cupy", "torch": "torch"}
    namespace: Any = by_name.get(request.param, array_api_strict)
    with flags, use(namespace) as xp:
        yield Backend(request.param, xp, is_read_only=request.param == "read-only")


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20)
