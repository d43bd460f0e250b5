"""From a finished run to a model of the zoo, with its card: ``python -m gan_lab.zoo.shipping``, for maintainers."""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from safetensors import safe_open
from safetensors.torch import load as from_bytes
from safetensors.torch import save

from gan_lab.zoo import WEIGHTS, load
from gan_lab.zoo.evaluation import evaluate

LIMIT, GROWING_LIMIT = 5 * 2**20, 16 * 2**20


def limit(algorithm: str) -> int:
    """Bytes that a model may have: 5 MB, or 16 MB where it holds all stages of its growing."""
    return GROWING_LIMIT if algorithm == "progressive" else LIMIT


def halved(path: Path) -> bytes:
    """The same weights in half precision; they are loaded into networks of single precision again."""
    with safe_open(path, framework="pt") as file:
        metadata, tensors = file.metadata(), from_bytes(path.read_bytes())
    small = {name: t.half() if t.is_floating_point() else t for name, t in tensors.items()}
    return save(small, metadata=metadata)


def ship(run: Path, name: str, about: str, root: Path | None) -> dict[str, Any]:
    """Copies a run's weights into the zoo, evaluates them, and writes the card beside them.

    Args:
        run: folder of a finished run.
        name: in the zoo, for example "dcgan-mnist".
        about: one sentence for the card.
        root: where torchvision's sets lie, for metrics on their test sets.

    Raises:
        ValueError: the weights are over the limit even in half precision.
    """
    source, target = run / "final.safetensors", WEIGHTS / f"{name}.safetensors"
    card = json.loads((run / "run.json").read_text(encoding="utf-8"))
    content, most = source.read_bytes(), limit(card["recipe"]["algorithm"])
    if len(content) > most:
        content = halved(source)
    if len(content) > most:
        raise ValueError(f"{source} has {len(content)} bytes, more than {most}: train a narrower network")
    card = {"name": name, "about": about, "sha256": hashlib.sha256(content).hexdigest()} | card
    with tempfile.TemporaryDirectory() as folder:  # what is evaluated is the file as it will be shipped
        (Path(folder) / source.name).write_bytes(content)
        card["metrics"] = evaluate(load(folder), root=root)
    target.write_bytes(content)
    target.with_suffix(".json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    return card


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit("usage: python -m gan_lab.zoo.shipping RUN NAME ABOUT [ROOT]")
    run, name, about, *root = sys.argv[1:]
    made = ship(Path(run), name, about, Path(root[0]) if root else None)
    print(json.dumps(made["metrics"], indent=2))
