"""A step of two 2x64 networks on points in the plane: gan_lab, eager and compiled whole, against a plain script."""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Iterator

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from gan_lab.algorithms.gan import GAN
from gan_lab.bench.compiled import train_compiled
from gan_lab.bench.dcgan import FOREVER, example_loop, several
from gan_lab.bench.result import Result, reading
from gan_lab.bench.timing import interleaved, ratio, threads
from gan_lab.data import toy2d
from gan_lab.models.mlp import MLP
from gan_lab.training import Engine, TrainConfig, train

BATCH, WIDTH = 128, 64
EXAMPLE, PLAIN = "as the PyTorch example does it", "lean script"
EAGER, WHOLE = "gan_lab", "gan_lab, compiled step"


def net(outputs: int) -> nn.Sequential:
    """Two hidden layers of 64."""
    hidden = [nn.Linear(2, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH), nn.ReLU()]
    return nn.Sequential(*hidden, nn.Linear(WIDTH, outputs))


def example() -> Iterator[tuple[float, ...]]:
    """The PyTorch example's loop on the same networks: see ``dcgan.example``; a DataLoader without workers."""
    points = TensorDataset(toy2d.ring().sample(100_000))
    loader = DataLoader(points, BATCH, shuffle=True, drop_last=True)
    netD = nn.Sequential(net(1), nn.Flatten(0))
    return example_loop(net(2), netD, 2, loader, torch.device("cpu"))


def plain() -> Iterator[tuple[float, float]]:
    """A lean script: minibatches gathered from one tensor, one backward pass for D, BCEWithLogitsLoss, Adam as it
    comes, both losses read at every step."""
    points = toy2d.ring().sample(100_000)
    G, D = net(2), net(1)
    opt_d = torch.optim.Adam(D.parameters(), lr=2e-4, betas=(0.5, 0.999))
    opt_g = torch.optim.Adam(G.parameters(), lr=2e-4, betas=(0.5, 0.999))
    criterion = nn.BCEWithLogitsLoss()
    while True:
        real = points[torch.randint(len(points), (BATCH,))]
        fake = G(torch.randn(BATCH, 2)).detach()
        loss_d = criterion(D(real), torch.ones(BATCH, 1)) + criterion(D(fake), torch.zeros(BATCH, 1))
        opt_d.zero_grad()
        loss_d.backward()
        opt_d.step()
        loss_g = criterion(D(G(torch.randn(BATCH, 2))), torch.ones(BATCH, 1))
        opt_g.zero_grad()
        loss_g.backward()
        opt_g.step()
        yield loss_d.item(), loss_g.item()


def ours(compiled: bool = False) -> Iterator[object]:
    """The same networks, batch and optimiser with gan_lab, fresh noise for either turn."""
    gan = GAN(MLP(2, 2, WIDTH, 2, "relu"), MLP(2, 1, WIDTH, 2, "relu"), 2)
    batches, config = toy2d.ring().batches(BATCH), TrainConfig(FOREVER, check_every=FOREVER)
    if compiled:
        return train_compiled(gan, batches, config)
    return train(gan, batches, config, Engine("cpu"))


def step(quick: bool = False) -> Result:
    """The comparison, all of it on one thread."""
    n, count = (1, 3) if quick else (15, 100)
    contestants: dict[str, Iterator[object]] = {EXAMPLE: example(), PLAIN: plain(), EAGER: ours()}
    notes = [
        f"{count} steps a round on one thread, batch {BATCH}, two networks of 2x{WIDTH} units, Adam, no worker",
        "processes. The targets hold against the PyTorch example's loop: DataLoader, two backward passes for D, D's",
        "gradients in G's turn, BCELoss on sigmoids, numbers read at each step. The lean script does none of that: it",
        "gathers minibatches from one tensor and reads its two losses.",
    ]
    with threads(1):
        warm_up = None
        if not quick and (shutil.which("g++") or shutil.which("clang++")):
            contestants[WHOLE] = ours(compiled=True)
            start = time.perf_counter()
            next(contestants[WHOLE])
            warm_up = time.perf_counter() - start
        else:
            notes.append("the compiled step was left out: " + ("quick mode" if quick else "no C++ compiler"))
        cpu = torch.device("cpu")
        rounds = interleaved({k: several(v, count, cpu) for k, v in contestants.items()}, n)
    readings = {}
    for name, target in ((EAGER, 1.7), (WHOLE, 3.5)):
        if name in rounds:
            readings[f"faster: {name}"] = reading(ratio(rounds, EXAMPLE, name), "times", "higher", target)
            lean = reading(ratio(rounds, PLAIN, name), "times", "higher")
            readings[f"faster than the lean script: {name}"] = lean
    if warm_up is not None:
        readings["warm-up of the compiled step"] = reading(warm_up, "seconds", "lower")
    for name, taken in rounds.items():
        readings[f"step: {name}"] = reading(statistics.median(taken) / count * 1e3, "ms", "lower")
    return Result(readings, notes, rounds)
