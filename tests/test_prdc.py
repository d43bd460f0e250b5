import math

import pytest
import torch

from gan_lab.metrics import prdc


def normal(n, seed, shift=0.0, width=4):
    return torch.randn(n, width, generator=torch.Generator().manual_seed(seed)) + shift


def values(*args, **kwargs):
    return {name: result["value"] for name, result in prdc(*args, **kwargs).items()}


def test_counted_by_hand():
    # on a line, k = 1: the balls of the reals are [-1, 1], [0, 2] and [1, 19],
    # those of the fakes [.3, .5], [.4, .6] and [.5, 99.5]
    real = torch.tensor([[0.0], [1.0], [10.0]])
    fake = torch.tensor([[0.4], [0.5], [50.0]])
    got = values(fake, real, k=1)
    # 0.4 and 0.5 lie in two balls each, 50 in none; 1 and 10 lie in a fake's ball; 10 has no fake in its own
    assert got["precision"] == pytest.approx(2 / 3)
    assert got["density"] == pytest.approx(4 / 3)
    assert got["recall"] == pytest.approx(2 / 3)
    assert got["coverage"] == pytest.approx(2 / 3)


def test_one_distribution_reads_about_one():
    got = prdc(normal(1000, 0), normal(1000, 1), normal(1000, 2))
    assert got["density"]["value"] == pytest.approx(1, abs=0.08)
    # Naeem et al. 2020, lemma 2: all k nearest of the 1999 others are real ones
    expected = 1 - math.comb(999, 5) / math.comb(1999, 5)
    assert got["coverage"]["value"] == pytest.approx(expected, abs=0.02)
    assert got["precision"]["value"] > 0.9
    assert got["recall"]["value"] > 0.9
    for result in got.values():
        assert result["value"] == pytest.approx(result["floor"], abs=0.08)


def test_far_apart_reads_zero():
    assert set(values(normal(50, 0, 100.0), normal(50, 1)).values()) == {0.0}


def test_identical_sets_with_duplicates_read_one():
    x = normal(40, 0).repeat(2, 1)
    got = values(x, x)
    assert got["precision"] == got["recall"] == got["coverage"] == 1


def test_precision_and_recall_tell_narrow_from_wide():
    real = normal(800, 0)
    narrow, wide = values(normal(800, 1) * 0.3, real), values(normal(800, 1) * 3, real)
    assert narrow["precision"] > 0.95 > 0.6 > narrow["recall"]
    assert wide["recall"] > 0.8 > 0.5 > wide["precision"]


def test_the_size_of_the_portions_changes_nothing():
    fake, real = normal(101, 0, 0.5), normal(77, 1)
    assert values(fake, real, chunk=10) == values(fake, real, chunk=1000)


@pytest.mark.parametrize(
    ("fake", "k", "message"),
    [
        (normal(5, 0), 5, "fake: 5 samples are too few, at least 6"),
        (normal(9, 0), 0, "k must be at least 1"),
        (normal(9, 0, math.nan), 5, "NaN"),
        (normal(9, 0, width=3), 5, "shape"),
    ],
)
def test_bad_input_is_named(fake, k, message):
    with pytest.raises(ValueError, match=message):
        prdc(fake, normal(9, 1), k=k)
