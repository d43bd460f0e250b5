"""The closed forms, against each other, against quadrature and against samples."""

from math import inf, log, sqrt

import pytest
import torch
from torch import Tensor

from gan_lab import theory
from gan_lab.losses import Loss, minimax, non_saturating
from gan_lab.theory import Mixture, grid

HUMPS = Mixture(means=(-2.0, 1.0, 3.0), stds=(0.5, 0.2, 1.0), weights=(0.5, 0.2, 0.3))


def pair(p: Mixture, q: Mixture) -> tuple[Tensor, Tensor, Tensor]:
    x = grid(p, q)
    return p.log_density(x), q.log_density(x), x


def uniform(x: Tensor, low: float, high: float) -> Tensor:
    """log density of the uniform distribution on [low, high), -inf elsewhere."""
    inside = (x >= low) & (x < high)
    return torch.where(inside, -log(high - low), -inf)


PAIRS = [
    pytest.param(Mixture((0.0,)), Mixture((1.5,)), id="shifted"),
    pytest.param(Mixture((0.0,), (0.5,)), Mixture((0.3,), (2.0,)), id="wider"),
    pytest.param(HUMPS, Mixture((-1.0, 2.0), (1.0, 0.7)), id="mixtures"),
    pytest.param(Mixture((0.0,)), Mixture((50.0,)), id="far apart"),
]


# --- the optimal discriminator -----------------------------------------------------------------------------


@pytest.mark.parametrize(("p", "q"), PAIRS)
def test_value_at_the_optimum_is_minus_log_four_plus_twice_js(p: Mixture, q: Mixture):
    log_p, log_q, x = pair(p, q)
    best = theory.value(theory.optimal_logit(log_p, log_q), log_p, log_q, x)
    assert best.item() == pytest.approx(-log(4) + 2 * theory.js(log_p, log_q, x).item(), abs=1e-9)


def test_no_other_discriminator_does_better():
    log_p, log_q, x = pair(HUMPS, Mixture())
    logits = theory.optimal_logit(log_p, log_q).requires_grad_()
    best = theory.value(logits, log_p, log_q, x)
    assert torch.autograd.grad(best, logits)[0].abs().max() < 1e-12
    for other in (logits + 0.1, 0.9 * logits, torch.zeros_like(logits), logits + x.sin()):
        assert theory.value(other, log_p, log_q, x) < best - 1e-4


def test_value_is_minus_the_discriminator_loss():
    p, q, n = Mixture((0.0,)), Mixture((1.0,), (0.5,)), 400_000
    log_p, log_q, x = pair(p, q)
    generator = torch.Generator().manual_seed(0)
    real, fake = p.sample(n, generator), q.sample(n, generator)
    exact = theory.value(0.7 * x - 0.2, log_p, log_q, x).item()
    assert -minimax.discriminator(0.7 * real - 0.2, 0.7 * fake - 0.2).item() == pytest.approx(exact, abs=5e-3)


def test_optimal_discriminator():
    assert theory.optimal_discriminator(
        torch.tensor([0.3, 0.0, 2.0]), torch.tensor([0.1, 1.0, 2.0])
    ).tolist() == (pytest.approx([0.75, 0.0, 0.5]))
    p, q = Mixture((-1.0,)), Mixture((1.0,))
    x = torch.linspace(-5, 5, 101, dtype=torch.float64)
    logit = theory.optimal_logit(p.log_density(x), q.log_density(x))
    torch.testing.assert_close(logit, -2 * x)  # (x - 1)^2 / 2 - (x + 1)^2 / 2
    torch.testing.assert_close(logit.sigmoid(), theory.optimal_discriminator(p.density(x), q.density(x)))
    # Far out both densities round to 0 and only the logit still knows.
    far = torch.tensor([60.0], dtype=torch.float64)
    assert theory.optimal_discriminator(p.density(far), q.density(far)).isnan()
    assert theory.optimal_logit(p.log_density(far), q.log_density(far)).item() == pytest.approx(-120)


@pytest.mark.parametrize("theta", [0.4, 1.0, 3.0])
def test_what_the_generator_follows_when_d_is_optimal(theta: float):
    """minimax: the gradient of 2 JS; non-saturating: that of KL(q || p) - 2 JS."""
    x = torch.linspace(-12, 15, 6001, dtype=torch.float64)
    log_p = Mixture().log_density(x)
    shift = torch.tensor(theta, dtype=torch.float64, requires_grad=True)
    log_q = Mixture().log_density(x - shift)
    logits = theory.optimal_logit(log_p, log_q).detach()

    def felt(loss: Loss) -> Tensor:
        point_by_point = torch.stack([loss.generator(one) for one in logits])  # the loss at each point x
        return torch.autograd.grad(
            torch.trapezoid(log_q.exp() * point_by_point, x), shift, retain_graph=True
        )[0]

    kl, js = theory.kl(log_q, log_p, x), theory.js(log_p, log_q, x)
    of_kl, of_js = (torch.autograd.grad(d, shift, retain_graph=True)[0] for d in (kl, js))
    assert felt(minimax).item() == pytest.approx(2 * of_js.item(), rel=1e-6)
    assert felt(non_saturating).item() == pytest.approx((of_kl - 2 * of_js).item(), rel=1e-6)


