"""How well do the codes of an autoencoder cover its prior? Holes decode to nothing; what lies outside is never drawn.

Compare samples of q(z|x), never its means: the means of a VAE leave holes that its samples fill.
"""

from __future__ import annotations

from collections.abc import Callable
from math import log, pi

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from gan_lab.metrics.common import Metric, metric, points

SEEDS = 5


def two_sample_auc(codes: Tensor, prior: Tensor, other: Tensor | None = None, steps: int = 300) -> Metric:
    """How well a small network tells held-out codes from the prior's samples: 0.5 means not at all.

    A fixed MLP (two layers of 64) learns on one half of both and is read on the other half, with five seeds; the
    value is the mean area under its ROC curve. A weak network is a lenient judge: the same one judges every model.

    Args:
        codes: ``(n, d)``, n >= 100.
        prior: as many samples of the prior.
        other: further samples of the prior, for the floor.
        steps: full-batch Adam steps.

    Raises:
        ValueError: too few samples, other widths, or numbers that are not finite.
    """
    fake, real = points(codes, "codes", 100).float(), points(prior, "prior", 100, codes.shape[-1]).float()
    runs = [_auc_once(fake, real, seed, steps) for seed in range(SEEDS)]
    value = sum(runs) / SEEDS
    floor = None if other is None else two_sample_auc(other, prior, None, steps)["value"]
    return metric(value, floor, f"area under the ROC curve, mean of {SEEDS}", "lower")


