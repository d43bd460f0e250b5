"""Progressive GAN (Karras, Aila, Laine and Lehtinen 2018): both players grow together, from 4x4 pixels up.

    stabilise 4x4 | fade to 8x8 | stabilise 8x8 | fade to 16x16 | stabilise 16x16 | ...

The loss is WGAN-GP's with one critic update per generator update, plus a drift term that keeps scores near zero.
Nothing is rebuilt on the way: all levels exist from the start, and the layers that take no part have no gradient, so
that Adam leaves them and their moments alone until their level comes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from gan_lab.algorithms.base import Frame, Probe, watching
from gan_lab.algorithms.gan import GAN, OptimizerFactory, adam, watched
from gan_lab.data.batch import Batch
from gan_lab.losses import penalties, wasserstein
from gan_lab.models.progressive import Alpha, Critic, Generator, channel_table, faded, fading


@dataclass(frozen=True)
class Stage:
    """A phase of growing.

    Attributes:
        name: "4", "8-fade", "8", "16-fade", ...: pixels, and whether that level is being faded in.
        level: 0 for 4x4 pixels, 1 for 8x8, ...
        fade: True while alpha goes from 0 to 1; it stays at 1 otherwise.
        start, end: in real images seen; the last stage has no end (None): it lasts as long as the run.
    """

    name: str
    level: int
    fade: bool
    start: int
    end: int | None


def schedule(seen: int, levels: int, fade: int, stable: int) -> tuple[int, float]:
    """Level and alpha after so many real images: a pure function.

    The first level is trained for ``stable`` images, each further one is faded in over ``fade`` images (alpha grows
    linearly from 0) and then trained for ``stable`` images at alpha = 1, the last one for as long as one likes. With
    ``fade`` and ``stable`` 0 the last level is trained from the start: the same network without growing.

    Args:
        seen: real images, 0 or more.
        levels: how many there are.
        fade, stable: images, 0 or more (the paper's 800,000 each).
    """
    if fade + stable == 0:
        return levels - 1, 1.0
    level, within = divmod(seen + fade, fade + stable)
    if level >= levels:
        return levels - 1, 1.0
    return level, min(1.0, within / fade) if level and fade else 1.0


def stages(levels: int, fade: int, stable: int) -> list[Stage]:
    """The phases of ``schedule`` in their order, those without images left out."""
    if fade + stable == 0:
        return [Stage(str(4 << (levels - 1)), levels - 1, False, 0, None)]
    found = []
    for level in range(levels):
        middle = level * (fade + stable)
        if level and fade:
            found.append(Stage(f"{4 << level}-fade", level, True, middle - fade, middle))
        end = None if level == levels - 1 else middle + stable
        if stable or end is None:
            found.append(Stage(f"{4 << level}", level, False, middle, end))
    return found


def batch_at(level: int, largest: int) -> int:
    """Examples in a minibatch at a level: ``largest`` up to 16x16, then halved from level to level, at least 8.

    The authors' rule (they go down to 4): a level takes about four times the memory of the one below it. Eight are two
    groups for ``minibatch_spread``.
    """
    return max(min(8, largest), largest >> max(0, level - 2))


def phase_images(steps: int, levels: int, largest: int) -> int:
    """Images for each phase, so that so many steps are enough for all of them: what a run of ``steps`` steps takes.

    Args:
        steps: the critic's updates (times the processes, where there are several).
        levels: how many there are.
        largest: examples in a minibatch of the lower levels, see ``batch_at``.
    """
    steps_an_image = sum((2 if level else 1) / batch_at(level, largest) for level in range(levels))
    return max(1, int(steps / steps_an_image))


class Progressive(GAN):
    """WGAN-GP on two networks that grow.

    ``level`` (an int) and ``alpha`` (a buffer) are what the last update was made with; both are buffers in the state,
    so that a resumed run can show itself before its next update.

    Args:
        size: of the top level and of the data, a power of two from 4 to 1024.
        channels: 1 or 3.
        latent_dim: width of the noise (the paper's 512).
        maps: feature maps of each level, see ``channel_table``.
        fade, stable: real images to fade a level in, and to train it (the paper's 800,000 each).
        batch_size: of the lower levels, see ``batch_at``.
        gradient_penalty: lambda, 10 in the paper.
        drift: weight of the mean squared score on real images, 0.001 in the paper (appendix A.1).
        ema: decay of the averaged generator, once per step.
        k: critic updates per generator update.
        lr_factor: multiplies the learning rates, as a function of the images seen.

    Raises:
        ValueError: sizes, maps or weights out of range, or negative ``fade`` or ``stable``.
    """

    def __init__(
        self,
        size: int = 1024,
        channels: int = 3,
        latent_dim: int = 512,
        maps: tuple[int, ...] | None = None,
        *,
        fade: int = 800_000,
        stable: int = 800_000,
        batch_size: int = 128,
        gradient_penalty: float = 10.0,
        drift: float = 0.001,
        ema: float = 0.999,
        optimizer: OptimizerFactory = partial(adam, lr=1e-3, betas=(0.0, 0.99)),
        k: int = 1,
        lr_factor: Callable[[int], float] | None = None,
    ) -> None:
        if min(fade, stable, drift) < 0 or batch_size < 1:
            raise ValueError(
                "fade, stable and drift must not be negative and batch_size must be at least 1, "
                f"not {fade}, {stable}, {drift} and {batch_size}"
            )
        maps = channel_table(size) if maps is None else maps
        generator, critic = Generator(size, channels, latent_dim, maps), Critic(size, channels, maps)
        weights = {"gradient_penalty": gradient_penalty, "ema": ema}
        options = {"loss": wasserstein, "optimizer": optimizer, "k": k, "lr_factor": lr_factor}
        super().__init__(generator, critic, latent_dim, **weights, **options)
        self.fade, self.stable, self.batch_size, self.drift = fade, stable, batch_size, drift
        self.levels, self.level = len(generator.maps), 0
        self.alpha: Tensor
        self.level_now: Tensor
        self.register_buffer("alpha", torch.zeros(()))
        self.register_buffer("level_now", torch.zeros((), dtype=torch.int64))
        self.schedule(0)

    def at(self, seen: int) -> tuple[int, float]:
        """Level and alpha after so many real images."""
        return schedule(seen, self.levels, self.fade, self.stable)

    def schedule(self, seen: int) -> None:
        """Sets level and alpha; called before every update.

        The count goes up after the critic's turn: the generator's turn of a step may be the first of the next stage,
        at an alpha of 0 or 1 / fade, where that makes no difference to the picture.
        """
        super().schedule(seen)
        self.level, self._alpha = self.at(seen)
        self.alpha.fill_(self._alpha)
        self.level_now.fill_(self.level)

    def forget(self) -> None:
        """After a load or a rewind: level and alpha are what the buffers say."""
        super().forget()
        self.level, self._alpha = int(self.level_now.item()), float(self.alpha.item())

    def view(self, batch: Batch) -> Batch:
        """The first ``batch_at(level)`` examples, at the level's size and faded: real images are faded as well.

        The data make one size of minibatch; the rest of it is not looked at and not counted as seen (the loop counts
        what this returns), and comes in another pass over the data.
        """
        n = batch_at(self.level, self.batch_size)
        x = faded(batch.x[:n], self.level, self._alpha)
        return Batch(x, None if batch.y is None else batch.y[:n])

    @property
    def blending(self) -> Alpha:
        """What the networks get: the buffer while fading (a recorded graph reads it anew), else the plain 1."""
        return self.alpha if fading(self.level, self._alpha) else 1.0

    def fake(self, batch: Batch) -> Tensor:
        return self.generator(self.latents(len(batch)), self.level, self.blending)

    def discriminator_loss(self, batch: Batch) -> dict[str, Tensor]:
        """The critic's turn: mean D(fake) - mean D(real), plus the gradient penalty in fp32, plus the drift."""
        with torch.no_grad():
            fake = self.fake(batch)
        critic = partial(self.discriminator.forward, level=self.level, alpha=self.blending)
        real_scores, fake_scores = critic(batch.x), critic(fake)
        cost = self.loss.discriminator(real_scores, fake_scores)
        penalty = penalties.gradient_penalty(critic, batch.x, fake, self.gradient_penalty)
        drift = self.drift * real_scores.float().square().mean()
        return {
            "loss": cost + penalty + drift,
            "cost": cost,
            "penalty": penalty,
            "real_logit": watched(real_scores),
            "fake_logit": watched(fake_scores),
        }

    def generator_loss(self, batch: Batch) -> dict[str, Tensor]:
        """The generator's turn: -mean D(fake)."""
        scores = self.discriminator(self.fake(batch), self.level, self.blending)
        return {"loss": self.loss.generator(scores), "fake_logit": watched(scores)}

    def ended(self, before: int, after: int) -> list[Stage]:
        """The stages whose last image was seen after ``before`` images and within ``after``."""
        return [s for s in self.stages() if s.end is not None and before < s.end <= after]

    def stages(self) -> list[Stage]:
        """The phases of this run's growing, in their order."""
        return stages(self.levels, self.fade, self.stable)

    def frame(self, probe: Probe) -> Frame:
        """``fake``: what the probe's noise becomes at the level and alpha of the last update, ``(n, C, H, H)``."""
        with watching(self):
            return {"fake": self.shown(probe.z, self.level, self.blending).float().cpu().numpy()}