# --- distances ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("p", "q"), PAIRS)
def test_nothing_is_far_from_itself_and_bounds_hold(p: Mixture, q: Mixture):
    log_p, log_q, x = pair(p, q)
    for distance in (theory.kl, theory.js, theory.total_variation, theory.w1):
        assert distance(log_p, log_p, x).item() == pytest.approx(0, abs=1e-12)
        assert distance(log_p, log_q, x) > 0.01
    js, tv = theory.js(log_p, log_q, x).item(), theory.total_variation(log_p, log_q, x).item()
    assert tv**2 / 2 <= js + 1e-9  # Pinsker, through the mixture
    assert js <= tv * log(2) + 1e-9
    torch.testing.assert_close(theory.js(log_p, log_q, x), theory.js(log_q, log_p, x))


def test_disjoint_supports():
    x = torch.linspace(-1, 6, 70001, dtype=torch.float64)
    log_p, log_q = uniform(x, 0, 1), uniform(x, 3, 5)
    assert theory.js(log_p, log_q, x).item() == pytest.approx(log(2), abs=1e-3)
    assert theory.total_variation(log_p, log_q, x).item() == pytest.approx(1, abs=1e-3)
    assert theory.kl(log_p, log_q, x).item() == inf
    assert theory.w1(log_p, log_q, x).item() == pytest.approx(3.5, abs=1e-2)
    # A perfect discriminator: D* = 1 on data, 0 on fakes, V = 0.
    logits = theory.optimal_logit(log_p, log_q).nan_to_num(0.0, inf, -inf)
    assert theory.value(logits, log_p, log_q, x).item() == pytest.approx(0, abs=1e-3)


def test_gaussians_drift_apart():
    shifts = torch.tensor([0.0, 0.5, 2.0, 8.0, 30.0], dtype=torch.float64)
    far = theory.shifted_gaussians(shifts, std=0.7)
    assert far["js"][0].item() == pytest.approx(0, abs=1e-12)
    assert far["js"][-1].item() == pytest.approx(log(2), abs=1e-9)
    for shift, kl, js, tv, w1 in zip(
        shifts.tolist(), *(far[k] for k in ("kl", "js", "total_variation", "w1"))
    ):
        log_p, log_q, x = pair(Mixture((0.0,), (0.7,)), Mixture((shift,), (0.7,)))
        assert kl.item() == pytest.approx(theory.kl(log_p, log_q, x).item(), abs=1e-8)
        assert js.item() == pytest.approx(theory.js(log_p, log_q, x).item(), abs=1e-8)
        assert tv.item() == pytest.approx(theory.total_variation(log_p, log_q, x).item(), abs=1e-4)
        assert w1.item() == shift == pytest.approx(theory.w1(log_p, log_q, x).item(), abs=1e-4)
    assert torch.equal(theory.shifted_gaussians(-shifts)["w1"], shifts)
    torch.testing.assert_close(
        theory.shifted_gaussians(-shifts)["js"], theory.shifted_gaussians(shifts)["js"]
    )


@pytest.mark.parametrize(("mp", "sp", "mq", "sq"), [(0, 1, 2.5, 1), (0, 1, 0, 3), (-1, 0.5, 0.2, 1.2)])
def test_gaussians_of_any_width(mp: float, sp: float, mq: float, sq: float):
    log_p, log_q, x = pair(Mixture((mp,), (sp,)), Mixture((mq,), (sq,)))
    assert theory.gaussian_kl(mp, sp, mq, sq).item() == pytest.approx(
        theory.kl(log_p, log_q, x).item(), rel=1e-8
    )
    assert theory.gaussian_w1(mp, sp, mq, sq).item() == pytest.approx(
        theory.w1(log_p, log_q, x).item(), rel=1e-4
    )