def _auc_once(fake: Tensor, real: Tensor, seed: int, steps: int) -> float:
    source = Generator().manual_seed(seed)
    fake, real = (x[torch.randperm(len(x), generator=source).to(x.device)] for x in (fake, real))
    half = min(len(fake), len(real)) // 2
    train, test = (
        torch.cat([fake[:half], real[:half]]),
        torch.cat([fake[half : 2 * half], real[half : 2 * half]]),
    )
    mean, std = train.mean(0), train.std(0).clamp_min(1e-6)
    train, test = (train - mean) / std, (test - mean) / std
    wanted = torch.cat([torch.zeros(half), torch.ones(half)]).to(train)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        net = nn.Sequential(
            nn.Linear(fake.shape[1], 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1)
        ).to(train.device)
    optimizer = torch.optim.Adam(net.parameters(), lr=5e-3, weight_decay=1e-3)
    for _ in range(steps):
        loss = F.binary_cross_entropy_with_logits(net(train)[:, 0], wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        scores = net(test)[:, 0]
    return auc(scores[:half], scores[half:])


def auc(negative: Tensor, positive: Tensor) -> float:
    """The share of (negative, positive) pairs that are in order; ties count a half (Mann and Whitney 1947)."""
    ordered = negative.sort().values
    below = torch.searchsorted(ordered, positive, right=False)
    upto = torch.searchsorted(ordered, positive, right=True)
    return ((below + upto).double().mean() / (2 * len(negative))).item()


def mmd(codes: Tensor, prior: Tensor, permutations: int = 100, seed: int = 0) -> Metric:
    """Squared maximum mean discrepancy with a Gaussian kernel (Gretton et al. 2012, equation 3, unbiased).

    The kernel's width is the median distance between the samples. The floor is the 95th percentile over relabellings
    of the two sets: below it nothing was found.

    Args:
        codes, prior: ``(n, d)`` and ``(m, d)``; 1,000 each make a matrix of 4 million entries.
    """
    x = points(codes, "codes", 10)
    y = points(prior, "prior", 10, x.shape[1])
    both = torch.cat([x, y]).float()
    squares = torch.cdist(both, both).square()
    kernel = torch.exp(
        -squares / squares.flatten()[:: max(1, squares.numel() // 100_000)].median().clamp_min(1e-12)
    )
    kernel.fill_diagonal_(0)
    sign = torch.cat([torch.ones(len(x)) / len(x), -torch.ones(len(y)) / len(y)]).to(both)
    source = Generator().manual_seed(seed)
    orders = torch.stack([torch.randperm(len(both), generator=source) for _ in range(permutations)])
    signs = torch.cat([sign[None], sign[orders.to(sign.device)]])
    values = ((signs @ kernel) * signs).sum(1)
    return metric(values[0].item(), values[1:].quantile(0.95).item(), "squared MMD", "lower")


def hole_rate(codes: Tensor, prior: Tensor, other: Tensor) -> Metric:
    """The share of the prior's samples that have no code nearby: where a decoder is asked what it never learnt.

    "Nearby" is the 95th percentile of the distance from a sample of the prior to its nearest other sample, measured
    between ``prior`` and ``other``: so the floor is 5 %.

    Args:
        codes: ``(n, d)``.
        prior: ``(m, d)``, the samples that are asked about.
        other: as many further samples of the prior as there are codes.
    """
    y = points(prior, "prior", 20)
    x, z = points(codes, "codes", 20, y.shape[1]), points(other, "other", 20, y.shape[1])
    usual = nearest(y, z)
    reach = usual.quantile(0.95)
    far = (nearest(y, x) > reach).double().mean().item()
    return metric(far, (usual > reach).double().mean().item(), "share of prior samples", "lower")


def aggregate_kl(codes: Tensor, prior: Tensor, other: Tensor | None = None, k: int = 5) -> Metric:
    """KL(q(z) || p(z)) from samples alone, by distances to the k-th neighbour (Wang, Kulkarni and Verdu 2009, eq. 5).

    What an adversarial autoencoder's discriminator works on, for any encoder and any prior; no density is asked for.
    For codes in the plane: in many dimensions the estimate falls short.

    Args:
        codes: ``(n, d)``, distinct.
        prior: ``(m, d)``.
        other: n further samples of the prior, for the floor.
        k: which neighbour; more is smoother.
    """
    x = points(codes, "codes", k + 2).double()
    y = points(prior, "prior", k + 1, x.shape[1]).double()
    within, across = neighbour(x, x, k + 1), neighbour(x, y, k)
    ratio = (across.clamp_min(1e-12) / within.clamp_min(1e-12)).log().mean().item()
    value = x.shape[1] * ratio + log(len(y) / (len(x) - 1))
    floor = None if other is None else aggregate_kl(other, prior, None, k)["value"]
    return metric(value, floor, f"nats, by the {k}th neighbour", "lower")


def neighbour(of: Tensor, among: Tensor, k: int, chunk: int = 1000) -> Tensor:
    """Distance of each row to the k-th nearest row of another set, ``(n,)``."""
    return torch.cat([torch.cdist(part, among).kthvalue(k, dim=1).values for part in of.split(chunk)])


def nearest(of: Tensor, among: Tensor, chunk: int = 1000) -> Tensor:
    """Distance of each row to the nearest row of another set, ``(n,)``."""
    # the same as neighbour(..., 1), without its search for the k-th smallest
    return torch.cat([torch.cdist(part, among).min(1).values for part in of.split(chunk)])


def recognised(probabilities: Tensor, real: Tensor | None = None, sure: float = 0.9) -> Metric:
    """The share of decoded prior samples in which a classifier is sure of what it sees.

    Args:
        probabilities: ``(n, K)`` of each class.
        real: the same for real images, for the floor.
        sure: from which probability on.
    """
    value = (points(probabilities, "probabilities").amax(1) >= sure).double().mean().item()
    floor = None if real is None else recognised(real, None, sure)["value"]
    return metric(value, floor, f"share read with probability >= {sure:g}", "higher")


def right_component(component: Tensor, label: Tensor) -> Metric:
    """The share of codes in the prior's component that their label is tied to.

    Args:
        component: int64 ``(n,)``, the likeliest component of each code.
        label: int64 ``(n,)``.
    """
    return metric((component == label).double().mean().item(), 1.0, "share of codes", "higher")


def kl_parts(
    mean: Tensor, log_var: Tensor, log_prior: Callable[[Tensor], Tensor], seed: int = 0, chunk: int = 500
) -> dict[str, Metric]:
    """E KL(q(z|x) || p) = I(x; z) + KL(q(z) || p) (Hoffman and Johnson 2016): what the ELBO's second term is made of.

    An AAE's discriminator works on the last part only. q(z) is the mixture of the q(z|x) of all n images given, so
    I(x; z) can read at most log n.

    Args:
        mean, log_var: of q(z|x), ``(n, d)`` each, finite.
        log_prior: codes ``(n, d)`` to log p(z) in nats ``(n,)``.
        seed: of the one code drawn for each image.

    Returns:
        ``kl``, ``information`` and ``aggregate_kl`` in nats; the first is the sum of the other two.
    """
    mean, log_var = points(mean, "mean", 2), points(log_var, "log_var", 2, mean.shape[1])
    noise = torch.randn(mean.shape, generator=Generator().manual_seed(seed), dtype=torch.float64)
    z = mean + noise.to(mean.device) * (log_var / 2).exp()
    own = _log_normal(z, mean, log_var)
    rows = [
        _log_normal(part[:, None], mean[None], log_var[None]).logsumexp(1) - log(len(mean))
        for part in z.split(chunk)
    ]
    aggregate, prior = torch.cat(rows), log_prior(z)
    information, rest = (own - aggregate).mean().item(), (aggregate - prior).mean().item()
    return {
        "kl": metric((own - prior).mean().item(), None, "nats", "lower"),
        "information": metric(information, None, f"nats, at most {log(len(mean)):.1f}", "higher"),
        "aggregate_kl": metric(rest, 0.0, "nats", "lower"),
    }


def _log_normal(z: Tensor, mean: Tensor, log_var: Tensor) -> Tensor:
    return -((z - mean).square() / log_var.exp() + log_var + log(2 * pi)).sum(-1) / 2
