"""What the cards of translators and of the segmenter claim, computed anew on the test stream, where truth is known."""

from __future__ import annotations

from functools import partial
from math import isnan

from torch import Tensor

from gan_lab import metrics
from gan_lab.data import FacePairs, FaceStream
from gan_lab.data.faces import LABELS, label_map
from gan_lab.metrics import Metric
from gan_lab.metrics.segmentation import class_iou, confusion, mean_iou
from gan_lab.metrics.translation import UNIT, against_truth, error, steganography
from gan_lab.zoo.translators import CycleTranslator, FaceSegmenter, PairTranslator, Translator

MOST = 1000
"""Pictures that are translated, however many were asked for."""


def drawn(model: Translator) -> FacePairs:
    """The drawn faces that it is to be held against; ValueError where it was made for other pictures."""
    pairs = model.pairs()
    if not isinstance(pairs, FacePairs):
        raise ValueError(f"nobody knows the right answers for {model.recipe.data}: drawn faces have them")
    return pairs


def pix2pix(model: PairTranslator, n: int, segmenter: FaceSegmenter, seed: int = 0) -> dict[str, Metric]:
    """Error against the truth and, where faces in colour were to be made, how real they are.

    Mean intersection over union of the label map that the segmenter reads and the true one, its floor read off the real
    faces; overlap of colours, and sliced Wasserstein distance at full size, their floors those of as many other faces.
    """
    pairs, n = drawn(model), min(n, MOST)
    batch = pairs.examples(n, seed)
    truth = batch.y
    assert truth is not None
    made = model.translate(batch.x)
    report = against_truth(pairs.direction, made, batch.x, truth)
    if not pairs.name.endswith("-faces") or pairs.direction != "AtoB":
        return report
    report["mean IoU"] = read_back(segmenter, made, truth, label_map(pairs.faces(n, seed), pairs.size))
    other = pairs.examples(n, seed + 1).y
    assert other is not None
    report |= metrics.colour_overlap(made, truth, other)
    coarsest = max(8, pairs.size // 2)
    wide = metrics.sliced_wasserstein(made, truth, other, smallest=coarsest, patches=64, directions=256)
    finest = f"sliced {pairs.size}"
    return report | {finest: wide[finest]}


def read_back(segmenter: FaceSegmenter, made: Tensor, real: Tensor, truth: Tensor) -> Metric:
    """Mean intersection over union of what the segmenter reads in the made faces and in the real ones."""
    value, floor = (mean_iou(confusion(segmenter.segment(x), truth, len(LABELS))) for x in (made, real))
    return metrics.metric(value, floor, f"mean over {len(LABELS)} labels", "higher")


def cyclegan(model: CycleTranslator, n: int, seed: int = 0) -> dict[str, Metric]:
    """Errors of both directions against the truth, of both ways round, and what the way to B and back hides."""
    batch = drawn(model).examples(min(n, MOST), seed)
    a, b = batch.x, batch.y
    assert b is not None
    there, home = model.translate(a), model.translate(b, "BtoA")
    report = against_truth("AtoB", there, a, b) | against_truth("BtoA", home, b, a)
    report["round trip BAB"] = metrics.metric(error(model.translate(home), b), None, UNIT, "lower")
    return report | steganography(partial(model.translate, direction="BtoA"), there, b, a, seed=seed)


def segmentation(model: FaceSegmenter, n: int, seed: int = 0) -> dict[str, Metric]:
    """Share of pixels read rightly and intersection over union of each label, on faces of the test stream."""
    stream, n = FaceStream(model.recipe.size, "test", mapped=True), min(n, MOST)
    batch = stream.batch(0, n, seed)
    assert batch.y is not None
    table = confusion(model.segment(batch.x), batch.y, len(LABELS))
    right = (table.diagonal().sum() / table.sum()).item()
    report = {"accuracy": metrics.metric(right, None, "share of pixels", "higher")}
    report["mean IoU"] = metrics.metric(mean_iou(table), None, f"mean over {len(LABELS)} labels", "higher")
    return report | {
        f"IoU of {name}": metrics.metric(value, None, "share", "higher")
        for name, value in zip(LABELS, class_iou(table).tolist(), strict=True)
        if not isnan(value)  # on few faces a label may not occur
    }
