"""The sliced Wasserstein distance where its answer is known."""

from __future__ import annotations

import math

import pytest
import torch

from gan_lab.metrics import sliced_wasserstein
from gan_lab.metrics.sliced import cut, expand, laplacian_pyramid, normalised, reduce, sliced_distance


def noise(seed, *shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_on_a_line_it_is_the_mean_distance_of_the_sorted_points():
    a, b = torch.tensor([[0.0], [2], [5]]), torch.tensor([[6.0], [1], [2]])  # 0-1, 2-2, 5-6
    assert sliced_distance(a, b) == pytest.approx(2 / 3)


def test_a_shift_by_c_reads_the_mean_projection_of_c():
    points, shift = noise(0, 50, 2), torch.tensor([3.0, 4.0])
    shown = sliced_distance(points, points + shift, 20_000, torch.Generator().manual_seed(1))
    assert shown == pytest.approx(5 * 2 / math.pi, rel=0.02)  # the mean of |cos|


def test_the_order_of_the_points_does_not_matter():
    a, b = noise(0, 30, 4), noise(1, 30, 4)
    one, two = (
        sliced_distance(x, b, 64, torch.Generator().manual_seed(1)) for x in (a, a[torch.randperm(30)])
    )
    assert one == pytest.approx(two, rel=1e-5)


def test_the_pyramid_adds_up_to_the_image():
    images = noise(0, 2, 3, 32, 32)
    bands = laplacian_pyramid(images, 8)
    assert [band.shape[-1] for band in bands] == [32, 16, 8]
    whole = bands[-1]
    for band in reversed(bands[:-1]):
        whole = expand(whole) + band
    assert torch.allclose(whole, images, atol=1e-5)


def test_a_plain_image_has_plain_levels():
    fine, coarse = laplacian_pyramid(torch.full((1, 1, 32, 32), 0.5), 16)
    assert fine.abs().max() < 1e-6
    assert torch.allclose(coarse, torch.full((1, 1, 16, 16), 0.5))


def test_reducing_blurs_with_the_binomial_filter():
    image = torch.zeros(1, 1, 16, 16)
    image[0, 0, 8, 8] = 256.0
    assert reduce(image)[0, 0, 3:6, 3:6].tolist() == [[1, 6, 1], [6, 36, 6], [1, 6, 1]]


def test_patches_are_pieces_of_their_images():
    images = torch.arange(3 * 2 * 10 * 10.0).view(3, 2, 10, 10)
    pieces = cut(images, 50, torch.Generator().manual_seed(0))
    assert pieces.shape == (150, 2, 7, 7)
    corners = set()
    for i, piece in enumerate(pieces):
        place = int(piece[0, 0, 0].item()) - (i // 50) * 200
        top, left = divmod(place, 10)
        corners.add((top, left))
        assert torch.equal(piece, images[i // 50, :, top : top + 7, left : left + 7])
    assert len(corners) == 16  # every place is drawn


def test_normalised_patches_have_mean_0_and_std_1_in_each_channel():
    x = noise(0, 100, 3, 7, 7) * torch.tensor([1.0, 5, 9]).view(3, 1, 1) + 4
    y = normalised(x).view(100, 3, 49)
    assert torch.allclose(y.mean((0, 2)), torch.zeros(3), atol=1e-5)
    assert torch.allclose(y.std((0, 2)), torch.ones(3), atol=1e-4)


def test_the_same_set_reads_its_floor_and_noise_reads_more_where_it_is_put():
    real, other = (expand(expand(noise(seed, 64, 1, 8, 8))) for seed in (0, 1))  # smooth
    noisy = other + 0.3 * noise(2, 64, 1, 32, 32)
    options = {"patches": 32, "directions": 64}
    same = sliced_wasserstein(other, real, other, **options)
    assert all(m["value"] == m["floor"] for m in same.values())
    assert list(same) == ["sliced 32", "sliced 16", "sliced mean"]
    worse = sliced_wasserstein(noisy, real, other, **options)
    assert worse["sliced 32"]["value"] > 3 * worse["sliced 32"]["floor"]
    mean = (worse["sliced 32"]["value"] + worse["sliced 16"]["value"]) / 2
    assert worse["sliced mean"]["value"] == pytest.approx(mean)
    ratios = [worse[key]["value"] / worse[key]["floor"] for key in ("sliced 32", "sliced 16")]
    assert ratios[0] > ratios[1]  # white noise is in the finest level above all


def test_bad_sets_and_sizes_are_refused():
    x = torch.zeros(4, 1, 32, 32)
    with pytest.raises(ValueError, match=r"other has the shape \(3, 1, 32, 32\)"):
        sliced_wasserstein(x, x, x[:3])
    for smallest in (4, 12, 64):
        with pytest.raises(ValueError, match=f"smallest is {smallest}"):
            sliced_wasserstein(x, x, smallest=smallest)
