"""Are two pictures of one person? A threshold on a score, set where both kinds of error are as frequent."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class EqualError(NamedTuple):
    """Where to draw the line, and how often it is wrong.

    Attributes:
        threshold: a pair that scores above it is taken for one person.
        rate: the equal error rate: the mean of both shares of errors there.
    """

    threshold: float
    rate: float


def equal_error(same: Tensor, different: Tensor) -> EqualError:
    """The threshold at which as large a share of pairs of one person is refused as of two is accepted.

    Where several serve alike (a gap between the two kinds), it is the middle one.

    Args:
        same: scores of pairs that show one person ``(n,)``, higher for more alike.
        different: scores of pairs that show two ``(m,)``.

    Raises:
        ValueError: no pairs of one kind, or scores that are not finite.
    """
    if not len(same) or not len(different):
        raise ValueError("pairs of one person and pairs of two are both needed")
    scores = torch.cat([same, different]).double()
    if not torch.isfinite(scores).all():
        raise ValueError("the scores of some pairs are infinite or undefined")
    values = scores.unique()
    lines = torch.cat([values[:1] - 1, (values[1:] + values[:-1]) / 2, values[-1:] + 1])
    refused = torch.searchsorted(same.double().sort().values, lines).double() / len(same)
    accepted = 1 - torch.searchsorted(different.double().sort().values, lines).double() / len(different)
    gap = (refused - accepted).abs()
    best = lines[gap == gap.min()]
    line = (best[0] + best[-1]) / 2
    rate = ((same <= line).double().mean() + (different > line).double().mean()) / 2
    return EqualError(line.item(), rate.item())
