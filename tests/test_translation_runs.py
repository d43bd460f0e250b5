"""Image to image from the command line to the zoo: recipes, runs that go on, pictures on the way, what is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from gan_lab import cli, data, recipes, zoo
from gan_lab.algorithms.cyclegan import CycleGAN
from gan_lab.data import FacePairs
from gan_lab.models.patchgan import receptive_field

SMALL = ["--size", "16", "--width", "4", "--batch-size", "2", "--patch", "16", "--device", "cpu"]


def train(algorithm, name, out, *more, steps=2):
    command = ["train", algorithm, "--data", str(name), "--steps", str(steps), "--out", str(out)]
    return cli.call([*command, *SMALL, *more])


def folder(path, count=3):
    for k in range(count):
        for side in "AB":
            where = path / f"train{side}"
            where.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (20, 20), f"rgb({50 * k},{100 * (side == 'B')},0)").save(where / f"{k}.png")
    return path


@pytest.mark.parametrize("name", ["edges-faces", "labels-faces"])
def test_pix2pix_on_drawn_pairs(tmp_path, name):
    out = tmp_path / "run"
    assert train("pix2pix", name, out) == 0
    model = zoo.load(out)
    assert isinstance(model, zoo.PairTranslator)
    batch = model.pairs().examples(3)
    assert torch.equal(batch.x, FacePairs(name, 16, "test").batch(0, 3).x)
    made = model.translate(batch.x)
    assert made.shape == (3, 3, 16, 16)
    assert torch.equal(made, model.translate(batch.x))
    assert not torch.equal(made, model.translate(batch.x, seed=1))
    assert model.judge(batch.x, made).shape[:2] == (3, 1)
    sheet = np.asarray(Image.open(out / "samples" / "step-000002.png"))
    assert sheet.shape == (2 + 3 * 34, 2 + 8 * 34, 3)  # input, output, truth; each pixel four times


def test_cyclegan_on_drawn_domains(tmp_path):
    out = tmp_path / "run"
    assert train("cyclegan", "day-night", out) == 0
    model = zoo.load(out)
    assert isinstance(model, zoo.CycleTranslator)
    a = model.pairs().examples(3).x
    assert not torch.equal(model.translate(a), model.translate(a, "BtoA"))
    assert model.judge(a, "A").shape == model.judge(a).shape
    assert "history" not in str(load_file(out / "final.safetensors").keys())
    sheet = np.asarray(Image.open(out / "samples" / "step-000002.png"))
    assert sheet.shape[0] == 2 + 8 * 34  # input, output, truth, back; in both directions
    picture = tmp_path / "sample.png"
    assert cli.call(["sample", str(out), "--out", str(picture), "-n", "2"]) == 0
    assert np.asarray(Image.open(picture)).shape == (2 + 8 * 34, 2 + 2 * 34, 3)


@pytest.mark.parametrize("algorithm", ["pix2pix", "cyclegan"])
def test_both_on_two_folders(tmp_path, algorithm):
    out = tmp_path / "run"
    assert train(algorithm, folder(tmp_path / "mine"), out) == 0
    card = json.loads((out / "run.json").read_text())
    assert card["data"] == {"name": "mine", "examples": 3, "skipped": 0}
    sheet = np.asarray(Image.open(out / "samples" / "step-000002.png"))
    rows = {"pix2pix": 3, "cyclegan": 6}[algorithm]  # for strangers there is no truth
    assert sheet.shape[0] == 2 + rows * 34
    assert cli.call(["sample", str(out), "--out", str(tmp_path / "s.png")]) == 0
    assert cli.call(["evaluate", str(out)]) == 2


@pytest.mark.parametrize(("algorithm", "name"), [("pix2pix", "edges-faces"), ("cyclegan", "pencil")])
def test_resume_is_the_same_run(tmp_path, algorithm, name):
    for out, steps in (("whole", [4]), ("parts", [2, 4])):
        for n in steps:
            more = ["--resume"] if n > steps[0] else []
            assert train(algorithm, name, tmp_path / out, "--decay", "1", *more, steps=n) == 0
    whole, parts = ((tmp_path / out / "final.safetensors").read_bytes() for out in ("whole", "parts"))
    assert whole == parts


def test_the_segmenter_becomes_a_reader_of_label_maps(tmp_path):
    out = tmp_path / "run"
    small = ["--size", "16", "--width", "4", "--batch-size", "4", "--device", "cpu"]
    assert cli.call(["train", "segmenter", "--data", "faces", "--steps", "2", "--out", str(out), *small]) == 0
    model = zoo.load(out)
    assert isinstance(model, zoo.FaceSegmenter)
    x = data.FaceStream(16).batch(0, 3).x
    assert model.segment(x).shape == (3, 16, 16)
    assert model.segment(x).dtype == torch.int64


def test_recipes_know_what_belongs_to_whom():
    drawn = FacePairs("pencil", 64, paired=False)
    recipe = recipes.fit("cyclegan", drawn)
    assert (recipe.patch, recipe.batch_size, recipe.direction, recipe.size) == (34, 1, "", 64)
    assert recipes.fit("pix2pix", FacePairs(size=128)).patch == 70
    built = recipes.build(recipe)
    assert isinstance(built, CycleGAN)
    assert receptive_field(built.judge_a) == 34
    assert (built.cycle, built.identity, built.history_a.size) == (10, 5, 50)
    left = recipes.build(recipes.fit("cyclegan", drawn, without="history"))
    assert (left.cycle, left.identity, left.history_a.size) == (10, 5, 0)
    game, alone = (recipes.build(recipes.fit("pix2pix", FacePairs(), without=w)) for w in ("l1", "gan"))
    assert game.l1 == 0
    assert alone.discriminator is None
    rates = {phase.name: phase.optimizer.param_groups[0]["lr"] for phase in game.phases}
    assert rates == pytest.approx({"discriminator": 2e-4, "generator": 1e-3})


def test_shipped_weights_fit_into_five_megabytes():
    for algorithm, paired in (("pix2pix", True), ("cyclegan", False)):
        recipe = recipes.fit(algorithm, FacePairs(paired=paired))
        net = recipes.shipped(recipes.build(recipe))
        assert 2 * sum(t.numel() for t in net.state_dict().values()) < 5 * 2**20 - 2**17, algorithm


def test_the_learning_rate_falls_in_the_second_half(tmp_path):
    assert train("cyclegan", "pencil", tmp_path / "run", steps=4) == 0
    recipe = json.loads((tmp_path / "run" / "run.json").read_text())["recipe"]
    assert (recipe["decay_from"], recipe["decay_until"]) == (4, 8)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["pix2pix"], "edges-faces, labels-faces, day-night, pencil, or a path"),
        (
            ["pix2pix", "--data", "edges-faces", "--size", "64", "--patch", "286"],
            "at least 128 pixels, not 64",
        ),
        (["pix2pix", "--data", "edges-faces", "--patch", "50"], "1, 16, 34, 70, 286 pixels wide, not 50"),
        (["pix2pix", "--data", "edges-faces", "--size", "48"], "sizes are 16, 32, 64"),
        (["pix2pix", "--data", "edges-faces", "--direction", "left"], "AtoB or BtoA"),
        (["pix2pix", "--data", "edges-faces", "--without", "cycle"], "--without takes l1 or gan for pix2pix"),
        (["pix2pix", "--data", "edges-faces", "--channels", "1"], "works in colour"),
        (["cyclegan", "--data", "pencil", "--direction", "BtoA"], "--direction goes with pix2pix"),
        (["cyclegan", "--data", "pencil", "--size", "18"], "16 that 4 divides, not 18"),
        (["dcgan", "--data", "pencil"], "it goes with pix2pix, cyclegan"),
        (["dcgan", "--data", "faces", "--patch", "16"], "--patch goes with pix2pix, cyclegan"),
        (["segmenter", "--data", "mnist-5k"], "label maps of faces"),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(arguments, says, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.call(["train", *arguments, "--device", "cpu"]) == 2
    error = capsys.readouterr().err.strip()
    assert len(error.splitlines()) == 1
    assert says in error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", ["empty", "fewer", "odd"])
def test_what_is_no_pair_is_refused_by_the_command(tmp_path, capsys, damage):
    path = folder(tmp_path / "mine", 2)
    algorithm, says = "pix2pix", "trainA has 2 pictures and trainB 1"
    (path / "trainB" / "1.png").unlink()
    if damage == "empty":
        (path / "trainB" / "0.png").unlink()
        algorithm, says = "cyclegan", "no picture in a folder trainB"
    if damage == "odd":
        path, says = tmp_path / "odd", "wide.png (its width of 33 is odd"
        path.mkdir()
        Image.new("RGB", (33, 16)).save(path / "wide.png")
    assert train(algorithm, path, tmp_path / "run") == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_translators_refuse_other_pictures(tmp_path):
    assert train("pix2pix", "edges-faces", tmp_path / "run", "--without", "gan") == 0
    model = zoo.load(tmp_path / "run")
    x = torch.zeros(1, 3, 16, 16)
    with pytest.raises(ValueError, match=r"\(B, 3, 16, 16\), not \(1, 1, 16, 16\)"):
        model.translate(x[:, :1])
    with pytest.raises(ValueError, match="infinite or undefined"):
        model.translate(x / 0)
    with pytest.raises(ValueError, match="no judge to ask"):
        model.judge(x, x)
