"""PatchGAN: a discriminator that judges every patch of a picture by itself (Isola et al. 2017, section 3.2.2).

Its answer is a map of logits. Each of them sees a square of so many pixels, its receptive field; the losses take the
mean over the map.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

from gan_lab.models.dcgan import init_weights

HALVINGS = {1: 0, 16: 1, 34: 2, 70: 3, 286: 5}
"""Receptive field in pixels -> layers with stride 2. The paper's pictures have 256 pixels: there 286 is all of them."""

Norm = Callable[[int], nn.Module]


class PatchGAN(nn.Module):
    """Pictures ``(B, channels, H, W)`` in [-1, 1] to logits ``(B, 1, h, w)``, one for each patch.

    Args:
        channels: 6 for pix2pix, which looks at input and output together; 3 for CycleGAN.
        field: side of a patch in pixels: 1, 16, 34, 70 or 286.
        ndf: feature maps of the first layer, doubled with each halving up to eight times as many.
        norm: of all layers but the first and the last.

    Raises:
        ValueError: another field.
    """

    def __init__(
        self, channels: int = 6, field: int = 70, ndf: int = 64, norm: Norm = nn.BatchNorm2d
    ) -> None:
        super().__init__()
        halvings = HALVINGS[check(field)]
        biased = norm is not nn.BatchNorm2d  # which has a shift of its own
        if field == 1:
            layers = [nn.Conv2d(channels, ndf, 1), nn.LeakyReLU(0.2), nn.Conv2d(ndf, 2 * ndf, 1, bias=biased)]
            layers += [norm(2 * ndf), nn.LeakyReLU(0.2), nn.Conv2d(2 * ndf, 1, 1, bias=biased)]
        else:
            layers = [nn.Conv2d(channels, ndf, 4, 2, 1), nn.LeakyReLU(0.2)]
            maps = [ndf * min(1 << i, 8) for i in range(halvings + 1)]
            for i in range(halvings):
                stride = 2 if i + 1 < halvings else 1
                layers += [nn.Conv2d(maps[i], maps[i + 1], 4, stride, 1, bias=biased)]
                layers += [norm(maps[i + 1]), nn.LeakyReLU(0.2)]
            layers += [nn.Conv2d(maps[-1], 1, 4, 1, 1)]
        self.field = field
        self.layers = nn.Sequential(*layers)
        init_weights(self)

    def forward(self, x: Tensor) -> Tensor:
        """The map of logits."""
        return self.layers(x)


def receptive_field(net: nn.Module) -> int:
    """Side in pixels of the square that one output of a chain of convolutions depends on.

    From the last layer back to the first: one output is made of ``kernel`` inputs, and neighbouring outputs begin
    ``stride`` inputs apart.
    """
    field = 1
    for layer in reversed([m for m in net.modules() if isinstance(m, nn.Conv2d)]):
        field = layer.kernel_size[0] + (field - 1) * layer.stride[0]
    return field


def smallest(field: int) -> int:
    """Side of the smallest picture, a power of two, that leaves such a discriminator a map to answer with."""
    return 4 << HALVINGS[check(field)] if field > 1 else 1


def check(field: int, size: int | None = None) -> int:
    """The receptive field; ValueError where there is none of that size, or where the pictures are too small for it."""
    if field not in HALVINGS:
        raise ValueError(f"a patch is {', '.join(map(str, HALVINGS))} pixels wide, not {field}")
    if size is not None and size < smallest(field):
        raise ValueError(f"patches of {field} need pictures of at least {smallest(field)} pixels, not {size}")
    return field
