"""An AAE and a VAE of the same architecture that train in step, to play, take phase by phase, and rewind exactly.

A moment is a moment of the AAE. The VAE has one phase, in which both terms of its loss work at once; it takes it
with every reconstruction of the AAE, so that both have always seen the same digits.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import torch
from torch import Tensor

from gan_lab import training
from gan_lab.algorithms.aae import AAE
from gan_lab.algorithms.adam import adam
from gan_lab.algorithms.base import Algorithm, watching
from gan_lab.algorithms.vae import VAE
from gan_lab.data import ImageSet, to_uint8
from gan_lab.data.priors import Density, named
from gan_lab.losses import reconstruction
from gan_lab.metrics.latent import hole_rate
from gan_lab.models.autoencoder import Decoder, Encoder
from gan_lab.models.mlp import MLP
from gan_lab.training.seeding import DRAWING, seed_device, seed_for
from gan_lab.zoo.coders import seeded

from .controls import ENCODERS, LIVE_PRIORS, controls
from .pairs import held_out

T = TypeVar("T")
WIDTH, BATCH, TRAINED = 96, 64, 4000
"""Hidden units, digits in a minibatch, and how many of mnist-5k are trained on; the other 1,000 are looked at."""
STEPS = 100_000
"""Where a training that nobody pauses ends."""
EVERY = 50
"""Moments between two measurements of both."""
SNAPSHOTS = 40 * 2**20
"""Bytes that each of both may keep to rewind with."""
TURNS = {"reconstruct": "reconstruction", "discriminate": "discriminator", "regularise": "encoder"}
"""The buttons, and the AAE's phases."""
GAME = ("discriminator", "encoder")
"""The phases whose losses are drawn."""


