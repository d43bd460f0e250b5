"""Metrics of codes against priors, on clouds whose answers are known."""

from __future__ import annotations

import math

import pytest
import torch

from gan_lab.metrics import latent


def cloud(n, seed, shift=0.0, scale=1.0, d=2):
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed)) * scale + shift


def test_auc_counts_pairs_in_order():
    negative, positive = torch.tensor([0.0, 1.0, 2.0]), torch.tensor([1.0, 3.0])
    assert latent.auc(negative, positive) == pytest.approx((0.5 + 1 + 3) / 6)
    assert latent.auc(positive, positive) == 0.5


def test_two_sample_auc_is_a_half_for_one_distribution_and_near_the_best_test_for_two():
    same = latent.two_sample_auc(cloud(1000, 1), cloud(1000, 2), cloud(1000, 3), steps=60)
    assert 0.44 < same["value"] < 0.57
    assert 0.44 < same["floor"] < 0.57
    apart = latent.two_sample_auc(cloud(1000, 1, shift=1.0), cloud(1000, 2), steps=60)
    best = 0.5 * (1 + math.erf(1.0 / math.sqrt(2)))  # a shift of (1, 1): AUC = Phi(sqrt(2) / sqrt(2))
    assert best - 0.04 < apart["value"] < best + 0.04


def test_mmd_finds_a_difference_only_where_there_is_one():
    same, wide = latent.mmd(cloud(400, 1), cloud(400, 2)), latent.mmd(cloud(400, 1, scale=1.5), cloud(400, 2))
    assert same["value"] < 2 * same["floor"]
    assert wide["value"] > 4 * wide["floor"]


def test_holes():
    prior, other = cloud(2000, 1), cloud(2000, 2)
    full = latent.hole_rate(cloud(2000, 3), prior, other)
    assert full["floor"] == pytest.approx(0.05, abs=0.001)
    assert full["value"] < 0.08
    codes = cloud(4000, 4)
    half = latent.hole_rate(codes[codes[:, 0] > 0][:2000], prior, other)
    assert 0.4 < half["value"] < 0.55


def test_shares():
    sure = torch.tensor([[0.95, 0.05], [0.5, 0.5], [0.0, 1.0], [0.85, 0.15]])
    assert latent.recognised(sure, sure[:1])["value"] == 0.5
    assert latent.recognised(sure, sure[:1])["floor"] == 1.0
    assert latent.right_component(torch.tensor([0, 1, 2]), torch.tensor([0, 1, 1]))["value"] == pytest.approx(
        2 / 3
    )


def log_standard(z):
    return -(z.square() + math.log(2 * math.pi)).sum(1) / 2


def test_kl_parts_of_a_posterior_that_knows_nothing():
    zeros = torch.zeros(300, 2)
    parts = latent.kl_parts(zeros, zeros, log_standard)
    assert all(abs(part["value"]) < 1e-9 for part in parts.values())


def test_kl_parts_where_the_aggregate_is_the_prior():
    """q(z|x) = N(m, 0.5) with m ~ N(0, 0.5): I(x; z) = log(2) / 2 a dimension, and the aggregate is N(0, 1)."""
    mean = cloud(4000, 1, scale=math.sqrt(0.5), d=1)
    parts = latent.kl_parts(mean, torch.full_like(mean, math.log(0.5)), log_standard)
    assert parts["information"]["value"] == pytest.approx(math.log(2) / 2, abs=0.04)
    assert abs(parts["aggregate_kl"]["value"]) < 0.02
    total = parts["information"]["value"] + parts["aggregate_kl"]["value"]
    assert parts["kl"]["value"] == pytest.approx(total, abs=1e-9)


def test_bad_codes_are_refused():
    with pytest.raises(ValueError, match="at least 100"):
        latent.two_sample_auc(cloud(50, 1), cloud(200, 2))
    with pytest.raises(ValueError, match="NaN or infinity"):
        latent.hole_rate(torch.full((50, 2), float("nan")), cloud(50, 1), cloud(50, 2))
    with pytest.raises(ValueError, match="shape"):
        latent.mmd(cloud(50, 1), cloud(50, 2, d=3))


def test_aggregate_kl_of_two_gaussians():
    """KL(N(m, s^2 I) || N(0, I)) has a closed form."""
    generator = torch.Generator().manual_seed(0)
    prior, other = torch.randn(2, 4000, 2, generator=generator)
    codes = 0.5 * torch.randn(4000, 2, generator=generator) + 1
    found = latent.aggregate_kl(codes, prior, other)
    expected = 2 * (math.log(2) + (0.25 + 1) / 2 - 0.5)
    assert found["value"] == pytest.approx(expected, rel=0.05)
    assert abs(found["floor"]) < 0.05
