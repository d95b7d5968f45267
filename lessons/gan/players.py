"""Two networks that play against each other: the generator, the discriminator, and what each of them learns from.

Latent noise z (..., N, Z) goes into the generator, samples (..., N, D) come out. The discriminator reads `pack` samples
at once and answers one logit; sigmoid of it is D, how sure it is that they are real. (...) is the seeds axis, if any.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from nnlab import engine, nn
from nnlab.lab.authoring import Stream
from nnlab.lab.knobs import KnobValue

from .generator_loss import LearnerLoss, loss_of

Array = Any
"""An array of the run's backend."""
PHASES = ("reads", "learns", "draws", "answers", "moves")
"""D reads a batch, D learns; G draws, D answers with its gradient, G moves: one round."""
LOSSES = engine.GAN_LOSSES
SLOPE = 0.2
BETAS = (0.5, 0.999)
CLIP = 0.1
"""Wasserstein: D's weights stay within plus and minus that."""
NOISES = ("normal", "uniform")
WIDE = 3**0.5
"""Uniform noise between minus and plus that has a standard deviation of 1."""
OPTIMIZERS = tuple(nn.OPTIMIZERS)
Draw = Callable[[np.random.Generator, int], np.ndarray]
"""draw(rng, n) -> n real samples (n, D)."""


def perceptron(sizes: tuple[int, ...], *, rng: Stream, end: nn.Module | None = None) -> nn.Sequential:
    """Linear layers with LeakyReLU(0.2) between them, then `end`. He's initializer."""
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(sizes):
        layers += [nn.Linear(inputs, outputs, rng=rng, initializer="he_uniform"), nn.LeakyReLU(SLOPE)]
    return nn.Sequential(*layers[:-1], *([end] if end is not None else []))


def optimizer(name: str, player: nn.Module, rate: float) -> nn.Optimizer:
    """Return an optimizer of a player; Adam's kind forgets faster than usual, since the other player moves on."""
    return nn.optimizer(name, player, rate, **({"betas": BETAS} if name.startswith("adam") else {}))


@dataclass(slots=True)
class Duel:
    """The two players, what they are fed, and where they stand in the round."""

    generator: nn.Module
    discriminator: nn.Module
    g_optimizer: nn.Optimizer
    d_optimizer: nn.Optimizer
    draw: Draw
    data: Stream
    latent: Stream
    latents: int
    """Z, how many numbers of noise the generator gets."""
    leading: int
    rules: dict[str, KnobValue]
    """The live knobs: loss, turn, batch, pack, d_steps."""
    noise_kind: str = "normal"
    """One of NOISES."""
    learner: LearnerLoss | None = None
    """What takes the place of the generator's loss."""
    phase: int = 0
    """The next phase of a round that goes by phases."""
    made: int = len(PHASES) - 1
    """The phase that the last step ended with."""
    real: Array = None
    """The newest batch of real samples (..., N, D)."""
    noise: Array = None
    """The newest noise (..., N, Z)."""
    d_loss: Array = None
    """The newest losses, () or (S,)."""
    g_loss: Array = None
    replays: dict[tuple[str, str], nn.Replay] = field(default_factory=dict)
    """(player, loss) -> what computes that loss and its gradients; it is replayed after a few steps."""

    @property
    def pack(self) -> int:
        """How many samples the discriminator reads at once."""
        return int(self.rules["pack"])


# --- what the players do ----------------------------------------------------------------------------------------------


def real_samples(state: Duel, count: int) -> Array:
    """Draw real samples (..., count, D) float32."""
    return engine.to_device(state.data.each(lambda rng: state.draw(rng, count)).astype(np.float32))


def latent_noise(stream: Stream, size: tuple[int, ...], kind: str) -> np.ndarray:
    """Draw noise (..., *size) with mean 0 and standard deviation 1, normal or uniform."""
    return stream.standard_normal(size) if kind == "normal" else stream.uniform(-WIDE, WIDE, size)


def noise_for(state: Duel, count: int) -> Array:
    """Draw latent noise (..., count, Z) float32."""
    return engine.to_device(latent_noise(state.latent, (count, state.latents), state.noise_kind).astype(np.float32))


