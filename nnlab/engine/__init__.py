"""The engine: reverse-mode automatic differentiation over any array-API namespace."""

# ruff: noqa: A004  (sum, max, abs and pow are torch's names)

from nnlab.engine import kernels as kernels  # enters the faster forms into their table
from nnlab.engine.activations import (
    elu,
    gelu,
    leaky_relu,
    log_softmax,
    relu,
    sigmoid,
    silu,
    softmax,
    softplus,
    step,
    tanh,
)
from nnlab.engine.arithmetic import (
    abs,
    add,
    clip,
    cos,
    divide,
    equal,
    exp,
    greater,
    greater_equal,
    less,
    less_equal,
    log,
    maximum,
    minimum,
    multiply,
    negative,
    not_equal,
    pow,
    sin,
    sqrt,
    square,
    subtract,
    where,
)
from nnlab.engine.backend import Array, available, current, is_array, namespace_of, to_device, to_host, use
from nnlab.engine.convolution import conv2d, conv_transpose2d
from nnlab.engine.embedding import embedding
from nnlab.engine.errors import (
    BackendError,
    DTypeError,
    EngineError,
    GradientError,
    NonFiniteError,
    ShapeError,
    ValueRangeError,
)
from nnlab.engine.gan_losses import GAN_LOSSES, discriminator_loss, generator_loss
from nnlab.engine.gradient_check import GradientMismatch, check_gradients
from nnlab.engine.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    huber_loss,
    l1_loss,
    mse_loss,
)
from nnlab.engine.matmul import linear, matmul
from nnlab.engine.modes import checking, no_grad
from nnlab.engine.normalization import batch_norm, dropout, layer_norm
from nnlab.engine.pooling import avg_pool2d, global_avg_pool2d, max_pool2d, upsample_nearest2d
from nnlab.engine.primitive import primitive
from nnlab.engine.recurrent import gru, lstm, rnn
from nnlab.engine.reductions import logsumexp, max, mean, sum, var
from nnlab.engine.shapes import broadcast_to, concat, expand_dims, flatten, pad, permute, reshape, stack, take_slice
from nnlab.engine.tensor import Tensor, values

__all__ = [
    "GAN_LOSSES", "Array", "BackendError", "DTypeError", "EngineError", "GradientError", "GradientMismatch",
    "NonFiniteError", "ShapeError", "Tensor", "ValueRangeError", "abs", "add", "available", "avg_pool2d", "batch_norm",
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "broadcast_to", "check_gradients", "checking", "clip",
    "concat", "conv2d", "conv_transpose2d", "cos", "cross_entropy", "current", "discriminator_loss", "divide",
    "dropout", "elu", "embedding", "equal", "exp", "expand_dims", "flatten", "gelu", "generator_loss",
    "global_avg_pool2d", "greater", "greater_equal", "gru", "huber_loss", "is_array", "l1_loss", "layer_norm",
    "leaky_relu", "less", "less_equal", "linear", "log", "log_softmax", "logsumexp", "lstm", "matmul", "max",
    "max_pool2d", "maximum", "mean", "minimum", "mse_loss", "multiply", "namespace_of", "negative", "no_grad",
    "not_equal", "pad", "permute", "pow", "primitive", "relu", "reshape", "rnn", "sigmoid", "silu", "sin", "softmax",
    "softplus", "sqrt", "square", "stack", "step", "subtract", "sum", "take_slice", "tanh", "to_device", "to_host",
    "upsample_nearest2d", "use", "values", "var", "where",
]  # fmt: skip
