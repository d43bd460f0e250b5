"""What a benchmark returns: metrics with their targets, what was compared, and whether that is a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NotRequired

from gan_lab.bench.load import Load, Watch, doubts
from gan_lab.metrics.common import Metric, metric

REACHED, MISSED, BUSY = "reached", "missed", "no verdict: the machine is busy"
SHORT = "no verdict: quick mode"


class Reading(Metric):
    """A metric that was to be reached.

    Keys:
        target: what was to be reached; None for a number that is only told.
        timed: whether a busy machine changes it.
        verdict: "reached", "missed" or why there is none; None without a target.
    """

    target: float | None
    timed: bool
    verdict: NotRequired[str | None]


def reading(
    value: float,
    unit: str,
    better: str,
    target: float | None = None,
    floor: float | None = None,
    timed: bool = True,
) -> Reading:
    """A reading before its verdict."""
    return {**metric(value, floor, unit, better), "target": target, "timed": timed}


@dataclass
class Result:
    """One benchmark's outcome.

    Attributes:
        readings: by name.
        notes: what was compared, and what else a reader must know.
        rounds: seconds of every round, by contestant.
        skipped: why nothing was measured, if nothing was.
        curves: what was read on the way, by contestant: a line for each reading.
    """

    readings: dict[str, Reading] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    rounds: Mapping[str, Sequence[float]] = field(default_factory=dict)
    skipped: str | None = None
    curves: Mapping[str, Sequence[Mapping[str, float]]] = field(default_factory=dict)


def verdict(read: Reading, doubtful: bool, quick: bool = False) -> str | None:
    """What can be said of a reading: a pure function."""
    if read["target"] is None:
        return None
    if quick:
        return SHORT
    if read["timed"] and doubtful:
        return BUSY
    lower = read["better"] == "lower"
    reached = read["value"] <= read["target"] if lower else read["value"] >= read["target"]
    return REACHED if reached else MISSED


def judged(result: Result, load: Load, quick: bool = False) -> dict[str, Any]:
    """The result with its verdicts, ready for JSON."""
    if result.skipped is not None:
        return {"metrics": {}, "skipped": result.skipped, "notes": result.notes}
    reasons = doubts(load, result.rounds)
    metrics = {
        name: {**read, "verdict": verdict(read, bool(reasons), quick)}
        for name, read in result.readings.items()
    }
    outcome = {
        "metrics": metrics,
        "notes": result.notes,
        "doubts": reasons,
        "load": vars(load),
        "rounds": {name: [round(s, 6) for s in seconds] for name, seconds in result.rounds.items()},
    }
    return outcome | ({"curves": dict(result.curves)} if result.curves else {})


def watched(run: Any, quick: bool, before: float | None) -> dict[str, Any]:
    """Runs one benchmark with an eye on the machine."""
    watch = Watch(before)
    result = run(quick)
    return judged(result, watch.load(), quick)


def lines(name: str, outcome: dict[str, Any]) -> Iterable[str]:
    """One benchmark for the eye."""
    yield name
    if outcome.get("skipped"):
        yield f"  skipped: {outcome['skipped']}"
    for label, m in outcome["metrics"].items():
        floor = "" if m["floor"] is None else f", floor {m['floor']:.4g}"
        sign = "<=" if m["better"] == "lower" else ">="
        target = "" if m["target"] is None else f", target {sign} {m['target']:g}: {m['verdict']}"
        yield f"  {label:34s} {m['value']:10.4g} {m['unit']}{floor}{target}"
    for reason in outcome.get("doubts", []):
        yield f"  busy machine: {reason}"
    for note in outcome["notes"]:
        yield f"  {note}"
