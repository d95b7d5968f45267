"""What can be seen of a GAN in the plane: D's opinion, its arrows, the bent latent square, coverage, the whole round.

Every array has a seeds axis in front where there are several seeds, written (...).
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab import engine
from nnlab.lab.events import HostArray, Observation

from .players import PHASES, answers, g_loss_of, generate, still

if TYPE_CHECKING:
    from .plane import Plane, Scene

CELLS = 44
PARTNERS = 4
"""With packing, D's opinion of a place is asked beside so many groups of real points, and averaged."""
ARROW = 0.3
"""The longest arrow, as a share of half the plane."""
MESH = 21
REACH = 2.0
"""The latent square goes from minus to plus that; 91 % of the noise falls into it."""

host = engine.to_host


def on_device(array: Any) -> Any:
    """Return a host array as float32 on the run's device."""
    return engine.to_device(np.asarray(array).astype(np.float32))


def sure(logits: HostArray) -> HostArray:
    """D from its logits: sigmoid."""
    result: HostArray = 0.5 * (1.0 + np.tanh(0.5 * logits))
    return result


def scene_of(state: "Plane") -> "Scene":
    """What the run is shown with."""
    assert state.scene is not None
    return state.scene


def every_seed(state: "Plane", shared: HostArray) -> HostArray:
    """Give an array that all seeds share the seeds axis that every observation has."""
    return np.broadcast_to(shared, (len(scene_of(state).real), *shared.shape)) if state.leading else shared


def opinion(state: "Plane") -> HostArray:
    """D over the plane (..., CELLS, CELLS), the lowest row first; with packing, of a point beside real ones."""
    extent = scene_of(state).extent
    share = (np.arange(CELLS) + 0.5) / CELLS
    x, y = np.meshgrid(extent[0] + share * (extent[1] - extent[0]), extent[2] + share * (extent[3] - extent[2]))
    places = np.stack([x.ravel(), y.ravel()], axis=-1)
    if state.pack == 1:
        logits = host(engine.values(_asked(state, places)))[..., 0]
        return sure(logits.astype(np.float64)).reshape(*logits.shape[:-1], CELLS, CELLS)
    real = np.asarray(scene_of(state).real, dtype=np.float64)
    total: Any = 0.0
    for group in range(PARTNERS):
        beside = real[..., group * (state.pack - 1) : (group + 1) * (state.pack - 1), :]
        beside = np.broadcast_to(beside[..., None, :, :], (*beside.shape[:-2], len(places), *beside.shape[-2:]))
        here = np.broadcast_to(places[:, None, :], (*beside.shape[:-2], 1, 2))
        packs = np.concatenate([here, beside], axis=-2)
        logits = host(engine.values(_asked(state, packs.reshape(*packs.shape[:-3], -1, 2))))[..., 0]
        total = total + sure(logits.astype(np.float64))
    mean: HostArray = total / PARTNERS
    return mean.reshape(*mean.shape[:-1], CELLS, CELLS)


def _asked(state: "Plane", samples: HostArray) -> Any:
    with engine.no_grad():
        return answers(state, on_device(samples))


def pull(state: "Plane", made: Any) -> HostArray:
    """Where D's answer pulls each generated sample (..., N, D): minus the slope of the generator's loss."""
    samples = engine.Tensor(engine.to_device(host(made).copy()), requires_grad=True)
    with still(state.discriminator):
        engine.sum(g_loss_of(state, samples)).backward()
    return -np.asarray(host(samples.grad), dtype=np.float64)


def arrows(state: "Plane", made: Any) -> HostArray:
    """x, y and a step (..., N, 4): the pull on each point, its square root drawn to the longest's scale."""
    slopes = pull(state, made)
    length = np.sqrt(np.sum(slopes**2, axis=-1, keepdims=True))
    longest = np.maximum(np.max(length, axis=-2, keepdims=True), 1e-30)
    scale = ARROW * scene_of(state).extent[1] * np.sqrt(length / longest)
    return np.concatenate([np.asarray(host(made), dtype=np.float64), slopes / np.maximum(length, 1e-30) * scale], -1)


# --- probes -----------------------------------------------------------------------------------------------------------


def field(state: "Plane") -> Observation:
    """field (..., H, W): 1 - 2 D; points (..., N, 2), labels (..., N), real ones 0; arrow/G (..., M, 4); extent.

    A run by phases shows the arrows in the one in which D answers.
    """
    scene = scene_of(state)
    made = generate(state, scene.noise)
    points = np.concatenate([scene.real, host(made)], axis=-2)
    labels = np.concatenate([np.zeros(scene.real.shape[-2]), np.ones(made.shape[-2])])
    seen = {
        "field": 1.0 - 2.0 * opinion(state),
        "points": points,
        "labels": every_seed(state, labels),
        "extent": every_seed(state, scene.extent),
    }
    if state.rules["turn"] != "phase" or PHASES[state.made] == "answers":
        seen["arrow/G"] = arrows(state, made)
    return seen


def mesh(state: "Plane") -> Observation:
    """mesh (..., R, R, 2): where G sends a lattice of z, z₁ to the right and z₂ up; points (..., k, 2): the modes."""
    scene = scene_of(state)
    ticks = np.linspace(-REACH, REACH, MESH)
    noise = np.zeros((MESH, MESH, state.latents))
    noise[..., 0] = ticks
    if state.latents > 1:
        noise[..., 1] = ticks[:, None]
    made = host(generate(state, on_device(noise.reshape(-1, state.latents)))).astype(np.float64)
    return {
        "mesh": made.reshape(*made.shape[:-2], MESH, MESH, 2),
        "points": every_seed(state, scene.mixture.centres),
        "extent": every_seed(state, scene.extent),
    }


def coverage(state: "Plane") -> Observation:
    """values (..., k): share of the generated points that each mode is the nearest of; ideal (...): 1 / k."""
    from .plane import covered

    shares = np.stack([one.shares for one in covered(state)])
    ideal = np.array(1.0 / shares.shape[-1])
    return {"values": shares if state.leading else shares[0], "ideal": every_seed(state, ideal)}


def duel(state: "Plane") -> Observation:
    """noise, generated, real (..., N, 2): clouds; D's mean answers, both losses, and the phase: () or (S,)."""
    scene = scene_of(state)
    made = generate(state, scene.noise)
    answered = {
        "d_real": _asked(state, scene.real),
        "d_generated": _asked(state, host(made)),
    }
    noise = host(scene.noise)
    noise = noise[..., :2] if state.latents > 1 else np.concatenate([noise, np.zeros_like(noise)], axis=-1)
    phase = np.array(state.made if state.rules["turn"] != "both" else -1)
    return {
        "noise": noise,
        "generated": host(made),
        "real": np.asarray(scene.real, dtype=np.float64),
        **{
            name: np.mean(sure(host(engine.values(logits))[..., 0].astype(np.float64)), axis=-1)
            for name, logits in answered.items()
        },
        "d_loss": np.asarray(host(state.d_loss)),
        "g_loss": np.asarray(host(state.g_loss)),
        "phase": every_seed(state, phase),
        "extent": every_seed(state, scene.extent),
    }


PROBES = {"field": field, "mesh": mesh, "coverage": coverage, "duel": duel}
