"""The checks of lab 00 accept what is right, however it is written, and say why the rest is wrong."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch.distributions import Bernoulli, Independent, Normal

from gan_lab.checks import lab00, tiny_chain, tiny_vae

bce = F.binary_cross_entropy_with_logits


def chain(term, context=lambda pixels, i: pixels[:, :i], gather=lambda terms: terms.sum(1), order=None):
    """A likelihood from ``term(logit, pixel)``, with one thing done otherwise."""

    def log_likelihood(x, next_logit):
        pixels = (x.transpose(1, 2) if order == "columns" else x).flatten(1)
        terms = [term(next_logit(context(pixels, i)), pixels[:, i]) for i in range(4)]
        return gather(torch.stack(terms, 1))

    return log_likelihood


def right(logit, x):
    return -bce(logit, (x + 1) / 2, reduction="none")


def probability(logit, x):
    return torch.where(x > 0, logit.sigmoid(), 1 - logit.sigmoid())


def one_by_one(x, next_logit):
    """Picture after picture, with torch's own distribution."""
    total = []
    for picture in x.reshape(len(x), 4):
        logits = torch.stack([next_logit(picture[None, :i])[0] for i in range(4)])
        total.append(Bernoulli(logits=logits).log_prob((picture + 1) / 2).sum())
    return torch.stack(total)


RIGHT_CHAINS = {
    "cross entropy": chain(right),
    "softplus": chain(lambda logit, x: -F.softplus(-logit * x)),
    "torch.distributions": one_by_one,
    "where": chain(lambda logit, x: torch.where(x > 0, F.logsigmoid(logit), F.logsigmoid(-logit))),
}
WRONG_CHAINS = {
    "the loss": chain(lambda logit, x: -right(logit, x)),
    "p(x) itself": chain(probability, gather=lambda terms: terms.prod(1)),
    "summed the probabilities": chain(probability),
    "mean over the pixels": chain(right, gather=lambda terms: terms.mean(1)),
    "as if it were on": chain(lambda logit, x: F.logsigmoid(logit)),
    "on and off are swapped": chain(lambda logit, x: right(-logit, x)),
    "take (x + 1) / 2": chain(lambda logit, x: -bce(logit, x, reduction="none")),
    "each pixel sees itself": chain(right, lambda pixels, i: pixels[:, : i + 1]),
    "four separate probabilities": chain(right, lambda pixels, i: pixels[:, :0]),
    "only the one before": chain(right, lambda pixels, i: pixels[:, i - 1 : i] if i else pixels[:, :0]),
    "in reverse": chain(right, lambda pixels, i: pixels[:, :i].flip(1)),
    "column by column": chain(right, order="columns"),
    "first pixel is missing": chain(right, gather=lambda terms: terms[:, 1:].sum(1)),
    "last pixel is missing": chain(right, gather=lambda terms: terms[:, :3].sum(1)),
    "to base 2": chain(lambda logit, x: probability(logit, x).log2()),
    "add up to": chain(lambda logit, x: right(2 * logit, x) - 0.1),
    "Never take the log of a sigmoid": chain(lambda logit, x: probability(logit, x).log()),
    "shape (16,) is wanted": chain(right, gather=lambda terms: terms),
    "number per example": chain(right, gather=lambda terms: terms.sum()),
    "a torch tensor is wanted": chain(right, gather=lambda terms: terms.sum(1).tolist()),
    "not finite": chain(lambda logit, x: logit.log()),
    "IndexError in its line": lambda x, next_logit: x.flatten(1)[:, 4],
    "`return": lambda x, next_logit: print(end=""),
}
ANSWERED_OTHERWISE = {"number per example": "shape (); shape (16,) is wanted"}


@pytest.mark.parametrize("name", RIGHT_CHAINS)
def test_other_ways_to_write_the_likelihood_are_correct(name):
    verdict = lab00.chain_rule(RIGHT_CHAINS[name])
    assert verdict.state == "correct", verdict


@pytest.mark.parametrize("reason", WRONG_CHAINS)
def test_wrong_likelihood_is_refused_with_its_reason(reason):
    verdict = lab00.chain_rule(WRONG_CHAINS[reason])
    assert verdict.state == "not yet"
    assert ANSWERED_OTHERWISE.get(reason, reason) in verdict.message


def test_the_tiny_model_is_a_density_and_its_mistakes_are_told_apart():
    x, model = tiny_chain.ALL_PICTURES, tiny_chain.next_logit
    assert len({tuple(picture.flatten().tolist()) for picture in x}) == 16
    answers = [tiny_chain.terms(x, model).sum(1)] + [wrong(x, model) for _, wrong in tiny_chain.MISTAKES]
    assert answers[0].exp().sum().item() == pytest.approx(1)
    apart = torch.cdist(torch.stack(answers), torch.stack(answers)) + torch.eye(len(answers))
    assert apart.min() > 1e-3
    columns = next(wrong for reason, wrong in tiny_chain.MISTAKES if "column by column" in reason)
    assert columns(x, model).exp().sum().item() == pytest.approx(1)  # as its reason says


# --- the importance-weighted bound --------------------------------------------------------------------------


