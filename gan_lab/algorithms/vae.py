"""The variational autoencoder (Kingma and Welling 2014): the taxonomy's explicit, approximate density.

    log p(x) >= E_q(z|x) [log p(x|z)] - KL(q(z|x) || p(z))        the ELBO, maximised by encoder and decoder together

There is no game: one phase, one loss.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import log, pi

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from gan_lab.algorithms.adam import adam
from gan_lab.algorithms.base import Algorithm, Frame, Phase, Probe, watching
from gan_lab.data.batch import Batch
from gan_lab.data.priors import Density, Gaussian
from gan_lab.losses import reconstruction
from gan_lab.models.autoencoder import Decoder, Encoder, draw

LIKELIHOODS = {"bernoulli": reconstruction.bernoulli, "gaussian": reconstruction.gaussian}


class VAE(Algorithm):
    """Encoder q(z|x), decoder p(x|z), prior p(z).

    Args:
        encoder: Gaussian, see :class:`Encoder`.
        decoder: from codes to pixel logits.
        beta: weight of the KL term; 1 is the ELBO (Higgins et al. 2017 for others).
        likelihood: "bernoulli" or "gaussian" (std 0.1 of the intensity).
        binarise: draw every pixel black or white anew each time ("dynamic binarisation").
        prior: N(0, I) unless given; the AAE paper compares at N(0, 25 I). A prior whose density is known but not its
            KL in closed form (the mixture) has that estimated from the one code drawn.
        optimizer: over both networks.

    Raises:
        ValueError: an encoder without a variance, widths that differ, a negative beta, or a prior without a density.
    """

    def __init__(
        self,
        encoder: Encoder,
        decoder: Decoder,
        *,
        beta: float = 1.0,
        likelihood: str = "bernoulli",
        binarise: bool = False,
        prior: Density | None = None,
        optimizer: Callable[[Iterable[nn.Parameter]], Optimizer] = adam,
        lr_factor: Callable[[int], float] | None = None,
    ) -> None:
        super().__init__()
        if not encoder.gaussian:
            raise ValueError("a VAE's encoder gives a mean and a variance: make it with gaussian=True")
        if encoder.latent_dim != decoder.latent_dim:
            raise ValueError(
                f"codes of {encoder.latent_dim} and a decoder of {decoder.latent_dim} do not fit"
            )
        if likelihood not in LIKELIHOODS:
            raise ValueError(f"likelihood is one of {', '.join(LIKELIHOODS)}, not {likelihood!r}")
        if beta < 0:
            raise ValueError(f"beta must not be negative, not {beta}")
        prior = Gaussian(encoder.latent_dim) if prior is None else prior
        if not isinstance(prior, Density):
            raise ValueError(
                f"the ELBO needs the prior's density, and {prior.name} can only be sampled: take an aae for it"
            )
        if prior.dim != encoder.latent_dim:
            raise ValueError(f"codes of {encoder.latent_dim} and a prior of {prior.dim} do not fit")
        self.encoder, self.decoder, self.beta = encoder, decoder, beta
        self.latent_dim = encoder.latent_dim
        self.nll, self.binarise, self.prior = LIKELIHOODS[likelihood], binarise, prior
        self.lr_factor = lr_factor
        params = [*encoder.parameters(), *decoder.parameters()]
        self.phases = [Phase("likelihood", [encoder, decoder], optimizer(params), self.loss)]

    def loss(self, batch: Batch) -> dict[str, Tensor]:
        """-ELBO in nats, with its two parts: the reconstruction's and the KL."""
        x = binary(batch.x) if self.binarise else batch.x
        nll, kl = self.terms(x)
        return {
            "loss": (nll + self.beta * kl).mean(),
            "reconstruction": nll.detach().mean(),
            "kl": kl.detach().mean(),
        }

    def terms(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """-log p(x|z) at one z drawn from q(z|x), and KL(q(z|x) || p(z)): each ``(B,)`` nats."""
        mean, log_var = self.encoder.distribution(x)
        z = draw(mean, log_var)
        if isinstance(self.prior, Gaussian):
            scale = self.prior.scale
            kl = reconstruction.kl_to_standard_normal(mean / scale, log_var - 2 * log(scale))
        else:
            kl = normal(z, mean, log_var) - self.prior.log_prob(z)
        return self.nll(self.decoder.logits(z), x), kl

    @torch.no_grad()
    def log_likelihood(self, x: Tensor, samples: int = 200) -> Tensor:
        """The importance-weighted bound on log p(x) (Burda et al. 2016, equation 8), ``(B,)`` nats.

        Args:
            x: images ``(B, C, H, W)``, binary for a Bernoulli likelihood.
            samples: the bound's K; 1 gives a one-sample ELBO, more is tighter. Always say which K was taken.
        """
        mean, log_var = self.encoder.distribution(x)
        weights = []
        for _ in range(samples):
            z = draw(mean, log_var)
            log_joint = self.prior.log_prob(z) - self.nll(self.decoder.logits(z), x)
            weights.append(log_joint - normal(z, mean, log_var))
        return torch.stack(weights).logsumexp(0) - log(samples)

    def frame(self, probe: Probe) -> Frame:
        """``fake``: what the probe's codes ``(n, d)`` are decoded to."""
        with watching(self):
            return {"fake": self.decoder(probe.z).float().cpu().numpy()}


def binary(x: Tensor) -> Tensor:
    """Every pixel -1 or 1, drawn with its intensity as probability."""
    return torch.bernoulli(reconstruction.intensity(x).clamp(0, 1)) * 2 - 1


def normal(z: Tensor, mean: Tensor, log_var: Tensor) -> Tensor:
    """log N(z; mean, diag(exp(log_var))), ``(B,)`` nats."""
    return -((z - mean).square() / log_var.exp() + log_var + log(2 * pi)).sum(1) / 2
