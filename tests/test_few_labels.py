"""Few labels: what each kind of run learns from, how the log is written and gone on with, and what it says."""

import json
from dataclasses import asdict

import pytest
import torch

from gan_lab import data
from gan_lab.bench import few_labels as bench
from gan_lab.experiments import few_labels
from gan_lab.experiments.few_labels import AAE, ALONE, Plan, Row


@pytest.fixture(scope="module")
def sets():
    digits = data.load("mnist-5k")
    return tuple(digits.subset(slice(start, None, 5)) for start in range(3))


def test_both_kinds_begin_alike_and_only_one_sees_what_has_no_label(sets):
    both = {kind: few_labels.build(kind, sets[0], 20, 3, 8, width=8) for kind in few_labels.KINDS}
    states = [model.state_dict() for model in both.values()]
    assert all(torch.equal(value, states[1][key]) for key, value in states[0].items())
    assert torch.equal(both[AAE].few_x, both[ALONE].few_x)
    assert both[AAE].few_y.bincount().tolist() == [2] * 10
    assert both[AAE].input_noise == both[ALONE].input_noise > 0
    assert [phase.name for phase in both[ALONE].phases] == ["classification"]
    assert [phase.name for phase in both[AAE].phases][0::4] == ["reconstruction", "classification"]
    with pytest.raises(ValueError, match="AAE, labels only"):
        few_labels.build("VAE", sets[0], 20, 3, 8)


def test_without_the_other_images_they_change_nothing(sets):
    black = sets[0].subset(slice(None))
    black.images = torch.zeros_like(black.images)
    ends = {}
    for kind in few_labels.KINDS:
        for name, seen in (("real", sets[0]), ("black", black)):
            model = few_labels.build(kind, sets[0], 20, 0, 4, width=8)
            few_labels.run(model, seen, 4)
            ends[kind, name] = model.encoder.body[0].weight.detach()
    assert torch.equal(ends[ALONE, "real"], ends[ALONE, "black"])
    assert not torch.equal(ends[AAE, "real"], ends[AAE, "black"])


def test_a_plan_is_followed(sets):
    plan = Plan(share=0.25, noise=0.9, shown=7)
    whole, part = (few_labels.build(AAE, sets[0], 20, 0, 8, 8, p) for p in (Plan(), plan))
    assert (part.input_noise, part.batch_size) == (0.9, 7)
    rates = [[phase.optimizer.param_groups[0]["lr"] for phase in model.phases] for model in (whole, part)]
    names = [phase.name for phase in whole.phases]
    slowed = [b / a for a, b in zip(*rates, strict=True)]
    assert slowed == [1 if name == "classification" else 0.25 for name in names]


def test_all_labels_are_all_and_a_wrong_number_is_refused(sets):
    assert torch.equal(few_labels.few(sets[0], 1000, 0).y, sets[0].labels)
    assert not torch.equal(few_labels.few(sets[0], 20, 0).x, few_labels.few(sets[0], 20, 1).x)
    with pytest.raises(ValueError, match="multiple of 10"):
        few_labels.few(sets[0], 25, 0)


def test_the_error_is_the_share_of_wrong_answers(sets):
    model = few_labels.build(ALONE, sets[0], 20, 0, 4, width=8)
    read = torch.cat([model.encoder.both(b.x)[0].argmax(1) for b in sets[1].in_order(1000)])
    assert few_labels.error(model, sets[1]) == pytest.approx((read != sets[1].labels).float().mean().item())
    unlabelled = sets[1].subset(slice(None))
    unlabelled.labels = None
    with pytest.raises(ValueError, match="no labels"):
        few_labels.error(model, unlabelled)


def test_the_command_writes_a_log_and_goes_on_with_it(sets, tmp_path):
    out = tmp_path / "few.json"
    plans = {10: Plan(1), 20: Plan(2, 0.1)}
    settings = {"plans": plans, "width": 8, "seeds": (5, 6)}
    asked = []

    def stopped(kind, n, seed, *rest):
        if len(asked) == 3:
            raise KeyboardInterrupt
        asked.append((kind, n, seed))
        return bench.one(kind, n, seed, *rest)

    with pytest.raises(KeyboardInterrupt):
        bench.write_log(out, sets, **settings, measure=stopped)
    before = few_labels.shipped(out)["runs"]
    assert [[len(rows) for rows in seeds] for seeds in before.values()] == [[2, 0], [1, 0]]

    def counted(*what):
        asked.append(what[:3])
        return bench.one(*what)

    written = bench.write_log(out, sets, **settings, measure=counted)
    assert sorted(asked) == sorted((k, n, s) for k in few_labels.KINDS for n in (10, 20) for s in (5, 6))
    assert json.loads(out.read_text()) == written
    read = few_labels.shipped(out)["runs"]
    assert read[AAE][0] == before[AAE][0]
    for seeds in read.values():
        assert [[row.labels for row in rows] for rows in seeds] == [[10, 20]] * 2
        assert all(
            isinstance(row, Row) and 0 < row.held_out < 1 and 0 < row.test < 1
            for rows in seeds
            for row in rows
        )
    with pytest.raises(ValueError, match="another plans"):
        bench.write_log(out, sets, **settings | {"plans": {10: Plan(1), 20: Plan(2, 0.2)}})


def test_a_missing_log_is_told_with_its_command(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"python -m gan_lab\.bench\.few_labels"):
        few_labels.shipped(tmp_path / "none.json")


@pytest.fixture(scope="module")
def shipped():
    if not few_labels.LOG.is_file():
        pytest.skip("the log is not there: python -m gan_lab.bench.few_labels writes it")
    return few_labels.shipped()


def test_the_shipped_log_is_whole_and_small(shipped):
    assert shipped["command"] == "python -m gan_lab.bench.few_labels"
    plans = {str(n): asdict(plan) for n, plan in few_labels.PLANS.items()}
    settings = {"plans": plans, "width": few_labels.WIDTH, "batch": few_labels.BATCH}
    assert settings.items() <= shipped.items()
    assert shipped["seeds"] == list(bench.SEEDS)
    assert list(shipped["runs"]) == list(few_labels.KINDS)
    for seeds in shipped["runs"].values():
        assert [tuple(row.labels for row in rows) for rows in seeds] == [tuple(few_labels.PLANS)] * 3
    assert few_labels.LOG.stat().st_size < 5_000


def test_what_the_page_says_of_it(shipped):
    """Few labels: with the other images, fewer errors, every seed. All labels: more of them."""
    for with_all, alone in zip(*shipped["runs"].values(), strict=True):
        gains = [1 - a.test / b.test for a, b in zip(with_all, alone, strict=True)]
        assert gains[0] > gains[1] > 0 > gains[2]