def bound(
    z=lambda mean, std, noise: mean + std * noise,
    std=lambda log_var: (log_var / 2).exp(),
    weight=lambda likelihood, prior, q: likelihood + prior - q,
    gather=lambda weights, k: weights.logsumexp(0) - math.log(k),
):
    """The bound, with one thing done otherwise."""

    def weighted(x, encode, log_likelihood, noise):
        mean, log_var = encode(x)
        s, weights = std(log_var), []
        for one in noise:
            here = z(mean, s, one)
            logs = Normal(0, 1).log_prob(here).sum(1), Normal(mean, s).log_prob(here).sum(1)
            weights.append(weight(log_likelihood(x, here), *logs))
        return gather(torch.stack(weights), len(noise))

    return weighted


def at_once(x, encode, log_likelihood, noise):
    """Without a loop over K, and without the constants, which cancel."""
    k, n, d = noise.shape
    mean, log_var = encode(x)
    z = mean + (log_var / 2).exp() * noise
    likelihood = log_likelihood(x.repeat(k, 1), z.view(-1, d)).view(k, n)
    ratio = (noise.square().sum(2) + log_var.sum(1) - z.square().sum(2)) / 2
    return (likelihood + ratio).logsumexp(0) - math.log(k)


def by_a_running_sum(x, encode, log_likelihood, noise):
    mean, log_var = encode(x)
    q, total = Independent(Normal(mean, (log_var / 2).exp()), 1), None
    for one in noise:
        z = mean + (log_var / 2).exp() * one
        w = (
            log_likelihood(x, z)
            - z.square().sum(1) / 2
            - z.shape[1] * math.log(2 * math.pi) / 2
            - q.log_prob(z)
        )
        total = w if total is None else torch.logaddexp(total, w)
    return total - math.log(len(noise))


def prior(mean, std, noise):
    return noise


RIGHT_BOUNDS = {"at once": at_once, "running sum": by_a_running_sum, "a loop": bound()}
WRONG_BOUNDS = {
    "sign is that of a loss": bound(gather=lambda w, k: math.log(k) - w.logsumexp(0)),
    "log K is missing": bound(gather=lambda w, k: w.logsumexp(0)),
    "you added log K": bound(gather=lambda w, k: w.logsumexp(0) + math.log(k)),
    "you averaged the logs": bound(gather=lambda w, k: w.mean(0)),
    "in place of the sum": bound(gather=lambda w, k: w.sum(0)),
    "took log K off": bound(gather=lambda w, k: w.sum(0) - math.log(k)),
    "its log is asked for": bound(gather=lambda w, k: w.exp().mean(0)),
    "the largest weight": bound(gather=lambda w, k: w.max(0).values),
    "a one-sample ELBO": bound(gather=lambda w, k: w[0]),
    "come from the prior. The mean": bound(prior, weight=lambda likelihood, p, q: likelihood),
    "but the weights are those": bound(prior),
    "q(z|x) is missing": bound(weight=lambda likelihood, p, q: likelihood + p),
    "p(z) is missing": bound(weight=lambda likelihood, p, q: likelihood - q),
    "only p(x|z) is left": bound(weight=lambda likelihood, p, q: likelihood),
    "are swapped": bound(weight=lambda likelihood, p, q: likelihood - p + q),
    "instead of dividing": bound(weight=lambda likelihood, p, q: likelihood + p + q),
    "the variance": bound(std=torch.exp),
    "with K = 7 your bound": bound(gather=lambda w, k: w.logsumexp(0) / k),
    "Stay in logs": bound(gather=lambda w, k: w.exp().mean(0).log()),
    "shape (5,) is wanted": bound(gather=lambda w, k: w.logsumexp(1) - math.log(k)),
    "returns a float": bound(gather=lambda w, k: w.mean().item()),
    "in its line": lambda x, encode, log_likelihood, noise: encode(x)[0] + noise[:, :, :1] @ x,
    "`return": lambda x, encode, log_likelihood, noise: print(end=""),
}


@pytest.mark.parametrize("name", RIGHT_BOUNDS)
def test_other_ways_to_write_the_bound_are_correct(name):
    verdict = lab00.weighted_bound(RIGHT_BOUNDS[name])
    assert verdict.state == "correct", verdict


@pytest.mark.parametrize("reason", WRONG_BOUNDS)
def test_wrong_bound_is_refused_with_its_reason(reason):
    verdict = lab00.weighted_bound(WRONG_BOUNDS[reason])
    assert verdict.state == "not yet"
    assert reason in verdict.message


def test_the_wanted_bound_approaches_the_exact_likelihood_and_its_mistakes_are_told_apart():
    """Decoder and noise are Gaussian, so p(x) is one, too: N(0, W'W + .64 I)."""
    x, encode, explain, _ = lab00._case(3)
    decoder = torch.tensor([[1.1, 0.2, -0.7], [-0.3, 0.9, 0.5]], dtype=torch.float64)
    exact = torch.distributions.MultivariateNormal(
        torch.zeros(3, dtype=torch.float64), decoder.T @ decoder + 0.64 * torch.eye(3, dtype=torch.float64)
    ).log_prob(x)
    noise = torch.randn(20_000, 5, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(tiny_vae.bound(x, encode, explain, noise), exact, atol=0.05, rtol=0)
    answers = [tiny_vae.bound(*lab00._case(7))] + [wrong(*lab00._case(7)) for _, wrong in tiny_vae.MISTAKES]
    apart = torch.cdist(torch.stack(answers), torch.stack(answers)) + torch.eye(len(answers))
    assert apart.min() > 1e-3
