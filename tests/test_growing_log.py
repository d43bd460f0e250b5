"""The log of growing against training at full size: whole, small, and as lab 08 tells it."""

import json
from pathlib import Path

import pytest

from gan_lab import experiments
from gan_lab.bench import growing

LOG = Path(experiments.__file__).parent / "logs" / "growing.json"
LEVELS = ["sliced 32", "sliced 16", "sliced 8", "sliced mean"]


@pytest.fixture(scope="module")
def bench():
    return json.loads(LOG.read_text(encoding="utf-8"))["benchmarks"]["growing"]


def test_it_is_what_the_benchmark_writes(bench):
    assert LOG.stat().st_size < 20_000
    assert list(bench["curves"]) == ["growing", "full size"]
    for way, lines in bench["curves"].items():
        assert len(lines) == growing.READINGS
        assert lines[-1]["seconds"] == pytest.approx(growing.SECONDS, rel=0.01)
        for level in LEVELS:
            assert lines[-1][level] == bench["metrics"][f"{level}, {way}"]["value"]
            assert lines[-1][level] > bench["metrics"][f"{level}, {way}"]["floor"] > 0


def test_what_lab_08_says_of_it(bench):
    grown, plain = bench["curves"]["growing"], bench["curves"]["full size"]
    ratios = [bench["metrics"][f"{level}, full size / growing"]["value"] for level in LEVELS]
    assert 1.06 < min(ratios) < max(ratios) < 1.30
    assert 1.4 < grown[-1]["images"] / plain[-1]["images"] < 1.6
    assert 4.4 < grown[0]["images"] / plain[0]["images"] < 4.6
    behind = [a["sliced mean"] > b["sliced mean"] for a, b in zip(grown, plain)]
    assert behind == [False] + [True] * 5 + [False] * 2
    for a, b in zip(grown[1:6:2], plain[1:6:2]):  # 90, 180 and 270 seconds
        gaps = {level: a[level] - b[level] for level in LEVELS[:3]}
        assert a["seconds"] > 200 or max(gaps, key=gaps.get) == "sliced 8"
    there = next(i for i, line in enumerate(grown) if line["sliced mean"] <= plain[-1]["sliced mean"])
    assert there == len(grown) - 2
    fades = [
        i
        for i in (1, 3)
        if grown[i]["sliced mean"] > max(grown[i - 1]["sliced mean"], grown[i + 1]["sliced mean"])
    ]
    assert fades == [1, 3]
