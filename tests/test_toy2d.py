import math

import pytest
import torch

from gan_lab import data
from gan_lab.data import toy2d

NAMES = list(toy2d.TOY_SETS)


@pytest.mark.parametrize("name", NAMES)
def test_points_are_pairs_on_the_device_and_finite(name):
    points = data.load(name).sample(500, seed=1)
    assert points.shape == (500, 2)
    assert points.dtype == torch.float32
    assert points.isfinite().all()


@pytest.mark.parametrize("name", NAMES)
def test_minibatches_are_a_pure_function_of_seed_index_and_size(name):
    first, second = data.load(name), data.load(name)
    wanted = [second.batch(i, 64, seed=3).x for i in (5, 0, 700)]
    first.batch(1, 64, seed=4)
    for i, want in zip((700, 0, 5), reversed(wanted), strict=True):
        assert torch.equal(first.batch(i, 64, seed=3).x, want)
    assert not torch.equal(first.batch(0, 64, seed=3).x, first.batch(1, 64, seed=3).x)
    assert not torch.equal(first.batch(0, 64, seed=3).x, first.batch(0, 64, seed=4).x)
    assert torch.equal(first.batches(64, seed=3)(5).x, wanted[0])


def test_a_minibatch_runs_on_across_blocks():
    ring = data.load("ring")
    n = toy2d.BLOCK // 2 + 7
    stream = ring.batch(0, 4 * n, seed=2).x
    for i in range(4):
        assert torch.equal(ring.batch(i, n, seed=2).x, stream[i * n : (i + 1) * n])


def test_writing_into_a_minibatch_does_not_change_the_stream():
    grid = data.load("grid")
    before = grid.batch(0, 10).x.clone()
    grid.batch(0, 10).x.zero_()
    assert torch.equal(grid.batch(0, 10).x, before)


def test_sampling_leaves_the_global_generator_alone_and_accepts_a_generator():
    state = torch.random.get_rng_state()
    ring = data.load("ring")
    source = torch.Generator().manual_seed(5)
    one, two = ring.sample(20, source), ring.sample(20, source)
    ring.batch(0, 8)
    assert not torch.equal(one, two)
    assert torch.equal(one, ring.sample(20, torch.Generator().manual_seed(5)))
    assert torch.equal(ring.sample(20, seed=5), ring.sample(20, seed=5))
    assert torch.equal(state, torch.random.get_rng_state())


@pytest.mark.parametrize(
    ("name", "count", "std", "farthest"),
    [
        ("ring", 8, 0.02 / 1.414, 2 / 1.414),
        ("grid", 25, 0.05 / 2.828, 4 * math.sqrt(2) / 2.828),
        ("two-gaussians", 2, 0.2, 1.0),
    ],
)
def test_mixtures_have_the_stated_modes_width_and_equal_weights(name, count, std, farthest):
    mixture = data.load(name)
    assert mixture.modes.shape == (count, 2)
    assert mixture.std == pytest.approx(std)
    assert mixture.modes.norm(dim=1).max().item() == pytest.approx(farthest, rel=1e-5)
    points = mixture.sample(40_000, seed=0)
    distance, nearest = torch.cdist(points, mixture.modes).min(dim=1)
    # a two-dimensional Gaussian has 1 - exp(-4.5) of its mass within three standard deviations
    assert (distance < 3 * std).float().mean().item() == pytest.approx(1 - math.exp(-4.5), abs=0.003)
    share = nearest.bincount(minlength=count) / len(points)
    assert share.sub(1 / count).abs().max().item() < 5 * math.sqrt(1 / count / len(points))
    offsets = points - mixture.modes[nearest]
    assert offsets.std(dim=0).tolist() == pytest.approx([std, std], rel=0.02)


def test_ring_and_grid_look_as_published():
    ring, grid = data.load("ring").modes, data.load("grid").modes
    assert ring.norm(dim=1).tolist() == pytest.approx([2 / 1.414] * 8, rel=1e-5)
    assert torch.pdist(ring).min().item() == pytest.approx(2 * 2 / 1.414 * math.sin(math.pi / 8), rel=1e-5)
    assert torch.pdist(grid).min().item() == pytest.approx(2 / 2.828, rel=1e-5)
    assert sorted({round(v, 4) for v in grid.flatten().tolist()}) == pytest.approx(
        [k * 2 / 2.828 for k in range(-2, 3)], abs=1e-4
    )


def test_swiss_roll_has_the_moments_of_its_formula():
    points = data.load("swiss-roll").sample(60_000, seed=0) * 7.5
    t = torch.linspace(1.5 * math.pi, 4.5 * math.pi, 200_001, dtype=torch.float64)
    roll = torch.stack([t * t.cos(), t * t.sin()], dim=1)
    assert points.mean(dim=0).tolist() == pytest.approx(roll.mean(dim=0).tolist(), abs=0.15)
    want = roll.var(dim=0) + 0.25**2
    assert points.var(dim=0).tolist() == pytest.approx(want.tolist(), rel=0.03)
    # distance to the curve: the noise across it has the stated width
    across = torch.cdist(points[:2000].double(), roll[::100]).min(dim=1).values
    assert across.square().mean().sqrt().item() == pytest.approx(0.25, rel=0.05)


