"""``gan-lab apps`` and ``gan-lab labs``: opens what a browser shows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from gan_lab import places


def open_apps(name: str | None, host: str, port: int, inbrowser: bool) -> None:
    """Serves one app, or the hub with all of them, until Ctrl-C.

    Raises:
        ValueError: no app has that name, the host is not this machine's, or gradio is not installed.
    """
    try:
        hub, serve = places.apps("hub"), places.apps("serve")
    except ModuleNotFoundError as error:
        if error.name != "gradio":
            raise
        raise ValueError("the apps need gradio: pip install -c constraints.txt gradio") from error
    page = hub if name is None else hub.find(name)
    serve.serve(page.build(), host=host, port=port, inbrowser=inbrowser)


def open_labs(copy: Path | None) -> None:
    """Starts JupyterLab on the notebooks, or on a copy of them, until Ctrl-C.

    Raises:
        ValueError: JupyterLab is not installed, or the folder to copy to is not empty.
    """
    folder = places.folder("labs")
    if copy is not None:
        if copy.exists() and any(copy.iterdir()):
            raise ValueError(f"{copy} is not empty: choose a new folder for the notebooks")
        shutil.copytree(folder, copy, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        folder = copy
    elif not os.access(folder, os.W_OK):
        raise ValueError(f"{folder} cannot be written: open a copy with --copy DIR")
    command = [sys.executable, "-m", "jupyterlab", "--ServerApp.ip=127.0.0.1", str(folder)]
    if subprocess.run([sys.executable, "-c", "import jupyterlab"], capture_output=True).returncode:
        raise ValueError("the labs need JupyterLab: pip install -c constraints.txt jupyterlab")
    subprocess.run(command, check=False)
