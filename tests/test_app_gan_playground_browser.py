"""The playground in a real Chromium: it plays, rewinds exactly, takes every setting, and ends with its tab."""

import gc
import time
import weakref
from dataclasses import replace

import pages
import pytest

pytest.importorskip("gradio", reason="the pages need gradio")
pytest.importorskip("playwright", reason="a browser is driven with playwright")

from in_a_loop import in_a_loop

from apps import hub, serve
from apps.playground import events, settings
from apps.playground.layout import SLIDERS
from apps.playground.settings import CHOICES, LIVE, RANGES, Configuration

pytestmark = pytest.mark.browser
SMALL = Configuration(g_depth=1, g_width=16, d_depth=1, d_width=16, batch=32)
PATIENCE = 90_000  # milliseconds; a loaded machine is slow, and nothing here is a race


@pytest.fixture(scope="module")
def server():
    demo = in_a_loop(hub.build)  # as visitors meet it: one page among others
    yield in_a_loop(lambda: serve.serve(demo, inbrowser=False, block=False))
    demo.close()


@pytest.fixture
def visit(browser, server):
    """Opens the page with a configuration; afterwards nothing must have gone wrong or gone elsewhere."""
    contexts, complaints = [], []

    def go(config=SMALL, story="", theme="light", **options):
        contexts.append(browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options}))
        page = contexts[-1].new_page()
        page.set_default_timeout(PATIENCE)
        complaints.append(pages.watch(page, server))
        page.goto(f"{server}gan-playground?__theme={theme}&{settings.to_query(config, story)}")
        page.wait_for_function("() => window.ganPlayground?.frames > 0")
        return page

    yield go
    for context in contexts:
        context.close()
    assert [c for page in complaints for c in page] == []


def desk():
    """The desk of the only open page."""
    wait_until(lambda: len(events.DESKS) == 1)
    return next(iter(events.DESKS))


def wait_until(true, seconds=60):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "this never came true"
        time.sleep(0.05)


def until(page, expression, arg=None):
    page.wait_for_function(
        f"arg => {{ const f = ganPlayground.frame, run = f.runs[0]; return {expression}; }}", arg=arg
    )


def now(page, expression):
    return page.evaluate(f"() => {{ const f = ganPlayground.frame, run = f.runs[0]; return {expression}; }}")


def choose(page, name, choice):
    page.locator(f"#{name} input").click()
    page.locator(f"#{name}").get_by_role("option", name=choice, exact=True).click()


def rewind(page, to):
    page.locator("#scrub").evaluate(
        "(scrub, to) => { scrub.value = to; for (const e of ['input', 'change']) scrub.dispatchEvent(new Event(e)); }",
        to,
    )
    until(page, "run.moment === arg", to)


def pause(page):
    page.click("#pause")
    until(page, "!f.playing")


def test_play_pause_steps_and_an_exact_rewind(visit):
    page = visit()
    page.click("#play")
    until(page, "run.step > 25")
    pause(page)
    moment, fake, losses = now(page, "[run.moment, run.fake, run.ledger.d_loss]")
    page.click("#both")
    until(page, "run.moment === arg", moment + 1)
    page.click("#d")
    until(page, "run.moment === arg", moment + 2)
    step = now(page, "run.step")
    page.click("#g")
    until(page, "run.moment === arg", moment + 3)
    assert now(page, "run.step") == step + 1
    end = now(page, "[run.fake, run.surface.cells]")
    rewind(page, 7)
    assert now(page, "run.recorded") == moment + 3
    rewind(page, moment)
    assert now(page, "[run.fake, run.ledger.d_loss]") == [fake, losses]
    rewind(page, moment + 3)
    assert now(page, "[run.fake, run.surface.cells]") == end
    page.click("#reset")
    until(page, "run.moment === 0 && run.recorded === 0")


def test_pixels_are_drawn_and_follow_the_layers(visit):
    page = visit()
    picture = "() => document.querySelector('.pg-plane canvas').toDataURL()"
    seen = {page.evaluate(picture)}
    for name in ("optimum", "manifold", "arrows", "surface", "fake", "real"):
        page.locator(f"#layers input[value='{name}'], #layers input[name='{name}']").first.click()
        turned_on = name in ("optimum", "manifold")
        until(page, "f.layers.includes(arg[0]) === arg[1]", [name, turned_on])
        page.wait_for_timeout(150)
        seen.add(page.evaluate(picture))
    assert len(seen) == 7


def test_slow_motion_names_the_sub_steps(visit):
    page = visit()
    page.click("#slow")
    for number in ("1", "2", "3", "4"):
        page.wait_for_function(
            f"() => document.querySelector('.pg-caption').textContent.startsWith('{number}')"
        )
    pause(page)


def test_every_setting_takes_its_smallest_middle_and_largest_value(visit):
    page = visit()
    for accordion in ("Networks", "Optimisers and seed"):
        page.get_by_role("button", name=accordion).click()
    shown = desk()
    for name, (low, high) in RANGES.items():
        kind = type(getattr(SMALL, name))
        middle = kind((low + high) / 2)
        if name in ("g_width", "d_width", "g_depth", "d_depth", "batch"):
            high = min(high, {"batch": 256}.get(name, high))
        for value in (low, high, middle):
            box = page.locator(f"#{name} input[type=number]")
            box.fill(f"{value:g}" if kind is float else str(int(value)))
            box.press("Enter")
            box.blur()
            wait_until(lambda name=name, value=value: getattr(shown.run.now, name) == pytest.approx(value))
        box.fill(str(getattr(SMALL, name)))
        box.press("Enter")
        wait_until(lambda name=name: getattr(shown.run.now, name) == getattr(SMALL, name))
    for name, choices in CHOICES.items():
        for choice in [c for c in choices if c != "drawn"][::-1]:
            choose(page, name, choice)
            wait_until(lambda name=name, choice=choice: getattr(shown.run.now, name) == choice)
    page.locator("#g_norm input").click()
    wait_until(lambda: shown.run.now.g_norm)
    assert page.locator("#notice p").count() == 0
    assert set(SLIDERS) | set(LIVE) <= {*RANGES, *CHOICES}


