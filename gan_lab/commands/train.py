"""``gan-lab train``: one run in one folder, which can be stopped at any moment and gone on with.

The folder holds ``checkpoint.safetensors`` (the whole state), ``samples/`` (pictures on the way), and, once the run
is finished, ``final.safetensors`` (the generator, or the classifier) and ``run.json`` (the run card). A network that
grows leaves ``stages/`` as well: itself at the end of each of its phases.
"""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from gan_lab import data, recipes
from gan_lab.algorithms.aae import SemiSupervisedAAE
from gan_lab.algorithms.base import Algorithm
from gan_lab.algorithms.progressive import phase_images
from gan_lab.commands import datasets, pictures, runs, stages
from gan_lab.commands.stopping import Every, stop_requests
from gan_lab.models.progressive import levels
from gan_lab.recipes import Recipe
from gan_lab.training import Engine, Progress, Step, TrainConfig, checkpoint, train

if TYPE_CHECKING:
    from accelerate import Accelerator

    from gan_lab.data.loader import AnySet
    from gan_lab.data.pair_folders import AnyPairs


@dataclass(frozen=True)
class Order:
    """What the command line asked for, beside the recipe.

    Attributes:
        steps: how often every phase gets its turn, over all parts of the run.
        out: the run's folder.
        resume: go on from its checkpoint.
        save_every: "60s" for every minute, "500" for every 500 steps.
        grid_every: steps between two pictures; 0 for none.
        decay: part of the run after which the learning rate falls linearly to 0; 1 for never, None for the
            algorithm's own: half of the run for translators, else never.
        command: as it was typed, for the run card and to say how to go on.
    """

    steps: int
    out: Path
    resume: bool = False
    save_every: str = "60s"
    grid_every: int = 0
    decay: float | None = None
    device: str = "auto"
    precision: str = "fp32"
    compile: bool = False
    capture: bool = False
    root: str | None = None
    download: bool = False
    skip_broken: bool = False
    command: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.steps < 1 or self.grid_every < 0 or not (self.decay is None or 0 < self.decay <= 1):
            raise ValueError(
                "--steps must be at least 1, --every-grid at least 0 and --decay in (0, 1], "
                f"not {self.steps}, {self.grid_every} and {self.decay}"
            )


@dataclass
class Run:
    """A run that is ready to go."""

    order: Order
    recipe: Recipe
    dataset: AnySet | AnyPairs
    algorithm: Algorithm
    engine: Engine
    progress: Progress
    seconds: float = 0.0

    @property
    def leads(self) -> bool:
        """Only the first process writes and shows."""
        return self.engine.rank == 0


def run(order: Order, algorithm: str, name: str, wishes: dict[str, Any]) -> int:
    """Trains to the end, or to Ctrl-C. Returns the exit code: 0, or 130 when stopped before the end.

    Raises:
        ValueError, FileNotFoundError: whatever was asked for wrongly; nothing has been written then.
    """
    recipes.known(algorithm)
    saved = runs.look(order.out, order.resume)
    save_every = Every.parse(order.save_every)
    this = prepare(order, algorithm, name, wishes)
    if saved is not None:
        go_on(this, saved)
    with stop_requests(this.engine) as stopped:
        started, before, seen = time.perf_counter(), this.seconds, this.progress.seen
        for step in shown(this):
            this.seconds = before + time.perf_counter() - started
            if this.leads:  # before any checkpoint: a stage that is over in a checkpoint lies on the disk
                stages.keep(order.out, this.algorithm, seen, step.seen)
            seen = step.seen
            if this.leads and due(step.step, order.grid_every, order.steps):
                pictures.draw(this.algorithm, this.dataset, this.recipe, order.out, step.step)
            if stopped():
                return stop(this)
            if this.leads and save_every.due(step.step):
                save(this)
    if this.leads:
        save(this)
        weights = stages.weights(order.out, this.algorithm, this.progress.seen)
        runs.finish(order.out, weights, card(this))
        print(f"finished: {order.out / runs.FINAL} and {order.out / runs.CARD}")
    return 0


