"""Attributes and inversion in a real Chromium: sliders, a stopped search, a file, a drawing; nothing complains."""

import pages
import pytest
import standin
from PIL import Image

pytest.importorskip("gradio", reason="the pages need gradio")
pytest.importorskip("playwright", reason="a browser is driven with playwright")

from apps import latent_arithmetic, models, serve
from apps.latent_page import attributes, inversion

pytestmark = pytest.mark.browser
OF_GRADIO = "Method not implemented."
"""What Gradio's own upload writes to the console, on any page, once for every file."""
PICKS = "0,1,2;3,4,5;6,7,8"
SOURCE = "([s, u]) => document.querySelector(s)?.src === u"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GAN_LAB_RUNS", str(tmp_path_factory.mktemp("runs")))
        patch.setattr(attributes, "POOL", 300)
        standin.install(patch, models)
        demo = latent_arithmetic.build()
        yield serve.serve(demo, inbrowser=False, block=False)
        demo.close()


def address(server, **state):
    state = {"model": "standin-faces", "seed": 1, "picks": PICKS, **state}
    return f"{server}?" + "&".join(f"{name}={value}" for name, value in state.items())


def after(**steps):
    return attributes.attributes("standin-faces", 1, PICKS, **steps)["pictures"]["after"]


def searched(page):
    """Waits for the end of a search and gives its picture and what was found."""
    pages.wait_for(page, "done", "#found")
    return page.locator("#found img").evaluate_all("images => images.map(i => i.src)")


def test_every_attribute_moves_the_face_and_the_link_brings_it_back(browser, server):
    with pages.opened(browser, address(server, tab="attributes", who="z1")) as page:
        page.wait_for_selector("#changed img")
        for name in attributes.MOVED:
            pages.slide(page, name, 3)
            page.wait_for_function(SOURCE, arg=["#changed .sum img", after(who="z1", **{name: 3})])
            pages.slide(page, name, 0)
        pages.slide(page, "hat", 2)
        page.locator("#pure input").check()
        page.wait_for_function(SOURCE, arg=["#changed .sum img", after(who="z1", hat=2, pure=True)])
        page.wait_for_function("() => location.search.includes('pure=1')")
        page.reload()
        page.wait_for_function(SOURCE, arg=["#changed .sum img", after(who="z1", hat=2, pure=True)])


def test_other_exemplars_are_walked_from_while_the_tab_is_open(browser, server):
    with pages.opened(browser, address(server, tab="attributes", who="z1-first")) as page:
        page.wait_for_selector("#changed img")
        page.locator("[data-concept='0']").click()
        page.locator("[data-cell='0']").click()  # not an exemplar any more: the next one is the first
        shown = attributes.attributes("standin-faces", 1, "1,2;3,4,5;6,7,8", who="z1-first")
        page.wait_for_function(SOURCE, arg=["#changed .single img", shown["pictures"]["before"]])


def test_a_search_runs_and_can_be_stopped(browser, server, monkeypatch):
    with pages.opened(browser, address(server, tab="inversion", number=2)) as page:
        monkeypatch.setattr(inversion, "STEPS", 15)
        page.locator("#search").click()
        picture, found = searched(page)
        assert picture != found
        monkeypatch.setattr(inversion, "STEPS", 10**6)
        pages.choose(page, "source", "one it did not make")
        page.locator("#search").click()
        page.wait_for_function(
            "() => /step [1-9]\\d* of 1000000/.test(document.querySelector('#found').innerText)"
        )
        page.locator("#stop").press("Enter")  # by the keyboard, as pictures come and go beside it
        page.wait_for_timeout(500)
        halted = page.locator("#found").inner_text()
        page.wait_for_timeout(500)
        assert page.locator("#found").inner_text() == halted
        monkeypatch.setattr(inversion, "STEPS", 10)
        page.locator("#search").click()
        assert searched(page)[0] != picture


def test_a_file_that_is_no_picture_is_named_and_the_page_goes_on(browser, server, monkeypatch, tmp_path):
    monkeypatch.setattr(inversion, "STEPS", 10)
    text, good = tmp_path / "text.png", tmp_path / "good.png"
    text.write_text("these are words")
    Image.new("RGB", (50, 40), "orange").save(good)
    here = address(server, tab="inversion", source="upload")
    with pages.opened(browser, here, known=OF_GRADIO) as page:
        page.locator("#search").click()
        pages.wait_for(page, "upload a picture first", "#found")
        page.locator("#mine input[type=file]").set_input_files(text)
        pages.wait_for(page, "text", "#mine")
        page.locator("#search").click()
        pages.wait_for(page, "text.png cannot be used: not a picture", "#found")
        page.locator("#mine [aria-label='Clear'], #mine [aria-label*='Remove']").first.click()
        page.locator("#mine input[type=file]").set_input_files(good)
        pages.wait_for(page, "good", "#mine")
        page.locator("#search").click()
        searched(page)


def test_a_drawing_can_be_made_by_keyboard(browser, server):
    with pages.opened(browser, address(server, tab="inversion", source="drawing")) as page:
        canvas = page.locator(".easel canvas")
        canvas.press("ArrowLeft")
        assert page.evaluate("() => window.ganLabDrawing()") == ""  # only the brush moved
        assert page.locator(".nib").evaluate("nib => getComputedStyle(nib).visibility") == "visible"
        for _ in range(10):
            canvas.press("Shift+ArrowUp")
        canvas.press("ArrowDown")
        canvas.press("Space")
        drawn = inversion.pictures.drawn(page.evaluate("() => window.ganLabDrawing()"), 3, 16)[0].mean(0)
        assert drawn[5:8, 7].max() < 0 < drawn[12:, 7].min()  # dark from the middle upwards, not below it


def test_a_drawing_is_searched(browser, server, monkeypatch):
    monkeypatch.setattr(inversion, "STEPS", 10)
    with pages.opened(browser, address(server, tab="inversion", source="drawing")) as page:
        page.locator("[data-paint='#c8443c']").click()
        canvas = page.locator(".easel canvas")
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        page.mouse.move(box["x"] + 20, box["y"] + 20)
        page.mouse.down()
        page.mouse.move(box["x"] + 120, box["y"] + 120, steps=8)
        page.mouse.up()
        address_of = "() => window.ganLabDrawing()"
        drawn = inversion.pictures.drawn(page.evaluate(address_of), 3, 16)
        assert drawn[0, 0, 8, 8] > drawn[0, 1, 8, 8] + 0.5  # red where the brush went
        page.locator("#search").click()
        assert searched(page)[0] == inversion.view.pngs(drawn)[0]
        page.locator("[data-clear]").click()
        assert page.evaluate(address_of) == ""
