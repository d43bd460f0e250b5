"""Faces and what can be scored about them: the probe's readings as attributes, and the metrics of face generators."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

import torch
from torch import Tensor

from gan_lab import latent, metrics
from gan_lab.algorithms.probe import factors
from gan_lab.data.faces import CLASSES, FaceStream
from gan_lab.latent import Attribute, Read, Triples
from gan_lab.metrics import Metric
from gan_lab.models.probe import FactorProbe
from gan_lab.zoo.model import FaceReader

ATTRIBUTES = (
    Attribute("glasses", 0.1, 0.9),
    Attribute("hat", 0.1, 0.9),
    Attribute("beard", 0.1, 0.9),
    Attribute("smile", -0.1, 0.5),
    Attribute("age", 0.3, 0.7),
    Attribute("feminine", 0.3, 0.7),
)
"""What is read of a face, in this order. The first three are the probability that there is one of any sort ("beard" is
facial hair: a moustache counts); smile is in [-1, 1], age and feminine in [0, 1], as in ``gan_lab.data.faces``."""

NAMES = tuple(attribute.name for attribute in ATTRIBUTES)
DISCRETE = {"glasses": "glasses", "hat": "hat", "beard": "facial_hair"}

PLAN = (
    ("glasses", "feminine"),
    ("hat", "feminine"),
    ("smile", "feminine"),
    ("age", "feminine"),
    ("beard", "age"),
)
"""The triples that are scored: the attribute to gain, and the kind to keep. No feminine face of the data has a beard,
so for beards the kind is young or old: a concept that the data never show is no fair question."""

SCORED = tuple(attribute for attribute, _ in PLAN)


class FaceModel(Protocol):
    """What is needed of a generator: ``zoo.Sampler`` is one."""

    net: torch.nn.Module

    @property
    def latent_dim(self) -> int:
        """Width d of the latents."""
        ...

    def latents(self, n: int, seed: int = 0) -> Tensor:
        """``(n, d)`` from N(0, I)."""
        ...

    def generate(self, z: Tensor) -> Tensor:
        """Latents ``(B, d)`` to faces ``(B, 3, H, W)`` in [-1, 1]."""
        ...


def attributes(reader: FaceReader, faces: Tensor) -> Tensor:
    """What the probe reads of faces ``(B, 3, H, W)``: ``(B, 6)``, the ``ATTRIBUTES`` in their order."""
    net = reader.net
    assert isinstance(net, FactorProbe)
    with torch.no_grad():
        output = net(faces)
    logits = dict(zip(CLASSES, net.parts(output)[1], strict=True))
    there = {name: 1 - logits[factor].softmax(1)[:, 0] for name, factor in DISCRETE.items()}
    amounts = factors(net, output)
    return torch.stack([there[n] if n in there else getattr(amounts, n) for n in NAMES], dim=1)


def through(model: FaceModel, look: Callable[[Tensor], Tensor], z: Tensor, batch: int = 250) -> Tensor:
    """What is seen of the pictures of latents ``(n, d)``, ``batch`` at a time."""
    return torch.cat([look(model.generate(part)) for part in z.split(batch)])


def reading(model: FaceModel, reader: FaceReader) -> Read:
    """From latents ``(n, d)`` to readings ``(n, 6)`` of the faces that the model makes of them."""
    return partial(through, model, partial(attributes, reader))


def scores(model: FaceModel, reader: FaceReader, n: int = 10_000, seed: int = 0) -> dict[str, Metric]:
    """Entanglement, arithmetic, paths and inversion of a generator of faces; see the functions of these names.

    Args:
        n: latents among which exemplars and ends of paths are picked.
        seed: of these latents, and of what is picked.
    """
    z = model.latents(n, seed)
    return {
        **entanglement(model, reader, z),
        **arithmetic(model, reader, z, seed),
        **paths(model, reader, z, seed),
        **inversions(model),
    }


def entanglement(model: FaceModel, reader: FaceReader, pool: Tensor, n: int = 5000) -> dict[str, Metric]:
    """How far the attributes go together in generated faces where they do not in the data, and the other way round.

    The largest difference, over all pairs of attributes, between their correlation in the generator's faces and in n
    faces of the test stream, both as the probe reads them; the floor is that of n other faces of the stream. Where it
    is large no sum of latents can change one attribute and keep the other.
    """
    read = reading(model, reader)
    size = model.generate(pool[:1]).shape[-1]
    stream = FaceStream(size, "test")
    real = [
        torch.cat([attributes(reader, stream.batch(i, 250, seed).x) for i in range(n // 250)])
        for seed in (2, 3)
    ]
    a, b, generated = (torch.corrcoef(x.T) for x in (*real, read(pool)))
    worst, floor = (generated - a).abs().max().item(), (b - a).abs().max().item()
    unit = "largest difference of correlation between two attributes"
    return {"entanglement": metrics.metric(worst, floor, unit, "lower")}


def arithmetic(
    model: FaceModel, reader: FaceReader, pool: Tensor, seed: int = 0, n: int = 500, directions: int = 100
) -> dict[str, Metric]:
    """Shares of n random triples in which the attribute is gained AND the other person's kind kept.

    Averages of three exemplars beside single ones, both as they are and put on the shell sqrt(d); and beside random
    steps of the length of z1 - z2 from the same z3: for each attribute the best of ``directions`` of them. ``counts``
    are the successes by attribute, in the order of ``SCORED`` (the triples are shared out evenly). Where the
    generator shows too few exemplars of a concept the triple is not ``possible``, and counts as a failure.

    Args:
        pool: latents ``(N, d)`` among which the probe finds exemplars.
        seed: of triples and directions.
        n: number of triples.
        directions: number of random directions; 0 leaves them out.
    """
    read = reading(model, reader)
    triples = latent.draw_triples(pool, read(pool), ATTRIBUTES, PLAN, n, seed=seed)
    possible = metrics.metric(triples.possible.float().mean().item(), None, f"share of {n} triples", "higher")
    report = {"arithmetic possible": possible}
    for name, exemplars in (("arithmetic", 3), ("arithmetic single", 1)):
        z = triples.result(exemplars)
        report[name] = _share(triples, triples.success(read(z), ATTRIBUTES))
        shell = triples.success(read(latent.project(z)), ATTRIBUTES)
        report[f"{name} on the shell"] = _share(triples, shell)
        unit = f"|z1 - z2 + z3| / sqrt(d), {'means of three' if exemplars == 3 else 'single'}"
        length = latent.norm(z).mean().item() / latent.typical_norm(z.shape[1])
        report[f"{name} norm"] = metrics.metric(length, None, unit, "lower")
    if directions:
        tried = latent.random_directions(triples, read, ATTRIBUTES, directions, seed)
        share = latent.best_direction(tried, triples.attribute)
        unit = f"share of {n} triples, for each attribute the best of {directions} random directions"
        report["arithmetic random"] = metrics.metric(share, None, unit, "lower")
    return report


def _share(triples: Triples, success: Tensor) -> Metric:
    counts = [int(success[triples.attribute == NAMES.index(name)].sum()) for name in SCORED]
    share = metrics.metric(success.float().mean().item(), None, f"share of {len(success)} triples", "higher")
    return {**share, "counts": counts}


def paths(
    model: FaceModel, reader: FaceReader, pool: Tensor, seed: int = 0, n: int = 200, points: int = 17
) -> dict[str, Metric]:
    """Spherical ways of 17 points between single draws, from a face without an attribute to one with it.

    ``monotone path``: the attribute's reading never falls back by more than a tenth of its whole rise.
    ``even path``: from point to point in the probe's features, the largest step is at most three times the median.
    ``even reading``: the same of the attribute's reading itself, a far harder demand where glasses pop in.
    """
    read = reading(model, reader)
    look = partial(through, model, reader.features)
    ends = latent.draw_ends(pool, read(pool), ATTRIBUTES, SCORED, n, seed)
    ways = latent.walk(*ends, read, look, points)
    even = latent.Paths(ways.readings, ways.readings[..., None])
    shares = {
        "monotone path": (ways.monotone(), "never back by over a tenth of the rise"),
        "even path": (ways.unevenness() <= 3, "largest step at most 3 median steps in features"),
        "even reading": (even.unevenness() <= 3, "largest step at most 3 median steps of the reading"),
    }
    return {
        name: metrics.metric(good.float().mean().item(), None, f"share of {n} paths: {what}", "higher")
        for name, (good, what) in shares.items()
    }


def inversions(model: FaceModel, n: int = 8, steps: int = 200, starts: int = 4) -> dict[str, Metric]:
    """Median root mean squared error of inverted pictures: faces the generator made itself, and drawn ones it did not.

    For its own faces a perfect search would find an error of 0; for the others nobody knows the least there is.
    """
    own = model.generate(model.latents(n, seed=10**6))
    other = FaceStream(own.shape[-1], "test").batch(0, n, seed=1).x
    report = {}
    for name, pictures in (("inversion own", own), ("inversion other", other)):
        *_, last = latent.invert(model.net, pictures, model.latent_dim, steps, starts, every=steps)
        unit = f"median RMSE of {n} pictures in [-1, 1], {starts} starts of {steps} steps"
        report[name] = metrics.metric(last.error.median().item(), None, unit, "lower")
    return report
