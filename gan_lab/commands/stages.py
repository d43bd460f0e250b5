"""What a growing network leaves on the way: its averaged generator at the end of each phase, in half precision.

Each stage is written as soon as it is over, ``stages/8-fade.safetensors`` and so on. A run that is killed and gone on
with from an earlier checkpoint comes to the same end again, bit for bit, and writes the same file again.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load, save
from torch import Tensor, nn

from gan_lab import recipes
from gan_lab.algorithms.base import Algorithm
from gan_lab.algorithms.progressive import Progressive, Stage
from gan_lab.commands import runs
from gan_lab.models.progressive import Generator

CRITIC = "critic"


def keep(out: Path, algorithm: Algorithm, before: int, after: int) -> None:
    """Writes the stages that ended between so many images seen and so many; nothing for what does not grow."""
    if not isinstance(algorithm, Progressive):
        return
    for stage in algorithm.ended(before, after):
        runs.write(_path(out, stage), save(_generator(algorithm, stage)))


def weights(out: Path, algorithm: Algorithm, seen: int) -> dict[str, Tensor]:
    """What a finished run leaves to use: every stage of what has grown, of all else the network to ship.

    Raises:
        FileNotFoundError: a stage's file is gone.
    """
    if isinstance(algorithm, Progressive):
        return gather(out, algorithm, seen)
    state = recipes.shipped(algorithm).state_dict()
    return {name: t.detach().cpu().contiguous() for name, t in state.items()}


def gather(out: Path, algorithm: Progressive, seen: int) -> dict[str, Tensor]:
    """The finished run's weights, in half precision: ``STAGE/NAME`` for each stage, ``critic/NAME`` for the critic.

    The stage that was going on counts as ended; ``images_seen`` tells how far it had come.

    Raises:
        FileNotFoundError: a stage's file is gone.
    """
    weights = {"images_seen": torch.tensor(seen)}
    for stage in algorithm.stages():
        if stage.end is not None and stage.end <= seen:
            path = _path(out, stage)
            if not path.is_file():
                raise FileNotFoundError(f"{path} is gone: it was written when that stage ended; train again")
            found = load(path.read_bytes())
        elif stage.start < seen:
            found = _generator(algorithm, stage)
        else:
            break
        weights |= {f"{stage.name}/{name}": t for name, t in found.items()}
    return weights | {
        f"{CRITIC}/{name}": t for name, t in _half(algorithm.discriminator.state_dict()).items()
    }


def _path(out: Path, stage: Stage) -> Path:
    return out / runs.STAGES / f"{stage.name}.safetensors"


def _generator(algorithm: Progressive, stage: Stage) -> dict[str, Tensor]:
    shown: nn.Module = algorithm.shown
    assert isinstance(shown, Generator)
    return _half(shown.weights_up_to(stage.level))


def _half(state: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: t.detach().cpu().to(torch.float16).contiguous() for name, t in state.items()}
