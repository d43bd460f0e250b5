"""How long until something is there: the import, the first page of the apps, an answer of the arithmetic."""

from __future__ import annotations

import os
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request

from gan_lab import places
from gan_lab.bench.result import Result, reading
from gan_lab.bench.timing import Rounds

IMPORT = "import time; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"
PARTS = ("data", "latent", "losses", "metrics", "recipes", "training", "zoo")
MODULES = {
    "import torch": "torch",
    "import gan_lab": "gan_lab",
    "import all of gan_lab": ", ".join(f"gan_lab.{part}" for part in PARTS),
}
"""``import gan_lab`` alone loads next to nothing, so its parts are what is judged."""
MODEL = "dcgan-mnist"


def import_seconds(modules: str) -> float:
    """Seconds that ``import modules`` takes in a new interpreter, its own start not counted."""
    code = IMPORT.format(modules)
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=_env())
    return float(out.stdout.split()[-1])


def _env() -> dict[str, str]:
    """This process's environment, with this very gan_lab on the path."""
    paths = [str(places.PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def first_page(limit: float = 120.0) -> float:
    """Seconds from starting ``gan-lab apps`` to its first page.

    Raises:
        ValueError: it ended, or did not answer within ``limit`` seconds.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gan_lab", "apps", "--no-browser", "--port", str(port)]
    start = time.perf_counter()
    server = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_env(), start_new_session=True
    )
    try:
        while time.perf_counter() - start < limit:
            if server.poll() is not None:
                raise ValueError(f"gan-lab apps ended with exit code {server.returncode}: start it by hand")
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=limit) as answer:
                    answer.read()
                    return time.perf_counter() - start
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.05)
        raise ValueError(f"gan-lab apps did not answer within {limit:g} seconds")
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGTERM) if hasattr(os, "killpg") else server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def startup(quick: bool = False) -> Result:
    """Importing gan_lab against importing torch, and the first page of the apps where there are apps."""
    rounds: Rounds = {name: [] for name in MODULES}
    for modules in MODULES.values():
        import_seconds(modules)
    for _ in range(1 if quick else 9):
        for name, seconds in rounds.items():
            seconds.append(import_seconds(MODULES[name]))
    more = [b - a for a, b in zip(rounds["import torch"], rounds["import all of gan_lab"], strict=True)]
    readings = {
        "import all of gan_lab beyond torch": reading(statistics.median(more), "seconds", "lower", 0.3)
    }
    for name, seconds in rounds.items():
        readings[name] = reading(statistics.median(seconds), "seconds", "lower")
    notes = ["imports in new interpreters, in turns, after one of each that is not counted"]
    try:
        there = (places.folder("apps") / "hub.py").exists()
    except FileNotFoundError:
        there = False
    if there:
        pages = [first_page() for _ in range(1 if quick else 3)]
        readings["first page of the apps"] = reading(statistics.median(pages), "seconds", "lower", 20.0)
    else:
        notes.append("the apps are not installed: no first page was timed")
    return Result(readings, notes, rounds)


def handler(quick: bool = False) -> Result:
    """The function behind the sliders of the arithmetic page, called directly, at batch 1."""
    from gan_lab import zoo

    try:
        measure = places.apps("measure")
    except (FileNotFoundError, ModuleNotFoundError) as error:
        return Result(skipped=f"the apps cannot be loaded ({error})")
    if MODEL not in zoo.names():
        return Result(skipped=f"{MODEL} is not in the zoo")
    times = measure.handlers(MODEL, 10 if quick else 200)
    readings = {
        name: reading(t["median_ms"], "ms", "lower", 20.0 if name == "arithmetic" else None)
        for name, t in times.items()
    }
    return Result(readings, ["each event's function by itself, a new slider position every time"])
