"""What is measured of conditional generators, on data for which the answer is known."""

from __future__ import annotations

import pytest
import torch

from gan_lab import metrics


def noise(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_asked_class_counts_hits():
    found = metrics.asked_class(torch.tensor([0, 1, 2, 2]), torch.tensor([0, 1, 2, 3]))
    assert found["value"] == 0.75
    assert found["floor"] is None
    floor = metrics.asked_class(*[torch.tensor([0, 1])] * 2, torch.tensor([0, 1]), torch.tensor([0, 0]))
    assert (floor["value"], floor["floor"]) == (1, 0.5)
    with pytest.raises(ValueError, match="one class read and one asked for"):
        metrics.asked_class(torch.tensor([0]), torch.tensor([0, 1]))


def test_the_nearest_neighbour_is_the_nearest():
    known, asked = noise(60, 3, 4), noise(25, 3, 4, seed=1)
    labels = torch.arange(60)
    by_hand = torch.cdist(asked.flatten(1), known.flatten(1)).argmin(1)
    assert torch.equal(metrics.nearest_label(known, labels, asked, batch=7), by_hand)
    assert metrics.neighbour_error((known, labels), (known, labels))["value"] == 0
    shuffled = metrics.neighbour_error((known, labels), (known, labels.roll(1)), (known, labels.roll(1)))
    assert (shuffled["value"], shuffled["floor"]) == (1, 0)
    with pytest.raises(ValueError, match="images of one shape"):
        metrics.nearest_label(known, labels, noise(2, 5))


def test_the_shares_of_variance_are_those_the_picture_was_made_with():
    """x = a z + b y + c z y, pixel by pixel, z from N(0, 1) and y of variance 1 and mean 0, with a, b, c = 2, 3, 1."""
    z, y = noise(4000, 1), torch.tensor([[-1.5, -0.5, 0.5, 1.5]]) / 1.25**0.5
    x = (2 * z + 3 * y + z * y)[..., None]
    found = metrics.variance_shares(x, metrics.class_variance(noise(8, 1), torch.arange(8) % 2))
    total = 4 + 9 + 1
    assert found["variance from z"]["value"] == pytest.approx((4 + 1) / total, abs=0.02)
    assert found["variance from label"]["value"] == pytest.approx(9 / total, abs=0.02)
    assert found["variance from z alone"]["value"] == pytest.approx(4 / total, abs=0.02)
    assert found["variance from z"]["floor"] + found["variance from label"]["floor"] == pytest.approx(1)


def test_a_generator_that_ignores_its_noise_is_found_out():
    x = noise(1, 5, 6).expand(100, -1, -1)
    found = metrics.variance_shares(x)
    assert found["variance from z"]["value"] == pytest.approx(0, abs=1e-12)
    assert found["variance from label"]["value"] == pytest.approx(1)
    deaf = noise(3000, 1, 6).expand(-1, 5, -1)
    assert metrics.variance_shares(deaf)["variance from label"]["value"] == pytest.approx(0, abs=1e-12)


def test_classes_count_alike_however_many_images_they_have():
    x = torch.cat([torch.tensor([0.0, 2.0]), torch.tensor([10.0, 10.0, 14.0, 14.0])])[:, None]
    within, between = metrics.class_variance(x, torch.tensor([0, 0, 1, 1, 1, 1]))
    assert within == pytest.approx((2 + 16 / 3) / 2)
    assert between == pytest.approx(((1 - 6.5) ** 2 + (12 - 6.5) ** 2) / 2)


@pytest.mark.parametrize("bad", [noise(5, 4), noise(1, 3, 4), noise(3, 1, 4), torch.zeros(3, 3, 4)])
def test_variance_of_too_little_is_refused(bad):
    with pytest.raises(ValueError, match=r"M noises under K labels|all the same"):
        metrics.variance_shares(bad)
    with pytest.raises(ValueError, match="two classes of two images"):
        metrics.class_variance(noise(3, 4), torch.tensor([0, 0, 1]))


def test_equal_error_of_scores_that_part():
    line, rate = metrics.equal_error(torch.tensor([0.8, 0.9]), torch.tensor([0.1, 0.2, 0.4]))
    assert line == pytest.approx(0.6)  # the middle of the gap
    assert rate == 0


def test_equal_error_of_scores_that_overlap():
    same, different = torch.tensor([1.0, 3, 4, 5]), torch.tensor([0.0, 1.5, 2, 3.5])
    line, rate = metrics.equal_error(same, different)
    assert (same <= line).float().mean() == (different > line).float().mean() == 0.25
    assert rate == 0.25


def test_equal_error_of_two_normal_distributions():
    """Means 2 apart, standard deviation 1: the line lies at 1, the rate is Phi(-1)."""
    line, rate = metrics.equal_error(noise(40_000) + 2, noise(40_000, seed=1))
    assert line == pytest.approx(1, abs=0.03)
    assert rate == pytest.approx(0.1587, abs=0.005)


def test_bad_scores_are_refused():
    with pytest.raises(ValueError, match="both needed"):
        metrics.equal_error(torch.tensor([]), torch.tensor([1.0]))
    with pytest.raises(ValueError, match="infinite or undefined"):
        metrics.equal_error(torch.tensor([torch.nan]), torch.tensor([1.0]))
