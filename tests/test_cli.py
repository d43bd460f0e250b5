"""The command line as a user meets it: help, one clear line on bad input, a run that stops and goes on."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from gan_lab import cli, recipes
from gan_lab.commands import runs
from gan_lab.commands.stopping import Every
from gan_lab.training import checkpoint

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = ("train", "sample", "evaluate", "apps", "labs", "zoo", "doctor", "bench")
TOY = [
    "train",
    "gan",
    "--data",
    "ring",
    "--batch-size",
    "32",
    "--width",
    "16",
    "--device",
    "cpu",
    "--every-grid",
    "0",
]


def train(out: Path, *more: str, steps: int = 6) -> int:
    return cli.call([*TOY, "--steps", str(steps), "--out", str(out), *more])


def one_line(capsys) -> str:
    """What a refused command printed: exactly one line, on stderr."""
    out, err = capsys.readouterr()
    assert out == ""
    lines = err.strip().splitlines()
    assert len(lines) == 1, err
    assert lines[0].startswith("gan-lab: ")
    return lines[0]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command, capsys):
    assert cli.call([command, "--help"]) == 0
    text = capsys.readouterr().out
    assert command in text
    assert "--help" in text


def test_help_names_every_command(capsys):
    assert cli.call(["--help"]) == 0
    listed = re.findall(r"^  ([a-z]+)  ", capsys.readouterr().out, re.MULTILINE)
    assert sorted(listed) == sorted(COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["train", "foo"], "there are: gan, wgan"),
        (["train"], "algorithm"),
        (["frob"], "frob"),
        (["train", "gan", "--bad"], "--bad"),
        (["train", "gan", "--steps", "many"], "--steps"),
        (["train", "gan", "--steps", "0"], "--steps"),
        (["train", "gan", "--data", "ring", "--device", "abacus"], "abacus"),
        (["train", "gan", "--data", "ring", "--precision", "fp8"], "fp8"),
        (
            ["train", "gan", "--data", "ring", "--device", "cpu", "--capture"],
            "needs a CUDA device, not 'cpu'",
        ),
        (["train", "gan", "--data", "ring", "--loss", "huber"], "hinge"),
        (["train", "wgan", "--data", "ring", "--loss", "hinge"], "loss of its own"),
        (["train", "gan", "--data", "ring", "--seed", "-1"], "-1"),
        (["train", "gan", "--data", "ring", "--batch-size", "0"], "batch_size"),
        (["train", "gan", "--data", "ring", "--save-every", "often"], "60s"),
        (["train", "gan", "--data", "ring", "--decay", "2"], "--decay"),
        (["train", "dcgan", "--data", "ring"], "gan, wgan or wgan-gp"),
        (["train", "gan", "--data", "no-such-set"], "no-such-set"),
        (["train", "gan", "--data", "mnist", "--root", "nowhere"], "--download"),
        (["sample", "no-such-model"], "no-such-model"),
        (["evaluate", "no-such-model"], "no-such-model"),
        (["apps", "no-such-app"], "latent-arithmetic"),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(arguments, says, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.call(arguments) == 2
    assert says in one_line(capsys)
    assert list(tmp_path.iterdir()) == []


def test_a_mistake_of_ours_keeps_its_traceback(monkeypatch):
    """Only messages that were written for the user are shortened; any other ValueError is a bug to be seen."""
    monkeypatch.setattr(recipes, "known", lambda algorithm: int("not a number"))
    with pytest.raises(ValueError, match="invalid literal"):
        cli.call(["train", "gan", "--data", "ring"])


def test_a_run_leaves_its_weights_and_its_card(tmp_path):
    out = tmp_path / "run"
    assert train(out, "--every-grid", "3", "--seed", "5") == 0
    left = ["checkpoint.safetensors", "final.safetensors", "run.json", "samples"]
    assert sorted(p.name for p in out.iterdir()) == left
    card = json.loads((out / "run.json").read_text())
    assert (card["steps"], card["images_seen"]) == (6, 6 * 32)
    assert card["recipe"]["seed"] == 5
    assert {"torch", "threads", "processor", "precision", "compile", "capture", "device"} <= set(
        card["machine"]
    )
    pictures = sorted((out / "samples").iterdir())
    assert [p.name for p in pictures] == ["step-000003.png", "step-000006.png"]
    assert np.asarray(Image.open(pictures[0])).std() > 1
    with safe_open(out / "final.safetensors", framework="pt") as file:
        assert json.loads(file.metadata()["recipe"]) == card["recipe"]


def test_the_recipe_builds_the_network_of_the_final_weights(tmp_path):
    out = tmp_path / "run"
    train(out, "--ema", "0.9")
    recipe = recipes.Recipe(**json.loads((out / "run.json").read_text())["recipe"])
    gan = recipes.build(recipe)
    gan.shown.load_state_dict(load_file(out / "final.safetensors"))
    saved, _ = checkpoint.read(out / "checkpoint.safetensors")
    for name, tensor in gan.shown.state_dict().items():
        assert torch.equal(tensor, saved[f"net/average.{name}"])


def test_a_run_is_not_overwritten(tmp_path, capsys):
    out = tmp_path / "run"
    train(out)
    before = (out / "final.safetensors").read_bytes()
    capsys.readouterr()
    assert train(out, "--seed", "1") == 2
    assert "--resume" in one_line(capsys)
    assert (out / "final.safetensors").read_bytes() == before


def test_a_folder_with_other_things_is_left_alone(tmp_path, capsys):
    (tmp_path / "thesis.tex").write_text("mine")
    for more in ([], ["--resume"]):
        assert train(tmp_path, *more) == 2
        assert "thesis.tex" in one_line(capsys)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]


def test_resume_is_the_same_run(tmp_path, capsys):
    """4 steps and 4 more make the weights of 8, bit for bit, with the optimiser's moments and the average."""
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    train(whole, "--ema", "0.9", steps=8)
    train(parts, "--ema", "0.9", steps=4)
    assert train(parts, "--ema", "0.9", "--resume", steps=8) == 0
    assert "going on after step 4" in capsys.readouterr().err
    a, b = (checkpoint.read(run / "checkpoint.safetensors")[0] for run in (whole, parts))
    assert a.keys() == b.keys()
    assert all(torch.equal(a[name], b[name]) for name in a)
    assert (whole / "final.safetensors").read_bytes() == (parts / "final.safetensors").read_bytes()


