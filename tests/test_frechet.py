import math

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm

from gan_lab.metrics import frechet, frechet_distance, kid
from gan_lab.metrics.frechet import mmd2, moments


def normal(n, width, seed, scale=1.0, shift=0.0):
    x = torch.randn(n, width, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return x * scale + shift


def covariance(width, seed, rank=None):
    x = normal(rank or 3 * width, width, seed)
    return x.T @ x / len(x)


def test_closed_form_in_one_dimension():
    mean, cov = torch.zeros(1, dtype=torch.float64), torch.ones(1, 1, dtype=torch.float64)
    # (3 - 0)^2 + (2 - 1)^2: means and standard deviations differ by so much
    assert frechet_distance(mean, cov, mean + 3, 4 * cov) == pytest.approx(10)


def test_closed_form_for_covariances_that_commute():
    a, b = torch.tensor([1.0, 4.0, 9.0]).double(), torch.tensor([4.0, 4.0, 1.0]).double()
    rotation = torch.linalg.qr(normal(3, 3, 0)).Q
    zero = torch.zeros(3, dtype=torch.float64)
    got = frechet_distance(zero, rotation * a @ rotation.T, zero, rotation * b @ rotation.T)
    assert got == pytest.approx((1 - 2) ** 2 + 0 + (3 - 1) ** 2)


@pytest.mark.parametrize("rank", [None, 3])
def test_agrees_with_the_matrix_square_root(rank):
    mean1, mean2 = normal(2, 8, 1)
    cov1, cov2 = covariance(8, 2, rank), covariance(8, 3)
    root = sqrtm((cov1 @ cov2).numpy())
    expected = ((mean1 - mean2) ** 2).sum() + (cov1 + cov2).trace() - 2 * np.trace(root).real
    assert frechet_distance(mean1, cov1, mean2, cov2) == pytest.approx(float(expected), abs=1e-5)


def test_symmetric_and_zero_for_identical_sets_even_when_degenerate():
    x, y = normal(200, 10, 0), normal(200, 10, 1, 2.0)
    x[:, 3] = 1.0  # a dead feature
    assert frechet(x, x)["value"] == pytest.approx(0, abs=1e-6)
    assert frechet(x, y)["value"] == pytest.approx(frechet(y, x)["value"])


def test_moments_are_numpys():
    x = normal(50, 4, 0)
    mean, cov = moments(x)
    np.testing.assert_allclose(mean, x.numpy().mean(0))
    np.testing.assert_allclose(cov, np.cov(x.numpy(), rowvar=False))


def test_the_floor_is_real_against_real_at_the_same_size():
    real, other, fake = normal(1000, 8, 0), normal(1000, 8, 1), normal(1000, 8, 2, shift=0.5)
    got = frechet(fake, real, other)
    assert got["floor"] == frechet(other, real)["value"]
    assert 0 < got["floor"] < 0.1
    assert got["value"] == pytest.approx(8 * 0.5**2, rel=0.2)


@pytest.mark.parametrize(
    ("fake", "message"),
    [
        (normal(8, 8, 0), "8 samples are too few, at least 9"),
        (normal(20, 7, 0), "shape"),
        (normal(20, 8, 0) * math.nan, "20 of 20 rows hold NaN"),
    ],
)
def test_bad_features_are_named(fake, message):
    with pytest.raises(ValueError, match=message):
        frechet(fake, normal(20, 8, 1))


def test_mmd2_by_hand():
    x, y = torch.tensor([[0.0], [1.0]]), torch.tensor([[0.0], [2.0]])
    # kernels (ab + 1)^3: within x 1; within y 1; across 1, 1, 1 and 27
    assert mmd2(x, y).item() == pytest.approx(1 + 1 - 2 * 30 / 4)


def test_kid_is_unbiased():
    readings = [kid(normal(100, 4, s), normal(100, 4, 1000 + s))["value"] for s in range(100)]
    mean, std = np.mean(readings), np.std(readings)
    assert min(readings) < 0 < max(readings)
    assert abs(mean) < 4 * std / 10


def test_kid_sees_a_shift_and_is_repeatable():
    real, other, fake = normal(600, 6, 0), normal(600, 6, 1), normal(600, 6, 2, shift=0.7)
    before = torch.get_rng_state()
    got = kid(fake, real, other, subsets=5, size=300)
    assert got == kid(fake, real, other, subsets=5, size=300)
    assert got["value"] > 20 * abs(got["floor"])
    assert torch.equal(before, torch.get_rng_state())
    assert got["value"] == pytest.approx(mmd2(fake, real).item(), rel=0.2)