class Race:
    """Both trainings.

    Args:
        matched: the AAE's prior, one of ``LIVE_PRIORS``; the VAE's is the same, if it has a density.
        encoder: whether the AAE's encoder draws its codes ("gaussian") or not ("point"); a VAE's always does.
        beta: weight of the VAE's KL term.

    Raises:
        ValueError: a prior or an encoder that there is not, or a beta out of range.
    """

    def __init__(self, matched: str = "wide-gaussian", encoder: str = "gaussian", beta: float = 1.0) -> None:
        if matched not in LIVE_PRIORS or encoder not in ENCODERS:
            raise ValueError(
                f"live training takes a prior of {', '.join(LIVE_PRIORS)} and an encoder of {', '.join(ENCODERS)}, "
                f"not {matched!r} and {encoder!r}"
            )
        self.matched, self.encoder = matched, encoder
        self.beta = float(controls()["beta"].parse(f"{beta:g}"))
        self.prior = named(matched)
        digits, labels = held_out()
        batches = ImageSet("digits", to_uint8(digits[:TRAINED]), labels[:TRAINED]).batches(BATCH)
        self.x, self.labels = digits[TRAINED:], labels[TRAINED:]
        # The noise of all codes that are shown is fixed: watching draws nothing.
        self.noise = torch.randn(len(self.x), 2, generator=torch.Generator().manual_seed(1))
        with seeded(2):
            self.samples = [self.prior.sample(len(self.x)) for _ in range(2)]
        aae, vae = _alike(_aae, self), _alike(_vae, self)
        config = training.TrainConfig(steps=STEPS, check_every=1)

        def session(model: Algorithm) -> training.Session:
            return training.Session(model, batches, config, training.Engine("cpu"), snapshot_bytes=SNAPSHOTS)

        self.aae, self.vae = session(aae), session(vae) if vae else None
        self.done: list[str] = []
        self.losses: list[list[float | None]] = []
        self.measured: dict[int, dict[str, dict[str, float]]] = {}
        self.measure()

    @property
    def moment(self) -> int:
        """Where the AAE is on its record."""
        return self.aae.moment

    @property
    def recorded(self) -> int:
        """How far the record goes."""
        return self.aae.recorded

    @property
    def next_turn(self) -> str:
        """The button whose phase comes next in a whole step."""
        return list(TURNS)[self.aae.progress.next_phase]

    @property
    def sides(self) -> dict[str, AAE | VAE]:
        """Both models, by their kind; the VAE only where there is one."""
        both = {"aae": self.aae.algorithm}
        if self.vae:
            both["vae"] = self.vae.algorithm
        return both  # type: ignore[return-value]

    def go(self) -> None:
        """One moment on: what is on record, else a whole step."""
        self.step(self.done[self.moment] if self.moment < self.recorded else "")

    def step(self, turn: str = "") -> None:
        """A whole step, or one turn of the AAE; doing otherwise than on record drops what came after.

        Raises:
            ValueError: no such turn.
            NonFiniteLoss: the training has diverged; it can be rewound.
        """
        if turn and turn not in TURNS:
            raise ValueError(f"a turn is one of {', '.join(TURNS)}, not {turn!r}")
        if self.moment < self.recorded and self.done[self.moment] != turn:
            self._forget()
        step = self.aae.step(TURNS[turn] if turn else None)
        if self.moment > len(self.done):
            values = step.values()
            self.done.append(turn)
            self.losses.append([values.get(f"{name}/loss") for name in GAME])
        self._together()

    def rewind(self, to: int) -> None:
        """Both to another moment on record, exactly.

        Raises:
            ValueError: a moment that is not on record.
        """
        self.aae.rewind(to)
        self._together()

    def _forget(self) -> None:
        """Drops what is on record beyond this moment."""
        del self.done[self.moment :], self.losses[self.moment :]
        self.measured = {moment: found for moment, found in self.measured.items() if moment <= self.moment}

    def _together(self) -> None:
        """The VAE to where it has seen what the AAE has seen."""
        if self.vae:
            wanted = self.aae.progress.updates.get("reconstruction", 0)
            if self.vae.moment > wanted or self.vae.moment + EVERY < wanted <= self.vae.recorded:
                self.vae.rewind(wanted)
            while self.vae.moment < wanted:
                self.vae.step()
        if self.moment % EVERY == 0 and self.moment not in self.measured:
            self.measure()

    def codes(self, kind: str) -> Tensor:
        """One sample of q(z|x) for each of the digits that are looked at, ``(1000, 2)``."""
        model = self.sides[kind]
        with watching(model):
            mean, log_var = model.encoder.distribution(self.x)
            return mean + self.noise * (log_var / 2).exp()

    def decoded(self, kind: str, places: Tensor) -> Tensor:
        """Codes ``(n, 2)`` as pictures ``(n, 1, 28, 28)``."""
        model = self.sides[kind]
        with watching(model):
            return model.decoder(places)

    def believed(self, places: Tensor) -> Tensor:
        """How likely the AAE's discriminator takes places ``(n, 2)`` for the prior's samples, ``(n,)``."""
        aae = self.sides["aae"]
        assert isinstance(aae, AAE)
        with watching(aae):
            return aae.discriminator(places).flatten().sigmoid()

    def measure(self) -> None:
        """Hole rate and reconstruction error of both at this moment, on the digits that are looked at."""
        found = {}
        for kind, model in self.sides.items():
            codes = self.codes(kind)
            with watching(model):
                error = reconstruction.mean_squared(model.decoder.logits(codes), self.x)
            found[kind] = {
                "holes": hole_rate(codes, *self.samples)["value"] if codes.isfinite().all() else 1.0,
                "error": 2 * error.mean().item(),
            }
        self.measured[self.moment] = found


def _alike(make: Callable[[Race], T], race: Race) -> T:
    """Both begin with the same weights where their networks are the same."""
    with DRAWING:
        seed_device(torch.device("cpu"), seed_for(0, "weights"))
        return make(race)


def _coders(gaussian: bool) -> tuple[Encoder, Decoder]:
    return Encoder(2, width=WIDTH, gaussian=gaussian), Decoder(2, width=WIDTH)


def _aae(race: Race) -> AAE:
    """As ``gan-lab train aae`` makes it, only narrower."""
    return AAE(
        *_coders(race.encoder == "gaussian"),
        MLP(2, 1, WIDTH, 2, "relu"),
        race.prior,
        optimizer=partial(adam, lr=1e-3, betas=(0.9, 0.999)),
        adversarial=partial(adam, lr=2e-4, betas=(0.5, 0.999)),
    )


def _vae(race: Race) -> VAE | None:
    """Only where the prior has a density, which the ELBO needs."""
    if not isinstance(race.prior, Density):
        return None
    return VAE(*_coders(True), beta=race.beta, prior=race.prior, optimizer=partial(adam, lr=1e-3))
