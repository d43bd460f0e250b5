"""The adversarial losses against values worked out by hand, against calculus and at the far ends."""

from math import e, exp, log, log1p

import pytest
import torch
from torch import Tensor

from gan_lab.losses import (
    LOSSES,
    Loss,
    hinge,
    least_squares,
    minimax,
    non_saturating,
    relativistic,
    wasserstein,
)

ALL = [pytest.param(loss, id=name) for name, loss in LOSSES.items()]
WITH_SIGMOID = [pytest.param(loss, id=loss.name) for loss in (minimax, non_saturating, relativistic)]


def logits(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def odds(probability: float) -> float:
    return log(probability / (1 - probability))


def slope(loss: Loss, fake: float, real: float = 0.0) -> float:
    """The generator's derivative at one fake logit, by autograd in float64."""
    f = logits(fake).requires_grad_()
    return torch.autograd.grad(loss.generator(f, logits(real)), f)[0].item()


def test_cross_entropy_by_hand():
    # D(x) = 4/5 and 1/2 on real examples, D(G(z)) = 1/4 and 2/3 on fakes.
    real, fake = logits(odds(4 / 5), 0.0), logits(odds(1 / 4), odds(2 / 3))
    minus_c = -(log(4 / 5) + log(1 / 2)) / 2 - (log(3 / 4) + log(1 / 3)) / 2
    assert minimax.discriminator(real, fake).item() == pytest.approx(minus_c, rel=1e-14)
    assert non_saturating.discriminator(real, fake).item() == pytest.approx(minus_c, rel=1e-14)
    assert minimax.generator(fake).item() == pytest.approx((log(3 / 4) + log(1 / 3)) / 2, rel=1e-14)
    assert non_saturating.generator(fake).item() == pytest.approx(-(log(1 / 4) + log(2 / 3)) / 2, rel=1e-14)


def test_least_squares_by_hand():
    real, fake = logits(2.0, -1.0, 0.5), logits(1.0, -2.0, 0.5)
    # (1 + 4 + 1/4) / 3 on real examples, (1 + 4 + 1/4) / 3 on fakes; G: (0 + 9 + 1/4) / 3.
    assert least_squares.discriminator(real, fake).item() == pytest.approx(3.5)
    assert least_squares.generator(fake).item() == pytest.approx(9.25 / 3)


def test_hinge_by_hand():
    real, fake = logits(2.0, 0.5, -1.0), logits(-3.0, 0.5, -0.5)
    # (0 + 1/2 + 2) / 3 on real examples, (0 + 3/2 + 1/2) / 3 on fakes; G: -(-3) / 3.
    assert hinge.discriminator(real, fake).item() == pytest.approx(1.5)
    assert hinge.generator(fake).item() == pytest.approx(1.0)


def test_wasserstein_by_hand():
    real, fake = logits(2.0, 0.5, -1.0), logits(-3.0, 0.5, 1.0)
    assert wasserstein.discriminator(real, fake).item() == pytest.approx(-0.5 - 0.5)
    assert wasserstein.generator(fake).item() == pytest.approx(0.5)


def test_relativistic_by_hand():
    # Pairs with r - f = 1 and -2.
    real, fake = logits(3.0, -1.0), logits(2.0, 1.0)
    by_hand = (log(1 + 1 / e) + log(1 + e**2)) / 2
    assert relativistic.discriminator(real, fake).item() == pytest.approx(by_hand, rel=1e-14)
    by_hand = (log(1 + e) + log(1 + e**-2)) / 2
    assert relativistic.generator(fake, real).item() == pytest.approx(by_hand, rel=1e-14)


@pytest.mark.parametrize("loss", ALL)
def test_gradients_agree_with_finite_differences(loss: Loss):
    # Away from the hinge's corners at r = 1 and f = -1.
    real = logits(-2.3, 0.4, 1.7, 5.1).requires_grad_()
    fake = logits(-4.2, -0.6, 0.9, 3.3).requires_grad_()
    assert torch.autograd.gradcheck(loss.discriminator, (real, fake))
    assert torch.autograd.gradcheck(lambda f: loss.generator(f, real.detach()), (fake,))


@pytest.mark.parametrize("loss", WITH_SIGMOID)
def test_second_derivatives_exist(loss: Loss):
    real, fake = logits(-2.3, 1.7).requires_grad_(), logits(-4.2, 0.9).requires_grad_()
    assert torch.autograd.gradgradcheck(loss.discriminator, (real, fake))
    assert torch.autograd.gradgradcheck(loss.generator, (fake, real))


@pytest.mark.parametrize("f", [-30.0, -10.0, -1.0, 0.0, 2.0, 10.0, 25.0])
def test_slopes_of_the_generator(f: float):
    sigma = 1 / (1 + exp(-f))
    assert slope(minimax, f) == pytest.approx(-sigma, rel=1e-12)
    assert slope(non_saturating, f) == pytest.approx(-1 / (1 + exp(f)), rel=1e-12)
    assert slope(relativistic, f, real=1.5) == pytest.approx(-1 / (1 + exp(f - 1.5)), rel=1e-12)
    assert slope(least_squares, f) == pytest.approx(2 * (f - 1))
    assert slope(hinge, f) == slope(wasserstein, f) == -1


def test_saturation_at_logit_minus_ten():
    assert abs(slope(minimax, -10.0)) == pytest.approx(4.54e-5, rel=1e-3)
    assert abs(slope(non_saturating, -10.0)) == pytest.approx(0.99995, abs=1e-5)


@pytest.mark.parametrize("f", [-20.0, -10.0, -0.5, 0.0, 3.0, 10.0])
def test_non_saturating_slope_is_exp_of_minus_logit_times_that_of_minimax(f: float):
    assert slope(non_saturating, f) / slope(minimax, f) == pytest.approx(exp(-f), rel=1e-13)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("loss", ALL)
def test_extreme_logits_stay_finite(loss: Loss, dtype: torch.dtype):
    right, wrong = torch.full((4,), 1e4, dtype=dtype), torch.full((4,), -1e4, dtype=dtype)
    for real, fake in ((right, wrong), (wrong, right), (right, right), (wrong, wrong)):
        real, fake = real.clone().requires_grad_(), fake.clone().requires_grad_()
        total = loss.discriminator(real, fake) + loss.generator(fake, real)
        assert total.isfinite()
        assert all(g.isfinite().all() for g in torch.autograd.grad(total, (real, fake), allow_unused=True))


def test_a_confident_mistake_costs_its_logit():
    # Where log(sigmoid(x)) would be -inf: -log D(x) = -r to all digits.
    assert minimax.discriminator(torch.tensor([-1e4]), torch.tensor([1e4])).item() == pytest.approx(2e4)
    assert non_saturating.generator(torch.tensor([-1e4])).item() == pytest.approx(1e4)
    assert minimax.generator(logits(-30.0)).item() == pytest.approx(-log1p(exp(-30)), rel=1e-12)


@pytest.mark.parametrize("loss", ALL)
def test_equilibrium(loss: Loss):
    """With the output that D* has when fakes are like real data, the losses read what is written."""
    best = torch.full((5,), 0.5 if loss is least_squares else 0.0, dtype=torch.float64)
    if loss.equilibrium.discriminator is not None:
        assert loss.discriminator(best, best).item() == pytest.approx(loss.equilibrium.discriminator)
    if loss.equilibrium.generator is not None:
        assert loss.generator(best, best).item() == pytest.approx(loss.equilibrium.generator)
    # No constant output does better for the discriminator when both kinds look the same.
    for constant in (-2.0, -0.3, 0.3, 0.7, 2.0):
        other = torch.full_like(best, constant)
        assert loss.discriminator(other, other) >= loss.discriminator(best, best)


def test_equilibrium_of_cross_entropy_is_two_log_two():
    assert minimax.equilibrium == (2 * log(2), -log(2))
    assert non_saturating.equilibrium == (2 * log(2), log(2))


@pytest.mark.parametrize("loss", ALL)
def test_a_patch_map_counts_as_its_patches(loss: Loss):
    real, fake = torch.randn(3, 1, 4, 4), torch.randn(3, 1, 4, 4)
    of_maps, of_patches = loss.discriminator(real, fake), loss.discriminator(real.flatten(), fake.flatten())
    assert of_maps.shape == ()
    torch.testing.assert_close(of_maps, of_patches)
    torch.testing.assert_close(loss.generator(fake, real), loss.generator(fake.flatten(), real.flatten()))


@pytest.mark.parametrize("loss", ALL)
def test_bfloat16_logits_are_averaged_in_float32(loss: Loss):
    generator = torch.Generator().manual_seed(0)
    real, fake = (torch.randn(4096, generator=generator).bfloat16() for _ in range(2))
    for narrow, wide in (
        (loss.discriminator(real, fake), loss.discriminator(real.double(), fake.double())),
        (loss.generator(fake, real), loss.generator(fake.double(), real.double())),
    ):
        assert narrow.dtype == torch.float32
        assert narrow.item() == pytest.approx(wide.item(), abs=2e-3)


def test_only_the_relativistic_generator_needs_real_logits():
    assert [loss.name for loss in LOSSES.values() if loss.needs_real] == ["relativistic"]
    fake = logits(0.3, -1.0)
    for loss in LOSSES.values():
        if not loss.needs_real:
            assert loss.generator(fake) == loss.generator(fake, fake + 1)
    with pytest.raises(ValueError, match="real_logits"):
        relativistic.generator(fake)


def test_relativistic_refuses_what_would_broadcast():
    for real, fake in ((torch.zeros(4), torch.zeros(4, 1)), (torch.zeros(1), torch.zeros(4))):
        with pytest.raises(ValueError, match="pairs"):
            relativistic.discriminator(real, fake)
        with pytest.raises(ValueError, match="pairs"):
            relativistic.generator(fake, real)


def test_names_and_frozen():
    assert list(LOSSES) == [
        "minimax",
        "non-saturating",
        "least-squares",
        "hinge",
        "wasserstein",
        "relativistic",
    ]
    assert all(loss.name == name for name, loss in LOSSES.items())
    with pytest.raises(AttributeError):
        minimax.name = "other"
