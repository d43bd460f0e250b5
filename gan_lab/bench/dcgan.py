"""A DCGAN step at 64x64, batch 64: gan_lab against the same networks trained as the PyTorch example does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from torch.utils.flop_counter import FlopCounterMode

from gan_lab.algorithms.dcgan import DCGAN
from gan_lab.bench.result import Result, reading
from gan_lab.bench.timing import finish, interleaved, matmul_rate, ratio
from gan_lab.data.images import ImageSet
from gan_lab.models.dcgan import Discriminator, Generator
from gan_lab.training import Engine, TrainConfig, train

BATCH, FOREVER = 64, 10**9
EXAMPLE, OURS, FRESH = "example (fp32)", "gan_lab (bf16)", "gan_lab (bf16, fresh noise for G)"


class Decoded(Dataset[tuple[Tensor, int]]):
    """Pictures as an image folder gives them once decoded, with the example's transforms after that."""

    def __init__(self, images: Tensor) -> None:
        from torchvision import transforms

        arrays = images.permute(0, 2, 3, 1).numpy()
        self.pictures = [Image.fromarray(np.ascontiguousarray(array)) for array in arrays]
        half = (0.5, 0.5, 0.5)
        self.transform = transforms.Compose(
            [
                transforms.Resize(64),
                transforms.CenterCrop(64),
                transforms.ToTensor(),
                transforms.Normalize(half, half),
            ]
        )

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        picture: Any = self.pictures[index]
        return self.transform(picture), 0


