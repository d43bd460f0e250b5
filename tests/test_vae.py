"""The explicit side: ELBO, importance-weighted bound, PixelCNN's exact likelihood and its sampler."""

from __future__ import annotations

import math

import pytest
import torch
from torch.distributions import Bernoulli, MultivariateNormal, Normal, kl_divergence

from gan_lab.algorithms.pixelcnn import AutoregressiveModel
from gan_lab.algorithms.vae import VAE, binary, normal
from gan_lab.data.batch import Batch
from gan_lab.data.priors import Gaussian, Mixture, Ring
from gan_lab.losses import reconstruction
from gan_lab.models.autoencoder import Decoder, Encoder
from gan_lab.models.pixelcnn import MaskedConv2d, PixelCNN


def digits(n=4, size=6):
    return torch.bernoulli(torch.full((n, 1, size, size), 0.4)) * 2 - 1


def small(**options):
    torch.manual_seed(0)
    return VAE(Encoder(2, 6, 1, 16, 1, gaussian=True), Decoder(2, 6, 1, 16, 1), **options)


def test_likelihoods_against_torch_distributions():
    torch.manual_seed(0)
    logits, x = torch.randn(3, 1, 4, 4), digits(3, 4)
    expected = -Bernoulli(logits=logits).log_prob((x + 1) / 2).sum((1, 2, 3))
    torch.testing.assert_close(reconstruction.bernoulli(logits, x), expected)
    grey = torch.rand(3, 1, 4, 4) * 2 - 1
    expected = -Normal(logits.sigmoid(), 0.1).log_prob((grey + 1) / 2).sum((1, 2, 3))
    torch.testing.assert_close(reconstruction.gaussian(logits, grey), expected)
    assert reconstruction.mean_squared(torch.zeros(1, 1, 1, 1), torch.ones(1, 1, 1, 1)).item() == 0.125


@pytest.mark.parametrize("std", [1.0, 5.0])
def test_kl_is_that_of_the_prior(std):
    vae, x = small(prior=Gaussian(2, std)), digits()
    mean, log_var = vae.encoder.distribution(x)
    expected = kl_divergence(Normal(mean, (log_var / 2).exp()), Normal(0.0, std)).sum(1)
    torch.testing.assert_close(vae.terms(x)[1], expected)


def test_densities_of_priors_against_torch_distributions():
    z = torch.randn(50, 2) * 4
    expected = Normal(0.0, 5.0).log_prob(z).sum(1)
    torch.testing.assert_close(Gaussian(2, 5.0).log_prob(z), expected)
    mixture, logs = Mixture(3), []
    for k in range(3):
        c, s = math.cos(2 * math.pi * k / 3), math.sin(2 * math.pi * k / 3)
        turn = torch.tensor([[c, -s], [s, c]])
        spread = turn @ torch.diag(torch.tensor([mixture.along, mixture.across]) ** 2) @ turn.T
        logs.append(MultivariateNormal(mixture.radius * turn[:, 0], spread).log_prob(z) - math.log(3))
    torch.testing.assert_close(mixture.log_prob(z), torch.stack(logs).logsumexp(0), rtol=1e-4, atol=1e-3)


def test_kl_to_a_prior_without_closed_form_is_estimated_from_the_code():
    """Against numerical integration over a grid: E_q[log q - log p] with q = N(mean, std^2)."""
    vae, x = small(prior=Mixture()), digits(1)
    mean, log_var = vae.encoder.distribution(x)
    with torch.no_grad():
        found = torch.stack([vae.terms(x)[1] for _ in range(4000)]).mean().item()
        side = torch.linspace(-6, 6, 601)
        eps = torch.cartesian_prod(side, side)
        z = mean + eps * (log_var / 2).exp()
        weight = Normal(0.0, 1.0).log_prob(eps).sum(1).exp() * (side[1] - side[0]) ** 2
        gap = normal(z, mean.expand_as(z), log_var.expand_as(z)) - vae.prior.log_prob(z)
    assert found == pytest.approx((weight * gap).sum().item(), rel=0.02)


def test_a_prior_that_can_only_be_sampled_or_of_another_width_is_refused():
    with pytest.raises(ValueError, match="ring can only be sampled"):
        small(prior=Ring())
    with pytest.raises(ValueError, match="codes of 2 and a prior of 3"):
        small(prior=Gaussian(3))


