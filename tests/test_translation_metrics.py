"""What is measured of translations, on pictures for which the right numbers are known."""

from __future__ import annotations

from math import isnan, nan

import pytest
import torch
from torch import nn

from gan_lab import metrics, recipes
from gan_lab.data import FacePairs, FaceStream
from gan_lab.data.faces import LABEL_COLOURS, LABELS, coloured, label_map
from gan_lab.metrics.colours import histograms, lab
from gan_lab.metrics.segmentation import class_iou, confusion, mean_iou
from gan_lab.metrics.translation import against_truth, error, steganography
from gan_lab.zoo import CycleTranslator, FaceSegmenter, PairTranslator, evaluation, translation


def test_intersection_over_union_by_hand():
    truth = torch.tensor([[0, 0, 0, 1], [1, 1, 2, 2]])
    read = torch.tensor([[0, 0, 1, 1], [1, 1, 2, 0]])
    table = confusion(read, truth, 4)
    assert table.tolist() == [[2, 1, 0, 0], [0, 3, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0]]
    assert class_iou(table).tolist() == pytest.approx([2 / 4, 3 / 4, 1 / 2, nan], nan_ok=True)
    assert mean_iou(table) == pytest.approx((0.5 + 0.75 + 0.5) / 3)
    assert isnan(mean_iou(torch.zeros(2, 2, dtype=torch.long)))
    with pytest.raises(ValueError, match="cannot be compared"):
        confusion(read, truth[0], 4)
    with pytest.raises(ValueError, match="labels are 0 to 1; these go from 0 to 2"):
        confusion(read, truth, 2)


@pytest.mark.parametrize(
    ("rgb", "expected"),
    [
        ((1, 1, 1), (100, 0, 0)),
        ((-1, -1, -1), (0, 0, 0)),
        ((1, -1, -1), (53.24, 80.09, 67.20)),
        ((-1, -1, 1), (32.30, 79.19, -107.86)),
    ],
)
def test_lab_of_known_colours(rgb, expected):
    picture = torch.tensor(rgb, dtype=torch.float32).view(1, 3, 1, 1)
    assert lab(picture).flatten().tolist() == pytest.approx(expected, abs=0.1)


def test_colour_overlap_of_the_same_and_of_other_colours():
    grey = torch.linspace(-1, 1, 300).view(1, 1, 1, 300).expand(1, 3, 1, 300)
    half = torch.cat([grey[..., :150], torch.ones(1, 3, 1, 150)], dim=3)
    red = torch.tensor([1.0, -1, -1]).view(1, 3, 1, 1).expand(1, 3, 1, 300)
    assert histograms(grey).sum(1).tolist() == pytest.approx([1, 1, 1])
    same = metrics.colour_overlap(grey, grey, half)
    assert [m["value"] for m in same.values()] == pytest.approx([1, 1, 1])
    assert same["colour overlap L"]["floor"] == pytest.approx(0.5, abs=0.03)
    other = metrics.colour_overlap(red, grey, grey)
    assert other["colour overlap a"]["value"] == 0
    assert other["colour overlap L"]["value"] < 0.05


def test_errors_beside_doing_nothing():
    zero, one = torch.zeros(2, 3, 4, 4), torch.ones(2, 3, 4, 4)
    assert error(zero, one) == 1
    truth = torch.cat([one[:1], 0.5 * one[:1]])
    report = against_truth("AtoB", 0.75 * one, zero, truth)
    values = {name: m["value"] for name, m in report.items()}
    expected = {"error": 0.25, "doing nothing": 0.75, "mean picture": 0.25, "share left": 1 / 3}
    assert values == pytest.approx({f"{name} AtoB": value for name, value in expected.items()})
    with pytest.raises(ValueError, match="cannot be compared"):
        error(zero, one[:1])


def test_steganography_finds_what_is_hidden_in_faint_patterns():
    """A way there that loses the picture but for a hundredth of it, and a way back that amplifies that."""
    generator = torch.Generator().manual_seed(0)
    origin = torch.rand(4, 3, 16, 16, generator=generator) * 2 - 1
    truth = torch.zeros_like(origin)
    report = steganography(lambda x: (100 * x).clamp(-1, 1), 0.01 * origin, truth, origin, (0.0, 0.02))
    read = {name: m["value"] for name, m in report.items()}
    assert read["back from its own, noise 0"] == pytest.approx(0, abs=1e-5)
    assert read["back from the true, noise 0"] == pytest.approx(0.5, abs=0.05)
    assert read["back from its own, noise 0.02"] > 0.5


