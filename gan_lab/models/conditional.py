"""DCGAN's networks, told a label: concatenated (Mirza and Osindero 2014), or by a projection (Miyato and Koyama 2018).

The generator is the same for both: the one-hot label stands beside the noise. (Miyato and Koyama's has conditional
BatchNorm instead; keeping one generator, what differs is the discriminator alone.)
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from gan_lab.models.autoencoder import one_hot
from gan_lab.models.dcgan import Discriminator, Generator, init_weights


class ConditionalGenerator(nn.Module):
    """G: {z, y} -> x. Noise ``(B, nz)`` and int64 labels ``(B,)`` to images ``(B, channels, size, size)`` in [-1, 1].

    Args:
        classes: how many labels there are.
        size, channels, nz, ngf: as for DCGAN's generator.

    Raises:
        ValueError: fewer than two classes; when called, a label outside them.
    """

    def __init__(self, classes: int, size: int = 64, channels: int = 3, nz: int = 100, ngf: int = 64) -> None:
        super().__init__()
        self.classes, self.latent_dim = check(classes), nz
        self.net = Generator(size, channels, nz + classes, ngf)

    def forward(self, z: Tensor, label: Tensor) -> Tensor:
        """Images in [-1, 1]. The label may also be shares of each class ``(B, classes)``: a way between classes."""
        if not label.is_floating_point():
            label = one_hot(label, self.classes).to(z)
        return self.net(torch.cat([z, label], dim=1))


class ConcatDiscriminator(nn.Module):
    """The label as further channels: one plane for each class, ones in the label's and zeros in the others.

    Maps images ``(B, channels, size, size)`` in [-1, 1] and int64 labels ``(B,)`` to logits ``(B,)``.

    Args:
        classes: how many labels there are.
        size, channels, ndf, norm: as for DCGAN's discriminator.

    Raises:
        ValueError: fewer than two classes; when called, a label outside them.
    """

    def __init__(
        self, classes: int, size: int = 64, channels: int = 3, ndf: int = 64, norm: bool = True
    ) -> None:
        super().__init__()
        self.classes = check(classes)
        self.net = Discriminator(size, channels + classes, ndf, norm)

    def forward(self, x: Tensor, label: Tensor) -> Tensor:
        """Logits ``(B,)``."""
        planes = one_hot(label, self.classes).to(x)[:, :, None, None]
        return self.net(torch.cat([x, planes.expand(-1, -1, *x.shape[-2:])], dim=1))


class ProjectionDiscriminator(nn.Module):
    """The label by an inner product: logit = psi(h) + <v_y, h>, h the last feature maps (equation 3, with phi = h).

    psi is DCGAN's last convolution, v_y a learnt vector for each class, of one number for each place in h: so the
    network sees the label only where it judges, and is asked two questions, "is it real?" and "is it a y?". (In the
    paper h is summed over all places first; here as there, psi and the inner product look at the same h.)

    Maps images ``(B, channels, size, size)`` in [-1, 1] and int64 labels ``(B,)`` to logits ``(B,)``.

    Args, Raises:
        as for :class:`ConcatDiscriminator`.
    """

    def __init__(
        self, classes: int, size: int = 64, channels: int = 3, ndf: int = 64, norm: bool = True
    ) -> None:
        super().__init__()
        self.classes = check(classes)
        *body, self.last = Discriminator(size, channels, ndf, norm).layers
        self.body = nn.Sequential(*body)
        assert isinstance(self.last, nn.Conv2d)
        self.vectors = nn.Conv2d(self.last.in_channels, classes, 4, bias=False)  # <v_k, h> for every class k
        init_weights(self.vectors)

    def forward(self, x: Tensor, label: Tensor) -> Tensor:
        """Logits ``(B,)``."""
        h = self.body(x)
        chosen = one_hot(label, self.classes).to(h)
        return self.last(h).flatten() + (self.vectors(h).flatten(1) * chosen).sum(1)


CONDITIONS = {"concat": ConcatDiscriminator, "projection": ProjectionDiscriminator}
"""The ways in which a discriminator can be told a label."""


def check(classes: int) -> int:
    """How many classes there are; ValueError below 2, where a label says nothing."""
    if classes < 2:
        raise ValueError(f"a conditional network needs at least 2 classes, not {classes}")
    return classes