def pictures(n: int) -> Tensor:
    """Smooth noise, uint8 ``(n, 3, 64, 64)``: what is on the pictures does not matter here."""
    coarse = torch.rand(n, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    return nn.functional.interpolate(coarse, 64, mode="bilinear").mul(255).to(torch.uint8)


def example(images: Tensor, device: torch.device, batch: int, workers: int) -> Iterator[tuple[float, ...]]:
    """Steps in the manner of the PyTorch DCGAN example: what it computes, in its order and precision.

    fp32 in the default layout, a DataLoader with worker processes, labels and binary cross-entropy on sigmoids,
    two backward passes for D, gradients for D in G's turn as well, numbers read at every step.
    """
    netG, netD = Generator(64).to(device), Discriminator(64).to(device)
    loader = DataLoader(Decoded(images), batch, shuffle=True, num_workers=workers, drop_last=True)
    return example_loop(netG, netD, 100, loader, device)


def example_loop(
    netG: nn.Module, netD: nn.Module, nz: int, loader: DataLoader[Any], device: torch.device
) -> Iterator[tuple[float, ...]]:
    """The example's loop itself, for a discriminator that gives logits ``(B,)``."""
    optimizers = [torch.optim.Adam(net.parameters(), lr=2e-4, betas=(0.5, 0.999)) for net in (netD, netG)]
    criterion = nn.BCELoss()
    while True:
        for real, *_ in loader:
            x = real.to(device)
            label = torch.full((len(x),), 1.0, device=device)
            netD.zero_grad()
            output = torch.sigmoid(netD(x))
            loss_real = criterion(output, label)
            loss_real.backward()
            seen_real = output.mean().item()
            fake = netG(torch.randn(len(x), nz, device=device))
            output = torch.sigmoid(netD(fake.detach()))
            loss_fake = criterion(output, label.fill_(0.0))
            loss_fake.backward()
            seen_fake = output.mean().item()
            optimizers[0].step()
            netG.zero_grad()
            output = torch.sigmoid(netD(fake))
            loss_g = criterion(output, label.fill_(1.0))
            loss_g.backward()
            seen_later = output.mean().item()
            optimizers[1].step()
            yield (loss_real + loss_fake).item(), loss_g.item(), seen_real, seen_fake, seen_later


def ours(images: Tensor, engine: Engine, batch: int, reuse_fake: bool = True) -> Iterator[object]:
    """The same with gan_lab: one uint8 tensor on the device, channels_last, bf16, fused Adam."""
    gan = DCGAN(64, 3, 100, 64, 64, reuse_fake=reuse_fake)
    data = ImageSet("pictures", images).to(engine.device)
    return train(gan, data.batches(batch), TrainConfig(FOREVER, check_every=FOREVER), engine)


def several(steps: Iterator[object], n: int, device: torch.device) -> Callable[[], None]:
    """A function that takes the next n steps and waits for the device."""

    def take() -> None:
        for _ in range(n):
            next(steps)
        finish(device)

    return take


def flops(images: Tensor, batch: int) -> float:
    """Floating-point operations of one of our steps, as PyTorch counts its convolutions; counted on a few images."""
    few = 4
    steps = ours(images, Engine("cpu"), few)
    next(steps)
    with FlopCounterMode(display=False) as counter:
        next(steps)
    return counter.get_total_flops() * batch / few


def step(quick: bool = False, device: torch.device | None = None, steps: int = 6) -> Result:
    """The comparison on the CPU (or on a given device)."""
    device = device or torch.device("cpu")
    n, count, batch = (1, 1, 4) if quick else (7, steps, BATCH)
    images = pictures(4 * batch if quick else 2048)
    capture = device.type == "cuda"
    engines = [Engine(str(device), "bf16", capture=capture) for _ in range(2)]
    contestants = {
        EXAMPLE: example(images, device, batch, workers=0 if quick else 2),
        OURS: ours(images, engines[0], batch),
        FRESH: ours(images, engines[1], batch, reuse_fake=False),
    }
    if capture:  # a fake cannot be kept from one recorded phase to the next
        del contestants[OURS]
    calls = {name: several(steps, count, device) for name, steps in contestants.items()}
    rounds = interleaved(calls, n, pause=0.0 if quick else 0.5)
    contestants[EXAMPLE].close()  # pyright: ignore[reportAttributeAccessIssue]  # ends the workers
    best = OURS if OURS in rounds else FRESH
    seconds = sorted(rounds[best])[n // 2] / count
    rate = matmul_rate(torch.bfloat16, device, 512 if quick else 8192 if capture else 2048)
    readings = {f"faster: {FRESH}": reading(ratio(rounds, EXAMPLE, FRESH), "times", "higher")}
    if best == OURS:
        readings = {
            f"faster: {OURS}": reading(ratio(rounds, EXAMPLE, OURS), "times", "higher", 2.0)
        } | readings
    for name, taken in rounds.items():
        readings[f"step: {name}"] = reading(sorted(taken)[n // 2] / count, "seconds", "lower")
    readings["bf16 matmul rate"] = reading(rate / 1e9, "GFLOP/s", "higher")
    readings["share of the matmul rate"] = reading(flops(images, batch) / seconds / rate, "share", "higher")
    return Result(readings, notes(count, batch), rounds)


def notes(count: int, batch: int) -> list[str]:
    """What is compared."""
    return [
        f"{count} steps a round, batch {batch}, 3x64x64, nz 100, ngf = ndf = 64, the same network classes on both",
        "sides. The example: fp32, default layout, DataLoader with 2 workers over decoded pictures (Resize,",
        "CenterCrop, ToTensor, Normalize), BCELoss on sigmoids, D's gradients in G's turn, numbers read each step;",
        "reading and decoding files is not counted, and its workers fill their queue between two rounds.",
        "gan_lab: bf16 autocast, channels_last, fused Adam, one uint8 tensor; it reuses D's fake, as the example",
        "does, and in the line with fresh noise draws a new one for G, as the lecture does.",
    ]


def step_cuda(quick: bool = False) -> Result:
    """The comparison on the first CUDA device, our phases recorded as graphs."""
    if not torch.cuda.is_available():
        return Result(skipped="PyTorch sees no CUDA device")
    return step(quick, torch.device("cuda"), steps=50)
