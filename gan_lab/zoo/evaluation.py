"""What the cards claim, computed anew: ``gan-lab evaluate NAME``."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from gan_lab import data, metrics
from gan_lab.data import ImageSet, ToySet
from gan_lab.metrics import Metric
from gan_lab.zoo import GrowingSampler, Reader, Sampler, load

READERS = {"mnist": "classifier-mnist", "mnist-5k": "classifier-mnist", "fashion-mnist": "classifier-fashion"}
"""Through which network the samples of which data are looked at."""


def evaluate(
    model: Sampler | Reader, n: int = 10_000, root: str | Path | None = None, seed: int = 0
) -> dict[str, Metric]:
    """The metrics of a model, each beside its floor.

    A generator of digits is held against mnist-5k (half of it as the real data, half of it for the floors), which
    the zoo's models have not seen; a generator of clothes against Fashion-MNIST's test set; a toy generator
    against its set's modes. A classifier's accuracy is that on mnist-5k and, given ``root``, on the test set.

    Args:
        model: from ``zoo.load``.
        n: how many samples.
        root: where torchvision's sets lie.
        seed: of the samples.

    Raises:
        ValueError: there is nothing to hold this model against.
        FileNotFoundError: the test set it needs is not under ``root``.
    """
    if isinstance(model, Reader):
        return accuracies(model, root)
    name = model.recipe.data
    if not model.recipe.size:
        return toy(model, n, seed)
    if isinstance(model, GrowingSampler):
        return grown(model, n, root, seed)
    if name not in READERS:
        raise ValueError(f"no network here reads images like {name}: metrics exist for {', '.join(READERS)}")
    samples = model.sample(n, seed)
    return through_a_reader(name, samples, *halves(name, root))


def through_a_reader(name: str, samples: Tensor, real: Tensor, other: Tensor) -> dict[str, Metric]:
    """All metrics that look through the classifier of that data."""
    reader = load(READERS[name])
    assert isinstance(reader, Reader)
    return metrics.image_report(samples, real, other, reader.features, reader.classify)


def grown(model: GrowingSampler, n: int, root: str | Path | None, seed: int) -> dict[str, Metric]:
    """The last stage's distance from real images at each level of the pyramid, and more where a classifier reads them.

    The distance is that of 2,000 samples at most.
    """
    name, size = model.recipe.data, model.recipe.size
    real, other = halves(name, root, size)
    samples = model.sample(n, seed)
    if samples.shape[-1] != size:
        raise ValueError(f"{model.name} has not grown to {size} pixels yet; go on with its training first")
    few = min(2000, n, len(other))
    sets = (samples[:few], real[:few], other[:few])
    distances = metrics.sliced_wasserstein(*sets, smallest=min(16, size), patches=64, directions=256)
    return distances | (through_a_reader(name, samples, real, other) if name in READERS else {})


def halves(name: str, root: str | Path | None, size: int | None = None) -> tuple[Tensor, Tensor]:
    """Two disjoint halves of the held-out images, shuffled; at another size than their own if one is given."""
    if name == "faces":
        images = data.load("faces", split="test", size=size).batch(0, 4000).x
        return images[:2000], images[2000:]
    dataset = held_out(name, root)
    images = (dataset if size is None else dataset.resized(size)).images_float()
    images = images[torch.randperm(len(images), generator=torch.Generator().manual_seed(0))]
    half = len(images) // 2
    return images[:half], images[half:]


def held_out(name: str, root: str | Path | None) -> ImageSet:
    """Real images that the zoo's models have not been trained on."""
    dataset = data.load("mnist-5k") if name.startswith("mnist") else data.load(name, root=root, split="test")
    assert isinstance(dataset, ImageSet)
    return dataset


def accuracies(model: Reader, root: str | Path | None) -> dict[str, Metric]:
    """Share of images whose class is read rightly."""
    name = model.recipe.data
    sets = {"mnist-5k": data.load("mnist-5k")} if name.startswith("mnist") else {}
    if root is not None or not sets:
        sets[f"{name} test"] = data.load(name, root=root, split="test")
    return {
        f"accuracy on {key}": metrics.metric(_accuracy(model, value), None, "share", "higher")
        for key, value in sets.items()
    }


def _accuracy(model: Reader, dataset: data.AnySet) -> float:
    assert isinstance(dataset, ImageSet)
    right = [(model.classify(batch.x).argmax(1) == batch.y) for batch in dataset.in_order(500)]
    return torch.cat(right).float().mean().item()


def toy(model: Sampler, n: int, seed: int) -> dict[str, Metric]:
    """Modes found, high-quality share and the mode histogram's KL, for sets that have modes."""
    dataset = data.load(model.recipe.data)
    assert isinstance(dataset, ToySet)
    if dataset.modes is None or dataset.std is None:
        raise ValueError(f"{dataset.name} has no modes to count; evaluate takes ring, grid and two-gaussians")
    return metrics.mode_coverage(model.sample(n, seed), dataset.modes.cpu(), dataset.std)
