"""How fast pages answer, from latent arithmetic to image translation: handlers, and from hand to picture.

    python -m apps.measure     # prints one JSON object; the second part needs playwright and a Chromium

No test asserts these numbers: a shared machine would make them lie. The load average stands beside them.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import time
from collections.abc import Callable
from typing import Any

import torch

from . import hub, models, serve
from .coverage_page import controls as coverage
from .growing_page import album
from .growing_page import events as growing
from .latent_page import events
from .translation_page import cycle, desk, translators

DRAG = """async n => {
  const slider = document.querySelector('#w1 input[type=range]');
  const times = [];
  for (let i = 0; i < n; i++) {
    const before = document.querySelector('#result img').src;
    const start = performance.now();
    slider.value = -2 + 4 * (i % 37) / 37;
    slider.dispatchEvent(new Event('input', {bubbles: true}));
    while (document.querySelector('#result img').src === before && performance.now() - start < 2000)
      await new Promise(done => requestAnimationFrame(done));
    times.push(performance.now() - start);
    await new Promise(done => setTimeout(done, 60));
  }
  return times;
}"""
"""Moves the slider, waits until the picture on the page is another one, n times; the page's own clock."""

GROW = """async ([n, wanted]) => {
  const slider = document.querySelector('#alpha input[type=range]');
  const seen = () => wanted === 'faces' ? ganGrowing.painted : document.querySelector('#critic').innerHTML;
  const times = [];
  for (let i = 0; i < n; i++) {
    const before = seen(), start = performance.now();
    slider.value = (1 + i * 37 % 98) / 100;
    slider.dispatchEvent(new Event('input', {bubbles: true}));
    while (seen() === before && performance.now() - start < 2000)
      await new Promise(done => requestAnimationFrame(done));
    await new Promise(done => requestAnimationFrame(done));
    times.push(performance.now() - start);
    await new Promise(done => setTimeout(done, 60));
  }
  return times;
}"""
"""Moves alpha and waits until the faces, or the critic's side, are painted anew and the browser has shown them."""


POINT = """async n => {
  const plane = document.querySelector('#planes .over'), box = plane.getBoundingClientRect();
  const at = (kind, u, v) => plane.dispatchEvent(new PointerEvent(kind, {bubbles: true, pointerId: 1, buttons: 1,
    clientX: box.left + u * box.width, clientY: box.top + v * box.height}));
  plane.setPointerCapture = () => {};  // these events are no real pointer's
  const times = [];
  at('pointerdown', .5, .5);
  await new Promise(done => setTimeout(done, 300));
  for (let i = 0; i < n; i++) {
    const before = ganCoverage.painted, start = performance.now();
    at('pointermove', .2 + .6 * (i * 37 % 100) / 100, .3 + .4 * (i * 61 % 100) / 100);
    while (ganCoverage.painted === before && performance.now() - start < 2000)
      await new Promise(done => requestAnimationFrame(done));
    await new Promise(done => requestAnimationFrame(done));
    times.push(performance.now() - start);
    await new Promise(done => setTimeout(done, 60));
  }
  at('pointerup', .5, .5);
  return times;
}"""
"""Drags the point in a plane of codes and waits until both digits are painted and the browser has shown them."""


STROKE = """async n => {
  const board = document.querySelector('.here canvas'), box = board.getBoundingClientRect();
  const at = (kind, u, v) => board.dispatchEvent(new PointerEvent(kind, {bubbles: true, pointerId: 1, buttons: 1,
    clientX: box.left + u * box.width, clientY: box.top + v * box.height}));
  board.setPointerCapture = () => {};  // these events are no real pointer's
  const times = [];
  at('pointerdown', .5, .5);
  await new Promise(done => setTimeout(done, 500));
  for (let i = 0; i < n; i++) {
    const before = ganTranslate.painted, start = performance.now();
    at('pointermove', .1 + .8 * (i * 37 % 100) / 100, .1 + .8 * (i * 61 % 100) / 100);
    while (ganTranslate.painted === before && performance.now() - start < 2000)
      await new Promise(done => requestAnimationFrame(done));
    await new Promise(done => requestAnimationFrame(done));
    times.push(performance.now() - start);
    await new Promise(done => setTimeout(done, 60));
  }
  at('pointerup', .5, .5);
  return times;
}"""
"""Draws on the board of lines and waits until the picture and D's verdict are anew and the browser has shown them."""


def summary(milliseconds: list[float]) -> dict[str, float]:
    """Median and 95th percentile in milliseconds."""
    ordered = sorted(milliseconds)
    return {
        "median_ms": round(statistics.median(ordered), 2),
        "p95_ms": round(ordered[int(0.95 * (len(ordered) - 1))], 2),
        "n": len(ordered),
    }


