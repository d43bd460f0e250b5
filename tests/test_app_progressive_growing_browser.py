"""The page on progressive growing in a real Chromium: sliders, growing, the critic, the film, training live."""

import gc
import json
import time
import weakref

import growing
import pages
import pytest

pytest.importorskip("gradio", reason="the pages need gradio")
pytest.importorskip("playwright", reason="a browser is driven with playwright")

from in_a_loop import in_a_loop

from apps import hub, serve
from apps.growing_page import album, live
from apps.growing_page.controls import GUESSES

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    growing.train(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GAN_LAB_RUNS", str(folder))
        demo = in_a_loop(hub.build)  # as visitors meet it: one page among others
        yield in_a_loop(lambda: serve.serve(demo, inbrowser=False, block=False))
        demo.close()


@pytest.fixture
def visit(browser, server):
    """Opens the page; afterwards nothing must have gone wrong or gone elsewhere."""
    contexts, complaints = [], []

    def go(query="", theme="light", **options):
        contexts.append(browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options}))
        page = contexts[-1].new_page()
        page.set_default_timeout(90_000)
        complaints.append(pages.watch(page, server))
        page.goto(f"{server}progressive-growing?__theme={theme}&model={growing.NAME}&{query}")
        page.wait_for_function("() => window.ganGrowing?.painted > 0")
        return page

    yield go
    for context in contexts:
        context.close()
    assert [c for page in complaints for c in page] == []


def state(page):
    return page.evaluate("() => [ganGrowing.level, ganGrowing.alpha]")


def until_at(page, level, alpha):
    page.wait_for_function(
        "([l, a]) => ganGrowing.level === l && Math.abs(ganGrowing.alpha - a) < .006", arg=[level, alpha]
    )


def painted(page, kind, k):
    """The grey shades of one picture on the page."""
    return page.evaluate(
        """([kind, k]) => {
          const canvas = document.querySelectorAll(`#faces [data-sheet="${kind}"] canvas`)[k];
          const copy = Object.assign(document.createElement('canvas'), {width: canvas.width, height: canvas.height});
          const ink = copy.getContext('2d', {willReadFrequently: true});
          ink.drawImage(canvas, 0, 0);
          const all = ink.getImageData(0, 0, canvas.width, canvas.height).data;
          return [...all].filter((_, i) => i % 4 === 0);
        }""",
        [kind, k],
    )


def expected(images):
    return ((images.clamp(-1, 1) + 1) * 127.5).flatten().tolist()


def near(found, wanted):
    return len(found) == len(wanted) and max(abs(a - b) for a, b in zip(found, wanted, strict=True)) <= 1.1


def test_each_level_and_alpha_shows_what_the_model_generates(visit):
    page, tiny = visit("level=1&alpha=0.5"), album.load(growing.NAME)
    for level in (0, 1, 2):
        pages.slide(page, "level", level)
        for alpha in pages.reach(page, "alpha"):
            pages.slide(page, "alpha", alpha)
            until_at(page, level, alpha)
            assert near(painted(page, "blend", 3), expected(tiny.at(level, alpha)[3]))
            if level:
                assert near(painted(page, "old", 5), expected(tiny.fades[level][0][5]))
                new = tiny.grown[level] if alpha == 1 else tiny.fades[level][1]
                assert near(painted(page, "new", 0), expected(new[0]))
    assert pages.complaints_on_screen(page) == []
    page.wait_for_function("() => location.search.includes('level=2&alpha=1&')")


def test_pictures_stand_at_their_true_size_and_enlarged(visit):
    page = visit("level=2&alpha=0.5")
    for kind, side in (("old", 8), ("new", 16), ("blend", 16)):
        strip = page.locator(f"[data-strip='{kind}']")
        box, width = strip.bounding_box(), strip.evaluate("c => c.width")
        assert box["width"] == pytest.approx(width)  # one pixel of the picture is one of the page
        assert width == 8 * side + 7 * 3
        large = page.locator(f"[data-sheet='{kind}'] canvas").first
        assert large.evaluate("c => [c.width, getComputedStyle(c).imageRendering]") == [side, "pixelated"]
        assert large.bounding_box()["width"] > 2 * side


