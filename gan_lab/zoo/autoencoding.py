"""What the cards of the explicit models and of the autoencoders claim, computed anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from gan_lab import data, metrics
from gan_lab.algorithms.base import seeded
from gan_lab.algorithms.vae import VAE
from gan_lab.data import ImageSet
from gan_lab.data.priors import Gaussian, Mixture
from gan_lab.metrics import Metric, latent
from gan_lab.zoo.coders import Autoencoder, Autoregressive
from gan_lab.zoo.model import Reader

WEIGHTED = 200
"""The K of the importance-weighted bound on the cards."""

COMPARED = 5000
"""Held-out codes, and samples of the prior, that the coverage metrics look at."""


def likelihoods(model: Autoencoder | Autoregressive, n: int, root: str | Path | None) -> dict[str, Metric]:
    """-log p(x) in nats a picture on the first n of the test set, binarised as in training.

    Exact for PixelCNN; for a VAE the ELBO and the importance-weighted bound, K stated.

    Raises:
        FileNotFoundError: the test set is not under ``root``.
    """
    dataset = data.load(model.recipe.data, root=root, split="test")
    assert isinstance(dataset, ImageSet)
    x = dataset.binarised().images_float(slice(0, n))  # for dynamic binarisation: one draw of it
    how = f"nats, {model.recipe.binarise} binarisation"
    with seeded(0):
        if isinstance(model, Autoregressive):
            exact = torch.cat([model.log_likelihood(part) for part in x.split(250)])
            return {"-log p(x), exact": metrics.metric(-exact.mean().item(), None, how, "lower")}
        vae = VAE(model.encoder, model.decoder, prior_std=model.recipe.prior_std)
        with torch.no_grad():
            nll, kl = (
                torch.cat(parts) for parts in zip(*(vae.terms(part) for part in x.split(500)), strict=True)
            )
        tight = torch.cat([vae.log_likelihood(part, WEIGHTED) for part in x.split(500)])
    return {
        "-ELBO": metrics.metric((nll + kl).mean().item(), None, how, "lower"),
        "KL(q(z|x) || p(z))": metrics.metric(kl.mean().item(), None, "nats", "lower"),
        f"-log p(x), bound with K = {WEIGHTED}": metrics.metric(-tight.mean().item(), None, how, "lower"),
    }


def coverage(model: Autoencoder, reader: Reader, seed: int = 0) -> dict[str, Metric]:
    """How well samples of q(z|x) on the held-out digits cover the prior, and what prior samples are decoded to.

    Args:
        reader: the classifier that looks at decoded samples.
        seed: of codes and prior samples.
    """
    held_out = data.load("mnist-5k")
    assert isinstance(held_out, ImageSet)
    x, labels = held_out.images_float()[:COMPARED], held_out.labels
    assert labels is not None
    codes = model.encode(x, seed)
    prior, other = (model.latents(len(codes), 2 * seed + i) for i in (1, 2))
    found = {
        "two-sample AUC": latent.two_sample_auc(codes, prior, other),
        "MMD": latent.mmd(codes[:1000], prior[:1000]),
        "hole rate": latent.hole_rate(codes, prior, other),
        "recognised": recognised(model, reader, prior, x),
    }
    if model.recipe.tied and isinstance(model.prior, Mixture):
        found["right component"] = latent.right_component(model.prior.nearest(codes), labels)
    if model.encoder.gaussian and isinstance(model.prior, Gaussian):
        with torch.no_grad():
            mean, log_var = model.encoder.distribution(x)
        found |= latent.kl_parts(mean, log_var, log_gaussian(model.prior.scale), seed)
    return found


def recognised(model: Autoencoder, reader: Reader, z: Tensor, real: Tensor) -> Metric:
    """The share of decoded prior samples that the classifier is sure of."""
    labels = torch.arange(len(z)) % model.classes if model.classes else None
    parts = range(0, len(z), 500)
    made = torch.cat(
        [model.generate(z[i : i + 500], None if labels is None else labels[i : i + 500]) for i in parts]
    )
    sure = [torch.cat([reader.classify(x) for x in images.split(500)]).softmax(1) for images in (made, real)]
    return latent.recognised(sure[0], sure[1])


def written(model: Autoencoder, reader: Reader, n: int, seed: int) -> dict[str, Metric]:
    """Style and label: the share of decoded samples in which the classifier reads the digit that was asked for."""
    wanted = torch.arange(n) % model.classes
    made = model.sample(n, seed)
    read = torch.cat([reader.classify(x) for x in made.split(500)]).argmax(1)
    share = (read == wanted).double().mean().item()
    return {"asked digit is read": metrics.metric(share, None, "share of samples", "higher")}


def semi_supervised(model: Autoencoder, root: str | Path | None) -> dict[str, Metric]:
    """Its error on the held-out digits and, given ``root``, on the test set."""
    sets = {"mnist-5k": data.load("mnist-5k")}
    if root is not None:
        sets["mnist test"] = data.load("mnist", root=root, split="test")
    found = {}
    for name, dataset in sets.items():
        assert isinstance(dataset, ImageSet)
        wrong = [(model.classify(batch.x).argmax(1) != batch.y) for batch in dataset.in_order(500)]
        found[f"error on {name}"] = metrics.metric(
            torch.cat(wrong).double().mean().item(), None, "share", "lower"
        )
    return found


def log_gaussian(scale: float) -> Callable[[Tensor], Tensor]:
    """log N(z; 0, scale^2 I) as a function of z ``(B, d)``."""
    normal = torch.distributions.Normal(0.0, scale)
    return lambda z: normal.log_prob(z).sum(1)
