"""Proofs over the whole table of primitives: drawn shapes, planted errors, no wait for the device."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnlab import engine, nn
from nnlab.engine import GradientMismatch, Tensor, check_gradients
from nnlab.engine.backend import NAMESPACES
from nnlab.engine.primitive import KERNELS, WITH_OUT
from tests.engine.cases import CASES, Case

quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
sides = st.integers(min_value=0, max_value=3)
shapes = st.lists(sides, max_size=3).map(tuple)


BINARY = ["add", "subtract", "multiply", "divide", "maximum", "minimum"]


@st.composite
def broadcasting(draw: st.DrawFn) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Two shapes that broadcast: some axes 1, some leading axes missing, some of length 0."""
    whole = draw(shapes)

    def part() -> tuple[int, ...]:
        kept = tuple(1 if draw(st.booleans()) else n for n in whole)
        return kept[draw(st.integers(0, len(kept))) :]

    return (whole, part()) if draw(st.booleans()) else (part(), whole)


@quick
@given(
    shapes=broadcasting(), operation=st.sampled_from(["add", "subtract", "multiply", "divide", "maximum", "minimum"])
)
def test_binary_operations_sum_gradients_back_to_any_broadcast_shape(backend, shapes, operation) -> None:
    rng = np.random.default_rng(1)
    x, y = (backend.array(rng.uniform(0.5, 2.0, shape)) for shape in shapes)
    check_gradients(getattr(engine, operation), x, y, rng=rng)


UNARY = [
    "negative", "square", "sqrt", "exp", "log", "sin", "cos", "abs", "sigmoid", "tanh", "relu", "leaky_relu", "elu",
    "gelu", "silu", "softplus",
]  # fmt: skip


@quick
@given(shape=shapes, operation=st.sampled_from(UNARY))
def test_unary_operations_take_any_shape(backend, shape, operation) -> None:
    rng = np.random.default_rng(2)
    check_gradients(getattr(engine, operation), backend.array(rng.uniform(0.5, 2.0, shape)), rng=rng)


@quick
@given(shape=st.lists(st.integers(1, 3), min_size=1, max_size=4).map(tuple), data=st.data())
def test_reductions_take_any_axes(backend, shape, data) -> None:
    rng = np.random.default_rng(3)
    axes = tuple(data.draw(st.sets(st.integers(0, len(shape) - 1), min_size=1)))
    axis = data.draw(st.sampled_from([None, axes, axes[0], axes[0] - len(shape)]))
    keep = data.draw(st.booleans())
    for name in ("sum", "mean", "max", "logsumexp"):
        operation = getattr(engine, name)
        check_gradients(
            lambda x, operation=operation: operation(x, axis=axis, keepdims=keep),
            backend.array(rng.standard_normal(shape)),
            rng=rng,
        )


@quick
@given(
    lead=st.sampled_from([(), (1,), (2,), (3,)]),
    n=st.integers(0, 3),
    d=st.integers(1, 3),
    h=st.integers(1, 3),
    shared=st.sampled_from(["neither", "x", "w"]),
)
def test_linear_takes_networks_in_front_shared_or_not(backend, lead, n, d, h, shared) -> None:
    rng = np.random.default_rng(4)
    x = rng.standard_normal((*(() if shared == "x" else lead), n, d))
    w, b = (rng.standard_normal((*(() if shared == "w" else lead), *shape)) for shape in ((d, h), (h,)))
    check_gradients(engine.linear, *(backend.array(one) for one in (x, w, b)), rng=rng)


@quick
@given(
    size=st.integers(1, 6),
    kernel=st.integers(1, 3),
    stride=st.integers(1, 3),
    padding=st.integers(0, 2),
    dilation=st.integers(1, 2),
    groups=st.integers(1, 2),
)
def test_convolution_takes_any_window_that_fits(backend, size, kernel, stride, padding, dilation, groups) -> None:
    rng = np.random.default_rng(5)
    arrays = [rng.standard_normal(s) for s in ((2, 2 * groups, size, 4), (2 * groups, 2, kernel, 1), (2 * groups,))]
    if size + 2 * padding < dilation * (kernel - 1) + 1:
        return
    check_gradients(
        lambda *a: engine.conv2d(*a, stride=stride, padding=padding, dilation=dilation, groups=groups),
        *(backend.array(array) for array in arrays),
        rng=rng,
    )


# --- A sign error planted in each vjp of each primitive must be caught.


