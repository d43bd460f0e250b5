"""Arithmetic, interpolation and the geometry of latents."""

from math import pi, sqrt

import pytest
import torch

from gan_lab import latent


def draws(n, d, seed=0, dtype=torch.float32):
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def test_arithmetic_by_hand():
    z1, z2, z3 = torch.tensor([[1.0, 2.0], [10.0, 20.0], [100.0, 200.0]])
    assert latent.arithmetic(z1, z2, z3).tolist() == [91.0, 182.0]
    assert latent.arithmetic(z1, z2, z3, (0.5, 2, -1)).tolist() == [-79.5, -159.0]


def test_z1_minus_z1_plus_z3_is_z3_bit_for_bit():
    z1, z3 = draws(1000, 100) * 1e6, draws(1000, 100, seed=1)
    assert torch.equal(latent.arithmetic(z1, z1, z3), z3)


def test_arithmetic_refuses_what_does_not_fit():
    z = draws(2, 4)
    with pytest.raises(ValueError, match=r"\(2, 4\), \(2, 4\) and \(4,\)"):
        latent.arithmetic(z, z, z[0])
    with pytest.raises(ValueError, match="three weights"):
        latent.arithmetic(z, z, z, (1, -1))


@pytest.mark.parametrize("d", [50, 100, 512])
def test_lengths_of_draws_means_and_sums(d):
    """Variances add: the four lengths that the page and the lab state, over 20,000 draws."""
    z = draws(20_000 * 9, d).view(9, 20_000, d)
    means = z.view(3, 3, 20_000, d).mean(1)
    rms = lambda x: latent.norm(x).square().mean().sqrt().item()  # noqa: E731
    assert rms(z[0]) == pytest.approx(latent.typical_norm(d), rel=0.005)
    assert rms(means[0]) == pytest.approx(sqrt(d / 3), rel=0.005)
    assert rms(latent.arithmetic(*means)) == pytest.approx(sqrt(d), rel=0.005)
    assert rms(latent.arithmetic(*z[:3])) == pytest.approx(sqrt(3 * d), rel=0.005)


def test_typical_norm_of_uniform_noise():
    z = torch.rand(20_000, 100, generator=torch.Generator().manual_seed(0)) * 2 - 1
    measured = latent.norm(z).square().mean().sqrt().item()
    assert latent.typical_norm(100, "uniform") == pytest.approx(sqrt(100 / 3))
    assert measured == pytest.approx(latent.typical_norm(100, "uniform"), rel=0.005)


def test_projection_keeps_the_direction_and_lands_on_the_shell():
    z = draws(5, 100) * torch.tensor([0.01, 0.5, 1, 2, 50])[:, None]
    on_shell = latent.project(z)
    assert torch.allclose(latent.norm(on_shell), torch.full((5,), 10.0))
    assert torch.allclose(torch.cosine_similarity(z, on_shell), torch.ones(5))
    assert latent.norm(latent.project(z[0], 3.0)).item() == pytest.approx(3.0)


def test_projection_refuses_the_zero_vector_and_a_shell_without_size():
    with pytest.raises(ValueError, match="no direction"):
        latent.project(torch.tensor([[1.0, 0.0], [0.0, 0.0]]))
    with pytest.raises(ValueError, match="positive, not 0"):
        latent.project(torch.ones(4), 0)


@pytest.mark.parametrize(("noise", "width"), [("uniform", 0.25), ("normal", 0.25 * sqrt(3))])
def test_neighbourhood_is_as_wide_as_it_says(noise, width):
    z = draws(1, 100)[0]
    steps = latent.neighbourhood(z, 0.25, n=2000, noise=noise) - z
    assert steps.shape == (2000, 100)
    assert steps.abs().max().item() <= width + 1e-6
    assert steps.std().item() == pytest.approx(width / sqrt(3), rel=0.01)
    assert steps.mean().item() == pytest.approx(0, abs=0.005)


def test_neighbourhood_follows_its_seed_and_scales_with_its_radius():
    z = torch.zeros(10)
    assert torch.equal(latent.neighbourhood(z, 0.25, seed=3), latent.neighbourhood(z, 0.25, seed=3))
    assert not torch.equal(latent.neighbourhood(z, 0.25, seed=3), latent.neighbourhood(z, 0.25, seed=4))
    assert torch.allclose(2 * latent.neighbourhood(z, 0.25, seed=3), latent.neighbourhood(z, 0.5, seed=3))
    assert torch.equal(latent.neighbourhood(z + 7, 0, n=2), torch.full((2, 10), 7.0))


def test_neighbourhood_refuses_what_makes_no_sense():
    with pytest.raises(ValueError, match="one latent"):
        latent.neighbourhood(draws(2, 3))
    with pytest.raises(ValueError, match="at least 0"):
        latent.neighbourhood(torch.zeros(3), -1)
    with pytest.raises(ValueError, match="'normal' or 'uniform'"):
        latent.neighbourhood(torch.zeros(3), noise="gauss")
    with pytest.raises(ValueError, match="at least one number"):
        latent.typical_norm(0)


@pytest.mark.parametrize("way", [latent.lerp, latent.slerp])
def test_both_ways_start_and_end_exactly(way):
    a, b = draws(2, 100)
    assert torch.equal(way(a, b, 0), a)
    assert torch.equal(way(a, b, 1.0), b)
    path = way(a, b, torch.linspace(0, 1, 9))
    assert path.shape == (9, 100)
    assert torch.equal(path[0], a)
    assert torch.equal(path[-1], b)
    assert torch.allclose(path[4], way(a, b, 0.5))


def test_lerp_and_slerp_by_hand():
    a, b = torch.tensor([2.0, 0.0]), torch.tensor([0.0, 2.0])
    assert latent.lerp(a, b, 0.25).tolist() == [1.5, 0.5]
    third = latent.slerp(a, b, 1 / 3)  # 30 degrees along a quarter of a circle of radius 2
    assert third.tolist() == pytest.approx([2 * torch.tensor(pi / 6).cos().item(), 1.0])


def test_the_arc_stays_on_the_shell_and_the_chord_dips():
    a, b = latent.project(draws(2, 100, dtype=torch.float64))
    t = torch.linspace(0, 1, 33, dtype=torch.float64)
    assert torch.allclose(latent.norm(latent.slerp(a, b, t)), torch.full((33,), 10.0, dtype=torch.float64))
    assert latent.norm(latent.lerp(a, b, 0.5)).item() < 8.5


def test_slerp_takes_batches_row_by_row():
    a, b = draws(4, 10), draws(4, 10, seed=1)
    t = torch.tensor([0.0, 0.3, 0.7, 1.0])
    rows = torch.stack([latent.slerp(a[i], b[i], t[i]) for i in range(4)])
    assert torch.allclose(latent.slerp(a, b, t), rows)


def test_slerp_between_parallel_latents_is_the_chord():
    a = draws(1, 100)[0]
    assert torch.allclose(latent.slerp(a, 3 * a, 0.5), 2 * a)
    assert torch.allclose(latent.slerp(a, a, 0.3), a)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_slerp_refuses_where_there_is_no_one_arc(dtype):
    a = draws(1, 100, dtype=dtype)[0]
    with pytest.raises(ValueError, match="opposite directions"):
        latent.slerp(a, -2 * a, 0.5)
    with pytest.raises(ValueError, match="zero vector"):
        latent.slerp(a, 0 * a, 0.5)
    with pytest.raises(ValueError, match="one shape"):
        latent.slerp(a, a[:3], 0.5)