def test_blocks_light_up_with_level_and_alpha(visit):
    page = visit("level=2&alpha=0.25")
    weight = (
        "([part, at]) => document.querySelector(`#networks [data-part='${part}'][data-at='${at}']`).style"
        ".getPropertyValue('--w')"
    )
    for part, at, w in (("block", 1, "1.00"), ("block", 2, "0.25"), ("rgb", 1, "0.75"), ("over", 2, "0.75")):
        assert page.evaluate(weight, [part, at]) == w
    pages.slide(page, "alpha", 1)
    until_at(page, 2, 1)
    assert page.evaluate(weight, ["over", 2]) == "0.00"
    assert "alpha = 1.00" in page.locator("#networks svg").first.get_attribute("aria-label")


def test_grow_goes_from_4_to_the_top_pauses_and_takes_the_sliders_with_it(visit):
    page = visit("level=2&alpha=1")
    page.click("#grow")
    page.wait_for_function("() => ganGrowing.level === 1 && ganGrowing.alpha > .1 && ganGrowing.alpha < 1")
    assert page.locator(".grow-said").inner_text() == "8×8"
    page.click("#grow")
    level, alpha = state(page)
    assert page.locator(".grow-said").inner_text() == f"8×8, α = {alpha:.2f}"
    page.wait_for_timeout(400)
    assert state(page) == [level, pytest.approx(alpha, abs=0.006)]
    page.wait_for_function(
        "([l, a]) => +document.querySelector('#level input[type=range]').value === l"
        " && Math.abs(+document.querySelector('#alpha input[type=range]').value - a) < .006",
        arg=[level, alpha],
    )
    page.click("#grow")
    until_at(page, 2, 1)
    page.wait_for_function("() => document.querySelector('#grow').textContent.includes('Grow from 4×4')")
    page.wait_for_function("() => location.search.includes('level=2&alpha=1&')")


def test_arrow_keys_move_the_sliders_and_growing_takes_the_answer_along(visit):
    page = visit("level=0&alpha=1&guess=same")
    assert page.locator(".grow-said").inner_text() == "4×4: nothing to fade"
    page.locator("#level input[type=range]").press("ArrowRight")
    until_at(page, 1, 1)
    pages.wait_for(page, "it is the 4×4 picture", "#answer")
    page.locator("#alpha input[type=range]").press("ArrowLeft")
    until_at(page, 1, 0.99)
    page.click("#grow")
    until_at(page, 2, 1)
    pages.wait_for(page, "it is the 8×8 picture", "#answer")


def test_without_motion_growing_goes_step_by_step(visit):
    page = visit("level=2&alpha=1", reduced_motion="reduce")
    seen = []
    for _ in range(5):
        page.locator("#grow").press("Enter")
        seen.append(state(page))
        page.wait_for_timeout(150)
        assert state(page) == seen[-1]  # nothing moves on its own
    assert seen == [[0, 1], [1, 0.5], [1, 1], [2, 0.5], [2, 1]]


def test_a_real_image_goes_down_as_the_sliders_say(visit):
    page = visit("level=1&alpha=0.5&tab=critic")
    page.locator("#critic .descent").wait_for()
    for name, words in (("level", "16×16"), ("alpha", "α = 0.00"), ("real", "The ringed one")):
        for value in pages.reach(page, name)[:: -1 if name == "alpha" else 1]:
            before = page.locator("#critic").inner_html()
            if float(page.locator(f"#{name} input[type=range]").input_value()) != value:
                pages.slide(page, name, value)
                page.wait_for_function(
                    "old => document.querySelector('#critic').innerHTML !== old", arg=before
                )
        pages.wait_for(page, words, "#critic")
    assert page.locator("#critic .maps.old").count() == 1
    assert pages.complaints_on_screen(page) == []


def test_a_chosen_latent_is_followed_through_training(visit):
    page = visit("level=1")
    page.locator("[data-face='6']").press("Enter")
    page.wait_for_function("() => location.search.includes('face=6')")
    pages.open_tab(page, "Film strip")
    pages.wait_for(page, "Latent 7 through training", "#film")
    assert page.locator("#film .film").first.locator("figure").count() == 5
    assert page.locator("#film .real-size img").last.bounding_box()["width"] == 16


