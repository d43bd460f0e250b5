"""DCGAN (Radford, Metz and Chintala 2016): the lecture's first GAN for images."""

from __future__ import annotations

from functools import partial
from typing import Any

from gan_lab.algorithms.gan import GAN, OptimizerFactory, adam
from gan_lab.models.dcgan import Discriminator, Generator


class DCGAN(GAN):
    """A GAN of two convolutional networks, with the paper's Adam(2e-4, betas 0.5 and 0.999).

    Args:
        size: image size, 8 to 128, a power of two.
        channels: 1 or 3.
        nz: width of the noise; the paper draws it from U(-1, 1) (``noise="uniform"``), most code from N(0, I).
        ngf, ndf: feature maps of the generator's last and the discriminator's first hidden layer.
        options: anything ``GAN`` takes. With a penalty on D's gradients D has no BatchNorm, see ``penalised``.
    """

    def __init__(
        self,
        size: int = 64,
        channels: int = 3,
        nz: int = 100,
        ngf: int = 64,
        ndf: int = 64,
        *,
        optimizer: OptimizerFactory = partial(adam, lr=2e-4, betas=(0.5, 0.999)),
        **options: Any,
    ) -> None:
        generator = Generator(size, channels, nz, ngf)
        discriminator = Discriminator(size, channels, ndf, norm=not penalised(options))
        super().__init__(generator, discriminator, nz, optimizer=optimizer, **options)


def penalised(options: dict[str, Any]) -> bool:
    """Whether D's gradients are penalised: a penalty is about one example at a time, BatchNorm mixes all of them."""
    return any(options.get(name) for name in ("r1", "r2", "gradient_penalty"))
