"""Faces as the probe reads them: the attributes, their triples, and from latents to readings."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

import torch
from torch import Tensor

from gan_lab.algorithms.probe import factors
from gan_lab.data.faces import CLASSES
from gan_lab.latent import Attribute, Read
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
