"""The semi-supervised phases one by one: what each variant plays, how the log is written, and what it says."""

import json

import pytest
import torch

from gan_lab import data
from gan_lab.bench import phases as bench
from gan_lab.experiments import phases

NAMES = ["classification alone", "and reconstruction", "and the game for z", "and the game for y"]


@pytest.fixture(scope="module")
def digits():
    return data.load("mnist-5k").subset(slice(None, None, 4))


def test_variants_begin_alike_and_add_phases(digits):
    models = [phases.build(name, digits, 1) for name in NAMES]
    assert list(phases.VARIANTS) == NAMES
    assert [len(model.phases) for model in models] == [1, 2, 4, 5]
    for model in models[1:]:
        assert all(torch.equal(a, b) for a, b in zip(models[0].parameters(), model.parameters()))
        assert torch.equal(models[0].few_x, model.few_x)
    with pytest.raises(ValueError, match="no variant 'all'"):
        phases.build("all", digits, 0)


def test_a_run_is_read_at_its_moments_and_can_be_run_again(digits):
    held_out = digits.subset(slice(0, 200))
    once, again = (
        list(phases.run(phases.build(NAMES[0], digits, 0), digits, held_out, 4, 2)) for _ in range(2)
    )
    assert [moment.step for moment in once] == [2, 4]
    assert once == again
    assert all(0 <= moment.error <= 1 for moment in once)


def test_the_log_is_written_and_read(tmp_path, digits):
    out = tmp_path / "log.json"
    written = bench.write_log(out, digits, steps=2, every=1, seeds=(0,))
    read = phases.shipped(out)
    assert json.loads(out.read_text()) == written
    assert read["runs"][NAMES[3]] == [[phases.Moment(*row) for row in written["runs"][NAMES[3]][0]]]


def test_the_shipped_log_is_whole_and_says_what_lab_13_says():
    log = phases.shipped()
    assert list(log["runs"]) == NAMES
    ends = {name: [one[-1].error for one in seeds] for name, seeds in log["runs"].items()}
    assert all(len(seeds) == 3 and seeds[0][-1].step == phases.STEPS for seeds in log["runs"].values())
    assert max(ends[NAMES[3]]) < min(ends[NAMES[0]])
