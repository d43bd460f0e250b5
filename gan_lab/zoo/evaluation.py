"""What the cards claim, computed anew: ``gan-lab evaluate NAME``."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from gan_lab import data, metrics
from gan_lab.data import FaceStream, ImageSet, ToySet
from gan_lab.data.faces import CLASSES, NAMES
from gan_lab.metrics import Metric
from gan_lab.zoo import (
    AgeSampler,
    AnyModel,
    Autoencoder,
    Autoregressive,
    ConditionalSampler,
    CycleTranslator,
    FaceReader,
    FaceSegmenter,
    GrowingSampler,
    PairTranslator,
    Reader,
    Sampler,
    Translator,
    ageing,
    autoencoding,
    conditioning,
    load,
    translation,
)
from gan_lab.zoo.face_scores import scores

READERS = {
    "mnist": "classifier-mnist",
    "mnist-5k": "classifier-mnist",
    "fashion-mnist": "classifier-fashion",
    "faces": "probe-faces",
}
"""Through which network the samples of which data are looked at."""


def evaluate(
    model: AnyModel, n: int = 10_000, root: str | Path | None = None, seed: int = 0
) -> dict[str, Metric]:
    """The metrics of a model, each beside its floor.

    A generator of digits is held against mnist-5k (half of it as the real data, half of it for the floors), which
    the zoo's models have not seen; a generator of clothes against Fashion-MNIST's test set; a toy generator
    against its set's modes; a generator of faces against 5,000 of the test stream, the shares being those of the
    hair styles, and its latents are put to the test (``face_scores``). Of a conditional generator it is asked
    instead what its label and its noise do (``conditioning``), of one for ageing who stays the same (``ageing``). An
    autoencoder's codes are held against its prior on mnist-5k. The likelihoods of a VAE of binary pixels and of
    PixelCNN are those of mnist-5k and, given ``root``, of the test set, and so is a classifier's accuracy; a probe's
    accuracy or R2 on each factor is that on n faces of the test stream. Translators are held against the truth of that
    stream (``gan_lab.zoo.translation``).

    Args:
        model: from ``zoo.load``.
        n: how many samples.
        root: where torchvision's sets lie.
        seed: of the samples.

    Raises:
        ValueError: there is nothing to hold this model against.
        FileNotFoundError: the test set it needs is not under ``root``.
    """
    if isinstance(model, Translator | FaceSegmenter):
        return translated(model, n, seed)
    if isinstance(model, FaceReader):
        return factor_scores(model, n, seed)
    if isinstance(model, Reader):
        return accuracies(model, root)
    if isinstance(model, Autoregressive | Autoencoder):
        return explicit(model, n, root, seed)
    name = model.recipe.data
    if not model.recipe.size:
        return toy(model, n, seed)
    if isinstance(model, GrowingSampler):
        return grown(model, n, root, seed)
    if name not in READERS:
        raise ValueError(f"no network here reads images like {name}: metrics exist for {', '.join(READERS)}")
    samples = model.sample(n, seed)
    size = model.recipe.size if name == "faces" else None  # digits and clothes keep their own
    report = through_a_reader(name, samples, *halves(name, root, size))
    if isinstance(model, ConditionalSampler):
        return report | conditional(model, samples, root, seed)
    return report | (latents_of_faces(model, n, seed) if name == "faces" else {})


def translated(model: Translator | FaceSegmenter, n: int, seed: int) -> dict[str, Metric]:
    """Translators of drawn faces, and the segmenter that they are looked at through."""
    if isinstance(model, FaceSegmenter):
        return translation.segmentation(model, n, seed)
    if isinstance(model, CycleTranslator):
        return translation.cyclegan(model, n, seed)
    segmenter = load("segmenter-faces")
    assert isinstance(model, PairTranslator)
    assert isinstance(segmenter, FaceSegmenter)
    return translation.pix2pix(model, n, segmenter, seed)


def latents_of_faces(model: Sampler, n: int, seed: int) -> dict[str, Metric]:
    """What arithmetic, paths and inversion do with the noise of a generator of faces."""
    probe = load(READERS["faces"])
    assert isinstance(probe, FaceReader)
    return scores(model, probe, n, seed)


def conditional(
    model: ConditionalSampler, samples: Tensor, root: str | Path | None, seed: int
) -> dict[str, Metric]:
    """Whether label and noise are heard and, of a model for ageing, who stays the same person."""
    reader = load(READERS[model.recipe.data])
    assert isinstance(reader, Reader)
    found = conditioning.scores(model, samples, reader, root, seed)
    if isinstance(model, AgeSampler) and isinstance(reader, FaceReader):
        found |= ageing.scores(model, reader)
    return found


def explicit(
    model: Autoencoder | Autoregressive, n: int, root: str | Path | None, seed: int
) -> dict[str, Metric]:
    """Likelihoods where the pixels were binarised, else how the codes cover the prior; and what labels are worth."""
    if isinstance(model, Autoregressive) or model.recipe.binarise:
        return autoencoding.likelihoods(model, n, root)
    reader = load("classifier-mnist")
    assert isinstance(reader, Reader)
    found = autoencoding.coverage(model, reader, seed)
    if model.classes:
        found |= autoencoding.written(model, reader, n, seed)
    if model.encoder.classes:
        found |= autoencoding.semi_supervised(model, root)
    return found


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
        images = held_out_faces(size or 64)
    else:
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


def held_out_faces(size: int, n: int = 5000) -> Tensor:
    """Faces ``(n, 3, size, size)`` of the stream that nothing is trained on."""
    return FaceStream(size, "test").batch(0, n).x


def factor_scores(model: FaceReader, n: int, seed: int) -> dict[str, Metric]:
    """How well a probe reads each factor of n faces that it has not seen: share of right classes, or R2."""
    stream = FaceStream(model.recipe.size, "test", labelled=True)
    batches = (stream.batch(i, min(n, 500), seed) for i in range(-(-n // 500)))
    pairs = [(model.read(batch.x).table(), batch.y) for batch in batches]
    read, right = (torch.cat([part for part in column if part is not None])[:n] for column in zip(*pairs))
    scores = {}
    for name, a, b in zip(NAMES, read.double().unbind(1), right.double().unbind(1), strict=True):
        if name in CLASSES:
            value = (a == b).double().mean().item()
            scores[f"accuracy of {name}"] = metrics.metric(value, None, "share", "higher")
        else:
            value = 1 - ((a - b).square().mean() / b.var(correction=0)).item()
            scores[f"R2 of {name}"] = metrics.metric(value, None, "share of variance", "higher")
    return scores


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
