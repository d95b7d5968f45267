"""Modules, layers, initializers and optimizers on top of the engine."""

from nnlab.nn.activations import (
    ACTIVATIONS,
    ELU,
    GELU,
    Activation,
    Identity,
    LeakyReLU,
    LogSoftmax,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Step,
    Tanh,
    activation,
)
from nnlab.nn.initializers import INITIALIZERS, initializer
from nnlab.nn.layers import Flatten, Linear, Sequential
from nnlab.nn.module import Module, parameter
from nnlab.nn.observation import Observed, observe
from nnlab.nn.optimizers import OPTIMIZERS, SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop, optimizer

__all__ = [
    "ACTIVATIONS",
    "ELU",
    "GELU",
    "INITIALIZERS",
    "OPTIMIZERS",
    "SGD",
    "Activation",
    "Adagrad",
    "Adam",
    "AdamW",
    "Flatten",
    "Identity",
    "LeakyReLU",
    "Linear",
    "LogSoftmax",
    "Module",
    "Observed",
    "Optimizer",
    "RMSprop",
    "ReLU",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Step",
    "Tanh",
    "activation",
    "initializer",
    "observe",
    "optimizer",
    "parameter",
]
