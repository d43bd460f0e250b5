import math

import pytest
import torch

from gan_lab import data
from gan_lab.metrics import (
    Grid,
    divergences_to_density,
    exact_divergences,
    js_between_samples,
)
from gan_lab.metrics.divergences import js, kl


def gaussian_mixture(centres, std):
    """Log density of equally likely round Gaussians."""

    def log_density(x):
        squares = torch.cdist(x, centres.double()).square() / (2 * std**2)
        return (-squares).logsumexp(1) - math.log(len(centres) * 2 * math.pi * std**2)

    return log_density


ORIGIN = torch.zeros(1, 2)
FIRST, SECOND = gaussian_mixture(ORIGIN, 0.4), gaussian_mixture(ORIGIN + torch.tensor([0.5, 0.0]), 0.4)
COARSE = Grid(bins=32)


def gaussian(n, seed, shift=0.0, std=0.4):
    x = std * torch.randn(n, 2, generator=torch.Generator().manual_seed(seed))
    return x + torch.tensor([shift, 0.0])


def test_kl_and_js_by_hand():
    p, q = torch.tensor([0.5, 0.5, 0.0]).log(), torch.tensor([0.25, 0.25, 0.5]).log()
    assert kl(p, q).item() == pytest.approx(math.log(2))
    assert kl(q, p).item() == math.inf
    halves = 0.5 * math.log(0.5 / 0.375) * 2
    other = 0.25 * math.log(0.25 / 0.375) * 2 + 0.5 * math.log(0.5 / 0.25)
    assert js(p, q).item() == pytest.approx((halves + other) / 2)


def test_exact_kl_of_two_gaussians_is_the_closed_form():
    got = exact_divergences(SECOND, FIRST, Grid(bins=128, low=-3, high=3))
    assert got["kl"]["value"] == pytest.approx(0.5**2 / (2 * 0.4**2), rel=0.01)  # less inside the cells
    assert 0 < got["js"]["value"] < math.log(2)
    same = exact_divergences(FIRST, FIRST)
    assert same["kl"]["value"] == same["js"]["value"] == pytest.approx(0, abs=1e-12)


def test_far_narrow_modes_give_log_2_and_a_finite_kl():
    got = exact_divergences(gaussian_mixture(ORIGIN - 1.5, 0.014), gaussian_mixture(ORIGIN + 1.5, 0.014))
    assert got["js"]["value"] == pytest.approx(math.log(2), abs=1e-6)
    assert math.isfinite(got["kl"]["value"])
    assert got["kl"]["value"] > 1000


def test_masses_add_up_and_the_rest_lies_outside():
    masses = Grid(low=0.0, high=3.0, bins=16).log_masses(FIRST).exp()
    assert masses.sum().item() == pytest.approx(1)
    assert masses[-1].item() == pytest.approx(0.75, abs=1e-3)  # one quadrant of four is inside


def test_samples_are_counted_where_they_lie():
    grid = Grid(low=0.0, high=2.0, bins=2)
    samples = torch.tensor([[0.5, 0.5], [0.5, 1.5], [1.5, 0.0], [2.0, 0.5], [-0.1, 0.5], [9.0, 9.0]])
    assert grid.counts(samples).tolist() == [1, 1, 1, 0, 3]


@pytest.mark.parametrize("grid", [COARSE, Grid()])
@pytest.mark.parametrize("n", [500, 2500])
def test_a_perfect_generator_reads_zero_on_average(grid, n):
    seeds = range(6)
    to_truth = [divergences_to_density(gaussian(n, s), FIRST, grid, 20) for s in seeds]
    between = [js_between_samples(gaussian(n, s), gaussian(n, 100 + s), grid, 20) for s in seeds]
    for readings in ([r["kl"] for r in to_truth], [r["js"] for r in to_truth], between):
        mean = sum(r["value"] for r in readings) / len(readings)
        floor = sum(r["floor"] for r in readings) / len(readings)
        assert 0 < floor < 0.05
        assert abs(mean) < 2.0 * floor
        assert all(abs(r["value"]) < 5 * floor for r in readings)


def test_even_a_grid_much_too_fine_does_not_invent_a_difference():
    # the plain histograms are almost disjoint here: uncorrected this reads over 0.5 of log 2 = 0.69
    grid = Grid(bins=256)
    fake, real = gaussian(800, 0), gaussian(800, 1)
    plain = js((grid.counts(fake) / 800).log(), (grid.counts(real) / 800).log()).item()
    assert plain > 0.5
    got = js_between_samples(fake, real, grid, 20)
    assert abs(got["value"]) < 4 * got["floor"]
    assert got["value"] < 0.25


@pytest.mark.parametrize("shift", [0.2, 0.5, 1.0])
def test_estimates_agree_with_the_exact_value(shift):
    shifted = gaussian_mixture(ORIGIN + torch.tensor([shift, 0.0]), 0.4)
    exact = exact_divergences(shifted, FIRST, COARSE)
    fake, real = gaussian(4000, 2, shift), gaussian(4000, 3)
    estimate = divergences_to_density(fake, FIRST, COARSE, 20)
    sampling = shift / 0.4 / 4000**0.5  # one standard error: the log ratio is linear in x
    assert estimate["kl"]["value"] == pytest.approx(exact["kl"]["value"], abs=4 * sampling)
    assert estimate["js"]["value"] == pytest.approx(exact["js"]["value"], rel=0.06, abs=0.005)
    assert js_between_samples(fake, real, COARSE, 20)["value"] == pytest.approx(
        exact["js"]["value"], rel=0.08, abs=0.01
    )


def test_disjoint_samples_read_log_2():
    got = js_between_samples(gaussian(1000, 0, -1.5, 0.05), gaussian(1000, 1, 1.5, 0.05))
    assert got["value"] == pytest.approx(math.log(2), abs=2e-3)


@pytest.mark.parametrize("name", ["ring", "grid", "two-gaussians"])
def test_the_toy_sets_read_zero_against_their_own_density(name):
    toy = data.load(name)
    got = divergences_to_density(toy.sample(2500, seed=1), toy.log_prob)
    assert got == divergences_to_density(toy.sample(2500, seed=1), Grid().log_masses(toy.log_prob))
    assert abs(got["kl"]["value"]) < 4 * got["kl"]["floor"] < 0.1
    assert abs(got["js"]["value"]) < 4 * got["js"]["floor"] < 0.1


def test_a_dropped_mode_costs_its_share():
    ring = data.load("ring")
    seven = ring.sample(4000, seed=0)
    seven = seven[torch.cdist(seven, ring.modes).argmin(1) != 3]
    got = divergences_to_density(seven, ring.log_prob)
    assert got["kl"]["value"] == pytest.approx(math.log(8 / 7), abs=0.01)


def test_the_same_seed_reads_the_same_and_leaves_the_global_generator_alone():
    before = torch.get_rng_state()
    one = js_between_samples(gaussian(200, 0), gaussian(200, 1), COARSE)
    assert one == js_between_samples(gaussian(200, 0), gaussian(200, 1), COARSE)
    assert torch.equal(before, torch.get_rng_state())


def test_diverged_samples_are_refused():
    with pytest.raises(ValueError, match="fake: 4 of 4 rows hold NaN or infinity"):
        js_between_samples(torch.full((4, 2), math.inf), gaussian(4, 0))
