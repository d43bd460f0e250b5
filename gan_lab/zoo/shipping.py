"""From a finished run to a model of the zoo, with its card: ``python -m gan_lab.zoo.shipping``, for maintainers."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from pathlib import Path
from typing import Any

from gan_lab.zoo import WEIGHTS, load
from gan_lab.zoo.evaluation import evaluate

LIMIT, GROWING_LIMIT = 4 * 2**20, 16 * 2**20


def limit(algorithm: str) -> int:
    """Bytes that a model may have: 4 MB, or 16 MB where it holds all stages of its growing."""
    return GROWING_LIMIT if algorithm == "progressive" else LIMIT


def ship(run: Path, name: str, about: str, root: Path | None) -> dict[str, Any]:
    """Copies a run's weights into the zoo, evaluates them, and writes the card beside them.

    Args:
        run: folder of a finished run.
        name: in the zoo, for example "dcgan-mnist".
        about: one sentence for the card.
        root: where torchvision's sets lie, for metrics on their test sets.

    Raises:
        ValueError: the weights are over the limit.
    """
    source, target = run / "final.safetensors", WEIGHTS / f"{name}.safetensors"
    card = json.loads((run / "run.json").read_text(encoding="utf-8"))
    if source.stat().st_size > (most := limit(card["recipe"]["algorithm"])):
        raise ValueError(
            f"{source} has {source.stat().st_size} bytes, more than {most}: train a narrower network"
        )
    card = {"name": name, "about": about, "sha256": hashlib.sha256(source.read_bytes()).hexdigest()} | card
    card["metrics"] = evaluate(load(run), root=root)
    shutil.copyfile(source, target)
    target.with_suffix(".json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    return card


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit("usage: python -m gan_lab.zoo.shipping RUN NAME ABOUT [ROOT]")
    run, name, about, *root = sys.argv[1:]
    made = ship(Path(run), name, about, Path(root[0]) if root else None)
    print(json.dumps(made["metrics"], indent=2))
