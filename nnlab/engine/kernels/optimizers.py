"""An optimizer's step in the memory that its gradient brings."""

from typing import Any

from nnlab.engine.backend import Array, Namespace
from nnlab.engine.kernels.table import kernel


@kernel
def adam(
    xp: Namespace, p: Array, g: Array, m: Array, v: Array, betas: tuple[float, float], eps: float, rate: Any
) -> None:
    """See nn.optimizers.Adam.update: change p, m, v in place and use up g, all (P,).

    eps and rate (a number, or (P,)) come with the corrections of the start in them.
    """
    beta1, beta2 = betas
    xp.multiply(m, beta1, out=m)
    term = xp.multiply(g, 1 - beta1)
    xp.add(m, term, out=m)
    xp.multiply(g, g, out=g)
    xp.multiply(g, 1 - beta2, out=g)
    xp.multiply(v, beta2, out=v)
    xp.add(v, g, out=v)
    xp.sqrt(v, out=g)
    xp.add(g, eps, out=g)
    xp.divide(m, g, out=g)
    xp.multiply(g, rate, out=g)
    xp.subtract(p, g, out=p)
