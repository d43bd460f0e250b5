"""The race for digits: what is logged, that nothing is learned from what judges, and what the shipped log says."""

import json
from math import log

import pytest
import torch
from PIL import Image

from gan_lab import data
from gan_lab.algorithms.wgan import WGAN
from gan_lab.bench import digits_race as bench
from gan_lab.data.digits import digests
from gan_lab.experiments import digits_race

RULES = ["minimax", "non-saturating", "clipped", "penalised"]


@pytest.fixture(scope="module")
def digits():
    return data.load("mnist-5k")


def brightness(images):
    assert images.shape[1:] == (1, 28, 28)
    assert images.abs().max() <= 1
    return images.mean().item()


def test_a_moment_averages_what_was_printed_since_the_last_one(digits):
    few = digits.subset(slice(0, 200))
    fine = list(digits_race.run(digits_race.build("penalised", 1), few, brightness, 4, 1, seed=1))
    coarse = list(digits_race.run(digits_race.build("penalised", 1), few, brightness, 4, 2, seed=1))
    assert [m.step for m in coarse] == [2, 4]
    for i, moment in enumerate(coarse):
        assert moment.loss == pytest.approx((fine[2 * i].loss + fine[2 * i + 1].loss) / 2, abs=1e-6)
        assert (moment.held_out, moment.quality) == (fine[2 * i + 1].held_out, fine[2 * i + 1].quality)


def test_held_out_digits_are_never_learned_from(digits):
    known, others = digits_race.split(digits)
    assert (len(known), len(others)) == (4000, 1000)
    assert not set(digests(known.images)) & set(digests(others.images))


def test_all_rules_begin_with_the_same_weights():
    states = [digits_race.build(rule, 2).state_dict() for rule in RULES]
    for state in states[1:]:
        assert all(torch.equal(state[key], value) for key, value in states[0].items())
    assert isinstance(digits_race.build("clipped", 0), WGAN)
    assert digits_race.build("clipped", 0).clip == 0.01
    assert digits_race.build("penalised", 0).gradient_penalty == 10
    with pytest.raises(ValueError, match="minimax, non-saturating, clipped, penalised"):
        digits_race.build("spectral", 0)


def test_the_command_writes_a_log_that_can_be_read(tmp_path):
    out = tmp_path / "race.json"
    written = bench.race(out, steps=2, every=1, seeds=(5,))
    assert json.loads(out.read_text()) == written
    read = digits_race.shipped(out)
    assert list(read["runs"]) == RULES
    assert all([m.step for m in one] == [1, 2] for seeds in read["runs"].values() for one in seeds)
    with Image.open(out.with_suffix(".png")) as picture:
        assert picture.size == (28 * bench.SHOWN, 28 * (1 + len(RULES)))


@pytest.fixture(scope="module")
def shipped():
    return digits_race.shipped()


def test_the_shipped_log_is_whole_and_small(shipped):
    assert list(shipped["runs"]) == RULES
    assert shipped["command"] == "python -m gan_lab.bench.digits_race"
    wanted = list(range(digits_race.EVERY, digits_race.STEPS + 1, digits_race.EVERY))
    for seeds in shipped["runs"].values():
        assert len(seeds) == len(shipped["seeds"]) == 3
        assert all([m.step for m in one] == wanted for one in seeds)
        assert all(m.quality > shipped["floor"] > 0 for one in seeds for m in one)
    assert digits_race.LOG.stat().st_size < 20_000
    assert digits_race.LOG.with_suffix(".png").stat().st_size < 40_000


def test_the_floor_is_that_of_real_digits(shipped, digits):
    assert bench.judge(digits)[1] == pytest.approx(shipped["floor"], rel=0.01)


def agreement(one, claim):
    """Spearman's rank correlation of what a loss claims with the Frechet distance."""
    pairs = torch.tensor([[claim(m.loss), m.quality] for m in one], dtype=torch.float64)
    return torch.corrcoef(pairs.argsort(0).argsort(0).double().T)[0, 1].item()


def test_what_lab_04_says_of_the_log(shipped):
    for rule in ("minimax", "non-saturating"):
        for one in shipped["runs"][rule]:
            assert agreement(one, lambda loss: log(2) - loss / 2) < 0
    for one in shipped["runs"]["clipped"]:
        assert agreement(one, lambda loss: -loss) > 0.3
    for rule in ("clipped", "penalised"):
        for one in shipped["runs"][rule]:
            assert agreement(one[len(one) // 2 :], lambda loss: -loss) > 0.8
    for one in shipped["runs"]["penalised"]:
        assert agreement(one, lambda loss: -loss) > 0.95
        assert 0.1 < 1 - one[-1].held_out / one[-1].loss < 0.3
    ends = {rule: [one[-1].quality for one in seeds] for rule, seeds in shipped["runs"].items()}
    assert max(ends["penalised"]) < min(ends["clipped"])
    assert max(ends["clipped"]) < min(ends["minimax"] + ends["non-saturating"])
