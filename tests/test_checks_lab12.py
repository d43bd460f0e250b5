"""The checks of lab 12 accept what is right, however it is written, and say why the rest is wrong."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from gan_lab.checks import lab12, tiny_codes
from gan_lab.metrics import latent


def turn(
    loss=lambda p, c: F.softplus(-p).mean() + F.softplus(c).mean(),
    detach=True,
    clear=True,
    late=False,
    steps=1,
    encoder_too=False,
    from_pictures=False,
):
    """The discriminator's turn with one thing done otherwise."""

    def discriminator_turn(encoder, discriminator, optimizer, x, prior):
        codes = encoder(x).detach() if detach else encoder(x)
        for _ in range(steps):
            if clear:
                optimizer.zero_grad()
            loss(discriminator(prior), discriminator(x if from_pictures else codes)).backward()
            if late:
                optimizer.zero_grad()
            if encoder_too:
                for p in encoder.parameters():
                    p.data.sub_(0.1 * p.grad)
            optimizer.step()

    return discriminator_turn


def by_grad(encoder, discriminator, optimizer, x, prior):
    """Gradients for D alone, as the library's loop takes them."""
    loss = F.softplus(-discriminator(prior)).mean() + F.softplus(discriminator(encoder(x))).mean()
    for p, g in zip(discriminator.parameters(), torch.autograd.grad(loss, list(discriminator.parameters()))):
        p.grad = g
    optimizer.step()


def by_bce(p, c):
    ones, zeros = torch.ones_like(p), torch.zeros_like(c)
    return F.binary_cross_entropy_with_logits(p, ones) + F.binary_cross_entropy_with_logits(c, zeros)


RIGHT_TURNS = {
    "softplus": turn(),
    "binary cross entropy": turn(by_bce),
    "logsigmoid": turn(lambda p, c: -F.logsigmoid(p).mean() - F.logsigmoid(-c).mean()),
    "gradients for D alone": by_grad,
}
WRONG_TURNS = {
    "real and fake are swapped": turn(lambda p, c: F.softplus(p).mean() + F.softplus(-c).mean()),
    "D goes the wrong way": turn(lambda p, c: -F.softplus(-p).mean() - F.softplus(c).mean()),
    "asked to answer 1 on the codes": turn(lambda p, c: F.softplus(-p).mean() + F.softplus(-c).mean()),
    "asked to answer 0 on the prior": turn(lambda p, c: F.softplus(p).mean() + F.softplus(c).mean()),
    "the codes are missing": turn(lambda p, c: F.softplus(-p).mean()),
    "the prior's samples are missing": turn(lambda p, c: F.softplus(c).mean()),
    "this is the encoder's loss": turn(lambda p, c: F.softplus(-c).mean()),
    "you summed over": turn(lambda p, c: F.softplus(-p).sum() + F.softplus(c).sum()),
    "half a step": turn(lambda p, c: (F.softplus(-p).mean() + F.softplus(c).mean()) / 2),
    "one mean over all 14": turn(
        lambda p, c: F.binary_cross_entropy_with_logits(
            torch.cat([p, c]), torch.cat([torch.ones_like(p), torch.zeros_like(c)])
        )
    ),
    "averaged the logits": turn(lambda p, c: F.softplus(-p.mean()) + F.softplus(c.mean())),
    "sigmoid twice": turn(lambda p, c: by_bce(p.sigmoid(), c.sigmoid())),
    "logs are missing": turn(lambda p, c: -p.sigmoid().mean() - (1 - c.sigmoid()).mean()),
    "critic's difference": turn(lambda p, c: c.mean() - p.mean()),
    "gradients pile up": turn(clear=False),
    "between backward() and step()": turn(late=True),
    "yours made 2": turn(steps=2),
    "yours made 0": turn(steps=0),
    "has run on into the encoder": turn(detach=False),
    "the encoder's weights changed": turn(detach=False, encoder_too=True),
    "a weight of D is off by": turn(lambda p, c: (1 - p).square().mean() + c.square().mean()),
    "RuntimeError in its line": turn(from_pictures=True),
}


@pytest.mark.parametrize("name", RIGHT_TURNS)
def test_right_turn_is_correct(name):
    verdict = lab12.discriminator_turn(RIGHT_TURNS[name])
    assert verdict.state == "correct", verdict


@pytest.mark.parametrize("reason", WRONG_TURNS)
def test_wrong_turn_is_refused_with_its_reason(reason):
    verdict = lab12.discriminator_turn(WRONG_TURNS[reason])
    assert verdict.state == "not yet"
    assert reason in verdict.message


def test_the_turn_s_mistakes_are_told_apart():
    runs = [tiny_codes.play(tiny_codes.Regularisation())]
    runs += [
        tiny_codes.play(tiny_codes.Regularisation(), **mistake) for _, mistake in tiny_codes.TURN_MISTAKES
    ]
    for i, a in enumerate(runs):
        assert not any(lab12._agree(a, b) for b in runs[:i]), i


# --- KL(q(z) || p) ------------------------------------------------------------------------------------------


def density(z, mean, log_var):
    return Normal(mean, (log_var / 2).exp()).log_prob(z).sum(-1)


