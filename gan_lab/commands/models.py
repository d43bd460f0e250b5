"""``gan-lab sample``, ``evaluate`` and ``zoo``: what trained models make, and how good it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gan_lab import data, zoo
from gan_lab.commands import pictures, runs
from gan_lab.data import ToySet
from gan_lab.data.pair_folders import AnyPairs
from gan_lab.metrics import Metric


def draw(name: str, out: Path, n: int, seed: int) -> Path:
    """Writes a picture of n samples, and returns where it is.

    Raises:
        ValueError: no such model, one that makes nothing, n below 1, or a file that is not a PNG.
        OSError: the file cannot be written.
    """
    if n < 1 or out.suffix.lower() != ".png":
        raise ValueError(f"-n must be at least 1 and --out end in .png, not {n} and {out}")
    model = zoo.load(name)
    if isinstance(model, zoo.Translator):
        return translate(model, out, n, seed)
    if not isinstance(model, zoo.Sampler | zoo.Autoregressive):
        raise ValueError(f"{name} is a {model.recipe.algorithm}: it makes nothing to look at")
    samples = model.sample(n, seed).numpy()
    real = None
    if samples.ndim == 2:
        dataset = data.load(model.recipe.data)
        real = dataset.sample(n).numpy() if isinstance(dataset, ToySet) else None
    runs.write(out, pictures.png(samples, real, f"{n} samples of {model.name}, seed {seed}"))
    return out


def translate(model: zoo.Translator, out: Path, n: int, seed: int) -> Path:
    """Writes what becomes of n pictures, at most 16; held-out ones, unless a folder keeps none."""
    pairs = held_out(model)
    batch = pairs.examples(min(n, 16), seed)
    runs.write(out, pictures.translations(model.frame(batch), batch, pictures.belongs(pairs)))
    return out


def held_out(model: zoo.Translator) -> AnyPairs:
    """The first there is of the splits test and val; else the training pictures, whole."""
    for split in ("test", "val"):
        try:
            return model.pairs(split)
        except ValueError:
            continue
    return model.pairs("train")


def evaluate(name: str, n: int, seed: int, root: str | None) -> dict[str, Any]:
    """The model's metrics, computed anew; see ``gan_lab.zoo.evaluation.evaluate``."""
    from gan_lab.zoo.evaluation import evaluate as measure

    if n < 1:
        raise ValueError(f"-n must be at least 1, not {n}")
    model = zoo.load(name)
    return {"model": name, "metrics": measure(model, n, root, seed)}


def left_out(results: dict[str, Any]) -> str:
    """A sentence on the card's metrics that were not computed, for want of ``--root``; "" if there are none."""
    name = results["model"]
    promised = zoo.card(name)["metrics"] if name in zoo.names() else {}
    missing = [metric for metric in promised if metric not in results["metrics"]]
    if not missing:
        return ""
    return f"not computed: {', '.join(missing)}; give --root DIR, where the test set lies in torchvision's layout"


def show_metrics(metrics: dict[str, Metric]) -> None:
    """A table: the value, what real data get against real data, and which way is better."""
    width = max(len(name) for name in metrics)
    print(f"{'':<{width}}  {'value':>10}  {'real data':>10}  better  unit")
    for name, m in metrics.items():
        floor = "-" if m["floor"] is None else f"{m['floor']:.4g}"
        print(f"{name:<{width}}  {m['value']:>10.4g}  {floor:>10}  {m['better']:<6}  {m['unit']}")


def cards() -> dict[str, Any]:
    """All cards by name."""
    return {name: zoo.card(name) for name in zoo.names()}


def show_cards(cards: dict[str, Any]) -> None:
    """Each card in a few lines: what it is, where it came from, and its metrics."""
    for name, card in cards.items():
        minutes = card["wall_seconds"] / 60
        print(f"{name}: {card['about']}")
        print(
            f"  {card['images_seen']:,} images seen in {minutes:.1f} minutes on {card['machine']['processor']}"
        )
        print(f"  {card['command']}")
        show_metrics(card["metrics"])
        print()
