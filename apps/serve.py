"""The one place for the server's settings: what makes the pages fast, offline and safe.

Every setting that departs from Gradio's default says why. Pages are made with ``page()`` and served with
``serve()``, so no page repeats any of this.
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import Any

# Gradio reads these when it is imported. The second one matters even with the first: otherwise a table of all
# requests is regrouped after every event.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = "1000000"
os.environ["GRADIO_RUN_HISTORY"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"

import gradio as gr
import torch
from gradio.themes.utils import fonts

HOST = "127.0.0.1"
PORT = 7860
CSS = Path(__file__).with_name("style.css")

LIVE: dict[str, Any] = {
    "queue": False,  # straight to the handler: half the time from slider to picture
    "trigger_mode": "always_last",  # one request at a time while dragging, and always the last value
    "show_progress": "hidden",
    "concurrency_limit": 8,
}
"""How a slider's ``.input`` listens: live while it is dragged, ending on its last value."""


def theme() -> gr.themes.Base:
    """Colours and letters. Only fonts that ship with Gradio or the system: a web font would call out.

    Weight 700 instead of Gradio's 600: its semi-bold files hold only some 60 letters, the bold ones all.
    """
    letters = (
        fonts.LocalFont("Source Sans Pro", weights=(400, 700)),
        "ui-sans-serif",
        "system-ui",
        "sans-serif",
    )
    digits = (fonts.LocalFont("IBM Plex Mono", weights=(400, 700)), "ui-monospace", "monospace")
    return gr.themes.Default(
        primary_hue=gr.themes.colors.blue,
        secondary_hue=gr.themes.colors.blue,
        neutral_hue=gr.themes.colors.slate,
        font=letters,
        font_mono=digits,
    )


def page(title: str) -> gr.Blocks:
    """An empty page, to be filled with ``with page("...") as demo:``."""
    return gr.Blocks(title=title, analytics_enabled=False, delete_cache=(600, 3600))


def options(host: str = HOST, port: int = PORT) -> dict[str, Any]:
    """What ``Blocks.launch`` gets."""
    return {
        "server_name": host,
        "server_port": port,
        "share": False,
        "theme": theme(),
        "css_paths": [CSS, *sorted(CSS.parent.glob("*/style.css"))],  # a page's own stands in its folder
        "footer_links": [],
        "run_history": False,  # else every event is written to the browser's storage, and pages slow down
        "max_file_size": "10mb",  # uploads are anonymous and unlimited by default
        "enable_monitoring": False,
        "state_session_capacity": 64,  # by default the state of 10,000 visits would be kept
        "ssr_mode": False,
        "show_error": True,
    }


def serve(
    demo: gr.Blocks,
    host: str = HOST,
    port: int = PORT,
    inbrowser: bool = True,
    block: bool = True,
) -> str:
    """Serves a page or the hub; returns its address.

    Args:
        demo: what ``hub.build()`` or a page's ``build()`` made.
        host: where to listen; only this machine unless told otherwise.
        port: the first to try; the next free one is taken if it is in use.
        inbrowser: open the page in a browser where there is a screen.
        block: wait until Ctrl-C; without it the server runs in the background until ``demo.close()``.

    Raises:
        ValueError: the host is not this machine's, or no port is free.
    """
    # Small nets answer many visitors at once: one thread each, for threads that wait for one another slow all down.
    torch.set_num_threads(1)
    # By default every waiting client gets a message at each job's start: one backlog brought all to a halt.
    demo.queue(status_update_rate=10, max_size=100, default_concurrency_limit=4)
    free = free_port(host, port)
    _, url, _ = demo.launch(
        **options(host, free), inbrowser=inbrowser and has_screen(), prevent_thread_lock=True, quiet=True
    )
    if block:
        taken = "" if free == port else f" (port {port} is in use)"
        print(f"gan_lab is at {url}{taken}; Ctrl-C ends it", flush=True)
        demo.block_thread()
    return url


def free_port(host: str, port: int, tries: int = 100) -> int:
    """The first free port from ``port`` on.

    Raises:
        ValueError: the host is not this machine's, or none of the ports is free.
    """
    for candidate in range(port, port + tries):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, candidate))
                return candidate
            except socket.gaierror as error:
                raise ValueError(f"{host!r} is not an address of this machine: use 127.0.0.1") from error
            except OSError as error:
                reason = error.strerror
    raise ValueError(
        f"cannot listen on {host}, ports {port} to {port + tries - 1} ({reason}): choose another --port"
    )


def has_screen() -> bool:
    """Whether a browser can be shown: on a server without one, none should start in the terminal."""
    return sys.platform in ("win32", "darwin") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
