"""Conditional generators as the zoo hands them out: told a label, and, for ageing, with an encoder."""

from __future__ import annotations

import torch
from torch import Tensor

from gan_lab import latent
from gan_lab.models.autoencoder import one_hot
from gan_lab.models.conditional import ConditionalGenerator
from gan_lab.models.latent_encoder import LatentEncoder
from gan_lab.zoo.model import Sampler


class ConditionalSampler(Sampler):
    """A generator that is told which class to make."""

    @property
    def generator(self) -> ConditionalGenerator:
        """G(z, y), as a network: differentiable."""
        return self.net  # pyright: ignore[reportReturnType]

    @property
    def classes(self) -> int:
        """How many labels it is told: 0 to classes - 1."""
        return self.recipe.classes

    @torch.no_grad()
    def generate(self, z: Tensor, label: Tensor | None = None) -> Tensor:
        """What latents ``(B, d)`` become under labels: images ``(B, C, H, W)`` in [-1, 1].

        Args:
            label: int64 classes ``(B,)``, or, to walk between classes, shares of each ``(B, classes)`` that sum to 1.

        Raises:
            ValueError: latents of another width or not finite; a label missing or outside the classes.
        """
        self.check(z)
        return self.generator(z, self.check_label(label, len(z)))

    def check_label(self, label: Tensor | None, n: int) -> Tensor:
        """The label, if it is one that ``generate`` takes for n latents; else ValueError."""
        if label is None or label.shape not in ((n,), (n, self.classes)):
            given = "none" if label is None else f"the shape {tuple(label.shape)}"
            raise ValueError(
                f"{self.name} takes a label of 0 to {self.classes - 1} for each of {n} latents, not {given}"
            )
        if label.dim() == 1:
            one_hot(label, self.classes)  # refuses those outside
        elif not (label.min() >= 0 and bool((label.sum(1) - 1).abs().max() < 1e-3)):
            raise ValueError(f"{self.name} takes shares of each class from 0 to 1 that sum to 1")
        return label

    def labels(self, n: int) -> Tensor:
        """n labels, the classes in turn: what ``sample`` asks for."""
        return torch.arange(n) % self.classes

    def sample(self, n: int, seed: int = 0) -> Tensor:
        """n samples, the classes in turn, ``(n, C, H, W)`` in [-1, 1]; the same for the same seed."""
        parts = zip(self.latents(n, seed).split(500), self.labels(n).split(500), strict=True)
        return torch.cat([self.generate(z, y) for z, y in parts])


class AgeSampler(ConditionalSampler):
    """A conditional generator of faces whose classes are age groups, and an encoder: what ageing takes.

    z = model.find(faces, groups, read)                          the noise of faces of known age group
    model.generate(z, other)                                     the same faces at another age
    """

    @property
    def generator(self) -> ConditionalGenerator:
        """G(z, y)."""
        return self.net.get_submodule("generator")  # pyright: ignore[reportReturnType]

    @property
    def encoder(self) -> LatentEncoder:
        """E: from images to a first guess of z."""
        return self.net.get_submodule("encoder")  # pyright: ignore[reportReturnType]

    @torch.no_grad()
    def encode(self, x: Tensor) -> Tensor:
        """The first guess of the noise of faces ``(B, C, H, W)`` in [-1, 1]: ``(B, d)``.

        Raises:
            ValueError: faces of another shape than the generator makes.
        """
        wanted = (self.recipe.channels, self.recipe.size, self.recipe.size)
        if x.shape[1:] != wanted:
            raise ValueError(
                f"{self.name} takes pictures {wanted}, not {tuple(x.shape[1:])}: resize them first"
            )
        return self.encoder(x)

    def find(self, x: Tensor, label: Tensor, look: latent.Look = latent.pixels, steps: int = 50) -> Tensor:
        """The noise ``(B, d)`` under which the generator makes faces look as they do, searched from ``encode``.

        Args:
            x: faces ``(B, C, H, W)`` in [-1, 1].
            label: their age groups ``(B,)``.
            look: ``latent.pixels``, or what a face recogniser sees, for the identity-preserving form.
            steps: of L-BFGS, for each face; 0 gives ``encode(x)``.

        Raises:
            ValueError: a label missing or outside the groups, or faces of another shape than the generator makes.
        """
        self.check_label(label, len(x))
        return latent.preserve(self.generator, x, label, self.encode(x), look, steps)
