"""What the cards of the explicit models and of the autoencoders claim, computed anew."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from gan_lab import data, metrics
from gan_lab.algorithms.base import seeded
from gan_lab.algorithms.vae import VAE
from gan_lab.data import ImageSet
from gan_lab.data.priors import Density, Mixture
from gan_lab.metrics import Metric, latent
from gan_lab.zoo.coders import Autoencoder, Autoregressive
from gan_lab.zoo.model import Reader

WEIGHTED = 200
"""The K of the importance-weighted bound on the cards."""

COMPARED = 5000
"""Held-out codes, and samples of the prior, that the coverage metrics look at."""


def likelihoods(model: Autoencoder | Autoregressive, n: int, root: str | Path | None) -> dict[str, Metric]:
    """-log p(x) in nats a picture, binarised as in training; exact for PixelCNN, bounds for a VAE.

    A model of digits is held against n of mnist-5k and, given ``root``, the first n of the test set; any other model
    against the first n of its test set.

    Raises:
        FileNotFoundError: the test set is not under ``root``.
    """
    asked, name = {}, model.recipe.data
    if name.startswith("mnist"):
        asked["mnist-5k"] = black_and_white(data.load("mnist-5k"), shuffled(n))
    if root is not None or not asked:
        test = "mnist" if asked else name  # a run on mnist-5k has MNIST's test set, too
        asked[f"{test} test"] = black_and_white(data.load(test, root=root, split="test"), slice(0, n))
    return {key: metric for where, x in asked.items() for key, metric in nats(model, x, where).items()}


def black_and_white(dataset: data.AnySet, chosen: Tensor | slice) -> Tensor:
    """Some pictures of a set, binarised once; for a model of dynamic binarisation this is one draw of it."""
    assert isinstance(dataset, ImageSet)
    return dataset.binarised().images_float(chosen)


def nats(model: Autoencoder | Autoregressive, x: Tensor, where: str) -> dict[str, Metric]:
    """Mean -log p(x) of binary pictures ``(n, 1, H, W)``; for a VAE the ELBO and the importance-weighted bound."""
    how = f"nats, {model.recipe.binarise} binarisation"
    with seeded(0):
        if isinstance(model, Autoregressive):
            exact = torch.cat([model.log_likelihood(part) for part in x.split(250)])
            return {f"-log p(x) on {where}, exact": metrics.metric(-exact.mean().item(), None, how, "lower")}
        prior = model.prior
        assert isinstance(prior, Density)
        vae = VAE(model.encoder, model.decoder, prior=prior)
        with torch.no_grad():
            nll, kl = (
                torch.cat(parts) for parts in zip(*(vae.terms(part) for part in x.split(500)), strict=True)
            )
        tight = torch.cat([vae.log_likelihood(part, WEIGHTED) for part in x.split(500)])
    return {
        f"-ELBO on {where}": metrics.metric((nll + kl).mean().item(), None, how, "lower"),
        f"KL(q(z|x) || p(z)) on {where}": metrics.metric(kl.mean().item(), None, "nats", "lower"),
        f"-log p(x) on {where}, bound with K = {WEIGHTED}": metrics.metric(
            -tight.mean().item(), None, how, "lower"
        ),
    }


def coverage(model: Autoencoder, reader: Reader, seed: int = 0) -> dict[str, Metric]:
    """How well samples of q(z|x) on the held-out digits cover the prior, and what prior samples are decoded to.

    Args:
        reader: the classifier that looks at decoded samples.
        seed: of codes and prior samples.
    """
    x, labels = held_out_digits(COMPARED)
    codes = model.encode(x, seed)
    prior, other = (model.latents(len(codes), 2 * seed + i) for i in (1, 2))
    found = {
        "two-sample AUC": latent.two_sample_auc(codes, prior, other),
        "MMD": latent.mmd(codes[:1000], prior[:1000]),
        "hole rate": latent.hole_rate(codes, prior, other),
        "KL(q(z) || p(z))": latent.aggregate_kl(codes, prior, other),
        "recognised": recognised(model, reader, prior, x),
    }
    if model.recipe.tied and isinstance(model.prior, Mixture):
        found["right component"] = latent.right_component(model.prior.nearest(codes), labels)
    if model.encoder.gaussian and isinstance(model.prior, Density):
        with torch.no_grad():
            mean, log_var = model.encoder.distribution(x)
        found |= latent.kl_parts(mean, log_var, model.prior.log_prob, seed)
    return found


def held_out_digits(n: int) -> tuple[Tensor, Tensor]:
    """n of mnist-5k with their labels, shuffled: the set itself is sorted by class, and metrics take the first ones."""
    held_out = data.load("mnist-5k")
    assert isinstance(held_out, ImageSet)
    assert held_out.labels is not None
    chosen = shuffled(n)
    return held_out.images_float(chosen), held_out.labels[chosen]


def shuffled(n: int) -> Tensor:
    """Places of n digits of mnist-5k, which is sorted by class; the same ones every time."""
    held_out = data.load("mnist-5k")
    assert isinstance(held_out, ImageSet)
    return torch.randperm(len(held_out), generator=torch.Generator().manual_seed(0))[:n]


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
    """Style and label: the share of pictures in which the classifier reads the digit that was asked for.

    Asked of n samples of the prior, and of style transfer: of the style of every held-out digit, in all ten digits.
    """
    wanted = torch.arange(n) % model.classes
    made = model.sample(n, seed)
    read = torch.cat([reader.classify(x) for x in made.split(500)]).argmax(1)
    asked, right = torch.arange(model.classes), []
    held_out = data.load("mnist-5k")
    assert isinstance(held_out, ImageSet)
    for batch in held_out.in_order(50):
        styles = model.encode(batch.x).repeat_interleave(model.classes, 0)
        labels = asked.repeat(len(batch))
        right.append(reader.classify(model.generate(styles, labels)).argmax(1) == labels)
    share = torch.cat(right).double().mean().item()
    transfer = metrics.metric(
        share, None, f"share of {model.classes} digits in each held-out style", "higher"
    )
    return {"asked digit is read": metrics.asked_class(read, wanted), "style transfer": transfer}


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
