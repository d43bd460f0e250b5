"""The best discriminator for the generator as it is now: exact where both densities are known, else estimated."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gan_lab.algorithms.base import watching
from gan_lab.algorithms.gan import GAN
from gan_lab.data.toy2d import Mixture, ToySet
from gan_lab.theory import optimal_logit

from .settings import EXTENT, Configuration

BLUR = 0.06
"""Width of the Gaussian both densities are blurred with where they are estimated, in the plane's units."""
FINE = 140
"""Cells of the histogram along a side: narrower than BLUR."""

BELIEFS = ("minimax", "non-saturating", "least-squares", "relativistic")
"""Losses whose optimal discriminator says p/(p + q) at every point."""


@dataclass
class Optimum:
    """D* on the cells of a grid: ``belief`` (n, n), how it was found, and the mean gap of D to it (None: unknown)."""

    belief: Tensor
    note: str
    exact: bool
    weight: Tensor


def belief(loss: str, logits: Tensor, middle: float | Tensor = 0.0) -> Tensor:
    """What D's output says as a probability of "real", where the loss has such a reading.

    sigma(logit) for the cross entropies; for the relativistic loss too, whose logits are only known up to a
    constant: ``middle`` is taken off. LSGAN's output is the probability itself.

    Raises:
        ValueError: a loss whose optimum is not p/(p + q).
    """
    if loss not in BELIEFS:
        raise ValueError(f"{loss}'s discriminator is a score: there is no probability in it")
    if loss == "least-squares":
        return logits.clamp(0, 1)
    return torch.sigmoid(logits - (middle if loss == "relativistic" else 0.0))


def cells(n: int) -> Tensor:
    """The centres of n x n cells over the plane, ``(n n, 2)``, row by row from the top left: as a picture."""
    width = 2 * EXTENT / n
    axis = torch.arange(n) * width + width / 2 - EXTENT
    y, x = torch.meshgrid(-axis, axis, indexing="ij")
    return torch.stack([x, y], -1).reshape(-1, 2)


def affine_log_density(gan: GAN, x: Tensor) -> Tensor | None:
    """log q of an affine generator with 2-D noise, at points ``(m, 2)``; None for every other generator.

    Gaussian noise stays Gaussian, a uniform square becomes a uniform parallelogram.
    """
    layers = list(gan.generator.children())
    if len(layers) != 1 or not isinstance(layers[0], nn.Linear) or gan.latent_dim != 2:
        return None
    weight, bias = layers[0].weight.detach().double(), layers[0].bias.detach().double()
    log_volume = torch.linalg.slogdet(weight).logabsdet
    if not torch.isfinite(log_volume) or log_volume < -25:
        return None  # flat, or not a number: there is no density
    z = torch.linalg.solve(weight, (x.double() - bias).T).T
    if gan.noise == "normal":
        return -z.square().sum(1) / 2 - math.log(2 * math.pi) - log_volume
    return torch.where((z.abs() <= 1).all(1), -math.log(4) - log_volume, -math.inf)


def find(config: Configuration, data: ToySet, gan: GAN, z: Tensor, real: Tensor, n: int) -> Optimum:
    """D* on n x n cells.

    Args:
        z: noise ``(m, d)`` to estimate the generator's density with, where it is not known.
        real: examples ``(m, 2)``, to estimate the data's with.
    """
    at = cells(n)
    if isinstance(data, Mixture):
        if gan.latent_dim == 1:
            note = "exact: 1-D noise fills a curve without area, so D* is 1 everywhere off it"
            return Optimum(torch.ones(n, n), note, True, torch.zeros(n, n))
        log_q = affine_log_density(gan, at)
        if log_q is not None:
            log_p = data.log_prob(at.double())
            star = torch.sigmoid(optimal_logit(log_p, log_q))
            weight = (log_p.exp() + log_q.exp()).reshape(n, n)
            return Optimum(
                star.reshape(n, n).float(), "exact: the affine generator's density is known", True, weight
            )
    with watching(gan):
        fake = gan.shown(z)
    return _estimate(blurred(real, n), blurred(fake, n), n)


def _estimate(p: Tensor, q: Tensor, n: int) -> Optimum:
    """p/(p + q) of two blurred densities; 1/2 where neither puts any mass."""
    nothing = 1e-4 * max(p.max().item(), q.max().item(), 1e-12)
    star = (p + nothing) / (p + q + 2 * nothing)
    return Optimum(star, f"density estimate: both blurred by {BLUR:g}", False, p + q)


def blurred(points: Tensor, n: int) -> Tensor:
    """Density of points ``(m, 2)`` blurred by a Gaussian, at the centres of n x n cells, as a picture ``(n, n)``."""
    place = ((points + EXTENT) / (2 * EXTENT) * FINE).floor()
    inside = ((place >= 0) & (place < FINE)).all(1) & torch.isfinite(points).all(1)
    x, y = place[inside].long().T
    counts = torch.bincount((FINE - 1 - y) * FINE + x, minlength=FINE**2).reshape(FINE, FINE).float()
    fine = (torch.arange(FINE) + 0.5) * (2 * EXTENT / FINE)
    coarse = (torch.arange(n) + 0.5) * (2 * EXTENT / n)
    kernel = torch.exp(-((coarse[:, None] - fine) ** 2) / (2 * BLUR**2)) / (BLUR * math.sqrt(2 * math.pi))
    return kernel @ counts @ kernel.T / max(len(points), 1)


def gap(
    config: Configuration, data: ToySet, gan: GAN, loss: str, z: Tensor, real: Tensor, n: int = 48
) -> float | None:
    """How far D is from D* on average over real and fake points: mean |D - D*|, 0 to 1; None without such a D*.

    The average is over (p + q)/2: over samples where D* is exact, over the cells of the estimate otherwise.
    """
    if loss not in BELIEFS:
        return None
    with watching(gan):
        fake = gan.shown(z)
        real_logits, fake_logits = gan.discriminator(real), gan.discriminator(fake)
        middle = (real_logits.mean() + fake_logits.mean()) / 2
        mine = [belief(loss, logits, middle) for logits in (real_logits, fake_logits)]
        if isinstance(data, Mixture) and gan.latent_dim == 1:
            return ((1 - mine[0]).mean() + mine[1].mean()).item() / 2
        at_real, at_fake = affine_log_density(gan, real), affine_log_density(gan, fake)
        if isinstance(data, Mixture) and at_real is not None and at_fake is not None:
            stars = [
                torch.sigmoid(data.log_prob(x.double()) - log_q)
                for x, log_q in ((real, at_real), (fake, at_fake))
            ]
            return sum((d - star).abs().mean().item() for d, star in zip(mine, stars, strict=True)) / 2
        best = find(config, data, gan, z, real, n)
        grid = belief(loss, gan.discriminator(cells(n)), middle).reshape(n, n)
        total = best.weight.sum()
        return ((grid - best.belief).abs() * best.weight).sum().div(total).item() if total > 0 else None
