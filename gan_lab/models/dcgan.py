"""The DCGAN architecture (Radford, Metz and Chintala 2016, section 3 and figure 1).

No fully connected layers; strided convolutions instead of pooling; BatchNorm everywhere but in the generator's
output and the discriminator's input; ReLU and Tanh in the generator, LeakyReLU(0.2) in the discriminator;
weights drawn from N(0, 0.02).
"""

from __future__ import annotations

from math import log2

from torch import Tensor, nn


def _stages(size: int) -> int:
    """How many times 4 must be doubled to reach ``size``."""
    if size not in (8, 16, 32, 64, 128):
        raise ValueError(
            f"DCGAN sizes are 8, 16, 32, 64 and 128 pixels, not {size}: pad or resize the images"
        )
    return int(log2(size // 4))


def init_weights(net: nn.Module, std: float = 0.02) -> None:
    """Weights from N(0, 0.02), scales of a normalisation from N(1, 0.02), its shifts zero (section 4)."""
    for module in net.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.normal_(module.weight, 0.0, std)
        elif isinstance(module, nn.BatchNorm2d | nn.InstanceNorm2d) and module.affine:
            nn.init.normal_(module.weight, 1.0, std)
            nn.init.zeros_(module.bias)


class Generator(nn.Module):
    """Noise ``(B, nz)`` to images ``(B, channels, size, size)`` in [-1, 1].

    Args:
        size: 8 to 128, a power of two.
        channels: 1 for grey images, 3 for colour.
        nz: width of the noise (the paper's 100).
        ngf: feature maps before the output layer (the paper's figure has 128 at 64x64; the common example 64).
    """

    def __init__(self, size: int = 64, channels: int = 3, nz: int = 100, ngf: int = 64) -> None:
        super().__init__()
        stages = _stages(size)
        width = ngf * 2 ** (stages - 1)
        layers: list[nn.Module] = [nn.ConvTranspose2d(nz, width, 4, 1, 0, bias=False)]
        for _ in range(stages - 1):
            layers += [nn.BatchNorm2d(width), nn.ReLU(True)]
            layers += [nn.ConvTranspose2d(width, width // 2, 4, 2, 1, bias=False)]
            width //= 2
        layers += [nn.BatchNorm2d(width), nn.ReLU(True)]
        layers += [nn.ConvTranspose2d(width, channels, 4, 2, 1, bias=False), nn.Tanh()]
        self.latent_dim = nz
        self.layers = nn.Sequential(*layers)
        init_weights(self)

    def forward(self, z: Tensor) -> Tensor:
        """Maps ``(B, nz)`` to ``(B, channels, size, size)`` in [-1, 1]."""
        return self.layers(z[:, :, None, None])


class Discriminator(nn.Module):
    """Images ``(B, channels, size, size)`` in [-1, 1] to logits ``(B,)``; no sigmoid, the losses take logits.

    Args:
        size, channels: of the images.
        ndf: feature maps of the first layer.
        norm: BatchNorm, as in the paper; False for a critic that must judge each image by itself (WGAN-GP).
    """

    def __init__(self, size: int = 64, channels: int = 3, ndf: int = 64, norm: bool = True) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(channels, ndf, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, True)]
        width = ndf
        for _ in range(_stages(size) - 1):
            layers += [nn.Conv2d(width, width * 2, 4, 2, 1, bias=False)]
            layers += [nn.BatchNorm2d(width * 2)] if norm else []
            layers += [nn.LeakyReLU(0.2, True)]
            width *= 2
        layers += [nn.Conv2d(width, 1, 4, 1, 0, bias=False)]
        self.layers = nn.Sequential(*layers)
        init_weights(self)

    def forward(self, x: Tensor) -> Tensor:
        """Maps ``(B, channels, size, size)`` to logits ``(B,)``."""
        return self.layers(x).flatten()