def _primitives() -> Iterator[tuple[str, Any]]:
    # By import_module: `from nnlab.engine import matmul` gives the primitive of that name, not the module.
    for module in map(
        import_module,
        [
            f"nnlab.engine.{name}"
            for name in (
                "arithmetic", "activations", "reductions", "shapes", "matmul", "losses", "embedding", "convolution",
                "pooling", "normalization", "recurrent",
            )
        ],
    ):  # fmt: skip
        for name, value in vars(module).items():
            if hasattr(value, "__wrapped__") and getattr(value, "__module__", "") == module.__name__:
                yield name, value


class _Planted:
    """Wraps a primitive's function so that the vjp of one input has the wrong sign."""

    def __init__(self, function: Any, index: int) -> None:
        self.function = function
        self.index = index
        self.was_used = False
        self.was_offered = False

    def __call__(self, xp: Any, *arrays: Any, **options: Any) -> Any:
        result = self.function(xp, *arrays, **options)
        if result is None:  # a kernel that leaves these inputs to the primitive
            return None
        output, vjps = result
        changed = list(vjps)
        if self.index < len(changed) and changed[self.index] is not None:
            self.was_offered = True
            right = changed[self.index]

            def wrong(g: Any) -> Any:
                self.was_used = True
                return -right(g)

            changed[self.index] = wrong
        return output, changed


FLAT = {"step"}  # its gradient is zero by definition, so that its sign cannot be wrong


FORMS = [(name, "standard") for name in sorted({name for name, _ in _primitives()} - FLAT)]
FORMS += [(name, "kernel") for name in sorted(KERNELS.keys() & dict(_primitives()).keys())]


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_a_sign_error_planted_in_any_vjp_is_caught(name, form, monkeypatch) -> None:
    operation = dict(_primitives())[name]
    cell = next(
        cell
        for variable, cell in zip(operation.__code__.co_freevars, operation.__closure__, strict=True)
        if variable == "function"
    )
    original = cell.cell_contents if form == "standard" else KERNELS[name]
    monkeypatch.delitem(KERNELS, name, raising=False)
    caught, planted, offered = set(), set(), set()
    try:
        for index in range(6):
            for case in CASES:
                plant = _Planted(original, index)
                if form == "standard":
                    cell.cell_contents = plant
                else:
                    KERNELS[name] = plant
                rng = np.random.default_rng(6)
                try:
                    check_gradients(case.function, *case.draw(rng), rng=rng, rtol=1e-4, atol=1e-6)
                except GradientMismatch:
                    caught.add(index)
                if plant.was_used:
                    planted.add(index)
                if plant.was_offered:
                    offered.add(index)
    finally:
        if form == "standard":
            cell.cell_contents = original
    assert planted, f"no case reaches {name}"
    assert planted == offered, f"no case asks for these inputs' gradients: {offered - planted}"
    assert caught == planted


# --- No step waits for the device: converting an array to a number or to the host is counted.


class Lazy:
    """An array that counts every conversion to a Python number or a host array."""

    conversions = 0

    def __init__(self, array: Any) -> None:
        self._array = array

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._array, name)
        if callable(found):
            return lambda *a, **k: _wrapped(found(*map(_bare, a), **k))
        return _wrapped(found)

    def _convert(self, *_: Any, **__: Any) -> Any:
        Lazy.conversions += 1
        raise AssertionError("a step converted an array of the device to the host")

    __float__ = __int__ = __bool__ = __index__ = __complex__ = __array__ = __iter__ = tolist = item = _convert

    def __getitem__(self, key: Any) -> Any:
        return Lazy(self._array[_bare(key)])

    def __setitem__(self, key: Any, value: Any) -> None:
        self._array[_bare(key)] = _bare(value)


def _operator(name: str) -> Any:
    def apply(self: Lazy, *others: Any) -> Any:
        return _wrapped(getattr(self._array, name)(*map(_bare, others)))

    return apply


for _name in ("add", "sub", "mul", "truediv", "pow", "matmul", "and", "or"):
    for _form in (f"__{_name}__", f"__r{_name}__", f"__i{_name}__"):
        setattr(Lazy, _form, _operator(_form))
for _name in ("neg", "abs", "invert", "lt", "le", "gt", "ge", "eq", "ne"):
    setattr(Lazy, f"__{_name}__", _operator(f"__{_name}__"))


