"""The command line. Bad input ends in one clear line and exit code 2; only a mistake of ours ends in a traceback.

Nothing heavy is imported before a command needs it, so that ``--help`` is quick and ``doctor`` runs anywhere.
"""

from __future__ import annotations

import json
import sys
import traceback
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="A teaching lab for implicit generative models and adversarial learning.",
)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")]
Root = Annotated[str | None, typer.Option("--root", help="Folder with the data in torchvision's layout.")]
Download = Annotated[bool, typer.Option("--download", help="Fetch the data if they are not there.")]
Device = Annotated[str, typer.Option(help="cpu, cuda, cuda:1, mps, or auto for the best there is.")]


def main() -> None:
    """Runs a command and ends the process with its exit code."""
    sys.exit(call(sys.argv[1:]))


def call(arguments: list[str]) -> int:
    """Runs a command; returns its exit code."""
    try:
        return int(
            typer.main.get_command(app).main(arguments, prog_name="gan-lab", standalone_mode=False) or 0
        )
    except KeyboardInterrupt:
        return _complain("stopped", 130)
    except Exception as error:
        if hasattr(error, "format_message"):  # the parser's own: an unknown option, a missing argument
            return _complain(error.format_message(), 2)  # pyright: ignore[reportAttributeAccessIssue]
        if (isinstance(error, ValueError) and _is_ours(error)) or isinstance(error, OSError):
            return _complain(str(error), 2)
        raise


def _complain(message: str, code: int) -> int:
    print(f"gan-lab: {' '.join(message.split())}", file=sys.stderr)
    return code


def _is_ours(error: BaseException) -> bool:
    """Raised by this project's code: its messages are written for the user."""
    last = traceback.extract_tb(error.__traceback__)[-1].filename
    here = Path(__file__).resolve().parent
    return any(place in Path(last).resolve().parents for place in (here, here.parent / "apps"))


def _print_json(value: Any) -> None:
    print(json.dumps(value, indent=2))


