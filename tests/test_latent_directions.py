"""Directions are found where they are known; an inversion finds the noise of a generator that can be inverted."""

from itertools import islice, pairwise

import pytest
import torch

from gan_lab import latent
from gan_lab.latent import directions


def draws(n, d, seed=0):
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))


# --- directions ---


def test_regression_finds_the_weights_of_a_linear_reader():
    z, weights = draws(3000, 20), draws(20, 3, seed=1)
    found = directions.by_regression(z, z @ weights + 5 + 0.5 * draws(3000, 3, seed=2))
    assert found.shape == (3, 20)
    assert torch.allclose(found.norm(dim=1), torch.ones(3))
    assert torch.cosine_similarity(found, weights.T).min() > 0.999


def test_both_ways_find_the_direction_that_a_step_hides():
    z, weight = draws(20_000, 20), draws(20, 1, seed=1)[:, 0]
    has = z @ weight > 0.5
    by_means = directions.by_means(z, has)
    (by_regression,) = directions.by_regression(z, has[:, None].float())
    assert torch.cosine_similarity(by_means, weight, dim=0) > 0.99
    assert torch.cosine_similarity(by_regression, weight, dim=0) > 0.99


def test_directions_refuse_what_tells_nothing():
    z = draws(50, 20)
    with pytest.raises(ValueError, match="too few"):
        directions.by_regression(z[:20], z[:20, :1])
    with pytest.raises(ValueError, match=r"readings \[1\] are the same"):
        directions.by_regression(z, torch.stack([z[:, 0], torch.ones(50)], dim=1))
    with pytest.raises(ValueError, match=r"\(50, 20\), \(50,\)"):
        directions.by_regression(z, z[:, 0])
    with pytest.raises(ValueError, match="50 of 50"):
        directions.by_means(z, torch.ones(50, dtype=torch.bool))
    with pytest.raises(ValueError, match="0 of 50"):
        directions.by_means(z, torch.zeros(50, dtype=torch.bool))


def test_orthogonal_takes_the_others_out_and_keeps_the_rest():
    x, y, w = torch.eye(3)
    mixed = x + 2 * y
    assert torch.allclose(directions.orthogonal(mixed, y[None]), x)
    assert torch.allclose(directions.orthogonal(mixed, torch.zeros(0, 3)), mixed / 5**0.5)
    askew = torch.stack([y + w, y, 3 * (y + w)])  # not orthogonal to one another, and one of them twice
    assert torch.allclose(directions.orthogonal(mixed, askew), x, atol=1e-6)
    direction, others = draws(1, 50)[0], draws(4, 50, seed=1)
    left = directions.orthogonal(direction, others)
    assert (others @ left).abs().max() < 1e-5
    assert left.norm().item() == pytest.approx(1)
    with pytest.raises(ValueError, match="lies in the span"):
        directions.orthogonal(y + 2 * w, askew)


# --- inversion ---


def linear(seed=0, d=6, pixels=48):
    """A generator that is a matrix with orthonormal columns, and that matrix: what it cannot make is known."""
    matrix = torch.linalg.qr(draws(pixels, d, seed)).Q * 3
    return (lambda z: (z @ matrix.T).view(-1, 3, 4, 4)), matrix


def test_inversion_finds_the_noise_of_its_own_pictures():
    generate, _ = linear()
    z = draws(3, 6, seed=5)
    *_, last = latent.invert(generate, generate(z), 6, steps=300, prior=0)
    assert last.error.max() < 1e-3
    assert torch.allclose(last.z, z, atol=0.01)


def test_a_picture_it_cannot_make_leaves_the_part_that_it_cannot_make():
    generate, matrix = linear()
    picture = draws(2, 48, seed=7)
    basis = matrix / 3
    rest = picture - picture @ basis @ basis.T
    *_, last = latent.invert(generate, picture.view(2, 3, 4, 4), 6, steps=300, prior=0)
    assert last.error.tolist() == pytest.approx(rest.square().mean(1).sqrt().tolist(), rel=1e-3)


def test_progress_is_told_and_the_search_can_be_left():
    generate, _ = linear()
    search = latent.invert(generate, generate(draws(2, 6)), 6, steps=25, starts=3, every=10)
    seen = list(search)
    assert [attempt.step for attempt in seen] == [0, 10, 20, 25]
    assert seen[0].starts.shape == (2, 3)
    assert torch.allclose(seen[0].error, seen[0].starts.min(1).values, atol=0.2)
    assert all(after.error.max() <= before.error.max() + 1e-6 for before, after in pairwise(seen))
    again = latent.invert(generate, generate(draws(2, 6)), 6, steps=25, starts=3, every=10)
    first = list(islice(again, 2))
    again.close()
    assert torch.equal(first[1].z, seen[1].z)


def test_the_search_leaves_gradients_and_the_network_as_they_were():
    net = torch.nn.Linear(6, 48)
    before = net.weight.detach().clone()
    with torch.no_grad():
        for _ in latent.invert(
            lambda z: net(z).view(-1, 3, 4, 4), torch.zeros(1, 3, 4, 4), 6, steps=3, every=1
        ):
            assert not torch.is_grad_enabled()
    assert torch.equal(net.weight, before)
    assert net.weight.grad is None
    assert torch.is_grad_enabled()


def test_the_prior_holds_z_near_the_shell():
    """A grey picture asks for z = 0; with the prior z stays where the generator's noise lies."""
    generate, _ = linear()
    grey = torch.zeros(1, 3, 4, 4)
    *_, free = latent.invert(generate, grey, 6, steps=200, prior=0)
    *_, held = latent.invert(generate, grey, 6, steps=200, prior=100.0)
    assert free.z.norm() < 0.01
    assert held.z.norm().item() == pytest.approx(6**0.5, rel=0.05)


def test_inversion_refuses_impossible_numbers_and_pictures():
    generate, _ = linear()
    picture = torch.zeros(1, 3, 4, 4)
    for wrong in ({"steps": 0}, {"starts": 0}, {"every": 0}, {"lr": 0.0}, {"prior": -1.0}):
        with pytest.raises(ValueError, match="must be at least 1"):
            next(latent.invert(generate, picture, 6, **wrong))
    with pytest.raises(ValueError, match=r"makes pictures \(3, 4, 4\), not \(1, 8, 8\)"):
        next(latent.invert(generate, torch.zeros(1, 1, 8, 8), 6))
