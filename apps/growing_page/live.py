"""A small Progressive GAN that really trains while one looks: one for each open page, gone when the tab closes."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import asdict
from functools import cache, partial
from time import perf_counter

import numpy as np
import torch

from gan_lab import data, training
from gan_lab.algorithms.base import Probe
from gan_lab.algorithms.gan import adam
from gan_lab.algorithms.progressive import Progressive
from gan_lab.data import ImageSet, to_uint8
from gan_lab.models.progressive import faded
from gan_lab.training.seeding import DRAWING, seed_device, seed_for
from gan_lab.viz.grids import to_uint8 as shades

from ..player import Player
from ..visits import Visits, one_thread
from .controls import DATA, FACES, controls

SIZE, LATENT, MAPS, BATCH = 16, 16, (16, 16, 8), 16
"""As small as a lecture's patience: 4x4 to 16x16 on one core."""
STEPS = 100_000
"""Where a training that nobody pauses ends."""
LATEST = 400
"""Points of the curve that a frame carries."""
DRAWN = 1024
"""Faces that are drawn for the training, once for the whole server."""


@cache
def images(name: str) -> ImageSet:
    """The images to train on, 16x16.

    Raises:
        ValueError: none of ``DATA``.
    """
    if name not in DATA:
        raise ValueError(f"live training takes {' or '.join(DATA)}, not {name!r}")
    if name == "faces":
        drawn = torch.cat([data.load("faces", size=SIZE).batch(i, 64).x for i in range(DRAWN // 64)])
        return ImageSet("faces", to_uint8(drawn))
    return data.load(name, size=SIZE)  # type: ignore[return-value]


class Live(Player):
    """One visitor's training. Every method but ``allow`` and ``pause`` waits for the step in progress.

    Args:
        name: one of ``DATA``.
        count: images for each phase of growing.
    """

    def __init__(self, name: str = "mnist-5k", count: int = 3000) -> None:
        super().__init__()
        self.start(name, count)

    def start(self, name: str, count: int) -> None:
        """A new run from the first step; a play in progress goes on with it.

        Raises:
            ValueError: other data than ``DATA``, or a number of images out of range.
        """
        count = controls()["images"].parse(f"{count:g}")
        dataset = images(name)
        with self.lock, one_thread():
            self.name, self.count, self.failed = name, count, ""
            self.curve: list[tuple[int, float]] = []
            with DRAWING:
                seed_device(torch.device("cpu"), seed_for(0, "weights"))
                self.gan = Progressive(
                    SIZE, dataset.channels, LATENT, MAPS, fade=count, stable=count, batch_size=BATCH, ema=0.98,
                    optimizer=partial(adam, lr=2e-3, betas=(0.0, 0.99)),
                )  # fmt: skip
            self.session = training.Session(
                self.gan,
                dataset.batches(BATCH),
                training.TrainConfig(steps=STEPS, check_every=1),
                training.Engine("cpu"),
                snapshot_bytes=4 * 2**20,
            )
            noise = torch.randn(FACES, LATENT, generator=torch.Generator().manual_seed(1))
            self.probe, self.reals = Probe(noise), dataset.images_float(range(FACES))

    def tick(self) -> str:
        """At least one step."""
        end = perf_counter() + self.PERIOD / 2
        with one_thread():
            while self._step() and perf_counter() < end:
                pass
        return self.frame()

    def step(self) -> None:
        """One step of both players."""
        self.allow(False)
        with self.lock, one_thread():
            self._step()

    def frame(self) -> str:
        """What there is to see now, as JSON; frames are numbered, so that a late one can be left out."""
        with self.lock, one_thread():
            gan, progress = self.gan, self.session.progress
            level, alpha = gan.level, gan.alpha.item()
            fakes = self.session.frame(self.probe)["fake"]
            reals = faded(self.reals, level, alpha).numpy()
            skip = max(1, len(self.curve) // LATEST)
            return json.dumps(
                {
                    "number": self.number(),
                    "playing": self.playing,
                    "step": progress.step,
                    "seen": progress.seen,
                    "level": level,
                    "alpha": alpha,
                    "channels": gan.generator.channels,  # type: ignore[union-attr]
                    "fakes": _packed(fakes),
                    "reals": _packed(reals),
                    "stages": [asdict(stage) for stage in gan.stages()],
                    "curve": self.curve[::skip],
                    "failed": self.failed,
                    "data": self.name,
                }
            )

    def _step(self) -> bool:
        """One step; whether there can be another."""
        try:
            step = self.session.step()
        except training.NonFiniteLoss as error:
            self.failed = f"{error} Start anew."
            self.pause()
            return False
        self.curve.append((step.seen, round(-step.logs["discriminator"]["cost"].item(), 4)))
        if step.step >= STEPS:
            self.pause()
        return self.playing


def _packed(images: np.ndarray) -> str:
    """(N, C, H, W) in [-1, 1] as bytes (N, H, W, C)."""
    return b64encode(np.ascontiguousarray(shades(images).transpose(0, 2, 3, 1)).tobytes()).decode()


def lives(most: int = 32) -> Visits[Live]:
    """All visitors' trainings."""
    return Visits(Live, lambda live: live.allow(False), most)


LIVES = lives()
"""One training for each open page of this server that has asked for one."""