def test_w1_of_shifted_gaussians_is_the_shift():
    for shift in (-3.0, 0.0, 0.01, 40.0):
        assert theory.gaussian_w1(shift, 0.7, 0.0, 0.7).item() == pytest.approx(abs(shift), abs=1e-12)
    # Its slope stays 1 however far away, while that of JS dies.
    shift = torch.tensor(12.0, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.grad(theory.gaussian_w1(shift, 1.0, 0.0, 1.0), shift)[0] == 1
    assert torch.autograd.grad(theory.shifted_gaussians(shift)["js"], shift)[0].abs() < 1e-7


def test_parallel_lines():
    lines = theory.parallel_lines(torch.tensor([-2.0, 0.0, 1e-6]))
    assert lines["kl"].tolist() == [inf, 0, inf]
    assert lines["js"].tolist() == [log(2), 0, log(2)]
    assert lines["total_variation"].tolist() == [1, 0, 1]
    assert lines["w1"].tolist() == pytest.approx([2, 0, 1e-6])


def test_w1_of_samples():
    assert theory.sample_w1(
        torch.tensor([3.0, 0.0, 1.0]), torch.tensor([5.0, 8.0, 6.0])
    ).item() == pytest.approx(5)
    generator = torch.Generator().manual_seed(0)
    p, q = HUMPS, Mixture((1.0,), (2.0,))
    estimate = theory.sample_w1(p.sample(200_000, generator), q.sample(200_000, generator)).item()
    assert estimate == pytest.approx(theory.w1(*pair(p, q)).item(), rel=0.02)
    with pytest.raises(ValueError, match="equal size"):
        theory.sample_w1(torch.zeros(3), torch.zeros(4))


# --- turning noise into data -------------------------------------------------------------------------------


def kolmogorov_smirnov(samples: Tensor, law: Mixture) -> float:
    """sqrt(n) times the largest gap between empirical and true cdf; over 1.63 once in a hundred."""
    n = len(samples)
    cdf = law.cdf(samples.double().sort().values)
    steps = torch.arange(n + 1, dtype=torch.float64) / n
    return max((cdf - steps[:-1]).max().item(), (steps[1:] - cdf).max().item()) * sqrt(n)


@pytest.mark.parametrize("noise", ["normal", "uniform"])
def test_the_optimal_map_turns_noise_into_data(noise):
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(20_000, generator=generator)
    if noise == "uniform":
        z = 2 * torch.rand(20_000, generator=generator) - 1
    fakes = theory.optimal_map(z, HUMPS.quantile, noise)
    assert fakes.dtype == torch.float32
    assert kolmogorov_smirnov(fakes, HUMPS) < 1.63
    assert kolmogorov_smirnov(fakes + 0.05, HUMPS) > 1.63  # the test would notice
    order = z.argsort()
    assert (fakes[order].diff() >= 0).all()


def test_the_optimal_map_from_normal_to_normal_is_a_line():
    z = torch.linspace(-6, 6, 25)
    torch.testing.assert_close(theory.optimal_map(z, Mixture((2.0,), (3.0,)).quantile), 2 + 3 * z)


def test_the_optimal_map_moves_the_noise_by_w1():
    z = Mixture().quantile((torch.arange(20_000, dtype=torch.float64) + 0.5) / 20_000)
    moved = (theory.optimal_map(z, HUMPS.quantile) - z).abs().mean().item()
    assert moved == pytest.approx(theory.w1(*pair(HUMPS, Mixture())).item(), rel=1e-3)


def test_the_optimal_map_refuses_other_noise():
    with pytest.raises(ValueError, match="uniform"):
        theory.optimal_map(torch.zeros(3), HUMPS.quantile, "laplace")


def test_empirical_quantile():
    quantile = theory.empirical_quantile(torch.tensor([4.0, 0.0, 1.0]))
    assert quantile(torch.tensor([0.0, 0.25, 0.5, 0.75, 1.0])).tolist() == [0, 0.5, 1, 2.5, 4]
    assert quantile(torch.tensor([[0.5]])).shape == (1, 1)
    generator = torch.Generator().manual_seed(0)
    learned = theory.empirical_quantile(HUMPS.sample(50_000, generator))
    fakes = theory.optimal_map(torch.randn(2_000, generator=generator), learned)
    assert kolmogorov_smirnov(fakes, HUMPS) < 1.63
    with pytest.raises(ValueError, match="at least two"):
        theory.empirical_quantile(torch.zeros(1))


# --- mixtures ----------------------------------------------------------------------------------------------


def test_mixture_density_cdf_and_quantile_agree():
    x = grid(HUMPS)
    density = HUMPS.density(x)
    assert torch.trapezoid(density, x).item() == pytest.approx(1, abs=1e-9)
    torch.testing.assert_close(torch.cumulative_trapezoid(density, x), HUMPS.cdf(x[1:]), atol=1e-4, rtol=0)
    u = torch.tensor([1e-12, 0.01, 0.3, 0.5, 0.7, 0.99, 1 - 1e-9], dtype=torch.float64)
    torch.testing.assert_close(HUMPS.cdf(HUMPS.quantile(u)), u, rtol=1e-9, atol=1e-15)
    assert HUMPS.quantile(torch.tensor([0.0, 1.0])).tolist() == [-inf, inf]
    assert Mixture().density(torch.tensor(0.0)).item() == pytest.approx(0.3989423)


def test_mixture_samples_follow_it():
    draw = [HUMPS.sample(20_000, torch.Generator().manual_seed(seed)) for seed in (0, 0, 1)]
    assert torch.equal(draw[0], draw[1])
    assert not torch.equal(draw[0], draw[2])
    assert kolmogorov_smirnov(draw[0], HUMPS) < 1.63


@pytest.mark.parametrize(
    "bad",
    [
        {"means": ()},
        {"means": (0.0, 1.0)},
        {"stds": (0.0,)},
        {"weights": (0.5,)},
        {"means": (0.0, 1.0), "stds": (1.0, 1.0), "weights": (1.5, -0.5)},
    ],
)
def test_mixture_refuses(bad):
    with pytest.raises(ValueError, match=r"must be positive|for each mean"):
        Mixture(**bad)


def test_shifted_gaussians_refuse_a_std_of_zero():
    with pytest.raises(ValueError, match="positive"):
        theory.shifted_gaussians(1.0, std=0.0)
