"""The pages in a real Chromium: sliders dragged, a link followed, keys pressed; nothing goes elsewhere."""

import re
from urllib.parse import parse_qs, urlsplit

import pages
import pytest
import standin
from pages import drag, open_tab

pytest.importorskip("gradio", reason="the pages need gradio")
pytest.importorskip("playwright", reason="a browser is driven with playwright")

from apps import hub, models, serve
from apps.latent_page import events

pytestmark = pytest.mark.browser
PICKS = "0,1,2;3,4,5;6,7,8"
READY = "#result img"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GAN_LAB_RUNS", str(tmp_path_factory.mktemp("runs")))
        standin.install(patch, models)
        demo = hub.build()
        yield serve.serve(demo, inbrowser=False, block=False)
        demo.close()


@pytest.fixture
def visit(browser, server):
    """Opens an address of the server; afterwards nothing must have gone wrong or gone elsewhere."""
    contexts, complaints = [], []

    def go(address="", wait=READY, **options):
        contexts.append(browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options}))
        page = contexts[-1].new_page()
        page.set_default_timeout(60_000)
        complaints.append(pages.watch(page, server))
        page.goto(server + address)
        page.wait_for_selector(wait)
        return page

    yield go
    for context in contexts:
        context.close()
    assert [c for page in complaints for c in page] == []


def address(**state):
    state = {"model": "standin", "seed": 1, "picks": PICKS, **state}
    return "latent-arithmetic?" + "&".join(f"{name}={value}" for name, value in state.items())


def src(page, selector):
    return page.locator(selector).first.get_attribute("src")


def until_shows(page, selector, uri):
    page.wait_for_function("([s, u]) => document.querySelector(s)?.src === u", arg=[selector, uri])


START = {"w1": 1, "w2": -1, "w3": 1, "t": 0.5, "radius": 0.25, "noise": 0}


def expected(name, value):
    """The picture that the handler gives for the value the slider ended on, all others as they start."""
    weights = [value if w == name else START[w] for w in ("w1", "w2", "w3")]
    if name in ("w1", "w2", "w3"):
        return events.arithmetic("standin", 1, PICKS, *weights)[0]["picture"]
    if name == "t":
        return events.interpolate("standin", 1, PICKS, t=value)["pictures"]["linear"]
    moved = {"radius": 0.25, "noise": 0, name: value}
    return events.neighbourhood("standin", 1, PICKS, **moved)["pictures"][0]


SLIDERS = {
    "w1": ("arithmetic", "#result img", -2, 2),
    "w2": ("arithmetic", "#result img", -2, 2),
    "w3": ("arithmetic", "#result img", -2, 2),
    "t": ("interpolation", "#moment img", 0, 1),
    "radius": ("neighbourhood", "#nine img", 0, 1),
    "noise": ("neighbourhood", "#nine img", 0, 99),
}


def test_every_dragged_slider_ends_on_its_last_value(visit):
    page = visit(address())
    for name, (tab, picture, low, high) in SLIDERS.items():
        open_tab(page, tab.capitalize())
        page.wait_for_selector(picture)
        for fraction in (0, 1, 0.5):
            value = drag(page, name, fraction)
            assert value == pytest.approx(low + fraction * (high - low), abs=0.06 * (high - low))
            if fraction != 0.5:
                assert value == (low, high)[fraction]
            until_shows(page, picture, expected(name, value))
            page.wait_for_timeout(300)  # nothing that was under way may overwrite it
            assert src(page, picture) == expected(name, value)
        page.wait_for_function(
            "([n, v]) => Number(new URLSearchParams(location.search).get(n)) === v", arg=[name, value]
        )
        reset = START[name]
        box = page.locator(f"#{name} input[type=number]")
        box.fill(str(reset))
        box.press("Enter")
        until_shows(page, picture, expected(name, reset))


def test_pictures_follow_while_the_slider_is_still_held(visit):
    page = visit(address())
    slider = page.locator("#w1 input[type=range]")
    box = slider.bounding_box()
    page.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + box["height"] / 2, steps=10)
    until_shows(page, READY, expected("w1", float(slider.input_value())))
    page.mouse.up()


def test_a_link_restores_the_state_and_a_reload_keeps_it(visit):
    state = {
        "seed": 5, "picks": "9,8,7;6,5;4", "w1": "0.5", "w2": "-1.5", "w3": "2", "project": 1,
        "guess": "same", "start": "z2", "end": "sum", "t": "0.25", "radius": "0.4", "noise": 7,
        "tab": "interpolation", "who": "z1", "smile": "1.5", "glasses": "0", "age": "-5", "hat": "0", "beard": "5",
        "pure": 1, "source": "other", "number": 3,
    }  # fmt: skip
    page = visit(address(**state), wait="#moment img")
    shown = events.interpolate("standin", 5, "9,8,7;6,5;4", 0.5, -1.5, 2, True, "z2", "sum", 0.25)
    until_shows(page, "#moment img", shown["pictures"]["linear"])
    for reloaded in (False, True):
        if reloaded:
            page.wait_for_function("() => location.search.includes('tab=interpolation')")
            page.reload()
            until_shows(page, "#moment img", shown["pictures"]["linear"])
        page.wait_for_function("() => location.search.includes('tab=interpolation')")
        query = {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}
        assert query == {"model": "standin", **{name: str(value) for name, value in state.items()}}
        assert page.locator(".link textarea").input_value() == page.url
        open_tab(page, "Arithmetic")
        total, _ = events.arithmetic("standin", 5, "9,8,7;6,5;4", 0.5, -1.5, 2, True)
        until_shows(page, READY, total["picture"])
        assert page.locator("#project input").is_checked()
        page.wait_for_function(
            "() => location.search.includes('tab=arithmetic')"
        )  # or the next wait sees the past
        open_tab(page, "Interpolation")


