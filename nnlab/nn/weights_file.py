"""Weights on disk, as safetensors."""

from os import PathLike

from safetensors.numpy import load_file, save_file

from nnlab.engine import to_host
from nnlab.nn.module import Module


def save_weights(model: Module, path: str | PathLike[str]) -> None:
    """Write the model's state to `path`."""
    save_file({name: to_host(value).copy(order="C") for name, value in model.state_dict().items()}, path)


def load_weights(model: Module, path: str | PathLike[str]) -> None:
    """Take over the state in `path`. ShapeError when it is not of this model."""
    model.load_state_dict(load_file(path))