def test_what_is_absurd_is_refused_with_the_range_and_the_run_stays(visit):
    page = visit()
    page.click("#both")
    until(page, "run.moment === 1")
    box = page.locator("#d_lr input[type=number]")
    box.fill("11")
    box.press("Enter")
    page.wait_for_selector("#notice p")
    assert "d_lr must be a number from 0 to 10, not 11" in page.locator("#notice p").inner_text()
    assert now(page, "run.moment") == 1
    box.fill("10")
    box.press("Enter")
    page.wait_for_function("() => !document.querySelector('#notice p')")


def test_a_loss_may_change_while_it_runs_and_the_link_tells(visit):
    page = visit()
    page.click("#play")
    until(page, "run.step > 3")
    choose(page, "loss", "hinge")
    until(page, "run.loss === 'hinge' && f.playing")
    pause(page)
    page.wait_for_function("() => location.search.includes('loss:hinge')")
    link = page.url
    assert page.locator("#link textarea").input_value() == link
    loss = desk().run.edits
    page.reload()
    page.wait_for_function("() => window.ganPlayground?.frames > 0")
    config, story, sentences = settings.read(link.split("?", 1)[1])
    assert (config, sentences) == (SMALL, [])
    assert story == f"{loss[0][0]}~loss:hinge"


def test_a_failure_stops_the_run_with_a_sentence_and_rewinding_helps(visit):
    wild = replace(SMALL, loss="wasserstein", d_optimiser="sgd", g_optimiser="sgd", d_lr=10, g_lr=10)
    page = visit(wild)
    page.click("#play")
    page.wait_for_selector(".pg-caption.failed")
    text = page.locator(".pg-caption").inner_text()
    assert "at step" in text
    assert "wasserstein loss" in text
    assert "smaller learning rate" in text
    rewind(page, 1)
    page.wait_for_selector(".pg-caption.failed", state="detached")
    page.click("#both")
    until(page, "run.moment === 2")


def test_a_branch_stands_beside_the_run(visit):
    page = visit()
    page.click("#both")
    until(page, "run.moment === 1")
    assert not page.locator("[data-plane='1']").is_visible()
    page.click("#branch")
    until(page, "f.runs.length === 2")
    page.wait_for_selector("[data-plane='1'] canvas", state="visible")
    page.click("#both")
    until(page, "run.moment === 2 && f.runs[1].moment === 1")
    assert "gradient penalty" in page.locator("[data-plane='1'] figcaption").inner_text()
    page.click("#close")
    until(page, "f.runs.length === 1")


def test_drawn_data_is_used_or_refused_with_the_reason(visit):
    page = visit()
    page.click("[data-draw='start']")
    plane = page.locator("[data-plane='0'] canvas")

    def stroke(length):
        plane.scroll_into_view_if_needed()
        box = plane.bounding_box()
        page.mouse.move(box["x"] + 60, box["y"] + 100)
        page.mouse.down()
        page.mouse.move(box["x"] + 60 + length, box["y"] + 140, steps=40)
        page.mouse.up()

    stroke(20)
    page.click("[data-draw='use']")
    page.wait_for_selector("#notice p")
    assert "at least 10 are needed" in page.locator("#notice p").inner_text()
    page.click("[data-draw='start']")
    stroke(300)
    page.click("[data-draw='use']")
    wait_until(lambda: desk().run.config.data == "drawn")
    page.wait_for_function("() => location.search.includes('data=drawn')")
    page.click("#both")
    until(page, "run.moment === 1")


def test_a_preset_and_the_run_card(visit):
    page = visit()
    choose(page, "preset", "Oscillation")
    page.wait_for_selector("#notice p[role=status]")
    wait_until(lambda: desk().run.config.data == "two-gaussians")
    page.get_by_role("button", name="Run card").click()
    page.click("#write-card")
    page.wait_for_function("() => document.querySelector('#card textarea').value.includes('two-gaussians')")
    choose(page, "preset", "Start: a ring")
    wait_until(lambda: desk().run.config.data == "ring")
    page.click("#restore-card")
    wait_until(lambda: desk().run.config.data == "two-gaussians")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_narrow_page_does_not_scroll_sideways(visit, theme):
    page = visit(theme=theme, viewport={"width": 400, "height": 850})
    page.click("#branch")
    until(page, "f.runs.length === 2")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 400
    for name in ("play", "both", "reset"):
        box = page.locator(f"#{name}").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 400
    assert page.evaluate("() => document.body.classList.contains('dark')") == (theme == "dark")


def test_a_closed_tab_ends_its_training_and_frees_it(visit):
    page = visit()
    page.click("#play")
    until(page, "run.step > 3")
    run = weakref.ref(desk().run)
    page.close()
    wait_until(lambda: len(events.DESKS) == 0, seconds=5)
    wait_until(lambda: gc.collect() >= 0 and run() is None, seconds=5)


def test_two_visitors_do_not_disturb_each_other(visit):
    pages = [visit(), visit()]
    for page in pages:
        page.click("#play")
    for page in pages:
        until(page, "run.step > 10")
        pause(page)
    for page in pages:
        rewind(page, 10)
    assert now(pages[0], "run.fake") == now(pages[1], "run.fake")
