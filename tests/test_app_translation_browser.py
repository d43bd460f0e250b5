"""The page on image translation in a real Chromium: drawn on by mouse and keys, uploaded to, every control moved."""

import pages
import pytest
import translation_models
from translation_models import EDGES, LABELS, NIGHT, PENCIL

pytest.importorskip("gradio", reason="the pages need gradio")
pytest.importorskip("playwright", reason="a browser is driven with playwright")

from in_a_loop import in_a_loop
from PIL import Image

from apps import image_translation, serve
from apps.translation_page import cycle, desk
from apps.translation_page.controls import BACK, SOURCES, TABS, WAYS

pytestmark = pytest.mark.browser

OF_GRADIO = "Method not implemented."
"""What Gradio's own upload writes to the console, on any page, once for every file."""
READY = {"pairs": "#noise-does .draws", "cycle": "#there .stations"}
SHOWN = "([at, wanted]) => [...document.querySelectorAll(at)].map(i => i.src).join() === wanted.join()"
ASKED = "() => ganTranslate.asked()"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    translation_models.train(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GAN_LAB_RUNS", str(folder))
        demo = in_a_loop(image_translation.build)
        yield in_a_loop(lambda: serve.serve(demo, inbrowser=False, block=False))
        demo.close()


def address(server, tab, **more):
    query = {"model": EDGES, "cycle": PENCIL, "tab": tab, **more}
    return f"{server}?" + "&".join(f"{name}={value}" for name, value in query.items())


def until_shown(page, selector, *addresses):
    """Waits until the pictures at that selector are exactly these."""
    page.wait_for_function(SHOWN, arg=[selector, list(addresses)])


def until_made(page, seed=0):
    """Waits until the picture is what the board's drawing becomes, and returns what was asked for."""
    asked = page.evaluate(ASKED)
    until_shown(page, ".made", desk.translate(*asked, seed=seed)["picture"])
    return asked


def until_linked(page, name, value):
    page.wait_for_function(
        "([name, value]) => new URLSearchParams(location.search).get(name) === value", arg=[name, str(value)]
    )


def stroke(page, start, end):
    """A stroke of the mouse on the board, from one place to another, in shares of its sides."""
    canvas = page.locator(".here canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    at = lambda u, v: (box["x"] + u * box["width"], box["y"] + v * box["height"])  # noqa: E731
    page.mouse.move(*at(*start))
    page.mouse.down()
    page.mouse.move(*at(*end), steps=8)
    page.mouse.up()


def test_a_face_of_the_board_is_translated_and_compared(browser, server):
    with pages.opened(browser, address(server, "pairs")) as page:
        page.locator(READY["pairs"]).wait_for()
        for number in (*pages.reach(page, "number")[1:], 7):
            pages.slide(page, "number", number)
            answer = desk.translate(EDGES, None, number)
            until_shown(page, ".made, .truth img", answer["picture"], answer["truth"])
            assert page.locator(".said").inner_text() == answer["said"]
            assert page.locator(".judge .heat svg").count() == 1
        until_linked(page, "number", 7)
        until_shown(page, "#noise-does .draws > img", *desk.resample(EDGES, None, 7)["pictures"])
        assert pages.complaints_on_screen(page) == []


def test_other_dropout_makes_another_picture(browser, server):
    with pages.opened(browser, address(server, "pairs", number=3, seed=9)) as page:
        until_shown(page, ".made", desk.translate(EDGES, None, 3, 9)["picture"])
        pages.slide(page, "seed", 21)
        until_shown(page, ".made", desk.translate(EDGES, None, 3, 21)["picture"])
        until_shown(page, "#noise-does .draws > img", *desk.resample(EDGES, None, 3, 21)["pictures"])
        until_linked(page, "seed", 21)


def test_a_line_is_drawn_undone_and_everything_cleared(browser, server):
    with pages.opened(browser, address(server, "pairs", number=4)) as page:
        page.locator(READY["pairs"]).wait_for()
        stroke(page, (0.2, 0.2), (0.8, 0.9))
        model, drawing, _ = until_made(page)
        assert model == EDGES
        assert drawing
        assert page.locator(".truth").is_hidden()  # nobody knows it any more
        until_shown(page, "#noise-does .draws > img", *desk.resample(EDGES, drawing, None)["pictures"])
        stroke(page, (0.2, 0.9), (0.8, 0.2))
        assert until_made(page)[1] != drawing
        page.locator("[data-undo]").click()
        assert until_made(page)[1] == drawing
        page.locator("[data-clear]").click()
        pages.wait_for(page, "The drawing is empty: draw a line", ".said")
        pages.wait_for(page, "No noise without a picture", "#noise-does")
        stroke(page, (0.3, 0.3), (0.6, 0.6))
        until_made(page)
        page.locator(READY["pairs"]).wait_for()
        pages.slide(page, "number", 5)
        page.locator(".truth").wait_for()
        assert pages.complaints_on_screen(page) == []


def test_a_wide_rubber_takes_away(browser, server):
    with pages.opened(browser, address(server, "pairs", number=4)) as page:
        page.locator(READY["pairs"]).wait_for()
        page.locator("[data-paint]", has_text="rubber").click()
        page.locator(".tools input").evaluate(
            "slider => { slider.value = 64; slider.dispatchEvent(new Event('input', {bubbles: true})); }"
        )
        for row in (0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95):
            stroke(page, (0.02, row), (0.98, row))
        pages.wait_for(page, "The drawing is empty", ".said")


def test_labels_are_painted_by_keys(browser, server):
    with pages.opened(browser, address(server, "pairs", model=LABELS, number=2)) as page:
        page.locator(READY["pairs"]).wait_for()
        hat = page.locator("[data-paint]", has_text="hat")
        hat.focus()
        page.keyboard.press("Enter")
        assert hat.get_attribute("aria-pressed") == "true"
        assert page.locator("[data-paint][aria-pressed=true]").count() == 1
        canvas = page.locator(".here canvas")
        canvas.press("ArrowDown")  # onto the skin
        canvas.press("Space")
        pages.wait_for(page, "Under the brush: hat", ".under")
        asked = until_made(page)
        seen = desk.given(*asked)[0]
        assert (seen != desk.given(LABELS, None, 2)[0]).any()
        for _ in range(3):
            canvas.press("Shift+ArrowLeft")
        assert until_made(page)[1] != asked[1]
        page.locator("[data-clear]").click()
        pages.wait_for(page, "The map shows one label only: paint at least two", ".said")
        assert pages.complaints_on_screen(page) == []


def test_another_model_brings_its_own_board(browser, server):
    with pages.opened(browser, address(server, "pairs", number=6)) as page:
        page.locator(READY["pairs"]).wait_for()
        assert page.locator("[data-paint]").count() == 2
        page.locator("#model input").click()
        page.locator("[role=option]", has_text=LABELS).click()
        page.locator("[data-paint]").nth(10).wait_for()
        until_shown(page, ".made", desk.translate(LABELS, None, 6)["picture"])
        until_linked(page, "model", LABELS)


def test_a_file_lies_on_the_board_and_one_that_is_no_picture_is_named(browser, server, tmp_path):
    words, good = tmp_path / "words.png", tmp_path / "good.png"
    words.write_text("these are words")
    picture = Image.new("RGB", (50, 40), "white")
    picture.paste("black", (15, 10, 30, 30))
    picture.save(good)
    with pages.opened(browser, address(server, "pairs", number=1), known=OF_GRADIO) as page:
        page.locator(READY["pairs"]).wait_for()
        page.locator("#upload input[type=file]").set_input_files(words)
        pages.wait_for(page, "words.png cannot be used: not a picture")
        assert len(pages.complaints_on_screen(page)) == 1
        page.locator("#upload [aria-label='Clear'], #upload [aria-label*='Remove']").first.click()
        page.locator("#upload input[type=file]").set_input_files(good)
        page.wait_for_function("() => ganTranslate.asked()[1] && ganTranslate.asked()[2] === null")
        page.locator(".truth").wait_for(state="hidden")
        assert (desk.given(*until_made(page))[0] == desk.given(*page.evaluate(ASKED))[0]).all()
        stroke(page, (0.1, 0.1), (0.9, 0.9))
        until_made(page)


def test_every_control_of_the_way_there_and_back(browser, server):
    with pages.opened(browser, address(server, "cycle", cycle=NIGHT)) as page:
        at = ".stations .card > img"

        def until(**settings):
            answer = cycle.cycle(NIGHT, **settings)
            until_shown(page, at, *(answer[name] for name in ("given", "there", "truth", "home")))

        until()
        pages.slide(page, "face", 8)
        until(face=8)
        pages.choose(page, "way", WAYS["BtoA"])
        until(face=8, way="BtoA")
        pages.choose(page, "back", BACK["true"])
        until(face=8, way="BtoA", back="true")
        pages.slide(page, "noise", 0.1)
        until(face=8, way="BtoA", back="true", noise=0.1)
        for name, value in (("face", 8), ("way", "BtoA"), ("back", "true"), ("noise", 0.1)):
            until_linked(page, name, value)
        assert page.locator("#there svg.plot:not(.key) polyline").count() == 2
        assert pages.complaints_on_screen(page) == []


def test_a_file_goes_there_and_back(browser, server, tmp_path):
    words, good = tmp_path / "words.png", tmp_path / "good.png"
    words.write_text("these are words")
    Image.new("RGB", (50, 40), "orange").save(good)
    with pages.opened(browser, address(server, "cycle"), known=OF_GRADIO) as page:
        page.locator(READY["cycle"]).wait_for()
        assert page.locator("#of-file").is_hidden()
        pages.choose(page, "source", SOURCES["upload"])
        pages.wait_for(page, "Upload a picture: it is then taken", "#there")
        assert page.locator("#of-face").is_hidden()
        page.locator("#file input[type=file]").set_input_files(words)
        pages.wait_for(page, "words.png cannot be used: not a picture")
        page.locator("#file [aria-label='Clear'], #file [aria-label*='Remove']").first.click()
        page.locator("#file input[type=file]").set_input_files(good)
        pages.wait_for(page, "Nobody knows how your picture should look", "#there")
        pages.choose(page, "source", SOURCES["face"])
        answer = cycle.cycle(PENCIL)
        until_shown(page, ".stations .card > img", *(answer[k] for k in ("given", "there", "truth", "home")))


def test_other_tabs_are_drawn_when_they_are_opened(browser, server):
    with pages.opened(browser, address(server, "cycle", face=3)) as page:
        page.locator(READY["cycle"]).wait_for()
        for name in ("pairs", "cycle"):
            pages.open_tab(page, TABS[name])
            page.locator(READY[name]).wait_for()
            until_linked(page, "tab", name)
        assert pages.complaints_on_screen(page) == []


def test_a_wrong_model_is_named_and_the_page_goes_on(browser, server):
    with pages.opened(browser, f"{server}?model=nobody&tab=pairs&number=5000") as page:
        pages.wait_for(page, "model cannot be shown", "#notice")
        pages.wait_for(page, "number from 0 to 999", "#notice")
        page.locator(READY["pairs"]).wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("tab", "model"), [("pairs", EDGES), ("pairs", LABELS), ("cycle", EDGES)])
def test_narrow_pages_do_not_scroll_sideways(browser, server, tab, model, theme):
    with pages.opened(browser, address(server, tab, model=model), width=400, theme=theme) as page:
        page.locator(READY[tab]).wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
        assert page.evaluate("[...document.querySelectorAll('img')].every(i => i.alt.trim())")


def test_a_python_client_can_do_what_a_hand_can(server):
    client = pytest.importorskip("gradio_client").Client(server, verbose=False)
    try:
        names = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
        assert {"/translate", "/start", "/resample", "/cycle", "/upload"} <= set(names)
        answer = client.predict(EDGES, None, 5, 2, api_name="/translate")
        assert answer["picture"] == desk.translate(EDGES, None, 5, 2)["picture"]
        sent = client.predict(PENCIL, "BtoA", "face", 5, None, "own", 0.05, api_name="/cycle")
        assert sent["error"] == pytest.approx(cycle.cycle(PENCIL, "BtoA", face=5)["error"])
        with pytest.raises(Exception, match="the drawing is empty"):
            client.predict(EDGES, "", None, 0, api_name="/translate")
    finally:
        client.close()
