"""Sliced Wasserstein distance per level of the Laplacian pyramid (Karras et al. 2018, section 5).

How far the distribution of small patches is from the real one, scale by scale: the coarsest level tells about the
large structure of the images, the finest about edges and noise. Nothing learnt is looked through.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from gan_lab.metrics.common import Metric, metric

UNIT = "thousandths of a patch's standard deviation"


def sliced_wasserstein(
    fake: Tensor,
    real: Tensor,
    other: Tensor | None = None,
    *,
    smallest: int = 16,
    patches: int = 128,
    directions: int = 512,
    seed: int = 0,
) -> dict[str, Metric]:
    """The distance at each level, times 1000 as in the paper, and their mean.

    The distance of two finite samples is above zero also when they come from one distribution: give ``other`` as many
    images as ``fake`` has, and read the value against the floor. The paper compares 16,384 images.

    Args:
        fake, real: images ``(n, C, H, H)`` in [-1, 1], in equal numbers.
        other: further real images, as many, for the floor.
        smallest: side of the coarsest level, 8 or more; 16 in the paper.
        patches: 7x7 pieces from each image, at random places.
        directions: to project on.
        seed: of places and directions.

    Returns:
        By name: "sliced 32", "sliced 16", ... and "sliced mean".

    Raises:
        ValueError: numbers or shapes of images that differ, or sizes that do not halve down to ``smallest``.
    """
    for images, name in ((fake, "fake"), *([] if other is None else [(other, "other")])):
        if images.shape != real.shape:
            raise ValueError(
                f"{name} has the shape {tuple(images.shape)}, real {tuple(real.shape)}: give equal ones"
            )
    values = distances(fake, real, smallest, patches, directions, seed)
    floors = None if other is None else distances(other, real, smallest, patches, directions, seed)
    values["mean"] = sum(values.values()) / len(values)
    if floors is not None:
        floors["mean"] = sum(floors.values()) / len(floors)
    return {
        f"sliced {name}": metric(value, None if floors is None else floors[name], UNIT, "lower")
        for name, value in values.items()
    }


def distances(
    a: Tensor, b: Tensor, smallest: int = 16, patches: int = 128, directions: int = 512, seed: int = 0
) -> dict[str, float]:
    """1000 times the distance of two sets of images at each level, by its size, finest first."""
    generator = torch.Generator().manual_seed(seed)
    found = {}
    for x, y in zip(laplacian_pyramid(a, smallest), laplacian_pyramid(b, smallest), strict=True):
        one, two = (normalised(cut(images, patches, generator)) for images in (x, y))
        found[f"{x.shape[-1]}"] = 1000 * sliced_distance(one, two, directions, generator)
    return found


def laplacian_pyramid(images: Tensor, smallest: int = 16) -> list[Tensor]:
    """Images ``(n, C, H, H)`` as one band per scale, finest first; the last is what is left at ``smallest`` pixels.

    Each band is an image less its blurred half, doubled (Burt and Adelson 1983): ``expand`` and add to undo.

    Raises:
        ValueError: a size that halving does not bring to ``smallest``, or a ``smallest`` below 8.
    """
    size = images.shape[-1]
    if smallest < 8 or size % smallest or (size // smallest) & (size // smallest - 1):
        raise ValueError(f"the levels halve {size} down to 8 or more pixels, but smallest is {smallest}")
    bands = []
    while images.shape[-1] > smallest:
        small = reduce(images)
        bands.append(images - expand(small))
        images = small
    return [*bands, images]


def reduce(images: Tensor) -> Tensor:
    """Blurred, and every second pixel: ``(n, C, H, H)`` to ``(n, C, H/2, H/2)``."""
    return _blur(images)[..., ::2, ::2]


def expand(images: Tensor) -> Tensor:
    """Doubled, with the gaps filled by the same blur: ``(n, C, H, H)`` to ``(n, C, 2H, 2H)``."""
    n, c, h, w = images.shape
    wide = images.new_zeros(n, c, 2 * h, 2 * w)
    wide[..., ::2, ::2] = images
    return 4 * _blur(wide)


def _blur(images: Tensor) -> Tensor:
    """With the binomial filter 1 4 6 4 1 in both directions; the border is mirrored."""
    weights = torch.tensor([1.0, 4, 6, 4, 1], device=images.device, dtype=images.dtype) / 16
    planes = F.pad(images.flatten(0, 1).unsqueeze(1), (2, 2, 2, 2), mode="reflect")
    planes = F.conv2d(F.conv2d(planes, weights.view(1, 1, 5, 1)), weights.view(1, 1, 1, 5))
    return planes.view(images.shape)


def cut(images: Tensor, patches: int, generator: torch.Generator, side: int = 7) -> Tensor:
    """Square pieces at random places, ``patches`` from each image: ``(n * patches, C, side, side)``."""
    n, _, height, width = images.shape
    which = torch.arange(n).repeat_interleave(patches)
    top = torch.randint(height - side + 1, (len(which), 1, 1), generator=generator)
    left = torch.randint(width - side + 1, (len(which), 1, 1), generator=generator)
    rows, columns = top + torch.arange(side).view(-1, 1), left + torch.arange(side)
    places = (which.view(-1, 1, 1), rows, columns)
    # Channels last while indexing: one gather for all of them.
    return images.permute(0, 2, 3, 1)[places].permute(0, 3, 1, 2)


def normalised(patches: Tensor) -> Tensor:
    """Patches ``(m, C, h, w)`` with mean 0 and standard deviation 1 in each channel over all of them, flattened."""
    mean, std = patches.mean((0, 2, 3), keepdim=True), patches.std((0, 2, 3), keepdim=True)
    return ((patches - mean) / (std + 1e-8)).flatten(1)


def sliced_distance(
    a: Tensor, b: Tensor, directions: int = 512, generator: torch.Generator | None = None
) -> float:
    """Mean 1-Wasserstein distance of two sets ``(m, d)`` projected on random lines (Rabin et al. 2011).

    On a line, the best transport pairs the sorted points: the distance is the mean of |i-th smallest - i-th smallest|.
    """
    lines = F.normalize(torch.randn(a.shape[1], directions, generator=generator), dim=0).to(a)
    parts = [
        (torch.sort(a @ some, dim=0).values - torch.sort(b @ some, dim=0).values).abs().mean(0)
        for some in lines.split(16, dim=1)  # a few lines at a time: the projections are the memory
    ]
    return torch.cat(parts).mean().item()
