"""Checkpoints are written whole or not at all, and refused when they are not what they should be."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from cases import CASES, nets
from safetensors.torch import save_file

from gan_lab.algorithms.gan import GAN
from gan_lab.training import Engine, Progress, TrainConfig, checkpoint, train
from gan_lab.training.checkpoint import BadCheckpoint


def trained(steps=2, seed=0):
    torch.manual_seed(seed)
    algorithm, progress = GAN(*nets(), 2), Progress()
    for _ in train(algorithm, CASES["gan"][1], TrainConfig(steps), Engine("cpu"), progress):
        pass
    return algorithm, progress


def state_of(algorithm):
    return {k: v.clone() for k, v in algorithm.state_dict().items()}


@pytest.fixture
def saved(tmp_path):
    return checkpoint.save(tmp_path / "c.safetensors", *trained())


def refused(path, match):
    """Loading raises, names the file, and leaves the algorithm and the progress alone."""
    algorithm, progress = trained(1, seed=5)
    before, where = state_of(algorithm), progress.copy()
    with pytest.raises(BadCheckpoint, match=match) as caught:
        checkpoint.load(path, algorithm, progress)
    assert path.name in str(caught.value)
    assert progress == where
    assert all(torch.equal(before[k], v) for k, v in algorithm.state_dict().items())


def test_every_truncation_is_refused(saved):
    content = saved.read_bytes()
    for length in [0, 1, 7, 8, 9, len(content) // 3, len(content) // 2, len(content) - 1]:
        saved.write_bytes(content[:length])
        refused(saved, "damaged")


def test_every_flipped_byte_is_refused(saved):
    content = saved.read_bytes()
    for position in [*range(0, len(content), len(content) // 40), len(content) - 1]:
        broken = bytearray(content)
        broken[position] ^= 0x10
        saved.write_bytes(bytes(broken))
        refused(saved, "damaged|not a checkpoint|other networks")


def test_foreign_files_are_refused(tmp_path):
    other = tmp_path / "other.safetensors"
    save_file({"weight": torch.zeros(3)}, other)
    refused(other, "not a checkpoint of gan_lab")
    other.write_text("a letter to grandmother")
    refused(other, "damaged or not a checkpoint")


def test_another_network_is_refused_by_name(tmp_path):
    torch.manual_seed(0)
    wide = GAN(*nets(width=8), 2)
    path = checkpoint.save(tmp_path / "wide.safetensors", wide, Progress())
    refused(path, "other networks.*discriminator")


def test_other_phases_are_refused(tmp_path):
    algorithm, progress = trained()
    algorithm.phases[0].name = "critic"
    path = checkpoint.save(tmp_path / "c.safetensors", algorithm, progress)
    refused(path, "phases.*critic.*expected.*discriminator")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nothing\.safetensors"):
        checkpoint.load(tmp_path / "nothing.safetensors", *trained())


def test_a_failed_write_leaves_the_old_file(saved, monkeypatch):
    old = saved.read_bytes()

    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        checkpoint.save(saved, *trained(5))
    assert saved.read_bytes() == old
    assert [p.name for p in saved.parent.iterdir()] == [saved.name]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit on a file's size to set")
def test_a_write_the_system_cuts_short_leaves_the_old_file(saved):
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "sys.path.insert(0, sys.argv[1]); import test_checkpoint as t\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "t.checkpoint.save(sys.argv[2], *t.trained(3))\n"
    )
    old = saved.read_bytes()
    here = Path(__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", code, str(here), str(saved)], capture_output=True, text=True, cwd=here.parent
    )
    assert "File too large" in done.stderr
    assert saved.read_bytes() == old
    assert [p.name for p in saved.parent.iterdir()] == [saved.name]


def test_a_full_disk_is_reported_before_training(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(ValueError, match=r"MiB free.*--out"):
        checkpoint.check_room(tmp_path, trained()[0])


def test_an_unwritable_folder_is_reported_before_training(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ValueError, match=r"cannot write to .*--out"):
        checkpoint.check_room(tmp_path / "file" / "run", trained()[0])


def test_leftovers_of_killed_writes_are_removed(tmp_path):
    (tmp_path / ".c.safetensors.123.tmp").write_bytes(b"half")
    checkpoint.check_room(tmp_path, trained()[0])
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_pickled(saved):
    content = saved.read_bytes()
    assert not content.startswith((b"\x80", b"PK"))
    tensors, header = checkpoint.read(saved)
    assert header["numbers"]["progress"]["step"] == 2
    assert all(t.is_contiguous() for t in tensors.values())
