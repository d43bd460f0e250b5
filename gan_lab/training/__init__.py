"""Training: one loop, an engine, sessions one can rewind, and checkpoints that are whole or refused."""

from gan_lab.training import checkpoint
from gan_lab.training.config import Progress, TrainConfig
from gan_lab.training.engine import Engine
from gan_lab.training.loop import NonFiniteLoss, Step, take_step, take_turn, train
from gan_lab.training.seeding import seed_for
from gan_lab.training.session import Session

__all__ = [
    "Engine",
    "NonFiniteLoss",
    "Progress",
    "Session",
    "Step",
    "TrainConfig",
    "checkpoint",
    "seed_for",
    "take_step",
    "take_turn",
    "train",
]