@app.command()
def train(
    context: typer.Context,
    algorithm: Annotated[
        str,
        typer.Argument(
            help="gan, wgan, wgan-gp, dcgan, progressive, cgan, age-cgan, vae, pixelcnn, aae, aae-style, aae-semi, "
            "pix2pix, cyclegan, classifier, probe or segmenter."
        ),
    ],
    data: Annotated[str, typer.Option(help="A data set by name, or a folder or zip of images.")] = "mnist-5k",
    out: Annotated[Path | None, typer.Option(help="The run's folder. [default: runs/ALGORITHM-DATA]")] = None,
    steps: Annotated[int, typer.Option(help="How often every network gets its turn.")] = 2000,
    batch_size: Annotated[
        int | None, typer.Option(help="[default: points 256, images 128, growing 32, pix2pix 4, cyclegan 1]")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the first weights, the data's order and all noise.")] = 0,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in --out.")] = False,
    root: Root = None,
    download: Download = False,
    skip_broken: Annotated[
        bool, typer.Option("--skip-broken", help="Count broken images and go on.")
    ] = False,
    split: Annotated[
        str, typer.Option(help="train, test, or train-55k for mnist without mnist-5k.")
    ] = "train",
    size: Annotated[int | None, typer.Option(help="Image size: 8, 16, 32, 64 or 128.")] = None,
    channels: Annotated[int | None, typer.Option(help="1 for grey, 3 for colour.")] = None,
    width: Annotated[
        int | None, typer.Option(help="Hidden units, or feature maps of the first layer.")
    ] = None,
    latent_dim: Annotated[int | None, typer.Option(help="Width of the noise z.")] = None,
    loss: Annotated[
        str | None, typer.Option(help="minimax, non_saturating, least_squares, hinge or relativistic.")
    ] = None,
    k: Annotated[int | None, typer.Option(help="Discriminator updates per generator update.")] = None,
    lr: Annotated[float | None, typer.Option(help="Learning rate. [default: the algorithm's own]")] = None,
    r1: Annotated[float | None, typer.Option(help="Weight of the R1 penalty.")] = None,
    r2: Annotated[float | None, typer.Option(help="Weight of the R2 penalty.")] = None,
    ema: Annotated[float | None, typer.Option(help="Decay of the averaged generator, such as 0.999.")] = None,
    phase_images: Annotated[
        int | None,
        typer.Option(
            help="Images to fade a level in, and again to train it. [default: --steps in equal phases]"
        ),
    ] = None,
    prior: Annotated[
        str | None,
        typer.Option(help="gaussian, wide-gaussian or mixture; for an aae also uniform, swiss-roll or ring."),
    ] = None,
    beta: Annotated[float | None, typer.Option(help="vae: weight of the KL term.")] = None,
    binarise: Annotated[str | None, typer.Option(help="vae, pixelcnn: fixed or dynamic.")] = None,
    gaussian: Annotated[
        bool | None, typer.Option("--gaussian", help="aae: the encoder draws its codes.")
    ] = None,
    tied: Annotated[
        bool | None, typer.Option("--tied", help="aae: labels tied to the prior's components.")
    ] = None,
    labels: Annotated[int | None, typer.Option(help="aae-semi: how many labels may be used.")] = None,
    condition: Annotated[
        str | None, typer.Option(help="cgan, age-cgan: concat or projection, how D is told the label.")
    ] = None,
    patch: Annotated[
        int | None,
        typer.Option(help="pix2pix, cyclegan: side of what D judges: 1, 16, 34, 70 or 286 pixels."),
    ] = None,
    direction: Annotated[
        str | None, typer.Option(help="pix2pix: AtoB or BtoA; A is the left half of a pair.")
    ] = None,
    without: Annotated[
        str | None, typer.Option(help="pix2pix: leave out l1 or gan; cyclegan: cycle, identity or history.")
    ] = None,
    decay: Annotated[
        float | None,
        typer.Option(
            help="The learning rate falls to 0 after this part of the run. [default: never; pix2pix, cyclegan 0.5]"
        ),
    ] = None,
    device: Device = "auto",
    precision: Annotated[str, typer.Option(help="fp32 or bf16.")] = "fp32",
    compile: Annotated[bool, typer.Option("--compile", help="Compile the networks first.")] = False,
    capture: Annotated[
        bool, typer.Option("--capture", help="On CUDA, record each phase as a graph: several times as fast.")
    ] = False,
    save_every: Annotated[str, typer.Option(help="Save every so many seconds (60s) or steps (500).")] = "60s",
    every_grid: Annotated[
        int | None, typer.Option(help="Steps between pictures. [default: 20 a run]")
    ] = None,
) -> int:
    """Train a model. Ctrl-C saves and says how to go on.

    Example: gan-lab train dcgan --data mnist-5k --steps 2000 --out runs/digits

    Several processes: accelerate launch -m gan_lab train dcgan ...
    """
    from gan_lab.commands.train import Order, run

    folder = out or Path("runs") / f"{algorithm}-{Path(data).stem}"
    order = Order(
        steps, folder, resume, save_every, max(1, steps // 20) if every_grid is None else every_grid, decay,
        device, precision, compile, capture, root, download, skip_broken, _typed(),
    )  # fmt: skip
    names = (
        "batch_size",
        "seed",
        "split",
        "size",
        "channels",
        "width",
        "latent_dim",
        "loss",
        "k",
        "lr",
        "r1",
        "r2",
        "ema",
        "phase_images",
        "prior",
        "beta",
        "binarise",
        "gaussian",
        "tied",
        "labels",
        "condition",
        "patch",
        "direction",
        "without",
    )
    return run(order, algorithm, data, {name: context.params[name] for name in names})


def _typed() -> list[str]:
    """The command as it was typed, so that it can be typed again."""
    import os

    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        return ["accelerate", "launch", "-m", "gan_lab", *sys.argv[1:]]
    return ["gan-lab", *sys.argv[1:]]


@app.command()
def sample(
    model: Annotated[str, typer.Argument(help="A model of the zoo, or the folder of a finished run.")],
    out: Annotated[Path, typer.Option(help="The picture to write.")] = Path("samples.png"),
    n: Annotated[int, typer.Option("-n", help="How many.")] = 64,
    seed: Annotated[int, typer.Option(help="Another seed, other samples.")] = 0,
) -> None:
    """Draw samples from a model into a PNG file."""
    from gan_lab.commands.models import draw

    print(f"wrote {draw(model, out, n, seed)}")


@app.command()
def evaluate(
    model: Annotated[str, typer.Argument(help="A model of the zoo, or the folder of a finished run.")],
    n: Annotated[int, typer.Option("-n", help="How many samples.")] = 10_000,
    seed: Annotated[int, typer.Option(help="Of the samples.")] = 0,
    root: Root = None,
    as_json: AsJson = False,
) -> None:
    """Compute a model's metrics anew, each beside its floor: what real data score against real data."""
    from gan_lab.commands import models

    results = models.evaluate(model, n, seed, root)
    _print_json(results) if as_json else models.show_metrics(results["metrics"])
    if root is None and (sentence := models.left_out(results)):
        print(sentence, file=sys.stderr)


@app.command()
def zoo(as_json: AsJson = False) -> None:
    """List the models that come with gan_lab, and what their cards say."""
    from gan_lab.commands import models

    cards = models.cards()
    _print_json(cards) if as_json else models.show_cards(cards)


@app.command()
def apps(
    name: Annotated[
        str | None, typer.Argument(help="One app, such as latent_arithmetic. [default: all]")
    ] = None,
    host: Annotated[str, typer.Option(help="Who may connect: by default only this machine.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The first to try; the next free one is taken.")] = 7860,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
) -> None:
    """Open the apps in the browser."""
    from gan_lab.commands.open import open_apps

    open_apps(name, host, port, not no_browser)


@app.command()
def labs(
    copy: Annotated[
        Path | None, typer.Option(help="Copy the notebooks into this folder and open them there.")
    ] = None,
) -> None:
    """Open the notebooks in JupyterLab."""
    from gan_lab.commands.open import open_labs

    open_labs(copy)


@app.command()
def doctor(as_json: AsJson = False) -> int:
    """Check that everything is there and fits together. Exit code 1 if something essential does not."""
    from dataclasses import asdict

    from gan_lab import doctor as ward

    findings = [*ward.examine()]
    well = ward.healthy(findings)
    if as_json:
        _print_json({"healthy": well, "findings": [asdict(finding) for finding in findings]})
    else:
        ward.show(findings)
    return 0 if well else 1


@app.command()
def bench(
    names: Annotated[list[str] | None, typer.Argument(help="Which benchmarks. [default: all]")] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Few rounds: shows that all works, no verdicts.")
    ] = False,
    as_json: AsJson = False,
    out: Annotated[Path, typer.Option(help="The file for the numbers.")] = Path("bench.json"),
) -> None:
    """Measure speed and quality on this machine. A busy machine gets numbers, but no verdicts.

    Example: gan-lab bench toy-step dcgan-step
    """
    from gan_lab import bench as benchmarks

    report = benchmarks.run(names or [], quick, (lambda line: None) if as_json else print)
    benchmarks.write(report, out)
    _print_json(report) if as_json else print(f"wrote {out}")
