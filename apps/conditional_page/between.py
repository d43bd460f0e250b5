"""The tab "Between two classes": the same noises, under labels on the way from one class to another."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gan_lab import zoo

from ..latent_page.view import pngs
from . import generators, view
from .controls import CONTROLS
from .grid import SHOWN, strips
from .kept import Kept

Answer = dict[str, Any]

STOPS = 9
"""Labels on the way, both ends among them."""
NOISES = 60
"""Noises whose pictures are read at each stop."""


def label(net: zoo.ConditionalSampler, first: int, second: int, t: float) -> Tensor:
    """(1 - t) of one class's one-hot label and t of the other's: ``(K,)``, which sums to 1."""
    shares = torch.zeros(net.classes)
    shares[first] += 1 - t
    shares[second] += t
    return shares


def made(net: zoo.ConditionalSampler, z: Tensor, first: int, second: int, ts: list[float]) -> Tensor:
    """Noises ``(n, d)`` at several places of the way: ``(n, T, C, H, W)``."""
    labels = torch.stack([label(net, first, second, t) for t in ts])
    pictures = net.generate(z.repeat_interleave(len(ts), 0), labels.repeat(len(z), 1))
    return pictures.unflatten(0, (len(z), len(ts)))


def between(model: str, seed: int = 0, first: int = 3, second: int = 5) -> Answer:
    """Six noises at nine labels from one class to another, and what is read on the way.

    Raises:
        ValueError, FileNotFoundError: there is no such model or class, or the seed is out of its range.
    """
    if not model:
        return {"html": view.missing(generators.MADE[generators.CLASSES])}
    net = generators.load(model)
    CONTROLS["seed"].parse(str(int(seed)))
    generators.check_class(net, first, second)
    ends = (int(first), int(second))
    pictures = made(net, net.latents(SHOWN, int(seed)), *ends, stops())
    read = generators.reading(net)
    said = None if read is None else read(pictures.flatten(0, 1)).unflatten(0, pictures.shape[:2]).tolist()
    names = generators.class_names(net)
    answer: Answer = {"strips": strips(pictures), "read": said, "ends": [names[k] for k in ends]}
    answer["shares"] = None if read is None else read_on_the_way(net, *ends)
    answer["html"] = view.way(answer["strips"], said, ends, names, answer["shares"])
    return answer


def at(model: str, seed: int = 0, first: int = 3, second: int = 5, t: float = 0.5) -> Answer:
    """The six noises at one place of the way.

    Raises:
        ValueError, FileNotFoundError: as ``between``, or t is not in [0, 1].
    """
    if not model:
        return {"html": ""}
    net = generators.load(model)
    CONTROLS["seed"].parse(str(int(seed)))
    CONTROLS["t"].parse(str(float(t)))
    generators.check_class(net, first, second)
    ends = (int(first), int(second))
    pictures = made(net, net.latents(SHOWN, int(seed)), *ends, [t])[:, 0]
    read, names = generators.reading(net), generators.class_names(net)
    answer: Answer = {"pictures": pngs(pictures), "label": label(net, *ends, t).tolist()}
    answer["read"] = None if read is None else read(pictures).tolist()
    answer["html"] = view.moment(answer["pictures"], answer["read"], ends, names, t)
    return answer


def stops() -> list[float]:
    """Where on the way the table looks."""
    return [i / (STOPS - 1) for i in range(STOPS)]


def _read_on_the_way(net: zoo.ConditionalSampler, first: int, second: int) -> dict[str, list[float]]:
    """At each stop, the share of 60 noises in which the first class is read, the second, and any other."""
    read = generators.reading(net)
    assert read is not None
    pictures = made(net, net.latents(NOISES, seed=1000), first, second, stops())
    found = read(pictures.flatten(0, 1)).unflatten(0, pictures.shape[:2])
    ends = {"first": (found == first), "second": (found == second) & (first != second)}
    ends["other"] = (found != first) & (found != second)
    return {name: there.double().mean(0).tolist() for name, there in ends.items()}


read_on_the_way = Kept(_read_on_the_way)
