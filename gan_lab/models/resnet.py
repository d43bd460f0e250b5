"""CycleGAN's generator (Zhu, Park, Isola and Efros 2017, appendix 7.2, after Johnson et al. 2016).

Two halvings, a row of residual blocks, two doublings. Borders are mirrored, which leaves no frame, and every picture is
normalised by itself.
"""

from __future__ import annotations

from torch import Tensor, nn

from gan_lab.models.dcgan import init_weights


def blocks_for(size: int) -> int:
    """Residual blocks for pictures of so many pixels: the paper's 6 up to 128, 9 above."""
    return 6 if size <= 128 else 9


class Block(nn.Module):
    """x plus what two convolutions make of it."""

    def __init__(self, maps: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(*mirrored(maps, maps, 3), nn.ReLU(), *mirrored(maps, maps, 3))

    def forward(self, x: Tensor) -> Tensor:
        """``(B, maps, H, W)`` to the same shape."""
        return x + self.layers(x)


class ResNet(nn.Module):
    """Pictures ``(B, channels, H, W)`` to pictures ``(B, channels, H, W)`` in [-1, 1]; H and W are multiples of 4.

    With the defaults the published 11,378,179 parameters.

    Args:
        channels: of both pictures.
        ngf: feature maps of the first layer; four times as many in the blocks.
        blocks: how many.
    """

    def __init__(self, channels: int = 3, ngf: int = 64, blocks: int = 9) -> None:
        super().__init__()
        layers: list[nn.Module] = [*mirrored(channels, ngf, 7), nn.ReLU()]
        for maps in (ngf, 2 * ngf):
            halve = nn.Conv2d(maps, 2 * maps, 3, 2, 1)
            layers += [halve, nn.InstanceNorm2d(2 * maps), nn.ReLU()]
        layers += [Block(4 * ngf) for _ in range(blocks)]
        for maps in (4 * ngf, 2 * ngf):
            double = nn.ConvTranspose2d(maps, maps // 2, 3, 2, 1, output_padding=1)
            layers += [double, nn.InstanceNorm2d(maps // 2), nn.ReLU()]
        layers += [nn.ReflectionPad2d(3), nn.Conv2d(ngf, channels, 7), nn.Tanh()]
        self.layers = nn.Sequential(*layers)
        init_weights(self)

    def forward(self, x: Tensor) -> Tensor:
        """The translated pictures."""
        return self.layers(x)


def mirrored(inputs: int, maps: int, kernel: int) -> list[nn.Module]:
    """A convolution that keeps the size, seeing the picture mirrored beyond its border, and instance normalisation."""
    pad = nn.ReflectionPad2d(kernel // 2)
    return [pad, nn.Conv2d(inputs, maps, kernel), nn.InstanceNorm2d(maps)]
