"""The U-Net of pix2pix (Isola, Zhu, Zhou and Efros 2017, section 3.2.1 and appendix 6.1).

An encoder down to a single pixel, a decoder back up, and a skip from each layer of the one to the layer of the same
size in the other: what input and output share, where the lines are, need not squeeze through the middle.
"""

from __future__ import annotations

from functools import partial
from math import log2

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gan_lab.models.dcgan import init_weights

SIZES = (16, 32, 64, 128, 256, 512)
FINEST = 32
"""Dropout is on the decoder's layers with cells of so many pixels' width or more: the first three of the paper's eight.
In a smaller network the same three would leave too few layers after them to make something of the noise."""

BatchStatistics = partial(nn.InstanceNorm2d, affine=True)
"""The paper's BatchNorm, which takes the batch at hand as its measure when it is used as well as when it learns, with
its usual batch of one picture: each is normalised by itself, whatever else lies in the batch."""


class Noise(nn.Module):
    """Dropout that is on in evaluation mode as well: the only z that pix2pix has."""

    def __init__(self, share: float = 0.5) -> None:
        super().__init__()
        self.share = share

    def forward(self, x: Tensor) -> Tensor:
        """x with this share of its numbers 0 and the others scaled up, drawn from the default generator."""
        return F.dropout(x, self.share, training=True)


class UNet(nn.Module):
    """Pictures ``(B, channels, size, size)`` to pictures ``(B, out, size, size)`` in [-1, 1].

    With the defaults the published 54,413,955 parameters.

    Args:
        size: 16 to 512, a power of two; each halving is a layer.
        channels, out: of the input and of the output.
        ngf: feature maps of the first layer, doubled from layer to layer.
        widest: until there are so many times ``ngf``.

    Raises:
        ValueError: another size.
    """

    def __init__(
        self, size: int = 256, channels: int = 3, out: int = 3, ngf: int = 64, widest: int = 8
    ) -> None:
        super().__init__()
        if size not in SIZES:
            raise ValueError(f"the U-Net's sizes are {', '.join(map(str, SIZES))} pixels, not {size}")
        maps = [ngf * min(1 << i, widest) for i in range(int(log2(size)))]
        last = len(maps) - 1
        before = [channels, *maps]
        self.down = nn.ModuleList(
            down(before[i], maps[i], rectified=i > 0, normed=0 < i < last) for i in range(len(maps))
        )
        self.up = nn.ModuleList(
            up(maps[i] * (1 if i == last else 2), maps[i - 1], noisy=i == last or 1 << i >= FINEST)
            for i in range(last, 0, -1)
        )
        self.up.append(
            nn.Sequential(nn.ReLU(), nn.ConvTranspose2d(2 * maps[0], out, 4, 2, 1), nn.Tanh()),
        )
        init_weights(self)

    def forward(self, x: Tensor) -> Tensor:
        """What the pictures become, each time with other noise."""
        kept: list[Tensor] = []
        for layer in self.down:
            x = layer(x)
            kept.append(x)
        x = self.up[0](kept.pop())
        for layer in self.up[1:]:
            x = layer(torch.cat([x, kept.pop()], dim=1))
        return x


def down(inputs: int, maps: int, rectified: bool, normed: bool) -> nn.Sequential:
    """A layer of the encoder: half the size. Neither the first nor the last is normalised: one pixel has no spread."""
    layers: list[nn.Module] = [nn.LeakyReLU(0.2)] if rectified else []
    layers.append(nn.Conv2d(inputs, maps, 4, 2, 1, bias=False))
    return nn.Sequential(*layers, *([BatchStatistics(maps)] if normed else []))


def up(inputs: int, maps: int, noisy: bool) -> nn.Sequential:
    """A layer of the decoder: twice the size."""
    layers: list[nn.Module] = [nn.ReLU(), nn.ConvTranspose2d(inputs, maps, 4, 2, 1, bias=False)]
    return nn.Sequential(*layers, BatchStatistics(maps), *([Noise()] if noisy else []))
