import json

import pytest
import torch

from gan_lab.metrics import class_shares, extract, image_report


def pictures(n, seed, brightness=0.0):
    return torch.rand(n, 1, 4, 4, generator=torch.Generator().manual_seed(seed)) - 0.5 + brightness


def pixels(x):
    return x.flatten(1)[:, :6]


def halves(x):
    """Logits of two classes: the darker and the brighter half of all pictures."""
    return torch.stack([-20 * x.mean((1, 2, 3)), 20 * x.mean((1, 2, 3))], 1)


def test_real_data_read_their_own_floor_and_worse_data_do_not():
    a, b = pictures(300, 0), pictures(300, 1)
    same, worse = (image_report(x, a, b, pixels, halves) for x in (b, pictures(500, 2, 0.3)))
    names = [
        "frechet",
        "kid",
        "precision",
        "recall",
        "density",
        "coverage",
        "smallest_share",
        "largest_share",
        "confidence",
    ]
    assert list(same) == names
    assert all(result["value"] == result["floor"] for result in same.values())
    assert all(worse[name]["floor"] == same[name]["floor"] for name in names)
    assert worse["frechet"]["value"] > 5 * worse["frechet"]["floor"]
    assert worse["coverage"]["value"] < worse["coverage"]["floor"]
    assert worse["smallest_share"]["value"] < worse["smallest_share"]["floor"]
    assert sum(worse["smallest_share"]["counts"]) == 500  # shares take all, the rest as many as the floor
    assert json.loads(json.dumps(worse)) == worse


def test_without_a_classifier_there_are_no_shares():
    assert "confidence" not in image_report(pictures(30, 0), pictures(30, 1), pictures(30, 2), pixels)


def test_shares_by_hand():
    logits = torch.tensor(
        [[0.0, 1.0986123, -99.0], [0.0, 1.0986123, -99.0], [0.0, -99.0, -99.0], [99.0, 0.0, 0.0]]
    )
    got = class_shares(logits)
    assert got["smallest_share"]["counts"] == [2, 2, 0]
    assert got["smallest_share"]["value"] == 0
    assert got["largest_share"]["value"] == 0.5
    assert got["confidence"]["value"] == pytest.approx((0.75 + 0.75 + 1 + 1) / 4, abs=1e-6)
    assert got["confidence"]["floor"] is None


def test_features_in_portions_are_the_features_at_once():
    x = pictures(23, 0).requires_grad_()
    got = extract(pixels, x, batch=5)
    assert torch.equal(got, pixels(x))
    assert not got.requires_grad


def test_nothing_to_measure_is_an_error():
    with pytest.raises(ValueError, match="no images"):
        image_report(torch.zeros(0, 1, 4, 4), pictures(30, 0), pictures(30, 1), pixels)
    with pytest.raises(ValueError, match="too few"):
        image_report(pictures(6, 0), pictures(30, 0), pictures(30, 1), pixels)
