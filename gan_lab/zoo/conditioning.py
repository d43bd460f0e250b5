"""What the cards of conditional generators claim, computed anew: is the label heard, and is the noise?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from gan_lab import data, metrics
from gan_lab.data import AgedFaces, ImageSet, ages
from gan_lab.metrics import Metric
from gan_lab.zoo.conditional import ConditionalSampler
from gan_lab.zoo.model import FaceReader, Reader

NEIGHBOURS = 50_000
"""Generated images that the nearest neighbour is looked for among, as in DCGAN's paper."""

NOISES = 500
"""Noises that are put under every label."""

Labelled = tuple[Tensor, Tensor]
"""Images ``(n, C, H, W)`` in [-1, 1] and their classes ``(n,)``."""


def scores(
    model: ConditionalSampler, samples: Tensor, reader: Reader, root: str | Path | None, seed: int = 0
) -> dict[str, Metric]:
    """The share in which the asked class is read, what z and the label do, and what 1-NN learns from the samples.

    Args:
        samples: what ``model.sample`` made.
        reader: the network that reads the class: of digits and clothes a classifier, of faces the probe's age.
        root: where torchvision's sets lie: digits are then tested on MNIST's test set, else on mnist-5k.
        seed: of the samples.
    """
    read = reading(reader)
    x, y = real_images(model, root)
    return {
        "asked class": metrics.asked_class(read(samples), model.labels(len(samples)), read(x), y),
        **metrics.variance_shares(under_every_label(model, NOISES, seed), metrics.class_variance(x, y)),
        **({} if model.recipe.data == "faces" else neighbours(model, (x, y), root, seed)),
    }


def reading(reader: Reader) -> Callable[[Tensor], Tensor]:
    """From images to the classes that are read in them: the likeliest one, or the group of the age."""

    def one(x: Tensor) -> Tensor:
        if isinstance(reader, FaceReader):
            return ages.of_drawn(reader.read(x).age)
        return reader.classify(x).argmax(1)

    return lambda x: torch.cat([one(part) for part in x.split(500)])


def real_images(model: ConditionalSampler, root: str | Path | None) -> Labelled:
    """Real images that the zoo's models have not been trained on, at the model's size."""
    name, size = model.recipe.data, model.recipe.size
    if name == "faces":
        parts = [AgedFaces(size, "test").batch(i, 500) for i in range(4)]
        return torch.cat([part.x for part in parts]), torch.cat([_labels(part.y) for part in parts])
    if name.startswith("mnist") and root is None:
        held_out = data.load("mnist-5k")
    else:
        held_out = data.load("mnist" if name == "mnist-5k" else name, root=root, split="test")
    assert isinstance(held_out, ImageSet)
    return held_out.resized(size).images_float(), _labels(held_out.labels)


def _labels(y: Tensor | None) -> Tensor:
    assert y is not None
    return y


def under_every_label(model: ConditionalSampler, n: int, seed: int = 0) -> Tensor:
    """n noises, each under all K labels: ``(n, K, C, H, W)``."""
    z = model.latents(n, seed)
    made = [model.generate(z, torch.full((n,), k)) for k in range(model.classes)]
    return torch.stack(made, dim=1)


def neighbours(
    model: ConditionalSampler, test: Labelled, root: str | Path | None, seed: int = 0
) -> dict[str, Metric]:
    """The error of 1-NN trained on generated images; the floor is that of as many real training images."""
    made = model.sample(NEIGHBOURS, seed + 1), model.labels(NEIGHBOURS)
    real = None
    if root is not None:
        split = model.recipe.split
        known = data.load(
            "mnist" if model.recipe.data == "mnist-5k" else model.recipe.data, root, split=split
        )
        assert isinstance(known, ImageSet)
        some = known.resized(model.recipe.size).subset(slice(0, NEIGHBOURS))
        real = some.images_float(), _labels(some.labels)
    return {"1-NN error": metrics.neighbour_error(made, test, real)}