def _bare(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return type(value)(map(_bare, value))
    return value._array if isinstance(value, Lazy) else value


def _wrapped(value: Any) -> Any:
    return Lazy(np.asarray(value)) if isinstance(value, np.ndarray | np.generic) else value


def _counting_namespace() -> Any:
    def function(name: str) -> Any:
        bare = getattr(np, name)
        if not callable(bare) or isinstance(bare, type):
            return bare
        return lambda *a, **k: _wrapped(bare(*map(_bare, a), **{key: _bare(value) for key, value in k.items()}))

    names = [name for name in dir(np) if not name.startswith("_") and name not in ("test", "char", "rec")]
    return SimpleNamespace(__name__="counting", **{name: function(name) for name in names})


@pytest.fixture(params=["standard", "kernels"])
def counting(request, monkeypatch) -> Iterator[Any]:
    """A namespace that counts conversions, on which the primitives run, or the kernels."""
    xp = _counting_namespace()
    monkeypatch.setitem(NAMESPACES, Lazy, xp)
    if request.param == "kernels":
        monkeypatch.setattr(import_module("nnlab.engine.primitive"), "WITH_OUT", {*WITH_OUT, xp.__name__})
    with engine.use(xp):
        yield xp
    assert Lazy.conversions == 0
    with pytest.raises(AssertionError, match="converted"):  # the counter itself works
        float(Lazy(np.ones(())))
    Lazy.conversions = 0


@pytest.mark.parametrize("kind", ["mlp", "cnn", "rnn", "lstm"])
@pytest.mark.parametrize("optimizer", list(nn.OPTIMIZERS))
def test_a_training_step_never_waits_for_the_device(kind, optimizer, counting) -> None:
    rng = np.random.default_rng(7)
    x = Lazy(rng.standard_normal((4, 1, 6, 6)).astype(np.float32))
    classes = Lazy(rng.integers(0, 3, 4))
    if kind == "mlp":
        layers: list[Any] = [nn.Flatten(), nn.Linear(36, 5, rng=rng), nn.Tanh(), nn.Linear(5, 3, rng=rng)]
    elif kind == "cnn":
        layers = [
            nn.Conv2d(1, 2, 3, rng=rng, padding=1), nn.BatchNorm(2, rng=rng), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Dropout(0.2, rng=rng), nn.Linear(18, 3, rng=rng),
        ]  # fmt: skip
    else:
        cell = {"rnn": nn.RNN, "lstm": nn.LSTM}[kind](6, 5, rng=rng)
        layers = [nn.Flatten(), nn.Reshape((6, 6)), _LastState(cell), nn.Linear(5, 3, rng=rng)]
    model = nn.Sequential(*layers)
    rule = nn.optimizer(optimizer, model, 0.01)
    for _ in range(2):
        rule.zero_grad()
        engine.cross_entropy(model(x), classes).backward()
        nn.clip_gradient_norm(model, 1.0)
        rule.step()


@pytest.mark.parametrize("loss", engine.GAN_LOSSES)
def test_a_step_of_both_networks_of_a_gan_never_waits_for_the_device(loss, counting) -> None:
    rng = np.random.default_rng(7)
    real = Lazy(rng.standard_normal((4, 1, 4, 4)).astype(np.float32))
    generator = nn.Sequential(
        nn.Linear(3, 8, rng=rng), nn.Reshape((2, 2, 2)), nn.ReLU(),
        nn.ConvTranspose2d(2, 1, 4, rng=rng, stride=2, padding=1), nn.Tanh(),
    )  # fmt: skip
    critic = nn.Sequential(
        nn.Conv2d(1, 2, 4, rng=rng, stride=2, padding=1), nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(8, 1, rng=rng)
    )
    of_generator, of_critic = nn.optimizer("adam", generator, 0.01), nn.optimizer("rmsprop", critic, 0.01)
    for _ in range(2):
        latent = Lazy(rng.standard_normal((4, 3)).astype(np.float32))
        of_critic.zero_grad()
        made = generator(latent).detach()
        engine.discriminator_loss(loss, critic(real), critic(made)).backward()
        of_critic.step()
        nn.clip_parameters(critic, 0.5)
        of_generator.zero_grad()
        engine.generator_loss(loss, critic(generator(latent))).backward()
        of_generator.step()


class _LastState(nn.Module):
    def __init__(self, layer: nn.Module) -> None:
        self.layer = layer

    def forward(self, x: Any) -> Any:
        return self.layer(engine.permute(x, (1, 0, 2)))[0][-1]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_inputs_are_never_changed(case: Case, rng) -> None:
    arrays = case.draw(rng)
    copies = [array.copy() for array in arrays]
    tensors = [Tensor(array, requires_grad=array.dtype.kind == "f") for array in arrays]
    output = case.function(*tensors)
    engine.sum(output * output).backward()
    for array, copy in zip(arrays, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_every_public_primitive_documents_its_formula_and_its_vjp() -> None:
    for name, operation in _primitives():
        doc = inspect.getdoc(operation) or ""
        tree = ast.parse(textwrap.dedent(inspect.getsource(operation)))
        assert isinstance(tree.body[0], ast.FunctionDef)
        if not name.startswith("_") and name not in ("maximum", "minimum", "where"):
            assert any(sign in doc for sign in ("dx", "dy", "dw", "d_t", "backward")), name