def timed(moves: dict[str, Callable[[float], Any]], n: int, warm: int) -> dict[str, dict[str, float]]:
    """Each function called with n values in [0, 1], another one each time, after a warm-up.

    ``cpu_ms`` is the processor time of the one thread that does the work: what the machine's other load leaves alone.
    """
    times: dict[str, dict[str, float]] = {}
    for name, move in moves.items():
        taken, worked = [], []
        for i in range(n + warm):
            start, began = time.perf_counter(), time.thread_time()
            move(i / (n + warm))
            worked.append(1000 * (time.thread_time() - began))
            taken.append(1000 * (time.perf_counter() - start))
        times[name] = {**summary(taken[warm:]), "cpu_ms": round(statistics.median(worked[warm:]), 2)}
    return times


def handlers(model: str, n: int = 200) -> dict[str, dict[str, float]]:
    """The handlers of latent arithmetic."""
    _, picks = events.sheet(model, 1)
    moves = {
        "arithmetic": lambda u: events.arithmetic(model, 1, picks, w1=u),
        "arithmetic_with_guess": lambda u: events.arithmetic(model, 1, picks, w1=u, guess="same"),
        "interpolate": lambda u: events.interpolate(model, 1, picks, t=u),
        "neighbourhood": lambda u: events.neighbourhood(model, 1, picks, radius=u),
    }
    return timed(moves, n, 10)


def growth(model: str, n: int = 100) -> dict[str, dict[str, float]]:
    """The handlers of progressive growing at the model's highest level, a new alpha each time."""
    top = album.load(model).top
    moves = {
        "fade": lambda u: growing.fade(model, top, round(u, 3)),
        "judge": lambda u: growing.judge(model, top, round(u, 3)),
        "film": lambda u: growing.film(model, int(7 * u)),
    }
    return timed(moves, n, 5)


def translation(n: int = 60) -> dict[str, dict[str, float]]:
    """The handlers of image translation, as far as there are models: a drawing, its dropout, noise on the way back."""
    model, there = (translators.default(kind) for kind in (translators.PAIRS, translators.CYCLE))
    moves: dict[str, Callable[[float], Any]] = {}
    if model:
        drawing = desk.start(model)["picture"]
        moves["translate"] = lambda u: desk.translate(model, drawing, seed=int(99 * u))
        moves["resample"] = lambda u: desk.resample(model, drawing, seed=int(99 * u))
    if there:
        moves["cycle"] = lambda u: cycle.cycle(there, noise=round(0.2 * u, 3))
    return timed(moves, n, 5)


def browser(n: int = 80) -> dict[str, dict[str, float]] | str:
    """From a hand's movement to another picture in a real Chromium; or why that was not measured."""
    path = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        return "not measured: playwright is not installed"
    if path is None:
        return "not measured: no Chromium on the path"
    demo = hub.build()
    url = serve.serve(demo, inbrowser=False, block=False)
    try:
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            page = chromium.new_page(viewport={"width": 1280, "height": 900})
            page.set_default_timeout(60_000)
            page.goto(f"{url}latent-arithmetic")
            page.wait_for_selector("#result img")
            page.evaluate(DRAG, 10)
            found = {"latent_arithmetic": summary(page.evaluate(DRAG, n))}
            if model := album.default():
                top = album.load(model).top
                for wanted, tab, ready in (
                    ("faces", "fade", "#faces canvas"),
                    ("critic", "critic", ".descent"),
                ):
                    page.goto(f"{url}progressive-growing?model={model}&level={top}&alpha=0.5&tab={tab}")
                    page.wait_for_selector(ready)
                    page.wait_for_function("() => window.ganGrowing?.painted > 0")
                    page.evaluate(GROW, [10, wanted])
                    found[f"progressive_growing_{wanted}"] = summary(page.evaluate(GROW, [n, wanted]))
            if coverage.there():
                page.goto(f"{url}latent-coverage?tab=draw")
                page.wait_for_function("() => window.ganCoverage?.painted > 0")
                page.evaluate(POINT, 10)
                found["latent_coverage_point"] = summary(page.evaluate(POINT, n))
            if translators.default(translators.PAIRS):
                page.goto(f"{url}image-translation")
                page.wait_for_function("() => window.ganTranslate?.painted > 0")
                page.evaluate(STROKE, 10)
                found["image_translation_stroke"] = summary(page.evaluate(STROKE, n))
            return found
    finally:
        demo.close()


def main() -> None:
    """Measures and prints."""
    torch.set_num_threads(1)  # as the server does
    model = models.default()
    report: dict[str, Any] = {"model": model, "threads": torch.get_num_threads(), "cores": os.cpu_count()}
    report["handlers"] = handlers(model)
    if grown := album.default():
        report["growing"] = {"model": grown, **growth(grown)}
    report["translation"] = translation()
    report["hand_to_picture"] = browser()
    report["load_average"] = [round(x, 2) for x in os.getloadavg()] if hasattr(os, "getloadavg") else None
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
