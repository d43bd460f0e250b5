"""Autoencoders and PixelCNN as the zoo hands them out."""

from __future__ import annotations

import torch
from torch import Tensor

from gan_lab.algorithms.base import seeded
from gan_lab.data.priors import Prior, named
from gan_lab.losses import reconstruction
from gan_lab.models.autoencoder import Decoder, Encoder
from gan_lab.models.pixelcnn import PixelCNN
from gan_lab.zoo.model import Model, Sampler


class Autoencoder(Sampler):
    """A VAE or an adversarial autoencoder: codes from pictures, pictures from codes."""

    @property
    def encoder(self) -> Encoder:
        """q(z|x)."""
        return self.net.get_submodule("encoder")  # pyright: ignore[reportReturnType]

    @property
    def decoder(self) -> Decoder:
        """p(x|z), or p(x|y, z)."""
        return self.net.get_submodule("decoder")  # pyright: ignore[reportReturnType]

    @property
    def prior(self) -> Prior:
        """What its codes were made to look like."""
        return named(self.recipe.prior, self.latent_dim)

    @property
    def classes(self) -> int:
        """How many labels its decoder is told; 0 for none."""
        return self.decoder.classes

    def latents(self, n: int, seed: int = 0) -> Tensor:
        """``(n, d)`` samples of the prior; the same for the same seed."""
        with seeded(seed):
            return self.prior.sample(n)

    @torch.no_grad()
    def generate(self, z: Tensor, label: Tensor | None = None) -> Tensor:
        """What codes ``(B, d)``, and labels ``(B,)`` where the decoder is told them, become: ``(B, C, H, W)``.

        Raises:
            ValueError: codes of another width or not finite; a label missing, not wanted or outside the classes.
        """
        self.check(z)
        return self.decoder(z, label)

    def sample(self, n: int, seed: int = 0) -> Tensor:
        """n pictures of codes from the prior, the classes in turn where the decoder is told them."""
        z = self.latents(n, seed)
        labels = torch.arange(n) % self.classes if self.classes else None
        parts = range(0, n, 500)
        told = [None if labels is None else labels[i : i + 500] for i in parts]
        return torch.cat([self.generate(z[i : i + 500], y) for i, y in zip(parts, told, strict=True)])

    @torch.no_grad()
    def encode(self, x: Tensor, seed: int = 0) -> Tensor:
        """One code ``(B, d)`` for each picture ``(B, C, H, W)`` in [-1, 1]: a sample of q(z|x), never its mean."""
        with seeded(seed):
            return self.encoder(x)

    @torch.no_grad()
    def classify(self, x: Tensor) -> Tensor:
        """Label logits ``(B, K)`` (semi-supervised models).

        Raises:
            ValueError: this model reads no labels.
        """
        if not self.encoder.classes:
            raise ValueError(f"{self.name} reads no labels: only aae-semi does")
        return self.encoder.both(x)[0]


class Autoregressive(Model):
    """PixelCNN: exact likelihoods, and samples pixel by pixel."""

    @property
    def pixelcnn(self) -> PixelCNN:
        """The network."""
        assert isinstance(self.net, PixelCNN)
        return self.net

    def sample(self, n: int, seed: int = 0) -> Tensor:
        """n pictures ``(n, 1, H, W)`` in {-1, 1}; the same for the same seed."""
        size = self.recipe.size
        uniforms = torch.rand(n, 1, size, size, generator=torch.Generator().manual_seed(seed))
        return torch.cat([self.pixelcnn.sample(part) for part in uniforms.split(100)])

    @torch.no_grad()
    def log_likelihood(self, x: Tensor) -> Tensor:
        """Exact log p(x) in nats, ``(B,)``, of binary pictures ``(B, 1, H, W)`` in {-1, 1}."""
        return -reconstruction.bernoulli(self.pixelcnn(x), x)
