"""Layers of convolutional networks: convolution, its transpose, pooling, upsampling, reshaping."""

from typing import Any

from nnlab.engine import (
    Tensor,
    ValueRangeError,
    avg_pool2d,
    conv2d,
    conv_transpose2d,
    global_avg_pool2d,
    max_pool2d,
    reshape,
    upsample_nearest2d,
    values,
)
from nnlab.engine.convolution import Pair, pair
from nnlab.nn.initializers import Initializer, zeros
from nnlab.nn.initializers import initializer as by_name
from nnlab.nn.module import Module, parameter


class Conv2d(Module):
    """Cross-correlation. weight (..., outputs, inputs / groups, kh, kw), bias (..., outputs); x (N, inputs, H, W)."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: Pair,
        *,
        rng: Any,
        stride: Pair = 1,
        padding: Pair = 0,
        dilation: Pair = 1,
        groups: int = 1,
        initializer: str | Initializer = "he_uniform",
        bias: bool = True,
    ) -> None:
        _check_groups("Conv2d", inputs, outputs, groups)
        self.options: dict[str, Any] = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
        self.weight = parameter(by_name(initializer)(rng, (outputs, inputs // groups, *pair(kernel))))
        self.bias = parameter(zeros(rng, (outputs,))) if bias else None

    def forward(self, x: Any) -> Any:
        return conv2d(x, self.weight, self.bias, **self.options)


class ConvTranspose2d(Module):
    """The transpose of a convolution. weight (..., inputs, outputs / groups, kh, kw), bias (..., outputs)."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: Pair,
        *,
        rng: Any,
        stride: Pair = 1,
        padding: Pair = 0,
        output_padding: Pair = 0,
        groups: int = 1,
        initializer: str | Initializer = "he_uniform",
        bias: bool = True,
    ) -> None:
        _check_groups("ConvTranspose2d", inputs, outputs, groups)
        self.options: dict[str, Any] = {
            "stride": stride,
            "padding": padding,
            "output_padding": output_padding,
            "groups": groups,
        }
        self.weight = parameter(by_name(initializer)(rng, (inputs, outputs // groups, *pair(kernel))))
        self.bias = parameter(zeros(rng, (outputs,))) if bias else None

    def forward(self, x: Any) -> Any:
        return conv_transpose2d(x, self.weight, self.bias, **self.options)


class _Pool(Module):
    def __init__(self, kernel: Pair, *, stride: Pair | None = None, padding: Pair = 0) -> None:
        self.kernel = kernel
        self.options: dict[str, Any] = {"stride": stride, "padding": padding}


class MaxPool2d(_Pool):
    """The largest value of each window (..., H, W); stride is the kernel unless given."""

    def forward(self, x: Any) -> Tensor:
        return max_pool2d(x, self.kernel, **self.options)


class AvgPool2d(_Pool):
    """The mean of each window (..., H, W)."""

    def forward(self, x: Any) -> Tensor:
        return avg_pool2d(x, self.kernel, **self.options)


class GlobalAvgPool2d(Module):
    """The mean of each image: (N, C, H, W) -> (N, C)."""

    def forward(self, x: Any) -> Tensor:
        return global_avg_pool2d(x)


class Upsample(Module):
    """Each cell repeated scale times in both directions."""

    def __init__(self, scale: Pair) -> None:
        self.scale = scale

    def forward(self, x: Any) -> Tensor:
        return upsample_nearest2d(x, self.scale)


class Reshape(Module):
    """Give each sample another shape: (N, ...) -> (N, *shape); `leading` axes before the samples stay."""

    def __init__(self, shape: tuple[int, ...], *, leading: int = 0) -> None:
        self.shape = shape
        self.leading = leading

    def forward(self, x: Any) -> Tensor:
        return reshape(x, (*values(x).shape[: self.leading + 1], *self.shape))


def _check_groups(name: str, inputs: int, outputs: int, groups: int) -> None:
    if groups < 1 or inputs % groups or outputs % groups:
        raise ValueRangeError(f"{name}: groups must divide {inputs} inputs and {outputs} outputs, got {groups}.")
