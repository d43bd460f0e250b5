"""The probe: shapes, what it refuses, and that what it is taught comes out again in the factors' own ranges."""

from __future__ import annotations

import pytest
import torch

from gan_lab import cli, data, recipes, zoo
from gan_lab.algorithms.probe import Probing, factor_probe, factors, scaled
from gan_lab.data import faces
from gan_lab.data.faces import CLASSES, NAMES, RANGES, FaceStream
from gan_lab.zoo.evaluation import evaluate

PROMISED = [f"accuracy of {name}" for name in CLASSES], ["R2 of smile", "R2 of age"]


def test_shapes_at_its_own_size_and_at_others():
    net = factor_probe(width=4, size=32).eval()
    for size in (8, 32, 64):
        x = torch.rand(3, 3, size, size) * 2 - 1
        assert net.features(x).shape == (3, net.dim)
        assert net(x).shape == (3, len(RANGES) + sum(map(len, CLASSES.values())))
    values, logits = net.parts(net(x))
    assert values.shape == (3, len(RANGES))
    assert [part.shape[1] for part in logits] == [len(names) for names in CLASSES.values()]


@pytest.mark.parametrize("shape", [(2, 1, 64, 64), (3, 64, 64)])
def test_other_pictures_are_refused(shape):
    with pytest.raises(ValueError, match=r"\(B, 3, H, W\), not"):
        factor_probe(4)(torch.zeros(shape))


def test_an_output_that_is_right_gives_the_factors_back():
    truth = faces.sample(20, 0)
    values = scaled(truth.stack())
    assert values.min() >= -1
    assert values.max() <= 1
    one_hot = [torch.nn.functional.one_hot(getattr(truth, name), len(CLASSES[name])) for name in CLASSES]
    output = torch.cat([values, *(5.0 * part for part in one_hot)], dim=1)
    read = factors(factor_probe(4), output)
    assert torch.allclose(read.table(), truth.table(), atol=1e-5)


def test_what_it_reads_stays_in_its_range():
    read = factors(factor_probe(4), 100 * torch.randn(50, len(RANGES) + 15))
    read.check()


def test_the_loss_by_hand():
    algorithm = Probing(factor_probe(4, 16))
    batch = FaceStream(16, labelled=True).batch(0, 6)
    with torch.no_grad():
        algorithm.net.head.weight.zero_()
        algorithm.net.head.bias.zero_()
    logs = algorithm.loss(batch)
    squared = scaled(batch.y[:, : len(RANGES)]).square().mean()
    entropy = torch.tensor([len(names) for names in CLASSES.values()]).log().mean()
    assert logs["loss"].item() == pytest.approx((10 * squared + entropy).item(), rel=1e-5)


def test_data_without_factors_are_refused():
    with pytest.raises(ValueError, match="only faces have them"):
        Probing(factor_probe(4, 16)).loss(FaceStream(16).batch(0, 2))
    photographs = data.ImageSet("photographs", torch.zeros(2, 3, 64, 64, dtype=torch.uint8))
    with pytest.raises(ValueError, match="photographs has none: take --data faces"):
        recipes.fit("probe", photographs)


def test_the_learning_rate_falls_to_zero():
    algorithm = Probing(factor_probe(4, 16), lr=0.1, decay_images=100)
    rates = []
    for seen in (0, 50, 100, 200):
        algorithm.schedule(seen)
        rates.append(algorithm.phases[0].optimizer.param_groups[0]["lr"])
    assert rates == pytest.approx([0.1, 0.05, 0.0, 0.0])


def test_a_run_becomes_a_reader_that_can_be_evaluated(tmp_path):
    command = ["train", "probe", "--data", "faces", "--size", "16", "--width", "4", "--batch-size", "8"]
    assert cli.call([*command, "--steps", "2", "--device", "cpu", "--out", str(tmp_path / "run")]) == 0
    reader = zoo.load(tmp_path / "run")
    assert isinstance(reader, zoo.FaceReader)
    scores = evaluate(reader, n=40)
    assert set(scores) == {f"accuracy of {n}" if n in CLASSES else f"R2 of {n}" for n in NAMES}
    x = FaceStream(16).batch(0, 3).x
    assert reader.classify(x).shape == (3, 6)
    likely = reader.probabilities(x)
    assert all(torch.allclose(p.sum(1), torch.ones(3)) for p in likely.values())
    assert torch.equal(likely["hat"].argmax(1), reader.read(x).hat)


def test_the_shipped_probe_keeps_its_card():
    card, reader = zoo.card("probe-faces")["metrics"], zoo.load("probe-faces")
    accuracies, scores = PROMISED
    assert min(card[name]["value"] for name in accuracies) >= 0.95
    assert min(card[name]["value"] for name in scores) >= 0.9
    anew = evaluate(reader, n=500)
    for name in (*accuracies, *scores):
        assert anew[name]["value"] == pytest.approx(card[name]["value"], abs=0.03), name


def test_a_dcgan_on_faces_goes_on_where_it_stopped(tmp_path):
    command = ["train", "dcgan", "--data", "faces", "--size", "16", "--width", "4", "--batch-size", "4"]
    tails = {"whole": ["3"], "part": ["2"]}
    for name, steps in tails.items():
        run = ["--steps", *steps, "--device", "cpu", "--out", str(tmp_path / name)]
        assert cli.call([*command, *run]) == 0
    again = ["--steps", "3", "--device", "cpu", "--out", str(tmp_path / "part"), "--resume"]
    assert cli.call([*command, *again]) == 0
    whole, part = ((tmp_path / name / "final.safetensors").read_bytes() for name in tails)
    assert whole == part