def generate(state: Duel, noise: Array) -> Array:
    """What the generator makes of noise (..., N, Z): samples (..., N, D), without gradients."""
    with engine.no_grad():
        made: Array = engine.values(state.generator(noise))
    return made


def packed(samples: Any, pack: int) -> Any:
    """Samples (..., N, D), `pack` neighbours as one: (..., N / pack, pack D); a last group that is not full is left."""
    if pack == 1:
        return samples
    groups = samples.shape[-2] // pack
    return engine.reshape(samples[..., : groups * pack, :], (*samples.shape[:-2], groups, pack * samples.shape[-1]))


def answers(state: Duel, samples: Any) -> Any:
    """The discriminator's logits (..., N / pack, 1) for samples (..., N, D)."""
    return state.discriminator(packed(samples, state.pack))


def read(state: Duel) -> None:
    """Take a new batch of real samples, and of noise for as many generated ones."""
    count = int(state.rules["batch"]) * state.pack
    state.real, state.noise = real_samples(state, count), noise_for(state, count)


def d_learns(state: Duel) -> None:
    """Update the discriminator on the batch that it read. The generator is only asked, never changed."""
    state.d_optimizer.zero_grad()
    state.d_loss = _replay(state, "D")(state.real, state.noise)
    state.d_optimizer.step()
    if state.rules["loss"] == "wasserstein":
        nn.clip_parameters(state.discriminator, CLIP)


def _replay(state: Duel, player: str) -> nn.Replay:
    """What computes a player's loss by the rules as they are, and leaves its gradients in the player alone."""
    key = player, str(state.rules["loss"])
    if key not in state.replays:
        players = state.discriminator, state.generator
        state.replays[key] = (
            nn.Replay(lambda real, noise: d_loss_of(state, real, noise), *players)
            if player == "D"
            else nn.Replay(lambda noise: _through_d(state, noise), *players[::-1])
        )
    return state.replays[key]


def d_loss_of(state: Duel, real: Array, noise: Array) -> engine.Tensor:
    """The discriminator's loss on a batch of real samples and as much noise, () or (S,)."""
    made = generate(state, noise)
    xp = engine.namespace_of(made)
    logits = answers(state, xp.concat([real, made], axis=-2))
    half = logits.shape[-2] // 2
    real, fake = logits[..., :half, :], logits[..., half:, :]
    return engine.discriminator_loss(str(state.rules["loss"]), real, fake, leading=state.leading)


def draw(state: Duel) -> None:
    """Take new noise for the generator's own update."""
    state.noise = noise_for(state, int(state.rules["batch"]) * state.pack)


def g_learns(state: Duel) -> None:
    """Update the generator through the discriminator, which stays as it is."""
    state.g_optimizer.zero_grad()
    if state.learner is None:
        state.g_loss = _replay(state, "G")(state.noise)
    else:
        loss = _through_d(state, state.noise)
        loss.backward()
        state.g_loss = loss.data
    state.g_optimizer.step()


def _through_d(state: Duel, noise: Array) -> engine.Tensor:
    """The generator's loss for new samples, () or (S,); its gradients go through the discriminator and stay out."""
    with still(state.discriminator):
        return g_loss_of(state, state.generator(noise))


def g_loss_of(state: Duel, made: Any) -> engine.Tensor:
    """The generator's loss for samples that it made (..., N, D), () or (S,)."""
    logits = answers(state, made)
    if state.learner is not None:
        return loss_of(state.learner, logits, leading=state.leading)
    return engine.generator_loss(str(state.rules["loss"]), logits, leading=state.leading)


class still:  # noqa: N801  (reads as a statement: with still(network):)
    """Within it, gradients go through a network and leave none in its parameters."""

    def __init__(self, network: nn.Module) -> None:
        self._parameters = list(network.parameters())

    def __enter__(self) -> None:
        for parameter in self._parameters:
            parameter.requires_grad = False

    def __exit__(self, *_: object) -> None:
        for parameter in self._parameters:
            parameter.requires_grad = True
