"""Driving a page in the browser: open it, watch what it complains about, move a slider as a hand would."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PATIENCE = 60_000
"""Milliseconds to wait for a page: a busy machine is slow, a broken page is slower."""


@contextmanager
def opened(browser: Browser, url: str, width: int = 1280, theme: str = "light") -> Iterator[Page]:
    """A fresh tab; on leaving, nothing may have been complained about and nobody outside asked for anything."""
    home = "/".join(url.split("/")[:3])
    complaints: list[str] = []
    strangers: list[str] = []
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.set_default_timeout(PATIENCE)
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda asked: (
            strangers.append(asked.url) if not asked.url.startswith((home, "data:", "blob:")) else None
        ),
    )
    try:
        page.goto(f"{url}{'&' if '?' in url else '?'}__theme={theme}")
        yield page
        assert complaints == []
        assert strangers == []
    finally:
        page.close()


def slide(page: Page, name: str, value: float) -> None:
    """Moves the slider with that id, as dragging does: its range fires one input event."""
    page.locator(f"#{name} input[type=range]").evaluate(
        """(slider, value) => {
          slider.value = value;
          slider.dispatchEvent(new Event('input', {bubbles: true}));
        }""",
        value,
    )


def reach(page: Page, name: str) -> tuple[float, float, float]:
    """Least, middle and greatest value of a slider, the middle one on its steps."""
    low, high, step = page.locator(f"#{name} input[type=range]").evaluate("s => [+s.min, +s.max, +s.step]")
    return low, low + round((high - low) / 2 / step) * step, high


def choose(page: Page, name: str, text: str) -> None:
    """Clicks one option of a radio group by its words."""
    page.locator(f"#{name} label", has_text=text).first.click()


def wait_for(page: Page, words: str, within: str = "body") -> None:
    """Waits until the words are to be seen."""
    page.locator(within).get_by_text(words).first.wait_for(state="visible")


def complaints_on_screen(page: Page) -> list[str]:
    """What the page tells its user went wrong."""
    return page.locator(".toast-body.error").all_inner_texts()
