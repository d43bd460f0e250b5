"""The benchmark's judgement on made-up numbers, and that quick mode measures and writes all it says. No timings."""

from __future__ import annotations

import itertools
import json

import pytest
import torch

from gan_lab import bench, cli, recipes
from gan_lab.bench import load, timing
from gan_lab.bench.load import Load, doubts
from gan_lab.bench.result import BUSY, MISSED, REACHED, SHORT, Result, judged, reading, verdict

QUIET = Load(cores=2, average=0.3, others=0.05, stolen=0.0)
STEADY = {"a": [1.0, 1.02, 0.99, 1.01], "b": [0.5, 0.5, 0.51, 0.5]}


def test_a_quiet_machine_raises_no_doubts():
    assert doubts(QUIET, STEADY) == []
    assert doubts(Load(cores=8), None) == []  # a system that tells nothing


@pytest.mark.parametrize(
    ("found", "rounds", "reason"),
    [
        (Load(2, average=1.2, others=0.0, stolen=0.0), STEADY, "load average was 1.20 on 2 cores"),
        (Load(2, average=0.1, others=0.4, stolen=0.0), STEADY, "0.40 of 2 cores busy"),
        (Load(2, average=0.1, others=0.0, stolen=0.2), STEADY, "withheld 20% of the time"),
        (QUIET, {"a": [1.0, 1.5, 1.0, 2.0, 3.0]}, "rounds of a spread"),
    ],
)
def test_each_kind_of_contention_is_named(found, rounds, reason):
    (only,) = doubts(found, rounds)
    assert reason in only


def test_the_load_counts_per_core():
    busy = Load(2, average=1.2, others=0.4)
    assert len(doubts(busy)) == 2
    assert doubts(Load(16, average=1.2, others=0.4)) == []


@pytest.mark.parametrize(
    ("value", "better", "target", "expected"),
    [
        (2.1, "higher", 2.0, REACHED),
        (1.9, "higher", 2.0, MISSED),
        (0.2, "lower", 0.3, REACHED),
        (0.4, "lower", 0.3, MISSED),
        (0.4, "lower", None, None),
    ],
)
def test_verdicts(value, better, target, expected):
    assert verdict(reading(value, "times", better, target), doubtful=False) == expected


def test_a_busy_machine_gets_no_verdict_on_times_but_does_on_quality():
    timed, quality = reading(9.0, "times", "higher", 2.0), reading(0.9, "share", "higher", 0.97, timed=False)
    outcome = judged(Result({"speed": timed, "share": quality}), Load(2, average=5.0))
    assert outcome["metrics"]["speed"]["verdict"] == BUSY
    assert outcome["metrics"]["speed"]["value"] == 9.0
    assert outcome["metrics"]["share"]["verdict"] == MISSED
    assert outcome["doubts"]
    assert verdict(timed, doubtful=False, quick=True) == SHORT


def test_the_ratio_is_the_median_of_the_rounds():
    rounds = {"slow": [2.0, 4.0, 100.0], "fast": [1.0, 2.0, 1.0]}
    assert timing.ratio(rounds, "slow", "fast") == 2.0
    assert timing.spread([1.0]) == 0.0
    assert timing.spread([1.0, 2.0, 3.0]) == pytest.approx(0.5)