def test_resume_with_another_recipe_is_refused(tmp_path, capsys):
    out = tmp_path / "run"
    train(out)
    capsys.readouterr()
    assert train(out, "--resume", "--seed", "3", steps=9) == 2
    assert "seed 0, not 3" in one_line(capsys)


@pytest.mark.parametrize("damage", ["truncated", "flipped", "foreign"])
def test_a_damaged_checkpoint_is_refused_by_name(tmp_path, capsys, damage):
    out = tmp_path / "run"
    train(out)
    path = out / "checkpoint.safetensors"
    whole = path.read_bytes()
    if damage == "truncated":
        path.write_bytes(whole[: len(whole) // 2])
    elif damage == "flipped":
        path.write_bytes(whole[:-10] + bytes([whole[-10] ^ 1]) + whole[-9:])
    else:
        save_file({"x": torch.zeros(3)}, path)
    capsys.readouterr()
    assert train(out, "--resume", steps=9) == 2
    assert "checkpoint.safetensors" in one_line(capsys)


def test_a_full_disk_is_told_before_training(tmp_path, capsys, monkeypatch):
    full = type("Usage", (), {"free": 1000})
    monkeypatch.setattr("shutil.disk_usage", lambda path: full)
    assert train(tmp_path / "run") == 2
    assert "MiB free" in one_line(capsys)


def test_ctrl_c_saves_and_says_how_to_go_on(tmp_path):
    out = tmp_path / "run"
    command = [
        sys.executable,
        "-m",
        "gan_lab",
        *TOY,
        "--steps",
        "100000",
        "--out",
        str(out),
        "--save-every",
        "5",
    ]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        wait_for(out / runs.CHECKPOINT, process)
        process.send_signal(signal.SIGINT)
        said, err = ended(process)
    assert process.returncode == 130, err
    step = int(re.search(r"stopped after step (\d+)", said)[1])
    again = said.strip().splitlines()[-1].split()
    assert again == ["gan-lab", *command[3:], "--resume"]
    _, header = checkpoint.read(out / runs.CHECKPOINT)
    assert header["numbers"]["progress"]["step"] == step


def ended(process: subprocess.Popen[str], seconds: float = 60) -> tuple[str, str]:
    """What a process has said, once it has ended; one that does not end is killed, so that nothing hangs."""
    try:
        return process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        raise


def wait_for(path: Path, process: subprocess.Popen[str], seconds: float = 60) -> None:
    """Until the file is there; fails when the process ends first."""
    until = time.monotonic() + seconds
    while not path.exists():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < until, f"{path} did not appear"
        time.sleep(0.02)


def test_apps_are_served_to_this_machine_only(tmp_path):
    """``gan-lab apps`` in a process of its own answers on 127.0.0.1, and ends on Ctrl-C without a traceback."""
    command = [sys.executable, "-m", "gan_lab", "apps", "--port", "7950", "--no-browser"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert address, said + process.communicate()[1]
        with urllib.request.urlopen(address[0]) as page:
            assert page.status == 200
        process.send_signal(signal.SIGINT)
        _, err = ended(process)
    assert "Traceback" not in err


def in_child(arguments: list[str]) -> None:
    """A command in a process of its own, quietly."""
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    os._exit(cli.call(arguments))


def test_killed_at_twenty_moments_it_ends_with_the_same_weights(tmp_path):
    """SIGKILL at random moments, most of them while a checkpoint is written (one after every step)."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["gan_lab.commands.train", "gan_lab.cli", "torch._dynamo"])
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    length = ["--steps", "200", "--ema", "0.9", "--save-every", "1"]
    reference = context.Process(target=in_child, args=([*TOY, *length, "--out", str(whole)],))
    reference.start()
    reference.join(120)
    assert reference.exitcode == 0
    wait, resumed_from, in_the_middle = random.Random(0), [], 0
    for kill in range(20):
        child = context.Process(target=in_child, args=([*TOY, *length, "--out", str(killed), "--resume"],))
        child.start()
        wait_for_change(killed / runs.CHECKPOINT, child)
        time.sleep(wait.uniform(0.0, 0.03))
        child.kill()
        child.join(60)
        assert child.exitcode == -signal.SIGKILL, f"it ended by itself before kill number {kill}"
        in_the_middle += any(killed.glob(".*.tmp"))
        _, header = checkpoint.read(killed / runs.CHECKPOINT)
        resumed_from.append(header["numbers"]["progress"]["step"])
    assert in_the_middle, "no kill came while a checkpoint was being written"
    assert resumed_from == sorted(resumed_from)
    assert resumed_from[0] < resumed_from[-1] < 200
    last = context.Process(target=in_child, args=([*TOY, *length, "--out", str(killed), "--resume"],))
    last.start()
    last.join(120)
    assert last.exitcode == 0
    assert (whole / runs.FINAL).read_bytes() == (killed / runs.FINAL).read_bytes()
    assert not list(killed.glob(".*.tmp")), "left-overs of killed writers are cleared"


def wait_for_change(path: Path, child: multiprocessing.process.BaseProcess) -> None:
    """Until the file is replaced, so that the run is under way."""
    before = path.stat().st_mtime_ns if path.exists() else 0
    until = time.monotonic() + 60
    while time.monotonic() < until and child.is_alive():
        if path.exists() and path.stat().st_mtime_ns != before:
            return
        time.sleep(0.002)


@pytest.mark.parametrize(("text", "steps", "seconds"), [("500", 500, 0), ("60s", 0, 60)])
def test_every(text, steps, seconds):
    every = Every.parse(text)
    assert (every.steps, every.seconds) == (steps, seconds)


@pytest.mark.parametrize("text", ["", "0", "0s", "5m", "-3", "1.5"])
def test_every_refuses(text):
    with pytest.raises(ValueError, match="--save-every"):
        Every.parse(text)


@pytest.mark.parametrize("algorithm", ["gan", "wgan", "wgan-gp", "dcgan", "classifier"])
def test_every_algorithm_trains_on_digits(tmp_path, algorithm):
    size = [] if algorithm == "classifier" else ["--size", "16"]
    command = [
        "train",
        algorithm,
        "--data",
        "mnist-5k",
        "--steps",
        "2",
        "--batch-size",
        "8",
        "--width",
        "4",
        *size,
    ]
    assert cli.call([*command, "--device", "cpu", "--out", str(tmp_path / "run")]) == 0
    weights = load_file(tmp_path / "run" / "final.safetensors")
    assert all(torch.isfinite(t.float()).all() for t in weights.values())
    pictures = list((tmp_path / "run").glob("samples/*.png"))
    assert len(pictures) == (0 if algorithm == "classifier" else 2)


def test_two_processes_train_one_model(tmp_path):
    """Started as ``accelerate launch`` starts them: one writes, together they see twice the images."""
    out = tmp_path / "run"
    launch = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--standalone",
        "--nproc_per_node",
        "2",
        "-m",
        "gan_lab",
    ]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    command = [*launch, *TOY, "--steps", "5", "--out", str(out)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    card = json.loads((out / "run.json").read_text())
    assert card["machine"]["processes"] == 2
    assert card["images_seen"] == 2 * 5 * 32
    assert done.stdout.count("finished") == 1
