"""What G feels: closed-form slopes against autograd, and the two generator losses against JS and KL."""

from math import exp, log

import pytest
import torch

from gan_lab import theory
from gan_lab.losses import LOSSES, gradients, minimax, non_saturating, relativistic, wasserstein
from gan_lab.models.mlp import MLP

LOGITS = torch.linspace(-30, 30, 121, dtype=torch.float64)


@pytest.mark.parametrize("loss", LOSSES.values(), ids=list(LOSSES))
def test_cost_and_slope_are_those_of_the_loss_itself(loss):
    real = LOGITS.flip(0) / 3 if loss.needs_real else None
    fake = LOGITS.clone().requires_grad_()
    total = loss.generator(fake, real) * len(fake)  # the loss is a mean; each fake's own share is asked for
    (by_autograd,) = torch.autograd.grad(total, fake)
    shift = 0.0 if real is None else real
    assert torch.allclose(gradients.slope(loss, LOGITS, shift), by_autograd, rtol=1e-12, atol=0)
    assert gradients.cost(loss, LOGITS, shift).sum().item() == pytest.approx(total.item(), rel=1e-12)


def test_at_logit_minus_ten_minimax_is_flat_and_the_other_is_not():
    at = torch.tensor([-10.0], dtype=torch.float64)
    assert gradients.slope(minimax, at).abs().item() == pytest.approx(4.54e-5, rel=1e-3)
    assert gradients.slope(non_saturating, at).abs().item() == pytest.approx(0.99995, abs=1e-5)


def test_for_one_d_the_two_differ_by_exactly_e_to_minus_the_logit():
    ratio = gradients.slope(non_saturating, LOGITS) / gradients.slope(minimax, LOGITS)
    assert torch.allclose(ratio, (-LOGITS).exp(), rtol=1e-12, atol=0)


def test_a_loss_without_closed_form_is_named():
    other = type(minimax)("mine", minimax.discriminator, minimax.generator)
    with pytest.raises(ValueError, match="no closed form for 'mine': choose one of minimax"):
        gradients.slope(other, LOGITS)


@pytest.mark.parametrize("loss", LOSSES.values(), ids=list(LOSSES))
def test_the_push_on_a_sample_is_slope_times_the_networks_gradient(loss):
    torch.manual_seed(0)
    net, fake = MLP(2, 1, 16, 2, "tanh").double(), torch.randn(7, 2, dtype=torch.float64)
    real = torch.randn(7, dtype=torch.float64)
    x = fake.clone().requires_grad_()
    (expected,) = torch.autograd.grad(loss.generator(net(x), real if loss.needs_real else None) * 7, x)
    assert torch.allclose(gradients.on_samples(loss, net, fake, real), expected, rtol=1e-10)


def test_norms_and_decades():
    push = torch.zeros(3, 2, 2, dtype=torch.float64)
    push[1, 0, 0], push[1, 1, 1] = 3.0, 4.0
    assert gradients.norms(push).tolist() == [0, 5, 0]
    assert gradients.decades(torch.full((5,), 1e-6), torch.full((5,), 1.0)) == pytest.approx(6)
    assert gradients.decades(torch.zeros(3), torch.ones(3)) == float("inf")


def test_decades_between_the_two_losses_are_the_logit_in_powers_of_ten():
    weak, strong = (
        gradients.slope(loss, torch.full((9,), -12.0)).abs() for loss in (minimax, non_saturating)
    )
    assert gradients.decades(weak, strong) == pytest.approx(12 / log(10), rel=1e-5)


# --- what should my loss read, and what does G follow when D = D*? ---------------------------------------------


def test_losses_at_equilibrium_read_two_log_two_and_log_two():
    nothing = torch.zeros(4)
    assert non_saturating.discriminator(nothing, nothing).item() == pytest.approx(2 * log(2))
    assert non_saturating.generator(nothing).item() == pytest.approx(log(2))
    assert minimax.generator(nothing).item() == pytest.approx(-log(2))


def gaussians(mean, std):
    """Log densities of N(0, 1) and N(mean, std), differentiable in mean and std, with their grid."""
    x = torch.linspace(-14, 14, 4001, dtype=torch.float64)
    log_p = theory.Mixture().log_density(x)
    log_q = -(((x - mean) / std) ** 2) / 2 - std.log() - log(2 * torch.pi) / 2
    return x, log_p, log_q


@pytest.mark.parametrize(("mean", "std"), [(1.5, 1.0), (-0.7, 0.6), (2.0, 1.4)])
def test_with_the_optimal_d_each_generator_follows_its_divergence(mean, std):
    """Goodfellow et al. 2014, theorem 1; Arjovsky and Bottou 2017, theorem 2.5."""
    parameters = torch.tensor([mean, std], dtype=torch.float64, requires_grad=True)
    x, log_p, log_q = gaussians(*parameters)
    js, reverse = theory.js(log_p, log_q, x), theory.kl(log_q, log_p, x)
    (of_js,) = torch.autograd.grad(2 * js, parameters, retain_graph=True)
    (of_reverse,) = torch.autograd.grad(reverse - 2 * js, parameters, retain_graph=True)
    logit = theory.optimal_logit(log_p, log_q).detach()  # D* stands still while G moves
    felt = {
        loss.name: torch.trapezoid(log_q.exp() * gradients.cost(loss, logit), x)
        for loss in (minimax, non_saturating)
    }
    (by_minimax,) = torch.autograd.grad(felt["minimax"], parameters, retain_graph=True)
    (by_other,) = torch.autograd.grad(felt["non-saturating"], parameters)
    assert torch.allclose(by_minimax, of_js, rtol=1e-6)
    assert torch.allclose(by_other, of_reverse, rtol=1e-6)
    assert not torch.allclose(by_minimax, by_other, rtol=0.1)


@pytest.mark.parametrize("mean", [0.0, 0.5, 3.0])
def test_the_value_at_the_optimal_d_is_two_js_less_log_four(mean):
    x, log_p, log_q = gaussians(
        torch.tensor(mean, dtype=torch.float64), torch.tensor(1.0, dtype=torch.float64)
    )
    value = theory.value(theory.optimal_logit(log_p, log_q), log_p, log_q, x)
    assert value.item() == pytest.approx(-log(4) + 2 * theory.js(log_p, log_q, x).item(), abs=1e-9)


def test_wasserstein_pushes_all_samples_alike_whatever_the_logit():
    assert set(gradients.slope(wasserstein, LOGITS).tolist()) == {-1.0}
    assert gradients.slope(relativistic, torch.tensor([-5.0]), 5.0).item() == pytest.approx(
        -1 / (1 + exp(-10))
    )