def test_rounds_are_interleaved_and_begin_in_turn():
    calls = []
    rounds = timing.interleaved({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, 3)
    assert "".join(calls) == "ab" + "ab" + "ba" + "ab"
    assert {name: len(seconds) for name, seconds in rounds.items()} == {"a": 3, "b": 3}


def test_others_are_what_this_process_did_not_use(monkeypatch):
    states = itertools.chain([(100.0, 40.0, 1.0, 10.0), (120.0, 55.0, 2.0, 14.0)])
    monkeypatch.setattr(load, "_read", lambda: next(states))
    monkeypatch.setattr(load.os, "cpu_count", lambda: 2)
    found = load.Watch(0.7).load()
    assert found.average == 0.7
    assert found.others == pytest.approx((15 - 4) / 10)
    assert found.stolen == pytest.approx(1 / 20)


def test_an_unknown_benchmark_is_refused_by_name(capsys):
    assert cli.call(["bench", "speed"]) == 2
    assert "no benchmark is called 'speed'; there are: dcgan-step" in capsys.readouterr().err


def test_quick_mode_writes_numbers_with_targets_and_without_verdicts(tmp_path, capsys):
    out = tmp_path / "bench.json"
    assert (
        cli.call(["bench", "toy-step", "toy-quality", "collapse", "--quick", "--json", "--out", str(out)])
        == 0
    )
    report = json.loads(out.read_text())
    assert json.loads(capsys.readouterr().out) == report
    assert report["quick"] is True
    assert report["machine"]["torch"] == torch.__version__
    assert set(report["benchmarks"]) == {"toy-step", "ring", "grid", "collapse"}
    for outcome in report["benchmarks"].values():
        assert outcome["notes"]
        for m in outcome["metrics"].values():
            assert {"value", "floor", "unit", "better", "target", "verdict"} <= set(m)
            assert isinstance(m["value"], float)
            assert m["better"] in ("lower", "higher")
            assert m["verdict"] == (None if m["target"] is None else SHORT)
    assert report["benchmarks"]["grid"]["metrics"]["kl, worst seed"]["floor"] == pytest.approx(24 / 5000)
    assert all(m["target"] is None for m in report["benchmarks"]["collapse"]["metrics"].values())


@pytest.mark.slow
def test_the_dcgan_steps_run(tmp_path, capsys):
    out = tmp_path / "bench.json"
    assert cli.call(["bench", "dcgan-step", "dcgan-step-cuda", "--quick", "--out", str(out)]) == 0
    outcome = json.loads(out.read_text())["benchmarks"]["dcgan-step"]
    assert outcome["metrics"]["share of the matmul rate"]["value"] > 0
    assert "share of the matmul rate" in capsys.readouterr().out


def test_growing_is_compared_at_every_level_and_leaves_its_curves(monkeypatch):
    from gan_lab import data

    digits = data.load("mnist-5k").resized(32)
    monkeypatch.setattr("gan_lab.bench.growing.data.load", lambda name, **options: digits)
    report = bench.run(["growing"], quick=True)["benchmarks"]["growing"]
    for level in ("32", "16", "8", "mean"):
        values = [report["metrics"][f"sliced {level}, {name}"] for name in ("growing", "full size")]
        assert all(m["floor"] > 0 for m in values)
        ratio = report["metrics"][f"sliced {level}, full size / growing"]
        assert ratio["value"] == pytest.approx(values[1]["value"] / values[0]["value"])
        assert ratio["verdict"] is None
    grown, plain = report["curves"]["growing"][-1], report["curves"]["full size"][-1]
    assert (grown["size"], plain["size"]) == (4, 32)
    assert grown["images"] > plain["images"] > 0
    assert min(grown["seconds"], plain["seconds"]) >= 0.5
    assert json.loads(json.dumps(report["curves"])) == report["curves"]


def test_growing_says_where_its_data_should_be(monkeypatch):
    def missing(name, **options):
        raise FileNotFoundError(f"{name} is not there")

    monkeypatch.setattr("gan_lab.bench.growing.data.load", missing)
    assert (
        bench.run(["growing"], quick=True)["benchmarks"]["growing"]["skipped"] == "fashion-mnist is not there"
    )


def test_every_name_leads_to_a_function():
    for module, function in bench.BENCHMARKS.values():
        assert callable(getattr(__import__(f"gan_lab.bench.{module}", fromlist=[function]), function))


def test_the_recipes_are_what_they_say():
    from gan_lab import data

    recipe = recipes.modern_baseline(data.load("grid"), steps=1000, seed=4)
    assert (recipe.loss, recipe.r1, recipe.r2, recipe.ema, recipe.seed) == (
        "relativistic",
        0.02,
        0.02,
        0.999,
        4,
    )
    assert (recipe.decay_from, recipe.decay_until) == (128_000, 256_000)
    gan, ring = recipes.weak_baseline()
    assert ring.sample(10).norm(dim=1).sub(1).abs().max() < 0.06
    assert gan.discriminator(gan.generator(gan.latents(7))).shape == (7,)
    assert gan.phases[0].optimizer.param_groups[0]["betas"] == (0.8, 0.999)
    again, _ = recipes.weak_baseline()
    assert torch.equal(gan.generator[0].weight, again.generator[0].weight)