def kl(
    average=lambda pairs: pairs.logsumexp(1) - math.log(len(pairs)),
    variance=lambda log_var: log_var,
    prior=lambda z, std: Normal(0.0, std).log_prob(z).sum(1),
    sign=1,
    end=torch.mean,
    codes=lambda z, mean: z,
):
    """KL(q(z) || p) with one thing done otherwise."""

    def aggregate_kl(z, mean, log_var, prior_std):
        z, log_var = codes(z, mean), variance(log_var)
        pairs = density(z[:, None], mean[None], log_var[None])
        return sign * end(average(pairs) - prior(z, prior_std))

    return aggregate_kl


def by_mixture(z, mean, log_var, prior_std):
    parts = Independent(Normal(mean, (log_var / 2).exp()), 1)
    mixture = MixtureSameFamily(Categorical(logits=torch.zeros(len(mean))), parts)
    return (mixture.log_prob(z) - Normal(0.0, prior_std).log_prob(z).sum(1)).mean()


def by_difference(z, mean, log_var, prior_std):
    own = density(z, mean, log_var)
    pairs = density(z[:, None], mean, log_var)
    information = (own - pairs.logsumexp(1) + math.log(len(z))).mean()
    return (own - Normal(0.0, prior_std).log_prob(z).sum(1)).mean() - information


def others(pairs):
    n = len(pairs)
    kept = pairs[~torch.eye(n, dtype=torch.bool)].view(n, n - 1)
    return kept.logsumexp(1) - math.log(n - 1)


def over_dimensions(z, mean, log_var, prior_std):
    pairs = Normal(mean[None], (log_var / 2).exp()[None]).log_prob(z[:, None]).mean(-1)
    return (pairs.logsumexp(1) - math.log(len(z)) - Normal(0.0, prior_std).log_prob(z).mean(1)).mean()


half = math.log(2 * math.pi) / 2
RIGHT_KLS = {
    "logsumexp": kl(),
    "torch.distributions": by_mixture,
    "E KL minus I": by_difference,
    "a loop": lambda z, mean, log_var, std: torch.stack(
        [
            density(one, mean, log_var).logsumexp(0) - math.log(len(z)) - Normal(0.0, std).log_prob(one).sum()
            for one in z
        ]
    ).mean(),
}
WRONG_KLS = {
    "the ELBO's second term": kl(average=lambda pairs: pairs.diagonal()),
    "this is I(x; z)": lambda z, mean, log_var, std: (
        kl(average=lambda pairs: pairs.diagonal())(z, mean, log_var, std) - kl()(z, mean, log_var, std)
    ),
    "log n is missing": kl(average=lambda pairs: pairs.logsumexp(1)),
    "the mean of the logs": kl(average=lambda pairs: pairs.mean(1)),
    "over the codes instead": kl(average=lambda pairs: pairs.logsumexp(0) - math.log(len(pairs))),
    "the sign is wrong": kl(sign=-1),
    "taken to be N(0, I)": kl(prior=lambda z, std: Normal(0.0, 1.0).log_prob(z).sum(1)),
    "for the prior's variance": kl(prior=lambda z, std: Normal(0.0, std**0.5).log_prob(z).sum(1)),
    "for the log of the standard deviation": kl(variance=lambda log_var: 2 * log_var),
    "where the variance should": kl(variance=lambda log_var: log_var / 2),
    "own picture out": kl(average=others),
    "over the dimensions": over_dimensions,
    "constant is missing": kl(prior=lambda z, std: Normal(0.0, std).log_prob(z).sum(1) + z.shape[1] * half),
    "you put the means": kl(codes=lambda z, mean: mean),
    "this is the sum": kl(end=torch.sum),
    "Stay with logs": kl(average=lambda pairs: pairs.exp().mean(1).clamp_min(1e-100).log()),
    "nats where it is": kl(variance=lambda log_var: log_var + 0.1),
    "one number per example": kl(end=lambda rows: rows),
    "returns a float": lambda *given: kl()(*given).item(),
    "`return": lambda *given: print(end=""),
}


@pytest.mark.parametrize("name", RIGHT_KLS)
def test_other_ways_to_write_the_kl_are_correct(name):
    verdict = lab12.aggregate_kl(RIGHT_KLS[name])
    assert verdict.state == "correct", verdict


@pytest.mark.parametrize("reason", WRONG_KLS)
def test_wrong_kl_is_refused_with_its_reason(reason):
    verdict = lab12.aggregate_kl(WRONG_KLS[reason])
    assert verdict.state == "not yet"
    assert reason in verdict.message


def test_the_other_missing_constant_is_named_too():
    wrong = kl(prior=lambda z, std: Normal(0.0, std).log_prob(z).sum(1) - z.shape[1] * half)
    assert "constant is missing" in lab12.aggregate_kl(wrong).message


def test_the_check_computes_what_the_metric_does(monkeypatch):
    case = lab12._cases()[0]
    monkeypatch.setattr(torch, "randn", lambda *shape, **how: (case.z - case.mean) / (case.log_var / 2).exp())
    found = latent.kl_parts(case.mean, case.log_var, lambda z: Normal(0.0, case.std).log_prob(z).sum(1))
    assert found["aggregate_kl"]["value"] == pytest.approx(float(lab12._kl(case)), rel=1e-6)


def test_the_kl_s_mistakes_are_told_apart():
    formulas = [lab12._kl] + [wrong for _, wrong in lab12.KL_MISTAKES]
    values = torch.tensor([[float(f(case)) for case in lab12._cases()] for f in formulas])
    for i, a in enumerate(values):
        assert not any(((a - b).abs() <= 2e-5 * b.abs()).all() for b in values[:i]), i
