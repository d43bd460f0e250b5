"""A real image on its way through the critic, with everything there is to see on the way."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from gan_lab.models.progressive import blend, check_level, faded, halve, rectify

from .album import Album


@dataclass(frozen=True)
class Descent:
    """What the critic makes of one image of a group.

    Attributes:
        image: as it is shown to the critic, ``(C, H, H)``: faded as well.
        halved: what the old way in sees, ``(C, H/2, H/2)``; None at the lowest level, as the next two.
        new, old: features ``(M, H/2, H/2)`` by the new block and by the old fromRGB.
        below: the features that go on, at each level further down, ``(M, h, h)``; the first one is the blend.
        score: of the image. reals, fakes: of all of its group, and of the first pictures of the same level and alpha.
    """

    image: Tensor
    halved: Tensor | None
    new: Tensor | None
    old: Tensor | None
    below: list[Tensor]
    score: float
    reals: list[float]
    fakes: list[float]


@torch.no_grad()
def descend(album: Album, level: int, alpha: float, real: int) -> Descent:
    """The way down of one real image, from the level's size to 4x4 and a score.

    Raises:
        ValueError: a level, alpha or image out of range.
    """
    check_level(level, alpha, album.top)
    if not 0 <= real < len(album.reals):
        raise ValueError(f"real is a whole number from 0 to {len(album.reals) - 1}, not {real}")
    critic, x = album.model.critic, faded(album.reals, level, alpha)
    features = rectify(critic.from_rgb[level](x))
    halved = new = old = None
    if level:
        halved = halve(x)
        new, old = critic.shrink(features, level), rectify(critic.from_rgb[level - 1](halved))
        features = blend(old, new, alpha)
    below = [features]
    for i in range(level - 1, 0, -1):
        below.append(critic.shrink(below[-1], i))
    reals = critic.judge(below[-1]).tolist()
    fakes = critic(album.at(level, alpha)[: len(x)], level, alpha).tolist()
    one = [None if t is None else t[real] for t in (halved, new, old)]
    return Descent(x[real], *one, [t[real] for t in below], reals[real], reals, fakes)