def test_a_damaged_link_gives_a_sentence_and_the_defaults(visit):
    page = visit("latent-arithmetic?w1=9&seed=x&model=nobody")
    text = page.locator("#notice p").inner_text()
    assert "The link's w1 must be a number from -2 to 2, not '9'" in text
    assert "The link's seed must be a whole number" in text
    assert "no model called 'nobody'" in text
    assert page.locator("#w1 input[type=range]").input_value() == "1"


def test_exemplars_are_chosen_with_the_mouse(visit):
    page = visit(address())
    page.locator("[data-concept='1']").click()
    page.locator("[data-cell='20']").click()  # the fourth: the oldest makes room
    page.wait_for_function("() => location.search.includes('picks=0,1,2;4,5,20;6,7,8')")
    assert page.locator("[data-cell='20'] .badge").inner_text() == "2"
    assert page.locator("[data-cell='3'] .badge").count() == 0
    answer, _ = events.arithmetic("standin", 1, "0,1,2;4,5,20;6,7,8")
    until_shows(page, READY, answer["picture"])
    page.locator("[data-cell='20']").click()  # again: not chosen any more
    answer, _ = events.arithmetic("standin", 1, "0,1,2;4,5;6,7,8")
    until_shows(page, READY, answer["picture"])


def test_exemplars_are_chosen_with_the_keyboard(visit):
    page = visit(address(picks=";;"))
    page.locator("[data-cell='0']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.cell") == "9"
    page.keyboard.press("Enter")
    page.keyboard.press("3")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Space")
    page.wait_for_function("() => location.search.includes('picks=9;;8')")
    answer, _ = events.arithmetic("standin", 1, "9;;8")
    until_shows(page, READY, answer["picture"])
    assert (
        page.locator("[data-cell='9']").get_attribute("aria-pressed") == "false"
    )  # z3 is the one to choose for
    assert page.locator("[data-cell='8']").get_attribute("aria-pressed") == "true"


def test_a_new_sheet_and_another_model_change_the_pictures(visit):
    page = visit(address())
    first = src(page, "[data-cell='0'] img")
    page.locator("#fresh").click()
    page.wait_for_function("u => document.querySelector(\"[data-cell='0'] img\").src !== u", arg=first)
    page.wait_for_function("() => !location.search.includes('seed=1&')")
    seed = int(parse_qs(urlsplit(page.url).query)["seed"][0])
    assert src(page, "[data-cell='0'] img") == events.sheet("standin", seed)[0]["pictures"][0]
    box = page.locator("#model input")
    box.fill("standin-uniform")
    box.press("Enter")
    sheet, picks = events.sheet("standin-uniform", seed)
    until_shows(page, "[data-cell='0'] img", sheet["pictures"][0])
    until_shows(page, READY, events.arithmetic("standin-uniform", seed, picks)[0]["picture"])


def test_a_guess_is_answered(visit):
    page = visit(address())
    assert page.locator(".answer").count() == 0
    page.locator("#guess label", has_text="√(3d)").click()
    page.wait_for_selector(".answer")
    assert "Yes: about √(3d)" in page.locator(".answer").inner_text()


def luminance(colour):
    red, green, blue = (int(part) for part in re.findall(r"\d+", colour)[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_needs_no_sideways_scrolling_and_pictures_have_words(visit, scheme):
    page = visit(address(guess="same"), viewport={"width": 400, "height": 860}, color_scheme=scheme)
    for tab in ("Arithmetic", "Interpolation", "Neighbourhood", "Attributes", "Inversion"):
        open_tab(page, tab)
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
    assert page.evaluate("[...document.querySelectorAll('img')].filter(i => !i.alt.trim()).length") == 0
    assert page.evaluate(
        "[...document.querySelectorAll('svg.plot')].every(s => s.getAttribute('aria-label'))"
    )
    paper, ink = page.evaluate("['backgroundColor', 'color'].map(k => getComputedStyle(document.body)[k])")
    assert (luminance(paper) < luminance(ink)) == (scheme == "dark")


def test_the_switch_turns_dark_and_the_link_remembers(visit):
    page = visit(address(), color_scheme="light")
    assert not page.evaluate("document.body.classList.contains('dark')")
    page.locator("#theme-switch").click()
    page.wait_for_function("() => document.body.classList.contains('dark')")
    assert "__theme=dark" in page.url


def test_the_hub_leads_to_its_pages(visit):
    page = visit("", wait=".page-card")
    page.locator(".page-card", has_text="Latent arithmetic").click()
    page.wait_for_selector(READY)
    assert urlsplit(page.url).path == "/latent-arithmetic"
