"""Translation against the known truth, and what a cycle hides in the picture on its way (Chu et al. 2017)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from gan_lab.metrics.common import Metric, metric

UNIT = "mean absolute difference in [-1, 1]"


def error(made: Tensor, truth: Tensor) -> float:
    """Mean absolute difference of pictures in [-1, 1]; ValueError for other shapes."""
    if made.shape != truth.shape:
        raise ValueError(f"pictures of {tuple(made.shape)} and {tuple(truth.shape)} cannot be compared")
    return (made.float() - truth.float()).abs().mean().item()


def against_truth(name: str, made: Tensor, given: Tensor, truth: Tensor) -> dict[str, Metric]:
    """The error of a translation, beside that of doing nothing and that of always answering with one picture, the mean
    of the true ones: where the two domains differ in a plain ground, not to have looked at all is half the way.

    Args:
        name: of the direction, for the entries.
        made, given, truth: pictures ``(n, 3, H, W)``: the translation, what it was given, what it should be.
    """
    value, nothing = error(made, truth), error(given, truth)
    return {
        f"error {name}": metric(value, None, UNIT, "lower"),
        f"doing nothing {name}": metric(nothing, None, UNIT, "lower"),
        f"mean picture {name}": metric(
            error(truth.mean(0, keepdim=True).expand_as(truth), truth), None, UNIT, "lower"
        ),
        f"share left {name}": metric(value / nothing, None, "error over that of doing nothing", "lower"),
    }


def steganography(
    back: Callable[[Tensor], Tensor],
    fake: Tensor,
    truth: Tensor,
    origin: Tensor,
    noises: Sequence[float] = (0.0, 0.02, 0.05, 0.1),
    seed: int = 0,
) -> dict[str, Metric]:
    """Error of the way back from a cycle's own picture and from the true one, with noise added before it goes back.

    If the way back is better from the fake than from the truth, the fake holds what no true picture holds; if a noise
    too faint to see ruins that, it was hidden in faint patterns.

    Args:
        back: the way back, pictures ``(n, 3, H, W)`` to pictures.
        fake, truth: what the way there made of ``origin``, and what it should have made.
        noises: standard deviations; two grey levels of 255 are 0.016.
    """
    report = {}
    for std in noises:
        noise = torch.randn(fake.shape, generator=torch.Generator().manual_seed(seed)).to(fake) * std
        for name, picture in (("its own", fake), ("the true", truth)):
            value = error(back((picture + noise).clamp(-1, 1)), origin)
            report[f"back from {name}, noise {std:g}"] = metric(value, None, UNIT, "lower")
    return report