def prepare(order: Order, algorithm: str, name: str, wishes: dict[str, Any]) -> Run:
    """Data, networks and engine; the folder is made and tried last, when everything else is known to be right."""
    accelerator = processes(order.device)
    device = order.device if accelerator is None else str(accelerator.device)
    engine = Engine(
        device, order.precision, compile=order.compile, capture=order.capture, accelerator=accelerator
    )
    dataset = datasets.load(order, algorithm, name, wishes, engine)
    recipe = recipes.fit(
        algorithm, dataset, data=name, **{k: v for k, v in wishes.items() if k not in ("size", "channels")}
    )
    decay = order.decay or (0.5 if algorithm in recipes.TRANSLATORS else 1.0)
    if decay < 1 and algorithm == "progressive":
        raise ValueError("progressive keeps its learning rate, as in the paper: leave --decay out")
    if decay < 1 or algorithm in recipes.READERS:
        images = order.steps * recipe.k * recipe.batch_size * engine.processes
        recipe = replace(recipe, decay_from=int(images * decay), decay_until=images)
    if algorithm == "progressive" and not recipe.phase_images:
        updates = order.steps * recipe.k * engine.processes
        share = phase_images(updates, levels(recipe.size), recipe.batch_size)
        recipe = replace(recipe, phase_images=share)
    built = recipes.build(recipe)
    if isinstance(built, SemiSupervisedAAE):
        if not isinstance(dataset, data.ImageSet):
            raise ValueError(f"{dataset.name} is not a labelled set of images, which {algorithm} needs")
        built.give_labels(dataset.few(recipe.labels, recipe.seed))
    if engine.rank == 0:
        checkpoint.check_room(order.out, built)
        runs.clear(order.out)
    engine.prepare(built)  # before a checkpoint is loaded: moments take their parameters' memory format
    return Run(order, recipe, dataset, built, engine, Progress())


def processes(device: str) -> Accelerator | None:
    """An accelerator when ``accelerate launch`` started several processes, else None."""
    import os

    if int(os.environ.get("WORLD_SIZE", "1")) < 2:
        return None
    from accelerate import Accelerator

    return Accelerator(cpu=device == "cpu")


def go_on(this: Run, path: Path) -> None:
    """Puts a checkpoint into a run.

    Raises:
        ValueError: the checkpoint is of another recipe; the message names what differs.
    """
    _, header = checkpoint.read(path)
    if "recipe" not in header["extra"]:
        raise ValueError(f"{path} was not written by gan-lab train: it holds no recipe to go on with")
    old = Recipe(**header["extra"]["recipe"])
    if different := old.differences(this.recipe):
        raise ValueError(f"{path} is of another run: it has {'; '.join(different)}")
    extra = checkpoint.load(path, this.algorithm, this.progress)
    this.seconds = extra["seconds"]
    changed = {k: v for k, v in runs.machine(this.engine).items() if extra["machine"].get(k) != v}
    if changed and this.leads:
        was = ", ".join(f"{k} {extra['machine'].get(k)!r} -> {v!r}" for k, v in changed.items())
        print(
            f"note: this part of the run differs in {was}; weights may differ in the last bits",
            file=sys.stderr,
        )
    if this.leads:
        print(f"going on after step {this.progress.step}", file=sys.stderr)


def save(this: Run) -> None:
    """Writes the checkpoint, whole or not at all."""
    extra = {"recipe": this.recipe.as_dict(), "seconds": this.seconds, "machine": runs.machine(this.engine)}
    checkpoint.save(this.order.out / runs.CHECKPOINT, this.algorithm, this.progress, extra)


def stop(this: Run) -> int:
    """What Ctrl-C does between two steps."""
    if this.leads:
        save(this)
        again = this.order.command + ([] if "--resume" in this.order.command else ["--resume"])
        print(f"stopped after step {this.progress.step}, nothing is lost; go on with:\n  {shlex.join(again)}")
    return 130


def due(step: int, every: int, last: int) -> bool:
    """True at every ``every``-th step and at the last one; never for 0."""
    return every > 0 and (step % every == 0 or step == last)


def shown(this: Run) -> Iterator[Step]:
    """The steps of the training, with a progress bar on the first process. Losses are read only to be shown."""
    config = TrainConfig(steps=this.order.steps, seed=this.recipe.seed)
    steps = train(
        this.algorithm,
        this.dataset.batches(this.recipe.batch_size, this.recipe.seed),
        config,
        this.engine,
        this.progress,
    )
    pause = 0.5 if sys.stderr.isatty() else 10.0
    bar = tqdm(
        total=config.steps, initial=this.progress.step, unit="step", mininterval=pause, disable=not this.leads
    )
    started, first = time.perf_counter(), this.progress.seen
    told = started
    with bar:
        for step in steps:
            now = time.perf_counter()
            if this.leads and (now - told > pause or step.step == config.steps):
                told = now
                rate = {"images/s": f"{(step.seen - first) / (now - started):.0f}"}
                bar.set_postfix(
                    rate | {k: f"{v:.3f}" for k, v in step.values().items() if k.endswith("/loss")},
                    refresh=False,
                )
            bar.update()
            yield step


def card(this: Run) -> dict[str, Any]:
    """The run card: how to get these weights again, and what they were got with."""
    # A run in parts ends with the weights of a run in one, so that is the command.
    command = [word for word in this.order.command if word != "--resume"]
    return {
        "command": shlex.join(command),
        "recipe": this.recipe.as_dict(),
        "steps": this.progress.step,
        "images_seen": this.progress.seen,
        "updates": this.progress.updates,
        "wall_seconds": round(this.seconds, 1),
        "data": runs.describe(this.dataset),
        "machine": runs.machine(this.engine),
    }
