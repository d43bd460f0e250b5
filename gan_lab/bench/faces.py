"""Faces a second: how fast the endless set is drawn, at 64x64 as a GAN asks for them."""

from __future__ import annotations

import torch

from gan_lab.bench.result import Result, reading
from gan_lab.bench.timing import finish, interleaved
from gan_lab.data.faces import FaceStream

BATCH = 64


def drawn(quick: bool = False, device: torch.device | None = None) -> Result:
    """Minibatches of 64 with fresh factors, on the CPU with all its threads or on a given device."""
    device = device or torch.device("cpu")
    rounds, count = (1, 1) if quick else (7, 8 if device.type == "cpu" else 50)
    streams = {f"{size} x {size}": FaceStream(size, device=device) for size in (16, 64, 128)}
    places = dict.fromkeys(streams, 0)

    def take(name: str) -> None:
        for _ in range(count):
            streams[name].batch(places[name], BATCH)
            places[name] += 1
        finish(device)

    seconds = interleaved({name: lambda name=name: take(name) for name in streams}, rounds)
    readings = {}
    for name, taken in seconds.items():
        rate = count * BATCH / sorted(taken)[rounds // 2]
        target = 1000.0 if name == "64 x 64" else None
        readings[f"faces at {name}"] = reading(rate, "faces/s", "higher", target)
    note = f"{count} minibatches of {BATCH} a round, factors drawn anew each time, {torch.get_num_threads()} threads"
    return Result(readings, [note], seconds)


def drawn_cuda(quick: bool = False) -> Result:
    """The same on the first CUDA device."""
    if not torch.cuda.is_available():
        return Result(skipped="PyTorch sees no CUDA device")
    return drawn(quick, torch.device("cuda"))
