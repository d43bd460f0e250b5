"""Arithmetic and paths are scored rightly where the right score is known: generators and readers made for it."""

import pytest
import torch

from gan_lab import latent
from gan_lab.latent import Attribute, Paths

PAIR = (Attribute("glasses", 0.2, 0.8), Attribute("woman", 0.2, 0.8))
PLAN = [("glasses", "woman")]


def corners(n, d, seed=0):
    """Latents of -1 and 1 only: what has an attribute has it for certain, and means of them are exact."""
    return torch.randint(0, 2, (n, d), generator=torch.Generator().manual_seed(seed)).float() * 2 - 1


def signs(z):
    """The reader that knows: the first number is the glasses, the second the woman."""
    return (z[:, :2] > 0).float()


def test_exemplars_show_what_their_concept_asks_for():
    z = corners(400, 6)
    triples = latent.draw_triples(z, signs(z), PAIR, PLAN, 40)
    assert triples.z.shape == (40, 3, 3, 6)
    assert triples.possible.all()
    assert 5 < triples.side.sum() < 35
    first, second, third = triples.z.unbind(1)
    assert (first[..., 0] == 1).all()
    assert (second[..., 0] == -1).all()
    assert (third[..., 0] == -1).all()
    side = (triples.side.float() * 2 - 1)[:, None]
    assert (first[..., 1] == -side).all()
    assert (second[..., 1] == -side).all()
    assert (third[..., 1] == side).all()
    same = (triples.z[:, :, 0] == triples.z[:, :, 1]).all(-1) & (
        triples.z[:, :, 0] == triples.z[:, :, 2]
    ).all(-1)
    assert same.float().mean() < 0.1  # three different draws, though two may look alike


def test_arithmetic_succeeds_where_attributes_are_directions():
    z = corners(400, 6)
    triples = latent.draw_triples(z, signs(z), PAIR, PLAN, 60)
    for exemplars in (1, 3):
        result = triples.result(exemplars)
        assert torch.allclose(result[:, 0], torch.ones(60))
        assert triples.success(signs(result), PAIR).all()
    by_hand = triples.z[:, 0].mean(1) - triples.z[:, 1].mean(1) + triples.z[:, 2].mean(1)
    assert torch.allclose(triples.result(3), by_hand)


def test_success_asks_for_both_the_attribute_and_the_kind():
    z = corners(400, 6)
    triples = latent.draw_triples(z, signs(z), PAIR, PLAN, 50)
    side = triples.side.float()
    gained_and_kept = torch.stack([torch.ones(50), side], dim=1)
    kind_lost = torch.stack([torch.ones(50), 1 - side], dim=1)
    not_gained = torch.stack([torch.zeros(50), side], dim=1)
    at_the_middle = torch.stack([torch.full((50,), 0.5), side], dim=1)
    assert triples.success(gained_and_kept, PAIR).all()
    for readings in (kind_lost, not_gained, at_the_middle):
        assert not triples.success(readings, PAIR).any()


def test_a_concept_that_is_never_shown_counts_as_a_failure():
    """No picture shows a woman with glasses: sums that need her as an exemplar fail, whatever comes out."""
    z = corners(400, 6)
    z = z[~((z[:, 0] > 0) & (z[:, 1] > 0))]
    triples = latent.draw_triples(z, signs(z), PAIR, PLAN, 60)
    assert torch.equal(triples.possible, triples.side)
    assert torch.equal(triples.success(signs(triples.result(3)), PAIR), triples.side)


def test_random_steps_succeed_as_often_as_the_angle_says():
    """In the plane z3 = (-1, s) and |z1 - z2| = 2: 90 of 360 degrees help, from -30 to 60 off the axis."""
    z = corners(100, 2)
    triples = latent.draw_triples(z, signs(z), PAIR, PLAN, 20)
    success = latent.random_directions(triples, signs, PAIR, 4000)
    assert success.shape == (4000, 20)
    assert success.float().mean().item() == pytest.approx(0.25, abs=0.02)


def test_the_best_direction_is_chosen_for_each_attribute():
    success = torch.tensor([[1, 1, 0, 0, 0], [0, 0, 1, 1, 0], [1, 0, 1, 0, 0]]).bool()
    attribute = torch.tensor([0, 0, 1, 1, 1])
    assert latent.best_direction(success, attribute) == pytest.approx(4 / 5)
    assert latent.best_direction(success, torch.zeros(5)) == pytest.approx(2 / 5)


def test_a_path_may_fall_back_by_a_tenth_of_its_rise_and_no_more():
    readings = torch.tensor(
        [
            [0.0, 0.5, 0.5, 1.0],
            [0.0, 0.55, 0.46, 1.0],
            [0.0, 0.6, 0.45, 1.0],
            [0.2, 0.4, 0.36, 0.6],
            [0.2, 0.4, 0.35, 0.6],
            [1.0, 0.6, 0.3, 0.0],
            [0.5, 0.5, 0.5, 0.5],
            [0.0, 0.3, 1.2, 1.0],
        ]
    )
    good = Paths(readings, torch.zeros(8, 4, 1)).monotone()
    assert good.tolist() == [True, True, False, True, False, False, False, False]
    assert Paths(readings, torch.zeros(8, 4, 1)).monotone(0.5).tolist() == [True] * 5 + [False] * 2 + [True]


def test_unevenness_is_the_largest_step_over_the_median_one():
    even = torch.linspace(0, 1, 6)[:, None] * torch.tensor([3.0, 4.0])
    jump = torch.tensor([0.0, 1, 2, 3, 7, 8])[:, None] * torch.tensor([3.0, 4.0])
    stands_still = torch.tensor([0.0, 0, 0, 0, 0, 1])[:, None] * torch.ones(2)
    ways = Paths(torch.zeros(3, 6), torch.stack([even, jump, stands_still]))
    assert ways.unevenness().tolist() == [pytest.approx(1), pytest.approx(4), float("inf")]


def test_ways_are_read_from_end_to_end():
    a, b = latent.project(torch.randn(2, 5, 8, generator=torch.Generator().manual_seed(1)))
    column = torch.tensor([0, 1, 2, 3, 4])
    ways = latent.walk(a, b, column, lambda z: z, lambda z: z[:, :3], points=9)
    assert ways.readings.shape == (5, 9)
    assert ways.features.shape == (5, 9, 3)
    rows = torch.arange(5)
    assert torch.allclose(ways.readings[:, 0], a[rows, column])
    assert torch.allclose(ways.readings[:, -1], b[rows, column])
    assert torch.allclose(ways.features[:, 4], latent.slerp(a, b, 0.5)[:, :3])


def test_ends_lack_and_have_the_attribute_by_turns():
    z = corners(200, 6)
    a, b, column = latent.draw_ends(z, signs(z), PAIR, ["glasses", "woman"], 10)
    rows = torch.arange(10)
    assert column.tolist() == [0, 1] * 5
    assert (a[rows, column] == -1).all()
    assert (b[rows, column] == 1).all()
    only = z[z[:, 1] > 0]
    assert latent.draw_ends(only, signs(only), PAIR, ["glasses", "woman"], 4)[2].tolist() == [0] * 4
    with pytest.raises(ValueError, match="none of woman is seen both present and absent"):
        latent.draw_ends(only, signs(only), PAIR, ["woman"], 4)
