"""Which generators a page may show: those of the zoo, and the runs in one folder of the user's own."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from gan_lab import zoo

PROBE = "probe-faces"
PREFERRED = ("dcgan-faces", "dcgan-mnist")


class Model(Protocol):
    """What a page needs of a trained generator."""

    latent_dim: int
    card: dict[str, Any]

    def generate(self, z: Tensor) -> Tensor:
        """Latents ``(B, d)`` to pictures ``(B, C, H, W)`` in [-1, 1]."""
        ...


def runs_folder() -> Path:
    """The only folder from which a page loads runs: ``runs`` here, or what GAN_LAB_RUNS names."""
    return Path(os.environ.get("GAN_LAB_RUNS", "runs")).resolve()


def names() -> list[str]:
    """The zoo's generators, then the finished runs, newest first."""
    return [*generators(), *_runs()]


def made_by(algorithm: str) -> list[str]:
    """What an algorithm made: in the zoo, then the finished runs. Only the heads of the files are read."""
    folder = runs_folder()
    paths = {name: zoo.WEIGHTS / f"{name}.safetensors" for name in zoo.names()}
    paths |= {name: folder / name for name in _runs()}
    return [name for name, path in paths.items() if algorithm_of(path) == algorithm]


def algorithm_of(path: Path) -> str:
    """Which algorithm made a file of weights; nothing where it is none of ours. Only its head is read."""
    try:
        with safe_open(path, framework="pt") as file:
            return json.loads((file.metadata() or {})["recipe"])["algorithm"]
    except (OSError, SafetensorError, KeyError, TypeError, json.JSONDecodeError):
        return ""


def _runs() -> list[str]:
    folder = runs_folder()
    runs = sorted(folder.glob("**/final.safetensors"), key=lambda p: p.stat().st_mtime, reverse=True)
    return [str(p.relative_to(folder)) for p in runs]


def default() -> str:
    """What a page opens with: the faces where they are, else the digits, else the first there is, else nothing."""
    there = names()
    return next((name for name in (*PREFERRED, *there) if name in there), "")


def generators() -> list[str]:
    """Names in the zoo that turn noise alone into pictures: GANs. Others have pages of their own."""
    return [name for name in zoo.names() if _draws(_load_once(name, 0))]


def _draws(model: Any) -> bool:
    return hasattr(model, "generate") and not isinstance(model, zoo.Autoencoder | zoo.ConditionalSampler)


def probe() -> zoo.FaceReader | None:
    """The zoo's reader of faces, if it has one."""
    reader = _load_once(PROBE, 0) if PROBE in zoo.names() else None
    return reader if isinstance(reader, zoo.FaceReader) else None


def load(name: str) -> Model:
    """A generator of the zoo by its name, or a run by its path below the runs folder.

    Raises:
        ValueError: the name is neither, leads out of the runs folder, or does not make pictures from noise.
        FileNotFoundError: there is no such run.
    """
    return _pictures(*_found(name))


def load_any(name: str) -> zoo.AnyModel:
    """Whatever model has that name, a generator or not; refused as by ``load``."""
    return _load_once(*_found(name))


def _found(name: str) -> tuple[str, int]:
    """Where it is, and the time stamp of its file (0 for the zoo's, which do not change)."""
    name = name.strip()
    if name in zoo.names():
        return name, 0
    path = _inside_runs(name)
    return str(path), path.stat().st_mtime_ns


def _inside_runs(name: str) -> Path:
    """The file of a run, however it was typed; refuses everything outside the runs folder."""
    folder, there = runs_folder(), ", ".join(generators()) or "none yet"
    if not name.endswith(".safetensors"):
        raise ValueError(f"no model called {name!r}: the zoo has {there}; a run ends in final.safetensors")
    path = Path(name)
    tried = [path] if path.is_absolute() else [folder / path, folder.parent / path]
    inside = [p.resolve() for p in tried if p.resolve().is_relative_to(folder)]
    if not inside:
        raise ValueError(f"{name!r} lies outside {folder}: only runs in that folder can be opened here")
    for candidate in inside:
        if candidate.is_file():
            return candidate
    raise FileNotFoundError(f"there is no run at {name!r} in {folder}; the zoo has {there}")


@lru_cache(maxsize=64)  # more than the zoo has: what pages keep of a model, they keep by the model itself
def _load_once(name: str, changed: int) -> Any:
    """``changed`` is the file's time stamp, so that a run that was trained again is read again."""
    return zoo.load(name)


@lru_cache(maxsize=16)
def _pictures(name: str, changed: int) -> Model:
    model = _load_once(name, changed)
    if not hasattr(model, "generate"):
        raise ValueError(f"{name} is a classifier: it makes nothing of noise")
    if isinstance(model, zoo.Autoencoder):
        raise ValueError(
            f"{name} is an autoencoder, this page is about GANs' noise: see the page latent-coverage"
        )
    if isinstance(model, zoo.ConditionalSampler):
        raise ValueError(
            f"{name} is told a class besides its noise, this page has noise alone: see the page conditional"
        )
    if model.generate(torch.zeros(1, model.latent_dim)).dim() != 4:
        raise ValueError(f"{name} makes points in the plane, not pictures")
    return model