def test_line_and_disjoint_lie_on_their_segments():
    x, y = data.load("line").sample(5000).unbind(1)
    assert (x == 0).all()
    assert y.min() >= -1
    assert y.max() <= 1
    assert y.var().item() == pytest.approx(1 / 3, rel=0.05)
    x, y = data.load("disjoint").sample(5000).unbind(1)
    assert set(x.tolist()) == {-1.0, 1.0}
    assert x.mean().abs().item() < 0.06
    assert y.abs().max() <= 1


@pytest.mark.parametrize("name", ["ring", "grid", "two-gaussians"])
def test_the_density_integrates_to_one(name):
    mixture = data.load(name)
    axis = torch.linspace(-4.95, 4.95, 100, dtype=torch.float64) * mixture.std  # the closest lie 10 std apart
    around = torch.cartesian_prod(axis, axis)
    points = (mixture.modes[:, None].double() + around).reshape(-1, 2)
    cell = (axis[1] - axis[0]).item() ** 2
    assert mixture.log_prob(points).exp().sum().item() * cell == pytest.approx(1.0, abs=1e-4)


def test_the_density_agrees_with_torch_distributions_and_has_a_gradient():
    ring = data.load("ring")
    x = torch.randn(3, 5, 2, dtype=torch.float64, requires_grad=True)
    parts = torch.distributions.Independent(
        torch.distributions.Normal(ring.modes.double(), torch.tensor(ring.std, dtype=torch.float64)), 1
    )
    weights = torch.distributions.Categorical(torch.ones(8, dtype=torch.float64))
    want = torch.distributions.MixtureSameFamily(weights, parts).log_prob(x)
    got = ring.log_prob(x)
    assert got.shape == (3, 5)
    torch.testing.assert_close(got, want)
    torch.testing.assert_close(
        torch.autograd.grad(got.sum(), x)[0], torch.autograd.grad(want.sum(), x)[0], rtol=1e-6, atol=1e-6
    )


@pytest.mark.parametrize("name", ["swiss-roll", "line", "disjoint"])
def test_sets_without_a_density_say_so(name):
    with pytest.raises(ValueError, match=f"{name} has no density"):
        data.load(name).log_prob(torch.zeros(1, 2))
    assert data.load(name).modes is None


def test_drawn_points_become_a_set_with_a_density():
    drawn = [(0.1 * k, -0.2 * k) for k in range(12)]
    toy = data.from_points(drawn, std=0.05)
    points = toy.sample(3000)
    distance = torch.cdist(points, torch.tensor(drawn)).min(dim=1).values
    assert distance.max() < 0.05 * 6
    assert toy.modes is None
    assert toy.log_prob(torch.tensor([[0.1, -0.2]])) > toy.log_prob(torch.tensor([[1.0, 1.0]]))
    assert toy.batch(0, 16).x.shape == (16, 2)


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        ([], "0 points were drawn; at least 10"),
        ([(0.0, 0.0)] * 9, "9 points were drawn; at least 10"),
        ([(0.0, 0.0)] * 10 + [(float("nan"), 0.0)], "1 of the 11 drawn points are not finite"),
        ([(0.0, float("inf"))] * 10, "10 of the 10"),
        ([(0.0, 0.0, 0.0)] * 10, r"shape \(10, 3\)"),
        ([0.0] * 10, r"shape \(10,\)"),
        ([(0.0, 0.0)] * 10 + [(0.0,)], "pairs of numbers"),
        ([("a", "b")] * 10, "pairs of numbers"),
    ],
)
def test_bad_drawings_are_refused_with_the_reason(points, reason):
    with pytest.raises(ValueError, match=reason):
        data.from_points(points)


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda s: s.sample(0), "n is 0"),
        (lambda s: s.sample(5, seed=-1), "seed is -1"),
        (lambda s: s.batch(-1, 5), "i is -1"),
        (lambda s: s.batch(0, 0), "n is 0"),
        (lambda s: s.batch(0, 2.5), "n is 2.5"),
        (lambda s: s.batch(0, True), "n is True"),
        (lambda s: s.batches(0), "n is 0"),
        (lambda s: s.batches(4, seed=-2), "seed is -2"),
        (lambda s: data.from_points(s.sample(20), std=0.0), "std is 0.0"),
    ],
)
def test_bad_arguments_are_named(call, reason):
    with pytest.raises(ValueError, match=reason):
        call(data.load("ring"))