def test_importance_weighted_bound_tightens_and_is_right_where_the_posterior_is_exact():
    """A decoder that ignores z has log p(x) = log p(x|z); with q = p every weight is exact, for every K."""
    vae, x = small(), digits()
    with torch.no_grad():
        for layer in (vae.encoder.code, *vae.decoder.body[:1]):
            layer.weight.zero_()
            layer.bias.zero_()
    exact = -reconstruction.bernoulli(vae.decoder.logits(torch.zeros(4, 2)), x)
    for k in (1, 7):
        torch.testing.assert_close(vae.log_likelihood(x, k), exact, rtol=1e-4, atol=1e-4)
    loose, tight = small(), small()
    torch.manual_seed(1)
    one = torch.stack([loose.log_likelihood(x, 1) for _ in range(400)]).mean()
    many = torch.stack([tight.log_likelihood(x, 50) for _ in range(20)]).mean()
    assert many > one + 0.001


def test_normal_density():
    z, mean, log_var = torch.randn(3, 5, 2).unbind(0)
    expected = Normal(mean, (log_var / 2).exp()).log_prob(z).sum(1)
    torch.testing.assert_close(normal(z, mean, log_var), expected)


def test_dynamic_binarisation_keeps_the_mean():
    torch.manual_seed(0)
    x = torch.full((20_000, 1, 1, 1), 0.2)
    drawn = binary(x)
    assert set(drawn.unique().tolist()) == {-1.0, 1.0}
    assert abs(drawn.mean().item() - 0.2) < 4 / math.sqrt(20_000)


def test_a_vae_says_what_does_not_fit():
    point = Encoder(2, 6, 1, 16, 1)
    with pytest.raises(ValueError, match="gaussian=True"):
        VAE(point, Decoder(2, 6, 1, 16, 1))
    with pytest.raises(ValueError, match="do not fit"):
        VAE(Encoder(3, 6, 1, 16, 1, gaussian=True), Decoder(2, 6, 1, 16, 1))
    with pytest.raises(ValueError, match="bernoulli, gaussian"):
        small(likelihood="poisson")
    with pytest.raises(ValueError, match="beta"):
        small(beta=-1)


@pytest.mark.parametrize("gated", [False, True])
def test_no_pixel_sees_itself_or_what_comes_later(gated):
    torch.manual_seed(0)
    net, x = PixelCNN(8, 2, gated).double(), digits(1, 5).double().requires_grad_(True)
    out = net(x)
    for place in range(25):
        (grad,) = torch.autograd.grad(out.flatten()[place], x, retain_graph=True)
        assert (grad.flatten()[place:] == 0).all()
        if place > 0:
            assert grad.flatten()[:place].abs().sum() > 0


def test_masks():
    a, b = MaskedConv2d(1, 1, 3, sees_itself=False), MaskedConv2d(1, 1, 3, sees_itself=True)
    assert a.mask.flatten().tolist() == [1, 1, 1, 1, 0, 0, 0, 0, 0]
    assert b.mask.flatten().tolist() == [1, 1, 1, 1, 1, 0, 0, 0, 0]


@pytest.mark.parametrize("gated", [False, True])
def test_sampling_with_memory_equals_sampling_without(gated):
    torch.manual_seed(0)
    net = PixelCNN(8, 3, gated).double()
    uniforms = torch.rand(3, 1, 6, 6, dtype=torch.float64)
    slow = torch.zeros(3, 1, 6, 6, dtype=torch.float64)
    with torch.no_grad():
        for row in range(6):
            for column in range(6):
                p = net(slow)[:, :, row, column].sigmoid()
                slow[:, :, row, column] = (uniforms[:, :, row, column] < p).double() * 2 - 1
    assert torch.equal(net.sample(uniforms), slow)


def test_probabilities_of_all_pictures_add_up_to_one():
    torch.manual_seed(0)
    model = AutoregressiveModel(PixelCNN(4, 1).double())
    every = torch.cartesian_prod(*[torch.tensor([-1.0, 1.0], dtype=torch.float64)] * 9).view(-1, 1, 3, 3)
    assert model.log_likelihood(every).exp().sum().item() == pytest.approx(1.0, abs=1e-9)
    model.binarise = False
    expected = -model.log_likelihood(every[:5]).mean()
    torch.testing.assert_close(model.loss(Batch(every[:5]))["loss"], expected)


def test_odd_maps_are_refused():
    with pytest.raises(ValueError, match="even"):
        PixelCNN(7)
