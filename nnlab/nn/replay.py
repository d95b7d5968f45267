"""Replays of a loss and its gradients: what one call computes is written down, then computed again without Python.

A call that runs on `Recorded` arrays leaves a list of NumPy's own calls, each with the memory that it writes to. Views
(slices, transposes, most reshapes) are made once and cost nothing later; what depends on no input is done once, and
what no result needs is left out. A replay makes the very calls that were recorded, and so gives the same bits.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from typing import Any

import numpy as np

from nnlab.engine import Array, EngineError, Tensor
from nnlab.engine.backend import NAMESPACES
from nnlab.engine.modes import MODE
from nnlab.nn.module import Module

PATIENCE, MOST, LARGEST = 3, 8, 8 * 2**20
"""Eager calls before a recording, shapes that one replay looks after, bytes that a recording may hold on to.

Larger steps spend their time in the arrays, and would spend more of it where each has memory of its own.
"""


class Replay:
    """loss = replay(*arrays) stands for loss = function(*arrays); loss.backward(), and gives the same bits.

    The function must compute from its arrays and the models alone; only the first model gets gradients, in memory that
    the next call overwrites. It is recorded, checked against an eager call, and replayed on NumPy as long as each
    module says that it `replays`, the modules, all they hold and the parameters' memory are those of the recording,
    and the gradients are None. It is called as it is under checking() or no_grad(), while a layer is watched, and
    wherever else a replay could differ.
    """

    def __init__(self, function: Callable[..., Tensor], model: Module, *fixed: Module) -> None:
        self.function = function
        self.models = (model, *fixed)
        self.learned = list(model.parameters())
        self.fixed = [leaf for one in fixed for leaf in one.parameters()]
        self._seen: dict[Any, Any] = {}
        """By shapes and dtypes: how many calls, then what to replay, or None where that cannot be."""

    def __call__(self, *arrays: Array) -> Array:
        """Return the loss, () or (S,), as an array; leave the gradients in the parameters of the model."""
        key = tuple([(type(array), array.shape, array.dtype) for array in arrays])
        seen = self._seen.get(key, 0) if MODE.get() is None else None
        is_free = not [1 for leaf in self.learned if leaf.grad is not None or not leaf.requires_grad]
        if is_free and type(seen) is tuple:
            held, ids, memory, inputs, computations, loss, gradients, _ = seen
            if [*map(id, chain(*held))] == ids and not [1 for leaf, data in memory if leaf.data is not data]:
                for buffer, array in zip(inputs, arrays, strict=True):
                    np.copyto(buffer, array)
                for again in computations:
                    again()
                for leaf, gradient in gradients:
                    leaf.grad = gradient
                return loss.copy()[()]
            seen = 0
        before = [leaf.grad for leaf in self.fixed]
        result = self.function(*arrays)
        result.backward()
        for leaf, gradient in zip(self.fixed, before, strict=True):
            leaf.grad = gradient
        if is_free and seen is not None and (key in self._seen or len(self._seen) < MOST):
            self._seen[key] = seen + 1 if seen < PATIENCE else self._record(arrays, result.data)
        return result.data

    def _record(self, arrays: tuple[Array, ...], expected: Array) -> Any:
        """Return what to replay, if it gives the expected loss and the gradients that are there; else None."""
        modules = [module for model in self.models for _, module in model.named_modules()]
        leaves = [leaf for model in self.models for leaf in model.parameters()]
        is_known = leaves == self.learned + self.fixed and {*map(type, arrays)} <= {np.ndarray}
        if not is_known or not all(map(_replays, modules)):
            return None
        was, inputs = [(leaf, leaf.data, leaf.grad) for leaf in leaves], [array.copy() for array in arrays]
        recorder = NAMESPACES[Recorded] = Recorder()
        try:
            for leaf, data, _ in was:
                leaf.data, leaf.grad = recorder.wrap(data), None
            loss = self.function(*map(recorder.wrap, inputs))
            loss.backward()
            gradients = [(leaf, _bare(leaf.grad)) for leaf in self.learned if leaf.grad is not None]
            results = [_bare(loss.data), *(gradient for _, gradient in gradients)]
            computations = recorder.computations([*inputs, *(data for _, data, _ in was)], results)
        except (NotReplayableError, EngineError):
            return None
        finally:
            for leaf, data, gradient in was:
                leaf.data, leaf.grad = data, gradient
            del NAMESPACES[Recorded]
        for again in computations:
            again()
        size = sum(array.nbytes for array in recorder.memory.values())
        if size > LARGEST or not all(map(np.array_equal, results, [expected, *(leaf.grad for leaf, _ in gradients)])):
            return None
        held: list[Any] = [vars(module).values() for module in modules]
        held += [one.values() if isinstance(one, dict) else one for one in chain(*held) if isinstance(one, dict | list)]
        values, memory = [*chain(*held)], [(leaf, leaf.data) for leaf in leaves]
        return held, [*map(id, values)], memory, inputs, computations, results[0], gradients, values


class NotReplayableError(Exception):
    """A call did what another call may do differently: looked at a value, or took an array from elsewhere."""


class Recorded(np.ndarray):
    """An array of the recording under way: what is done with it is written down."""

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = (), **options: Any) -> Any:
        if ufunc.nout > 1 or method not in ("__call__", "reduce"):
            raise NotReplayableError(f"{ufunc.__name__}.{method}")
        call, bare = ufunc if method == "__call__" else ufunc.reduce, _bare(inputs)
        result = np.asarray(call(*bare, out=_bare(out[0]) if out else None, **options))
        by_name = options or call in (ufunc.reduce, np.maximum, np.minimum)  # by its place `out` costs a third less
        again = partial(call, *bare, out=result, **options) if by_name else partial(call, *bare, result)
        NAMESPACES[Recorded].note(again, inputs, result)
        return out[0] if out else NAMESPACES[Recorded].wrap(result)

    def __setitem__(self, *key_and_value: Any) -> None:
        again = partial(np.ndarray.__setitem__, _bare(self), *_bare(key_and_value))
        again()
        NAMESPACES[Recorded].note(again, key_and_value, self)

    def __bool__(self, *_: Any) -> Any:
        raise NotReplayableError("a value was looked at")

    __float__ = __int__ = __index__ = __complex__ = item = tolist = __bool__


class Recorder:
    """What one call computed; it is the namespace of its arrays as well."""

    __name__ = np.__name__  # so that the kernels are used

    def __init__(self) -> None:
        self.notes: list[tuple[Callable[[], Any], set[int], int]] = []
        """(what computes it again, what that reads, what it writes to)"""
        self.memory: dict[int, Array] = {}
        """Whatever owns memory that is known: inputs, and what was made from them."""

    def wrap(self, array: Array) -> Any:
        """Return an array for the recording, whose memory then is known."""
        owner = _owner(array)
        self.memory[id(owner)] = owner
        return array.view(Recorded)

    def note(self, again: Callable[[], Any], reads: Any, result: Array) -> None:
        """Write down a computation, by what it reads and writes to."""
        self.notes.append((again, self.owners(_arrays(reads)), id(_owner(result))))

    def owners(self, arrays: Sequence[Array]) -> set[int]:
        """Return the ids of whatever owns the arrays' memory; NotReplayableError when nobody knows one."""
        owners = {id(_owner(array)) for array in arrays}
        if not self.memory.keys() >= owners:
            raise NotReplayableError("an array came from elsewhere")
        return owners

    def __getattr__(self, name: str) -> Any:
        function = getattr(np, name)
        is_seen = isinstance(function, type | np.ufunc) or function in _COME_BACK
        return function if is_seen or not callable(function) else partial(self.apply, function)

    def apply(self, function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """Call a function of arrays that is no ufunc, and write it down unless it gives a view."""
        bare, options = _bare(arguments), {name: _bare(value) for name, value in options.items()}
        arrays, result = _arrays((arguments, list(options.values()))), np.asarray(function(*bare, **options))
        if not (self.owners(arrays) and any(np.may_share_memory(result, array) for array in arrays)):
            if not arrays or function.__name__.endswith("_like"):
                function, bare, options, arrays = np.copy, (result.copy(),), {}, []
            self.note(lambda: np.copyto(result, function(*bare, **options)), arrays, result)
        return self.wrap(result)

    def computations(self, inputs: Sequence[Array], results: Sequence[Array]) -> list[Callable[[], Any]]:
        """Return what leads from the inputs to the results; the rest is done for good, or for nothing."""
        targets = [target for *_, target in self.notes]
        varying, needed = self.owners(inputs), self.owners(results)
        kept, computations = [], []
        for again, reads, target in self.notes:
            if reads & varying or targets.count(target) > 1:
                varying.add(target)
                kept.append((again, reads, target))
        for again, reads, target in reversed(kept):
            if target in needed:
                needed |= reads
                computations.append(again)
        return computations[::-1]


def _replays(module: Module) -> bool:
    """Whether the module's forward may be replayed: it is one of ours, or the class that wrote it says so."""
    owner = next(kind for kind in type(module).__mro__ if "forward" in vars(kind))
    is_said = "replays" in vars(owner) or owner.__module__.startswith("nnlab.nn.")
    return is_said and module.replays and module.watcher is None


def _arrays(values: Any) -> list[Array]:
    if isinstance(values, list | tuple):
        return [array for value in values for array in _arrays(value)]
    return [values] if isinstance(values, np.ndarray | np.generic) else []


def _bare(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return type(value)(map(_bare, value))
    return value.view(np.ndarray) if isinstance(value, Recorded) else value


def _owner(array: Array) -> Array:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


_COME_BACK = (np.sum, np.max, np.min, np.reshape, np.astype, np.isdtype)
"""Functions that end in a ufunc or in a method of their array, or take none."""
for _method in (np.ndarray.reshape, np.ndarray.astype, np.ndarray.copy, np.ndarray.__getitem__):
    setattr(Recorded, _method.__name__, lambda *a, _method=_method, **k: NAMESPACES[Recorded].apply(_method, *a, **k))
