"""Measures the playground in a real browser: ``python -m apps.playground.speed 5`` opens it in five tabs and plays.

Prints, for each tab, the frames that reached the browser in a second and the training steps in it, with the default
settings, and the load of the machine beside them. Needs playwright and a Chromium. No test asserts these numbers.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from time import monotonic

from .. import hub, serve

SECONDS = 10


def main(visitors: int) -> list[dict[str, float]]:
    """Frames and steps a second of each of so many visitors who play at once."""
    from playwright.sync_api import sync_playwright

    demo = hub.build()
    url = serve.serve(demo, inbrowser=False, block=False)
    chromium = next(
        p for name in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(name))
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        pages = []
        for _ in range(visitors):
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.set_default_timeout(120_000)
            page.goto(f"{url}gan-playground")
            page.wait_for_function("() => window.ganPlayground?.frames > 0")
            pages.append(page)
        for page in pages:
            page.click("#play")
        pages[0].wait_for_timeout(2000)
        read = "() => [ganPlayground.frames, ganPlayground.frame.runs[0].step]"
        begin, before = monotonic(), [page.evaluate(read) for page in pages]
        pages[0].wait_for_timeout(1000 * SECONDS)
        after, wall = [page.evaluate(read) for page in pages], monotonic() - begin
        browser.close()
    demo.close()
    return [
        {"frames_per_s": round((b[0] - a[0]) / wall, 1), "steps_per_s": round((b[1] - a[1]) / wall, 1)}
        for a, b in zip(before, after, strict=True)
    ]


if __name__ == "__main__":
    found = main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
    print(json.dumps({"visitors": found, "load": os.getloadavg()[0], "cores": os.cpu_count()}))
