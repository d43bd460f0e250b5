"""What is scored about a generator of faces: entanglement, arithmetic, paths and inversion, by what a probe reads."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from gan_lab import latent, metrics
from gan_lab.data.faces import FaceStream
from gan_lab.latent import Read, Triples
from gan_lab.metrics import Metric
from gan_lab.zoo.faces import ATTRIBUTES, NAMES, PLAN, SCORED, FaceModel, attributes, reading, through
from gan_lab.zoo.model import FaceReader


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
        **ceiling(model, reader, z, seed),
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
    real = [drawn(model, reader, seed, n) for seed in (2, 3)]
    a, b, generated = (torch.corrcoef(x.T) for x in (*real, read(pool)))
    worst, floor = (generated - a).abs().max().item(), (b - a).abs().max().item()
    unit = "largest difference of correlation between two attributes"
    return {"entanglement": metrics.metric(worst, floor, unit, "lower")}


def drawn(model: FaceModel, reader: FaceReader, seed: int, n: int) -> Tensor:
    """What the probe reads of n faces of the test stream, as large as the model's: ``(n, 6)``."""
    stream = FaceStream(model.generate(model.latents(1)).shape[-1], "test")
    return torch.cat([attributes(reader, stream.batch(i, 250, seed).x) for i in range(n // 250)])


def linear(readings: Tensor) -> Read:
    """The readings of a perfectly linear generator: each attribute is one coordinate of z and nothing else.

    Its attributes come as often as in the data: attribute k of z is the Phi(z_k) quantile of the given readings.

    Args:
        readings: of many faces ``(n, A)``.
    """
    ordered = readings.sort(0).values

    def read(z: Tensor) -> Tensor:
        rank = torch.special.ndtr(z[:, : ordered.shape[1]]) * (len(ordered) - 1)
        return ordered.gather(0, rank.long())

    return read


def ceiling(
    model: FaceModel, reader: FaceReader, pool: Tensor, seed: int = 0, n: int = 500, faces: int = 5000
) -> dict[str, Metric]:
    """The same triples with means of ten exemplars, and both with the readings of a linear generator.

    Even where every attribute is a direction, z1 - z2 + z3 misses now and then: exemplars differ in more than their
    concept, and a mean of three does not rub that out. So the linear generator's share is what arithmetic could reach.
    """
    report = {}
    world = linear(drawn(model, reader, 2, faces))
    for read, name in ((reading(model, reader), ""), (world, " if linear")):
        seen = read(pool)
        for exemplars, means in ((3, "arithmetic"), (10, "arithmetic ten")):
            if not name and exemplars == 3:
                continue  # that is ``arithmetic``
            triples = latent.draw_triples(pool, seen, ATTRIBUTES, PLAN, n, exemplars, seed)
            success = triples.success(read(triples.result(exemplars)), ATTRIBUTES)
            report[means + name] = _share(triples, success)
    return report


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
