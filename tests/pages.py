"""Driving a page in the browser: open it, watch what it complains about, move a slider as a hand would."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PATIENCE = 60_000
"""Milliseconds to wait for a page: a busy machine is slow, a broken page is slower."""


def watch(page: Page, home: str) -> list[str]:
    """Everything that goes wrong on a page, or elsewhere than home, from now on; the list grows as it happens."""
    complaints: list[str] = []

    def asked(url: str) -> None:
        if not url.startswith((home, "data:", "blob:")):
            complaints.append(f"outside: {url}")

    def failed(url: str, why: str | None) -> None:
        if why != "net::ERR_ABORTED":  # what a closing page breaks off
            complaints.append(f"{url} failed: {why}")

    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: failed(request.url, request.failure))
    page.on("request", lambda request: asked(request.url))
    return complaints


@contextmanager
def opened(
    browser: Browser, url: str, width: int = 1280, theme: str = "light", known: str = ""
) -> Iterator[Page]:
    """A fresh tab; on leaving, nothing may have been complained about and nobody outside asked for anything.

    ``known`` is the one complaint that is not the page's own.
    """
    page = browser.new_page(viewport={"width": width, "height": 900})
    complaints = watch(page, "/".join(url.split("/")[:3]))
    page.set_default_timeout(PATIENCE)
    try:
        page.goto(f"{url}{'&' if '?' in url else '?'}__theme={theme}")
        yield page
    finally:
        page.close()
    rest = [complaint for complaint in complaints if complaint != known]
    assert rest == [], rest


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


def open_tab(page: Page, name: str) -> None:
    """Clicks the tab of that name; on a narrow page it may stand in the menu behind the three dots."""
    tab = page.locator("button[role=tab]:visible", has_text=name)
    menu = page.locator(".overflow-menu:visible")
    tab.or_(menu).first.wait_for()
    if tab.count():
        return tab.first.click()
    menu.locator("> button").click()
    return menu.locator(".overflow-dropdown button", has_text=name).click()


def drag(page: Page, name: str, fraction: float) -> float:
    """Takes the handle with the mouse and drags it in many small steps, as a hand does."""
    slider = page.locator(f"#{name} input[type=range]")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    low, high, value = (
        float(slider.get_attribute("min")),
        float(slider.get_attribute("max")),
        float(slider.input_value()),
    )
    knob = 16
    at = lambda u: box["x"] + knob / 2 + u * (box["width"] - knob)  # noqa: E731
    y = box["y"] + box["height"] / 2
    page.mouse.move(at((value - low) / (high - low)), y)
    page.mouse.down()
    page.mouse.move(at(fraction) + (-3 if fraction == 1 else 3 if fraction == 0 else 0), y, steps=25)
    page.mouse.move(at(fraction) + (40 if fraction == 1 else -40 if fraction == 0 else 0), y, steps=3)
    page.mouse.up()
    return float(slider.input_value())