def test_a_guess_is_answered_and_a_link_restores_everything(visit):
    page = visit()
    for words in list(GUESSES.values())[1:]:
        pages.choose(page, "guess", words)
        pages.wait_for(page, "Yes: at α = 0" if words == GUESSES["same"] else "No: at α = 0", "#answer")
    page = visit("level=1&alpha=0.37&face=2&real=1&guess=noise&tab=film&data=faces&images=600")
    pages.wait_for(page, "Latent 3 through training", "#film")
    assert state(page) == [1, 0.37]
    page.wait_for_function("() => document.querySelector('.link textarea').value.includes('images=600')")
    link = page.locator(".link textarea").input_value()
    for part in ("level=1", "alpha=0.37", "face=2", "real=1", "guess=noise", "tab=film", "data=faces"):
        assert part in link
    damaged = visit("level=9&alpha=-1")
    text = damaged.locator("#notice p").inner_text()
    assert "level must be a whole number from 0 to 2, not '9'" in text
    assert "alpha must be a number from 0 to 1, not '-1'" in text


def frame(page, what):
    return page.evaluate(f"() => ganGrowingLive.frame.{what}")


def until(page, true):
    page.wait_for_function(f"() => {{ const f = ganGrowingLive?.frame; return f && ({true}); }}")


def test_live_training_plays_pauses_and_steps(visit):
    page = visit("tab=live&images=200")
    until(page, "f.step === 0")
    page.locator("#networks .for-live").wait_for(state="visible")
    page.click("#play")
    until(page, "f.playing && f.step > 2")
    page.click("#pause")
    until(page, "!f.playing")
    step = frame(page, "step")
    page.wait_for_timeout(400)
    assert frame(page, "step") == step
    page.click("#step")
    until(page, f"f.step === {step + 1}")
    axes = [page.locator(f".live-axes:has(.live-{name})") for name in ("time", "curve")]
    assert axes[0].locator(".live-up span").all_inner_texts() == ["4×4", "8×8", "16×16"]
    assert "0" in axes[1].locator(".live-up span").all_inner_texts()
    ends = {one.locator(".live-along").inner_text() for one in axes}
    assert len(ends) == 1  # both plots over the same images
    assert "images seen" in ends.pop()
    for value in pages.reach(page, "images"):
        pages.slide(page, "images", value)
        until(page, f"f.stages[0].end === {value:g}")
    pages.choose(page, "data", "faces")
    until(page, "f.channels === 3 && f.step === 0")
    page.click("#anew")
    until(page, "f.step === 0 && !f.playing")
    assert pages.complaints_on_screen(page) == []


def wait_until(true, seconds=60):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "this never came true"
        time.sleep(0.05)


def test_a_closed_tab_ends_its_training_and_frees_it(visit):
    wait_until(lambda: len(live.LIVES) == 0)
    page = visit("tab=live&images=200")
    page.locator("#play").click()
    until(page, "f.step > 2")
    gan = weakref.ref(next(iter(live.LIVES)).gan)
    page.close()
    wait_until(lambda: len(live.LIVES) == 0)
    wait_until(lambda: gc.collect() >= 0 and gan() is None)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_phone_needs_no_sideways_scrolling_and_pictures_have_words(visit, theme):
    page = visit("level=2&alpha=0.5&guess=same", theme=theme, viewport={"width": 400, "height": 860})
    for tab in ("Fade", "Critic", "Film strip", "Live"):
        pages.open_tab(page, tab)
        page.wait_for_timeout(500)
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
    until(page, "f.step === 0")
    page.locator(".live-row canvas").first.wait_for()
    assert page.evaluate(
        "[...document.querySelectorAll('svg[role=img], canvas[role=img], [role=img]')]"
        ".filter(e => e.checkVisibility()).every(e => e.getAttribute('aria-label')?.trim())"
    )
    assert page.evaluate(
        "[...document.querySelectorAll('#critic img, #film .pixels')].every(i => i.alt.trim() || i.closest('.true'))"
    )


def test_a_python_client_can_do_what_a_hand_can(server):
    client = pytest.importorskip("gradio_client").Client(server, verbose=False)
    try:
        names = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
        assert {f"/{name}" for name in ("fade", "judge", "film", "answer", "play", "pause", "step")} <= set(
            names
        )
        answer = client.predict(growing.NAME, 2, 0.5, 0, api_name="/fade")
        assert answer["size"] == 16
        with pytest.raises(Exception, match=r"alpha lies in \[0, 1\]"):
            client.predict(growing.NAME, 2, 3, 0, api_name="/fade")
        assert json.dumps(answer).count("data:image/png") == 3
    finally:
        client.close()
