"""pix2pix (Isola, Zhu, Zhou and Efros 2017): image to image from pairs, the lecture's G: {x, z} -> y.

    G* = arg min_G max_D  E log D(x, y) + E log(1 - D(x, G(x, z)))  +  lambda E |y - G(x, z)|       (equation 4)

The L1 term gets the coarse right and would leave all the rest blurred, the mean of what might be; D, which sees patches
of input and output side by side, asks for what looks real. z is nothing but dropout inside G.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gan_lab.algorithms.adam import adam
from gan_lab.algorithms.base import Algorithm, Frame, Phase, Probe, seeded, watching
from gan_lab.algorithms.gan import OptimizerFactory, watched
from gan_lab.data.batch import Batch
from gan_lab.losses import non_saturating


class Pix2pix(Algorithm):
    """A translator against a judge of patches, on pairs of pictures: ``x`` is the input, ``y`` the truth.

    G minimises -mean log D(x, G(x, z)); D's loss is halved, as in the paper, to slow it down (section 3.3). Under Adam,
    which divides by the gradient's size, that alone slows nothing; a generator with a higher rate does.

    Args:
        generator: pictures ``(B, C, H, W)`` to pictures in [-1, 1], drawing its own noise.
        discriminator: input and output, ``(B, C + C', H, W)``, to a map of logits; None for the L1 term alone.
        l1: its weight lambda, the paper's 100; 0 for the game alone.
        optimizer: makes D's optimiser, and G's unless ``generator_optimizer`` is given.
        lr_factor: multiplies the learning rates, as a function of the images seen.

    Raises:
        ValueError: a negative weight, or nothing to learn from.
    """

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module | None,
        *,
        l1: float = 100.0,
        optimizer: OptimizerFactory = adam,
        generator_optimizer: OptimizerFactory | None = None,
        lr_factor: Callable[[int], float] | None = None,
    ) -> None:
        super().__init__()
        if l1 < 0 or (l1 == 0 and discriminator is None):
            raise ValueError(
                f"pix2pix learns from an L1 term, from a discriminator or from both; l1 is {l1}"
                f"{' and there is no discriminator' if discriminator is None else ''}"
            )
        self.generator, self.discriminator = generator, discriminator
        self.l1, self.lr_factor = l1, lr_factor
        own = (generator_optimizer or optimizer)(generator.parameters())
        self.phases = [Phase("generator", [generator], own, self.generator_loss)]
        if discriminator is not None:
            judge = optimizer(discriminator.parameters())
            self.phases.insert(0, Phase("discriminator", [discriminator], judge, self.discriminator_loss))

    def judge(self, x: Tensor, y: Tensor) -> Tensor:
        """D's logits of pairs: is y what x stands for? One for each patch."""
        assert self.discriminator is not None
        return self.discriminator(torch.cat([x, y], dim=1))

    def discriminator_loss(self, batch: Batch) -> dict[str, Tensor]:
        """D's turn: -C/2."""
        x, y = pair(batch)
        with torch.no_grad():
            fake = self.generator(x)
        real_logits, fake_logits = self.judge(x, y), self.judge(x, fake)
        cost = non_saturating.discriminator(real_logits, fake_logits) / 2
        return {"loss": cost, "real_logit": watched(real_logits), "fake_logit": watched(fake_logits)}

    def generator_loss(self, batch: Batch) -> dict[str, Tensor]:
        """G's turn: fool D with new noise, and come near to the truth."""
        x, y = pair(batch)
        fake = self.generator(x)
        distance = F.l1_loss(fake.float(), y)
        if self.discriminator is None:
            return {"loss": self.l1 * distance, "l1": distance.detach()}
        fake_logits = self.judge(x, fake)
        fooling = non_saturating.generator(fake_logits)
        logs = {"l1": distance, "fooling": fooling, "fake_logit": fake_logits.mean()}
        return {"loss": fooling + self.l1 * distance} | {name: v.detach() for name, v in logs.items()}

    def frame(self, probe: Probe) -> Frame:
        """``fake``: what ``probe.z`` becomes, always with the same noise. ``probe.z`` holds inputs ``(n, C, H, W)``."""
        with watching(self), seeded(0, probe.z.device):
            return {"fake": self.generator(probe.z).float().cpu().numpy()}


def pair(batch: Batch) -> tuple[Tensor, Tensor]:
    """Both pictures of each example, ``(B, C, H, W)``; ValueError where there is but one."""
    if batch.y is None or batch.y.ndim != 4:
        raise ValueError(
            "translation needs two pictures in each example: choose a set of pairs, such as edges-faces"
        )
    return batch.x, batch.y
