"""A training that is killed at any moment goes on from the last complete checkpoint, and ends just the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from kill_and_resume import command

from gan_lab import cli
from gan_lab.training import checkpoint

HERE = Path(__file__).parent
STEPS = 400


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the script forks, which this system cannot")
def test_twenty_kills_change_nothing(tmp_path):
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # as in the children: bit for bit holds for the same number of threads
    try:
        assert cli.call(command(tmp_path / "whole", STEPS)) == 0
    finally:
        torch.set_num_threads(threads)
    script = [sys.executable, str(HERE / "kill_and_resume.py"), str(tmp_path), "20", str(STEPS)]
    environment = os.environ | {"PYTHONPATH": str(HERE.parent)}
    done = subprocess.run(script, capture_output=True, text=True, env=environment, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["kills"] == 20
    assert report["during_a_write"] >= 1
    whole, _ = checkpoint.read(tmp_path / "whole" / "checkpoint.safetensors")
    for run in report["runs"]:
        resumed, _ = checkpoint.read(Path(run) / "checkpoint.safetensors")
        assert whole.keys() == resumed.keys()
        assert all(torch.equal(whole[name], resumed[name]) for name in whole), run
        assert not list(Path(run).glob(".*.tmp"))
