"""DCGAN's guidelines: what each variant changes and what it leaves, and what the shipped log says."""

import json
from statistics import median

import pytest
import torch
from PIL import Image
from torch import nn

from gan_lab import data
from gan_lab.bench import guidelines as bench
from gan_lab.bench.digits_race import SHOWN
from gan_lab.experiments import guidelines

VARIANTS = [
    "all guidelines",
    "no BatchNorm in G",
    "no BatchNorm in D",
    "pooling, no strides",
    "ReLU in D",
    "no Tanh",
    "default weights",
    "beta1 = 0.9",
]


@pytest.fixture(scope="module")
def digits():
    return data.load("mnist-5k", size=32)


def kinds(net):
    return [type(layer).__name__ for layer in net.layers]


def test_one_guideline_is_taken_away_and_the_rest_is_left():
    games = {name: guidelines.build(name, 3) for name in VARIANTS}
    assert list(guidelines.VARIANTS) == VARIANTS
    paper = games["all guidelines"]
    drawn = dict(paper.named_parameters())
    for name in ("no BatchNorm in G", "ReLU in D", "no Tanh", "beta1 = 0.9"):  # the same first weights
        own = dict(games[name].named_parameters())
        kernels = [p for p in own.values() if p.dim() == 4]
        assert all(torch.equal(a, b) for a, b in zip(kernels, (p for p in drawn.values() if p.dim() == 4)))
    without = {"no BatchNorm in G": "generator", "no BatchNorm in D": "discriminator"}
    for name, player in without.items():
        for side in ("generator", "discriminator"):
            counted = kinds(getattr(games[name], side)).count("BatchNorm2d")
            assert counted == (0 if side == player else kinds(getattr(paper, side)).count("BatchNorm2d")), (
                name
            )
    assert "LeakyReLU" not in kinds(games["ReLU in D"].discriminator)
    assert kinds(games["no Tanh"].generator) == kinds(paper.generator)[:-1]
    pooled = games["pooling, no strides"]
    strides = {m.stride for m in pooled.modules() if isinstance(m, nn.Conv2d)}
    assert strides == {(1, 1)}
    assert [kinds(pooled.generator).count("Upsample"), kinds(pooled.discriminator).count("MaxPool2d")] == [
        3,
        3,
    ]
    stds = {name: games[name].discriminator.layers[0].weight.std().item() for name in VARIANTS}
    assert stds.pop("default weights") > 0.1  # U(-a, a) with a = 1 / sqrt(1 * 16)
    assert all(std == pytest.approx(0.02, rel=0.25) for std in stds.values())
    betas = {name: games[name].phases[0].optimizer.param_groups[0]["betas"][0] for name in VARIANTS}
    assert betas == {name: 0.9 if name == "beta1 = 0.9" else 0.5 for name in VARIANTS}


def test_a_shift_stays_where_batchnorm_went():
    generator = guidelines.build("no BatchNorm in G", 0).generator
    biased = [layer.bias is not None for layer in generator.layers if isinstance(layer, nn.ConvTranspose2d)]
    assert biased == [True, True, True, False]


def test_every_variant_draws_pictures_and_judges_them():
    for name in VARIANTS:
        game = guidelines.build(name, 0)
        images = guidelines.samples(game, 3)
        assert images.shape == (3, 1, 32, 32)
        assert images.abs().max() <= 1
        assert game.discriminator(images).shape == (3,)
    with pytest.raises(ValueError, match="there are all guidelines, no BatchNorm in G"):
        guidelines.build("spectral norm", 0)


def test_a_moment_averages_what_was_printed_since_the_last_one(digits):
    few = digits.subset(slice(0, 100))

    def run(every):
        return list(
            guidelines.run(guidelines.build("ReLU in D", 1), few, lambda x: x.mean().item(), 4, every)
        )

    fine, coarse = run(1), run(2)
    assert [m.step for m in coarse] == [2, 4]
    for i, moment in enumerate(coarse):
        pair = fine[2 * i : 2 * i + 2]
        assert moment.loss_d == pytest.approx(sum(m.loss_d for m in pair) / 2, abs=1e-6)
        assert moment.loss_g == pytest.approx(sum(m.loss_g for m in pair) / 2, abs=1e-6)
        assert moment.quality == pair[1].quality


def test_the_command_writes_a_log_that_can_be_read(tmp_path):
    out = tmp_path / "guidelines.json"
    written = bench.take_away(out, steps=1, every=1, seeds=(5,))
    assert json.loads(out.read_text()) == written
    read = guidelines.shipped(out)
    assert list(read["runs"]) == VARIANTS
    assert all([m.step for m in one] == [1] for seeds in read["runs"].values() for one in seeds)
    with Image.open(out.with_suffix(".png")) as picture:
        assert picture.size == (32 * SHOWN, 32 * (1 + len(VARIANTS)))


@pytest.fixture(scope="module")
def shipped():
    return guidelines.shipped()


def test_the_shipped_log_is_whole_and_small(shipped):
    assert list(shipped["runs"]) == VARIANTS
    assert shipped["command"] == "python -m gan_lab.bench.guidelines"
    wanted = list(range(guidelines.EVERY, guidelines.STEPS + 1, guidelines.EVERY))
    for seeds in shipped["runs"].values():
        assert len(seeds) == len(shipped["seeds"]) == 3
        assert all([m.step for m in one] == wanted for one in seeds)
        assert all(m.quality > shipped["floor"] > 0 for one in seeds for m in one)
    assert guidelines.LOG.stat().st_size < 20_000
    assert guidelines.LOG.with_suffix(".png").stat().st_size < 120_000


def test_what_lab_06_says_of_the_log(shipped):
    ends = {name: [one[-1].quality for one in seeds] for name, seeds in shipped["runs"].items()}
    middle = {name: median(values) for name, values in ends.items()}
    paper = ends["all guidelines"]

    def times(name):
        return [value / base for value, base in zip(ends[name], paper)]

    for name in ("no BatchNorm in D", "beta1 = 0.9"):
        assert min(times(name)) > 3
    assert 1.5 < min(times("no BatchNorm in G")) < 2
    assert 5 < max(times("no BatchNorm in G")) < 5.5
    assert all(1.7 < ratio < 2.5 for ratio in times("no Tanh"))
    for name in ("ReLU in D", "default weights"):
        assert 0.9 < middle[name] / middle["all guidelines"] < 1.1
    assert max(ends["pooling, no strides"]) < min(paper)
