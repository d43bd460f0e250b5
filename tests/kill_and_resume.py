"""A script for test_reliability: trains by the command line in child processes that are killed, again and again.

The parent imports everything once and forks, so that a restart costs no import. Half the kills come after a random
time, half at the moment a checkpoint is being written (its temporary file is there).
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

import torch

from gan_lab import cli


def command(out: Path, steps: int) -> list[str]:
    words = f"train gan --data ring --batch-size 32 --width 32 --device cpu --steps {steps} --save-every 3"
    return [*words.split(), "--every-grid", str(steps), "--out", str(out)]


def child(out: Path, steps: int) -> int:
    pid = os.fork()
    if pid == 0:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        log = os.open(out.with_suffix(".log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 2)
        sync = os.fsync
        os.fsync = lambda file: (time.sleep(0.01), sync(file))[
            1
        ]  # a slow disk, to be killed while writing to it
        code = cli.call([*command(out, steps), "--resume"])
        os._exit(code)
    return pid


def killed(pid: int, out: Path, while_writing: bool, delay: float) -> bool:
    """Kills the child at the wanted moment; False if it had finished before."""
    end = time.monotonic() + delay
    while os.waitpid(pid, os.WNOHANG) == (0, 0):
        writing = while_writing and any(out.glob(".checkpoint*.tmp"))
        if writing or time.monotonic() > end:
            os.kill(pid, signal.SIGKILL)
            return os.WIFSIGNALED(os.waitpid(pid, 0)[1])
    return False


def main(folder: Path, kills: int, steps: int) -> None:
    torch.set_num_threads(1)
    cli.call(command(folder / "warm-up", 2))  # whatever is imported late is imported before the forks
    rng, done, during_a_write, runs = random.Random(0), 0, 0, []
    while done < kills or not runs[-1].joinpath("final.safetensors").exists():
        if not runs or runs[-1].joinpath("final.safetensors").exists():
            runs.append(folder / f"run{len(runs)}")
        out, while_writing = runs[-1], rng.random() < 0.5
        if done < kills:
            if killed(child(out, steps), out, while_writing, rng.uniform(0.05, 1.0)):
                done += 1
                during_a_write += any(out.glob(".checkpoint*.tmp"))
        else:
            os.waitpid(child(out, steps), 0)
    print(json.dumps({"kills": done, "during_a_write": during_a_write, "runs": [str(run) for run in runs]}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
