"""Parameters as one flat buffer: an optimizer's step is then a handful of array operations, however many tensors."""

import math
from typing import Any

import numpy as np

from nnlab.engine import Array, GradientError, ShapeError, Tensor, namespace_of


class FlatParameters:
    """Some parameters in one array (P,); each parameter's data is a view of its part.

    names: what error messages call them.
    """

    def __init__(self, parameters: list[Tensor], names: list[str]) -> None:
        self.parameters = parameters
        self.names = names
        first = parameters[0].data
        self.xp = xp = namespace_of(first)
        dtypes = {str(parameter.dtype) for parameter in parameters}
        if len(dtypes) > 1:
            raise ShapeError(f"optimizer: one group of parameters needs one dtype, got {', '.join(sorted(dtypes))}.")
        self.values: Array = xp.concat([parameter.data for parameter in parameters], axis=None)
        self._views: list[Array] = []
        start = 0
        for parameter in parameters:
            size = math.prod(parameter.shape)
            self._views.append(xp.reshape(self.values[start : start + size], parameter.shape))
            start += size
        self._networks: dict[int, Array] = {}
        self.adopt()

    def adopt(self) -> None:
        """Make each parameter a view of the buffer (again, should somebody have put another array there)."""
        for parameter, view in zip(self.parameters, self._views, strict=True):
            if parameter.data is not view:
                view[...] = parameter.data
                parameter.data = view

    def gradient(self) -> Array:
        """Return the gradients as one new array (P,). GradientError names a parameter that backward did not reach."""
        grads = [parameter.grad for parameter in self.parameters]
        for name, grad in zip(self.names, grads, strict=True):
            if grad is None:
                raise GradientError(
                    f"optimizer step: backward did not reach parameter {name}; "
                    "use it in the loss, call backward first, or set its requires_grad to False."
                )
        return self.xp.concat(grads, axis=None)

    def spread(self, value: Any) -> Any:
        """Return a setting for every element: a number as it is, one value per network (S,) as an array (P,)."""
        if isinstance(value, int | float) or not value.ndim:
            return float(value)
        count = value.shape[0]
        if count not in self._networks:
            self._networks[count] = self._network_of_each(count)
        on_device = self.xp.asarray(np.asarray(value), dtype=self.values.dtype)
        return self.xp.take(on_device, self._networks[count], axis=0)

    def _network_of_each(self, count: int) -> Array:
        for name, parameter in zip(self.names, self.parameters, strict=True):
            if not parameter.ndim or parameter.shape[0] != count:
                raise ShapeError(
                    f"optimizer: a setting with one value per network came for {count} networks, "
                    f"but parameter {name} is {parameter.shape}; its first axis must count them."
                )
        each = [np.repeat(np.arange(count), math.prod(parameter.shape[1:])) for parameter in self.parameters]
        return self.xp.asarray(np.concatenate(each))
