"""How alike the colours of two sets of images are: overlaps of histograms in CIELAB (Isola et al. 2017, table 4)."""

from __future__ import annotations

import torch
from torch import Tensor

from gan_lab.metrics.common import Metric, metric

RANGES = {"L": (0.0, 100.0), "a": (-110.0, 110.0), "b": (-110.0, 110.0)}
BINS = 50
TO_XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
WHITE = (0.9505, 1.0, 1.089)


def lab(images: Tensor) -> Tensor:
    """sRGB images ``(n, 3, H, W)`` in [-1, 1] as CIELAB under daylight (D65): L in 0..100, a and b about 0."""
    rgb = ((images.float() + 1) / 2).clamp(0, 1)
    linear = torch.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    matrix = torch.tensor(TO_XYZ, device=images.device) / torch.tensor(WHITE, device=images.device)[:, None]
    xyz = torch.einsum("ij,njhw->nihw", matrix, linear)
    f = torch.where(xyz > 216 / 24389, xyz.clamp(min=1e-9) ** (1 / 3), (24389 / 27 * xyz + 16) / 116)
    x, y, z = f.unbind(1)
    return torch.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], dim=1)


def histograms(images: Tensor) -> Tensor:
    """Shares of the pixels in each of 50 bins of L, a and b: ``(3, 50)``, each row adding up to 1."""
    counts = torch.zeros(3, BINS, dtype=torch.float64)
    for part in images.split(250):
        for k, (channel, (low, high)) in enumerate(zip(lab(part).unbind(1), RANGES.values(), strict=True)):
            counts[k] += torch.histc(channel.clamp(low, high), BINS, low, high).double().cpu()
    return counts / counts.sum(1, keepdim=True)


def colour_overlap(fake: Tensor, real: Tensor, other: Tensor) -> dict[str, Metric]:
    """The part that the histograms of fake and real images share, for L, a and b; the floor is other against real.

    Args:
        fake, real, other: images ``(n, 3, H, W)`` in [-1, 1].
    """
    a, b, c = (histograms(images) for images in (fake, real, other))
    values, floors = torch.minimum(a, b).sum(1), torch.minimum(c, b).sum(1)
    return {
        f"colour overlap {name}": metric(value.item(), floor.item(), "share of pixels", "higher")
        for name, value, floor in zip(RANGES, values, floors, strict=True)
    }
