"""A VAE of two latents, and what is often written instead of its importance-weighted bound, for lab 00."""

from __future__ import annotations

from collections.abc import Callable
from math import log

import torch
from torch import Tensor
from torch.distributions import Normal

Encode = Callable[[Tensor], tuple[Tensor, Tensor]]
Explain = Callable[[Tensor, Tensor], Tensor]
Bound = Callable[[Tensor, Encode, Explain, Tensor], Tensor]


def encode(x: Tensor) -> tuple[Tensor, Tensor]:
    """A tiny encoder: mean and log-variance ``(B, 2)`` of q(z|x) for x ``(B, 3)``."""
    mix = torch.tensor([[0.6, -0.2], [0.3, 0.8], [-0.5, 0.4]], dtype=x.dtype)
    return x @ mix, -1.2 + 0.3 * (x @ mix).flip(1)


def explain(x: Tensor, z: Tensor, scale: float = 1.0) -> Tensor:
    """log p(x|z) ``(B,)`` for z ``(B, 2)``: Gaussian pixels about a tiny decoder's answer."""
    decoded = z @ torch.tensor([[1.1, 0.2, -0.7], [-0.3, 0.9, 0.5]], dtype=x.dtype)
    return scale * Normal(decoded, 0.8).log_prob(x).sum(1)


def _standard(z: Tensor) -> Tensor:
    return Normal(0.0, 1.0).log_prob(z).sum(-1)


def parts(
    x: Tensor,
    encode: Encode,
    explain: Explain,
    noise: Tensor,
    std: Callable[[Tensor], Tensor] = lambda log_var: (log_var / 2).exp(),
    prior: bool = False,
) -> tuple[Tensor, Tensor, Tensor]:
    """log p(x|z), log p(z) and log q(z|x), each ``(K, B)``, for z from q(z|x), or from the prior."""
    mean, log_var = encode(x)
    z = noise if prior else mean + std(log_var) * noise
    likelihood = torch.stack([explain(x, one) for one in z])
    return likelihood, _standard(z), Normal(mean, std(log_var)).log_prob(z).sum(-1)


def _weights(*arguments: object, **options: object) -> Tensor:
    likelihood, prior, q = parts(*arguments, **options)  # pyright: ignore[reportArgumentType]
    return likelihood + prior - q


def _log_mean(weights: Tensor) -> Tensor:
    return weights.logsumexp(0) - log(len(weights))


def bound(x: Tensor, encode: Encode, explain: Explain, noise: Tensor) -> Tensor:
    """Burda et al. 2016, equation 8."""
    return _log_mean(_weights(x, encode, explain, noise))


def _mixed(signs: tuple[float, float, float]) -> Bound:
    """The bound with other factors before the three logs."""

    def wrong(*arguments: object) -> Tensor:
        logs = parts(*arguments)  # pyright: ignore[reportArgumentType]
        return _log_mean(torch.stack([sign * one for sign, one in zip(signs, logs, strict=True)]).sum(0))

    return wrong


MISTAKES: list[tuple[str, Bound]] = [
    ("the sign is that of a loss: the bound on log p(x) itself is asked for", lambda *a: -bound(*a)),
    (
        "log K is missing: you took the log of the sum of the K weights, and the bound is the log of their mean. It "
        "grows with K without end, past log p(x)",
        lambda *a: _weights(*a).logsumexp(0),
    ),
    (
        "you added log K; a mean of K weights is their sum divided by K, so log K is taken off",
        lambda *a: _weights(*a).logsumexp(0) + log(len(a[3])),
    ),
    (
        "you averaged the logs: this is the ELBO, however large K is. The log comes after the mean: logsumexp over the "
        "K log-weights, minus log K",
        lambda *a: _weights(*a).mean(0),
    ),
    (
        "you summed the log-weights: that multiplies the weights. Take logsumexp in place of the sum",
        lambda *a: _weights(*a).sum(0),
    ),
    (
        "you summed the log-weights, which multiplies the weights, and took log K off. Take logsumexp in place of the "
        "sum",
        lambda *a: _weights(*a).sum(0) - log(len(a[3])),
    ),
    (
        "this is the mean of the weights; its log is asked for",
        lambda *a: bound(*a).exp(),
    ),
    (
        "you took the largest weight instead of the mean of all",
        lambda *a: _weights(*a).amax(0),
    ),
    (
        "only the first row of the noise is used: with K = 1 the bound is a one-sample ELBO",
        lambda *a: _weights(*a)[0],
    ),
    (
        "your z come from the prior. The mean of p(x|z) over them is right for endless K, but nearly every such z "
        "makes another picture: draw z from q(z|x), mean + std * noise, and weigh with p(z) / q(z|x)",
        lambda *a: _log_mean(parts(*a, prior=True)[0]),
    ),
    (
        "your z come from the prior, but the weights are those for z from q(z|x): take z = mean + std * noise",
        lambda *a: _log_mean(_weights(*a, prior=True)),
    ),
    (
        "q(z|x) is missing: a z that the encoder likes comes up more often, so it has to count less, divided by q(z|x)",
        _mixed((1, 1, 0)),
    ),
    (
        "p(z) is missing: p(x, z) is p(x|z) times p(z)",
        _mixed((1, 0, -1)),
    ),
    (
        "only p(x|z) is left: the weights p(z) / q(z|x) are missing, and z does not come from the prior",
        _mixed((1, 0, 0)),
    ),
    ("p(z) and q(z|x) are swapped: the weight is p(x|z) p(z) / q(z|x)", _mixed((1, -1, 1))),
    ("you multiplied with q(z|x) instead of dividing by it", _mixed((1, 1, 1))),
    (
        "the standard deviation is exp(log_var / 2): you took exp(log_var), the variance",
        lambda *a: _log_mean(_weights(*a, std=torch.exp)),
    ),
]
"""What is often written instead, each with the reason that a student is told."""
