"""What the zoo hands out: a network with its card, and what one can do with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from gan_lab.recipes import Recipe


@dataclass
class Model:
    """A trained network with its card.

    Attributes:
        name: in the zoo, or the run's folder.
        net: in evaluation mode, without gradients.
        recipe: what it was made by.
        card: see the module's text; for a run of one's own, its ``run.json``.
    """

    name: str
    net: nn.Module
    recipe: Recipe
    card: dict[str, Any]


class Sampler(Model):
    """A generator."""

    @property
    def latent_dim(self) -> int:
        """Width d of the latents ``(B, d)``."""
        return self.recipe.latent_dim

    def latents(self, n: int, seed: int = 0) -> Tensor:
        """``(n, d)`` from N(0, I); the same for the same seed, on any device."""
        return torch.randn(n, self.latent_dim, generator=torch.Generator().manual_seed(seed))

    @torch.no_grad()
    def generate(self, z: Tensor) -> Tensor:
        """What the latents ``(B, d)`` become: images ``(B, C, H, W)`` in [-1, 1], or points ``(B, 2)``.

        Raises:
            ValueError: latents of another width, or not finite.
        """
        self.check(z)
        return self.net(z)

    def check(self, z: Tensor) -> None:
        """Raises ValueError for latents of another width, or not finite."""
        if z.dim() != 2 or z.shape[1] != self.latent_dim:
            raise ValueError(
                f"{self.name} takes latents of shape (B, {self.latent_dim}), not {tuple(z.shape)}"
            )
        if not torch.isfinite(z).all():
            raise ValueError(
                f"{self.name} takes finite latents; there is an infinite or undefined number in z"
            )

    def sample(self, n: int, seed: int = 0) -> Tensor:
        """n samples, ``(n, C, H, W)`` in [-1, 1]; the same for the same seed."""
        return torch.cat([self.generate(z) for z in self.latents(n, seed).split(500)])


class Reader(Model):
    """A classifier: what the metrics look through."""

    @torch.no_grad()
    def features(self, x: Tensor) -> Tensor:
        """Features ``(B, F)`` of images ``(B, 1, 28, 28)`` or ``(B, 1, 32, 32)`` in [-1, 1]."""
        return self.net.features(x)  # pyright: ignore[reportCallIssue]

    @torch.no_grad()
    def classify(self, x: Tensor) -> Tensor:
        """Logits ``(B, 10)`` of such images."""
        return self.net(x)
