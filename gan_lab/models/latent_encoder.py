"""An encoder for a generator's noise: from an image to the z that may have made it."""

from __future__ import annotations

from torch import Tensor, nn

from gan_lab.models.dcgan import Discriminator, init_weights


class LatentEncoder(nn.Module):
    """Images ``(B, channels, size, size)`` in [-1, 1] to latents ``(B, nz)``: DCGAN's discriminator with nz outputs.

    Args:
        size, channels: of the images.
        nz: width of the noise.
        width: feature maps of the first layer.
    """

    def __init__(self, size: int = 64, channels: int = 3, nz: int = 100, width: int = 64) -> None:
        super().__init__()
        *body, last = Discriminator(size, channels, width).layers
        assert isinstance(last, nn.Conv2d)
        self.layers = nn.Sequential(*body, nn.Conv2d(last.in_channels, nz, 4))
        init_weights(self)

    def forward(self, x: Tensor) -> Tensor:
        """Latents ``(B, nz)``."""
        return self.layers(x).flatten(1)
