"""Encoders and decoders for the VAE and the adversarial autoencoder: two hidden layers, as in the AAE paper.

Both models use the same pair, so that what differs between them is the objective (Makhzani et al. 2016, appendix A).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

NARROWEST = -10.0
"""The least log-variance of q(z|x). Nothing in an adversarial autoencoder asks for any variance: without a bound it
falls until its exponential is 0."""


def _hidden(inputs: int, width: int, depth: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for i in range(depth):
        layers += [nn.Linear(inputs if i == 0 else width, width), nn.ReLU(True)]
    return nn.Sequential(*layers)


class Encoder(nn.Module):
    """Images ``(B, channels, size, size)`` in [-1, 1] to codes ``(B, latent_dim)``, and labels where asked for.

    Args:
        latent_dim: width of the code z.
        size, channels: of the images.
        width, depth: units of each hidden layer, and how many there are (the paper: 1000 and 2).
        gaussian: put out a mean and a log-variance, q(z|x) = N(mean, diag(exp(log_var))); else one code for each x.
        classes: also put out so many label logits (semi-supervised); 0 for none.

    Raises:
        ValueError: a size below 1.
    """

    def __init__(
        self,
        latent_dim: int,
        size: int = 28,
        channels: int = 1,
        width: int = 1000,
        depth: int = 2,
        *,
        gaussian: bool = False,
        classes: int = 0,
    ) -> None:
        super().__init__()
        if min(latent_dim, size, channels, width, depth) < 1 or classes < 0:
            raise ValueError(
                "latent_dim, size, channels, width and depth must be at least 1, "
                f"not {latent_dim}, {size}, {channels}, {width} and {depth}"
            )
        self.latent_dim, self.gaussian, self.classes = latent_dim, gaussian, classes
        self.body = _hidden(channels * size * size, width, depth)
        self.code = nn.Linear(width, latent_dim * (2 if gaussian else 1))
        self.label = nn.Linear(width, classes) if classes else None

    def features(self, x: Tensor) -> Tensor:
        """``(B, width)``: what both heads read."""
        return self.body(x.flatten(1))

    def distribution(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of q(z|x), each ``(B, latent_dim)``; the log-variance of a point is -inf."""
        return self.split(self.code(self.features(x)))

    def split(self, head: Tensor) -> tuple[Tensor, Tensor]:
        """The code head's output as (mean, log-variance)."""
        if self.gaussian:
            mean, log_var = head.chunk(2, dim=1)
            return mean, log_var.clamp(min=NARROWEST)
        return head, torch.full_like(head, -torch.inf)

    def forward(self, x: Tensor) -> Tensor:
        """One code for each image: drawn from q(z|x) where that is a Gaussian (fresh noise each time)."""
        return draw(*self.distribution(x))

    def both(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Label logits ``(B, classes)`` and codes ``(B, latent_dim)``.

        Raises:
            ValueError: this encoder has no label head.
        """
        if self.label is None:
            raise ValueError("this encoder gives no labels: make it with classes=10, for example")
        seen = self.features(x)
        return self.label(seen), draw(*self.split(self.code(seen)))


def draw(mean: Tensor, log_var: Tensor) -> Tensor:
    """A sample of N(mean, diag(exp(log_var))) that lets gradients through (Kingma and Welling 2014, section 2.4)."""
    return mean + torch.randn_like(mean) * (log_var / 2).exp()


class Decoder(nn.Module):
    """Codes ``(B, latent_dim)``, with one-hot labels before them where there are classes, to pixel logits.

    Args:
        latent_dim: width of z.
        size, channels: of the images.
        width, depth: as for :class:`Encoder`.
        classes: how many labels the first inputs stand for; 0 for none.
    """

    def __init__(
        self,
        latent_dim: int,
        size: int = 28,
        channels: int = 1,
        width: int = 1000,
        depth: int = 2,
        *,
        classes: int = 0,
    ) -> None:
        super().__init__()
        self.latent_dim, self.classes, self.shape = latent_dim, classes, (channels, size, size)
        self.body = _hidden(latent_dim + classes, width, depth)
        self.pixels = nn.Linear(width, channels * size * size)

    def logits(self, z: Tensor, label: Tensor | None = None) -> Tensor:
        """``(B, C, H, W)``: sigma of it is the pixel's intensity in [0, 1].

        Args:
            z: ``(B, latent_dim)``.
            label: int64 classes ``(B,)``, or shares of each class ``(B, classes)``, for decoders with classes.

        Raises:
            ValueError: a label is missing, not wanted, or outside the classes.
        """
        return self.pixels(self.body(self._with_label(z, label))).unflatten(1, self.shape)

    def forward(self, z: Tensor, label: Tensor | None = None) -> Tensor:
        """Images ``(B, C, H, W)`` in [-1, 1]: the mean of p(x|z)."""
        return self.logits(z, label).sigmoid() * 2 - 1

    def _with_label(self, z: Tensor, label: Tensor | None) -> Tensor:
        if (label is None) != (self.classes == 0):
            raise ValueError(
                f"this decoder takes {f'a label of {self.classes} classes' if self.classes else 'no label'}, "
                f"but {'none was' if label is None else 'one was'} given"
            )
        if label is None:
            return z
        if not label.is_floating_point():
            label = one_hot(label, self.classes).to(z)
        return torch.cat([label, z], dim=1)


def one_hot(labels: Tensor, classes: int) -> Tensor:
    """int64 ``(B,)`` to float32 ``(B, classes)``.

    Raises:
        ValueError: a label outside 0 .. classes - 1 (not on a GPU, where asking would wait for the device).
    """
    if not labels.is_cuda and labels.numel() and not 0 <= int(labels.min()) <= int(labels.max()) < classes:
        raise ValueError(
            f"labels go from {int(labels.min())} to {int(labels.max())}; there are the classes 0 to {classes - 1}"
        )
    return F.one_hot(labels, classes).float()
