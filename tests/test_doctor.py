"""The doctor recognises what it is there for, and never ends in a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gan_lab import doctor

ROOT = Path(__file__).resolve().parent.parent
NMS = "operator torchvision::nms does not exist"


def by_name(findings) -> dict[str, doctor.Finding]:
    return {finding.name: finding for finding in findings}


def run(path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """``gan-lab doctor`` in a fresh process that finds the packages of ``path`` first."""
    code = (
        f"import sys; sys.path[:0] = [{str(path)!r}, {str(ROOT)!r}]\n"
        f"from gan_lab.cli import call; sys.exit(call(['doctor', *{list(arguments)!r}]))"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=path)


def broken(path: Path, package: str, line: str) -> Path:
    """A folder with a package of that name whose import runs one line."""
    (path / package).mkdir()
    (path / package / "__init__.py").write_text(line, encoding="utf-8")
    return path


def test_this_machine_is_well():
    found = by_name(doctor.examine())
    wrong = [finding for finding in found.values() if finding.state == doctor.FAIL]
    assert not wrong
    expected = "python torch torchvision accelerator bf16 gradio jupyter chromium disk mnist-5k"
    assert set(expected.split()) <= set(found)
    assert "5,000" in found["mnist-5k"].detail


def test_json_and_exit_code_0(tmp_path):
    done = run(tmp_path, "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert report["healthy"] is True
    assert all(set(f) == {"name", "state", "detail", "advice"} for f in report["findings"])


def test_a_torchvision_of_another_build_is_named(tmp_path):
    done = run(broken(tmp_path, "torchvision", f"raise RuntimeError({NMS!r})"), "--json")
    finding = next(f for f in json.loads(done.stdout)["findings"] if f["name"] == "torchvision")
    assert done.returncode == 1
    assert finding["state"] == "fail"
    assert "does not belong to this torch" in finding["detail"]
    assert NMS in finding["detail"]
    assert "pip uninstall -y torch torchvision" in finding["advice"]
    assert "Traceback" not in done.stderr


def test_a_torch_that_does_not_import_is_diagnosed(tmp_path):
    done = run(broken(tmp_path, "torch", "raise OSError('libtorch.so: cannot open shared object file')"))
    assert done.returncode == 1
    assert "libtorch.so" in done.stdout
    assert "gan_lab will not work" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("number", "text"), [(13000, "13.0"), (12080, "12.8"), (None, None), ("12.8", "12.8")]
)
def test_built_for(number, text):
    class Vision:
        class version:
            cuda = number

    assert doctor.built_for(Vision) == text  # pyright: ignore[reportArgumentType]


def test_a_cpu_torch_under_a_cuda_torchvision(monkeypatch):
    import torch

    other = "12.6" if torch.version.cuda != "12.6" else None
    monkeypatch.setattr(torch.version, "cuda", other)
    finding = doctor.torchvision()
    assert finding.state == doctor.FAIL
    assert "one place in one call" in finding.advice


def test_an_unwritable_folder_fails(tmp_path):
    assert doctor.disk(tmp_path / "nowhere").state == doctor.FAIL


def test_a_full_disk_warns(tmp_path):
    assert doctor.disk(tmp_path, least_mib=2**40).state == doctor.WARN


def test_an_old_package_and_a_missing_one():
    assert doctor.module("pytest", "the tests", "999").state == doctor.FAIL
    missing = doctor.module("no-such-package", "nobody", "1", doctor.WARN)
    assert missing.state == doctor.WARN
    assert "pip install" in missing.advice


def test_no_browser_is_a_warning(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert doctor.browser().state == doctor.WARN


def test_states_are_words(capsys):
    doctor.show([doctor.Finding("one", "ok", "fine"), doctor.Finding("two", "warn", "odd", "mend it")])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("ok ")
    assert lines[1].startswith("warn ")
    assert "-> mend it" in lines[2]
    assert "gan_lab works" in lines[-1]
