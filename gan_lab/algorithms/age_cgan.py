"""Face ageing with a conditional GAN (Antipov, Baccouche and Dugelay 2017, "Age-cGAN").

1. a conditional GAN on faces, the age groups being its classes      phases "discriminator" and "generator"
2. an encoder E from a face to its noise, learnt on generated pairs  phase "encoder": descend |E(G(z, y)) - z|^2
3. for a face x of group y: z = E(x), then a search from there        ``gan_lab.latent.preserve``
   for the z whose face G(z, y) is x, by pixels, or by what a face recogniser sees ("identity-preserving")
4. the same z under another label: G(z, y') is the face at that age

In the paper the encoder is learnt when the generator is done. Here it learns along with it, from what the generator
makes at the time, so that it is one run; as the learning rates fall to 0, the generator stands still for it at the end.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch.nn.functional as F
from torch import Tensor

from gan_lab.algorithms.base import Phase, watching
from gan_lab.algorithms.conditional import ConditionalGAN
from gan_lab.algorithms.gan import OptimizerFactory, adam
from gan_lab.data.batch import Batch
from gan_lab.models.latent_encoder import LatentEncoder


class AgeCGAN(ConditionalGAN):
    """A conditional GAN and an encoder for its noise.

    Args:
        classes: age groups.
        size, channels, nz, ngf, ndf: as for DCGAN.
        nef: feature maps of the encoder's first layer.
        encoder_every: the encoder takes its turn at every so many steps.
        encoder_optimizer: makes the encoder's optimiser.
        options: anything ``ConditionalGAN`` takes.
    """

    def __init__(
        self,
        classes: int = 6,
        size: int = 64,
        channels: int = 3,
        nz: int = 100,
        ngf: int = 64,
        ndf: int = 64,
        nef: int = 64,
        *,
        encoder_every: int = 1,
        encoder_optimizer: OptimizerFactory = partial(adam, lr=1e-3, betas=(0.9, 0.999)),
        **options: Any,
    ) -> None:
        super().__init__(classes, size, channels, nz, ngf, ndf, **options)
        self.encoder = LatentEncoder(size, channels, nz, nef)
        optimizer = encoder_optimizer(self.encoder.parameters())
        turn = Phase("encoder", [self.encoder], optimizer, self.encoder_loss, every=encoder_every)
        self.phases.append(turn)

    def encoder_loss(self, batch: Batch) -> dict[str, Tensor]:
        """Mean squared error of the noise that E reads off generated faces: 1 where it knows nothing about N(0, I).

        Of the minibatch only the labels are used: x and z are a generated pair.
        """
        with watching(self.shown):  # as it will be used: averaged weights, BatchNorm's own statistics
            z = self.latents(len(batch))
            x = self.shown(z, self.labels(batch))
        return {"loss": F.mse_loss(self.encoder(x), z)}