class Palette(nn.Module):
    """Reads coloured label maps: the logit of a label is minus the distance from its colour."""

    def forward(self, x):
        colours = coloured(torch.arange(len(LABEL_COLOURS)).view(1, 1, -1))[0, :, 0].T
        return -(x[:, None] - colours[None, :, :, None, None]).square().sum(2)


class Given(nn.Module):
    """A translator that hands out what it was made with."""

    def __init__(self, pictures):
        super().__init__()
        self.pictures = pictures

    def forward(self, x):
        return self.pictures[: len(x)]


@pytest.fixture
def segmenter(monkeypatch):
    reader = FaceSegmenter("palette", Palette(), recipes.Recipe("segmenter", "faces", size=16), {})
    monkeypatch.setattr(evaluation, "load", lambda name: reader)
    return reader


def pix2pix(pictures, name="labels-faces", direction="AtoB"):
    recipe = recipes.fit("pix2pix", FacePairs(name, 16), patch=16, direction=direction)
    return PairTranslator("given", nn.ModuleDict({"generator": Given(pictures)}), recipe, {})


def test_the_label_map_that_is_read_back_belongs_to_the_faces(segmenter):
    pairs = FacePairs("labels-faces", 16, "test")
    batch = pairs.examples(40, seed=3)
    assert torch.equal(coloured(label_map(pairs.faces(40, 3), 16)), batch.x)


def test_a_perfect_translator_and_one_that_makes_label_maps(segmenter):
    batch = FacePairs("labels-faces", 16, "test").examples(40)
    perfect = evaluation.evaluate(pix2pix(batch.y), 40)
    assert perfect["error AtoB"]["value"] == 0
    assert perfect["mean IoU"]["value"] == perfect["mean IoU"]["floor"] < 0.5  # it reads palettes, not faces
    assert perfect["colour overlap L"]["value"] == pytest.approx(1)
    assert perfect["colour overlap L"]["floor"] < 1
    assert perfect["sliced 16"]["value"] < perfect["sliced 16"]["floor"]
    maps = evaluation.evaluate(pix2pix(batch.x), 40)
    assert maps["mean IoU"]["value"] == 1
    assert maps["share left AtoB"]["value"] == 1
    assert maps["sliced 16"]["value"] > maps["sliced 16"]["floor"]


@pytest.mark.parametrize(("name", "direction"), [("pencil", "AtoB"), ("edges-faces", "BtoA")])
def test_other_pairs_have_an_error_only(segmenter, name, direction):
    batch = FacePairs(name, 16, "test", direction).examples(10)
    report = evaluation.evaluate(pix2pix(batch.y, name, direction), 10)
    assert set(report) == {
        f"{what} {direction}" for what in ("error", "doing nothing", "mean picture", "share left")
    }
    assert report[f"error {direction}"]["value"] == 0


def test_a_cycle_that_does_nothing_leaves_all_of_the_error():
    recipe = recipes.fit("cyclegan", FacePairs("day-night", 16, paired=False), patch=16)
    same = nn.ModuleDict({"ab": nn.Identity(), "ba": nn.Identity()})
    report = evaluation.evaluate(CycleTranslator("nothing", same, recipe, {}), 10)
    assert report["share left AtoB"]["value"] == report["share left BtoA"]["value"] == 1
    assert report["round trip BAB"]["value"] == 0
    assert report["back from its own, noise 0"]["value"] == 0
    assert report["back from the true, noise 0"]["value"] == report["error AtoB"]["value"]


def test_a_perfect_segmenter_scores_one(segmenter, monkeypatch):
    monkeypatch.setattr(translation, "FaceStream", lambda *given, **told: Maps(*given, **told))
    report = evaluation.evaluate(segmenter, 30)
    assert report["accuracy"]["value"] == report["mean IoU"]["value"] == 1
    assert {name for name in report if name.startswith("IoU of ")} <= {f"IoU of {name}" for name in LABELS}


class Maps(FaceStream):
    """Faces whose pictures are their label maps."""

    def batch(self, i, n, seed=0):
        assert self.mapped
        batch = super().batch(i, n, seed)
        batch.x = coloured(batch.y)
        return batch
