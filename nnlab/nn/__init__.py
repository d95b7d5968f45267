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
    Sine,
    Softmax,
    Softplus,
    Step,
    Tanh,
    activation,
)
from nnlab.nn.clipping import clip_gradient_norm, clip_gradient_value, clip_parameters
from nnlab.nn.convolution import AvgPool2d, Conv2d, ConvTranspose2d, GlobalAvgPool2d, MaxPool2d, Reshape, Upsample
from nnlab.nn.initializers import INITIALIZERS, initializer
from nnlab.nn.layers import Flatten, Linear, Sequential
from nnlab.nn.module import Module, parameter
from nnlab.nn.normalization import BatchNorm, Dropout, Embedding, LayerNorm
from nnlab.nn.observation import Observed, observe
from nnlab.nn.optimizer_base import Optimizer
from nnlab.nn.optimizers import OPTIMIZERS, SGD, Adagrad, Adam, AdamW, RMSprop, optimizer
from nnlab.nn.recurrent import GRU, LSTM, RECURRENT, RNN
from nnlab.nn.replay import Replay
from nnlab.nn.schedules import SCHEDULES, schedule, warm_up
from nnlab.nn.summary import LayerSummary, parameter_count, summary
from nnlab.nn.weights_file import load_weights, save_weights

__all__ = [
    "ACTIVATIONS", "ELU", "GELU", "GRU", "INITIALIZERS", "LSTM", "OPTIMIZERS", "RECURRENT", "RNN", "SCHEDULES", "SGD",
    "Activation", "Adagrad", "Adam", "AdamW", "AvgPool2d", "BatchNorm", "Conv2d", "ConvTranspose2d", "Dropout",
    "Embedding", "Flatten", "GlobalAvgPool2d", "Identity", "LayerNorm", "LayerSummary", "LeakyReLU", "Linear",
    "LogSoftmax", "MaxPool2d", "Module", "Observed", "Optimizer", "RMSprop", "ReLU", "Replay", "Reshape", "Sequential",
    "SiLU", "Sigmoid", "Sine", "Softmax", "Softplus", "Step", "Tanh", "Upsample", "activation", "clip_gradient_norm",
    "clip_gradient_value", "clip_parameters", "initializer", "load_weights", "observe", "optimizer", "parameter",
    "parameter_count", "save_weights", "schedule", "summary", "warm_up",
]  # fmt: skip
