"""Face ageing, scored: is it still the same person, and has the age changed as asked?

The face recogniser is the probe that reads the factors of faces, but for those that ageing touches: the age itself,
and the colour of the hair, which greys. It sees neither wrinkles nor greying, and all else. There is one recogniser
only: the one that the identity-preserving search looks through also judges it.
"""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from gan_lab import metrics
from gan_lab.data import AgedFaces, ages, faces
from gan_lab.data.faces import RANGES, FaceStream
from gan_lab.latent import pixels
from gan_lab.metrics import Metric
from gan_lab.metrics.verification import EqualError
from gan_lab.models.probe import FactorProbe
from gan_lab.zoo.conditional import AgeSampler
from gan_lab.zoo.conditioning import reading
from gan_lab.zoo.model import FaceReader

TOUCHED = ("age", "hair_colour")
"""The factors that ageing changes."""

Face = tuple[Tensor, Tensor]
"""Faces ``(n, 3, H, W)`` in [-1, 1] and their age groups ``(n,)``."""

KEPT = [i for i, name in enumerate(RANGES) if name not in TOUCHED]


def identity(reader: FaceReader, x: Tensor) -> Tensor:
    """What the recogniser sees in faces ``(B, 3, H, W)``: ``(B, 33)``, differentiable.

    The kept continuous factors, each in [-1, 1] of its range, and the probability of each class of the others.
    """
    net = reader.net
    assert isinstance(net, FactorProbe)
    values, logits = net.parts(net(x))
    return torch.cat([values[:, KEPT], *(part.softmax(1) for part in logits)], dim=1)


def likeness(reader: FaceReader, a: Tensor, b: Tensor) -> Tensor:
    """How much one person two faces show, ``(B,)``: 1 for the same picture, falling to 0 with their distance.

    1 / (1 + |identity(a) - identity(b)|).
    """
    with torch.no_grad():
        return 1 / (1 + (identity(reader, a) - identity(reader, b)).norm(dim=1))


def threshold(reader: FaceReader, size: int = 64, n: int = 1000, seed: int = 1) -> tuple[EqualError, Tensor]:
    """Where pairs of one person and of two, drawn, held out, are told apart with equal errors.

    One person: a face and the same face drawn at an age of another group, all other factors kept. Two: two faces.

    Returns:
        threshold and rate, and the likeness of each pair of one person ``(n,)``.
    """
    truth = FaceStream(size, "test").factors(0, n, seed)
    groups = len(ages.SIXTHS)
    later = (ages.of_drawn(truth.age) + 1 + torch.arange(n) % (groups - 1)) % groups
    older = truth.replace(age=(later + 0.5) / groups)
    parts = [slice(i, i + 250) for i in range(0, n, 250)]
    here, there = ([faces.render(f[part], size) for part in parts] for f in (truth, older))
    same = torch.cat([likeness(reader, a, b) for a, b in zip(here, there, strict=True)])
    different = torch.cat([likeness(reader, a, a.roll(1, 0)) for a in here])
    return metrics.equal_error(same, different), same


def scores(model: AgeSampler, reader: FaceReader, n: int = 100, steps: int = 150) -> dict[str, Metric]:
    """Three ways to find a face's noise, held against each other on n held-out drawn faces.

    Initial: the encoder's guess. Pixelwise, identity-preserving: searched from there. For each way the likeness of
    the face and its reconstruction at its own age ("identity"), the share of them that the recogniser takes for the
    same person ("verified", which is what the paper counts), the share of the faces made at each of the other ages
    ("verified aged"), the pixels' error, and the share of the aged in which the asked age group is read.

    Args:
        n: faces.
        steps: of L-BFGS, for both searches. After 50 of them identities are still coming closer.
    """
    line, same = threshold(reader, model.recipe.size)
    batch = AgedFaces(model.recipe.size, "test").batch(0, n, seed=2)
    x, groups = batch.x, batch.y
    assert groups is not None
    report = {
        "recogniser error": metrics.metric(line.rate, None, "equal error rate of 1000 + 1000 pairs", "lower")
    }
    for name, z in found(model, reader, x, groups, steps).items():
        report |= {
            f"{what}, {name}": m for what, m in _judge(model, reader, (x, groups), z, line, same).items()
        }
    return report


def found(
    model: AgeSampler, reader: FaceReader, x: Tensor, groups: Tensor, steps: int = 150
) -> dict[str, Tensor]:
    """The noise ``(n, d)`` of faces of known groups, by each of the three ways."""
    return {
        "initial": model.encode(x),
        "pixelwise": model.find(x, groups, pixels, steps),
        "identity-preserving": model.find(x, groups, partial(identity, reader), steps),
    }


def aged(model: AgeSampler, z: Tensor, groups: Tensor) -> tuple[Tensor, Tensor]:
    """Faces at every age group but their own, and those groups: ``(5 n, 3, H, W)`` and ``(5 n,)``."""
    others = [(groups + step) % model.classes for step in range(1, model.classes)]
    return torch.cat([model.generate(z, other) for other in others]), torch.cat(others)


def _judge(
    model: AgeSampler, reader: FaceReader, face: Face, z: Tensor, line: EqualError, same: Tensor
) -> dict[str, Metric]:
    x, groups = face
    again, (older, asked) = model.generate(z, groups), aged(model, z, groups)
    alike = likeness(reader, x, again)
    alike_aged = torch.cat([likeness(reader, x, part) for part in older.split(len(x))])
    error = (again - x).square().mean((1, 2, 3)).sqrt().mean().item()
    read, unit = reading(reader), f"mean likeness of {len(x)} faces"
    return {
        "identity": metrics.metric(alike.mean().item(), same.mean().item(), unit, "higher"),
        "verified": _verified(alike, line, same, "reconstructions"),
        "verified aged": _verified(alike_aged, line, same, "aged faces"),
        "pixel error": metrics.metric(error, None, "mean RMSE, pixels in [-1, 1]", "lower"),
        "asked age": metrics.asked_class(read(older), asked, read(x), groups),
    }


def _verified(scores: Tensor, line: EqualError, same: Tensor, of: str) -> Metric:
    share, floor = ((x > line.threshold).double().mean().item() for x in (scores, same))
    return metrics.metric(share, floor, f"share of {len(scores)} {of}", "higher")
