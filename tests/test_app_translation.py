"""The page on image translation: its events called directly, against the models themselves."""

import base64
import io

import numpy as np
import pytest
import torch
import translation_models
from torch import nn
from translation_models import EDGES, LABELS, NIGHT, PENCIL, STRANGE, UNJUDGED

pytest.importorskip("gradio", reason="the pages need gradio")

from PIL import Image, ImageDraw

from apps import image_translation, models
from apps.translation_page import board, cycle, desk, heat, link, noise, translators
from apps.translation_page.controls import CONTROLS, FACES, INPUTS, NOISES
from gan_lab.data.faces.drawing import LABEL_COLOURS
from gan_lab.data.faces.drawing import LABELS as NAMES
from gan_lab.metrics.translation import error, steganography
from gan_lab.models.patchgan import PatchGAN


@pytest.fixture(scope="module", autouse=True)
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    translation_models.train(folder)
    translation_models.train_others(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GAN_LAB_RUNS", str(folder))
        yield folder


def pixels(address):
    file = io.BytesIO(base64.b64decode(address.split(",")[1]))
    return np.asarray(Image.open(file).convert("RGB")).astype(int)


def shades(image):
    """A picture ``(1, 3, H, W)`` in [-1, 1] as pixels."""
    return ((image[0] + 1) * 127.5).round().clamp(0, 255).int().permute(1, 2, 0).numpy()


def address(picture):
    file = io.BytesIO()
    picture.save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def on_the_board(answer):
    """What the board's script draws of ``answer``: its picture, each pixel a square."""
    picture = Image.fromarray(pixels(answer["picture"]).astype("uint8"))
    return address(picture.resize((answer["side"],) * 2, Image.Resampling.NEAREST))


def drawing(*lines, ground="white", fill="black", width=6):
    picture = Image.new("RGB", (256, 256), ground)
    for line in lines:
        ImageDraw.Draw(picture).line(line, fill=fill, width=width)
    return address(picture)


# --- models and the board ---


def test_the_page_offers_what_the_two_algorithms_made():
    assert {EDGES, LABELS, STRANGE, UNJUDGED} <= set(translators.names("pix2pix"))
    assert {PENCIL, NIGHT} <= set(translators.names("cyclegan"))
    assert not set(translators.names("pix2pix")) & {PENCIL, NIGHT, "dcgan-mnist"}
    with pytest.raises(ValueError, match="made by cyclegan, not by pix2pix"):
        translators.paired(PENCIL)
    with pytest.raises(ValueError, match="made by pix2pix, not by cyclegan"):
        translators.cycle(EDGES)
    with pytest.raises(FileNotFoundError, match="no run"):
        translators.paired("nobody/final.safetensors")
    with pytest.raises(ValueError, match="lies outside"):
        translators.paired("../../final.safetensors")


@pytest.mark.parametrize("name", [EDGES, LABELS])
def test_the_board_opens_with_what_the_model_is_given(name):
    answer = desk.start(name, 7)
    x, _ = translators.held_out(translators.paired(name), 7)
    assert abs(pixels(answer["picture"]) - shades(x)).max() <= 1
    assert (answer["model"], answer["number"], answer["side"]) == (name, 7, 256)
    assert desk.start(name, 8)["picture"] != answer["picture"]


def test_lines_are_drawn_smooth_and_labels_in_whole_pixels():
    lines, labels = desk.start(EDGES), desk.start(LABELS)
    assert lines["grain"] == 0
    assert [one["name"] for one in lines["paints"]] == ["pen", "rubber"]
    assert labels["grain"] == 16
    assert [one["name"] for one in labels["paints"]] == list(NAMES)
    assert [one["colour"] for one in labels["paints"]] == [f"#{colour}" for colour in LABEL_COLOURS]
    assert labels["ground"] == labels["paints"][0]["colour"]


@pytest.mark.parametrize("name", [EDGES, LABELS])
def test_an_untouched_board_and_the_face_itself_are_the_same(name):
    """What the script lays on the board comes back as it was: the squares are averaged away."""
    by_hand = desk.translate(name, on_the_board(desk.start(name, 3)), None)
    by_number = desk.translate(name, None, 3)
    assert abs(pixels(by_hand["picture"]) - pixels(by_number["picture"])).max() <= 2
    assert by_hand["truth"] is by_hand["error"] is None
    assert by_number["truth"]


def test_what_the_board_becomes_is_what_the_model_makes_of_it():
    net = translators.paired(EDGES)
    answer = desk.translate(EDGES, None, 5, seed=4)
    x, y = translators.held_out(net, 5)
    made = net.translate(x, 4)
    assert abs(pixels(answer["picture"]) - shades(made)).max() <= 1
    assert abs(pixels(answer["truth"]) - shades(y)).max() <= 1
    assert answer["error"] == pytest.approx(error(made, y))
    belief = torch.sigmoid(net.judge(x, made))[0, 0]
    torch.testing.assert_close(torch.tensor(answer["belief"]), belief)
    real = round((torch.sigmoid(net.judge(x, y)) > 0.5).sum().item())
    assert f"Of the true face it takes {real} of {belief.numel()} for real" in answer["said"]
    assert answer["picture"] != desk.translate(EDGES, None, 5, seed=5)["picture"]


def test_a_line_more_changes_the_picture():
    one = desk.translate(EDGES, drawing((40, 40, 200, 200)))
    two = desk.translate(EDGES, drawing((40, 40, 200, 200), (200, 40, 40, 200)))
    assert one["picture"] != two["picture"]
    coloured = desk.translate(EDGES, drawing((40, 40, 200, 200), fill="#4c4c4c"))
    assert coloured["picture"] != one["picture"]


def test_any_picture_is_read_as_lines_or_as_labels():
    picture = torch.rand(1, 3, 16, 16, generator=torch.Generator().manual_seed(0)) * 2 - 1
    grey = board.read(translators.paired(EDGES), picture)
    assert torch.equal(grey[:, 0], grey[:, 2])
    labels = board.read(translators.paired(LABELS), picture)
    known = {tuple(int(colour[i : i + 2], 16) for i in (0, 2, 4)) for colour in LABEL_COLOURS}
    assert {tuple(p) for p in shades(labels).reshape(-1, 3)} <= known
    assert torch.equal(board.read(translators.paired(LABELS), labels), labels)
    assert torch.equal(board.read(translators.paired(STRANGE), picture), picture)


# --- bad input on the board ---


@pytest.mark.parametrize(
    ("name", "ground", "words"),
    [
        (EDGES, "white", "the drawing is empty: draw a line"),
        (LABELS, f"#{LABEL_COLOURS[0]}", "one label only: paint at least two"),
        (STRANGE, "red", "one plain colour: paint something"),
    ],
)
def test_a_drawing_of_nothing_is_named(name, ground, words):
    for nothing in ("", None, drawing(ground=ground)):
        with pytest.raises(ValueError, match=words):
            desk.translate(name, nothing)
        assert words in desk.ask([name, nothing, None, 0])["note"]
        assert words in desk.resample_or_say(name, nothing, None, 0)["note"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ([EDGES, "words", None, 0], "PNG as a data address"),
        ([EDGES, "data:image/png;base64,AAAA", None, 0], "the drawing cannot be used"),
        ([EDGES, "data:image/png;base64,???", None, 0], "PNG as a data address"),
        ([EDGES, "", FACES, 0], "from 0 to 999"),
        ([EDGES, "", -1, 0], "from 0 to 999"),
        ([EDGES, "", 0, 100], "from 0 to 99"),
        ([STRANGE, "", 0, 0], "no true answers are known"),
        (["nobody", "", 0, 0], "no model called"),
        ([PENCIL, "", 0, 0], "made by cyclegan"),
        ([], "model"),
    ],
)
def test_what_cannot_be_translated_is_named(asked, words):
    assert words in desk.ask(asked)["note"]


def test_an_upload_lies_on_the_board(tmp_path):
    picture = Image.new("RGB", (60, 30), "white")
    picture.paste("black", (20, 5, 40, 25))
    picture.save(tmp_path / "wide.png")
    answer = desk.upload(EDGES, str(tmp_path / "wide.png"))
    assert answer["touched"]
    assert answer["number"] is None
    seen = pixels(answer["picture"])
    assert seen.shape == (16, 16, 3)
    assert seen[8, 8].max() < 30  # the middle, black
    assert seen[8, 0].min() > 225  # the centre square ends before the sides
    assert desk.translate(EDGES, on_the_board(answer))["picture"]


def test_an_upload_that_is_nothing_is_named(tmp_path):
    (tmp_path / "words.png").write_text("words")
    Image.new("RGB", (30, 30), "white").save(tmp_path / "white.png")
    Image.new("RGB", (1, 1), "white").save(tmp_path / "dot.png")
    for name, words in (
        ("words.png", "words.png cannot be used"),
        ("white.png", "the drawing is empty"),
        ("dot.png", "dot.png cannot be used|the drawing is empty"),
        ("none.png", "none.png is not there"),
    ):
        with pytest.raises(ValueError, match=words):
            desk.upload(EDGES, str(tmp_path / name))
    with pytest.raises(ValueError, match="upload a picture first"):
        desk.upload(EDGES, None)


# --- the judge's map ---


@pytest.mark.parametrize("field", [1, 16, 34])
def test_a_cell_lies_in_the_middle_of_what_its_patch_sees(field):
    """By the gradient of one logit on the pixels."""
    net = PatchGAN(3, field, 2, nn.Identity)
    with torch.no_grad():  # no weight may cancel another
        for layer in net.modules():
            if isinstance(layer, nn.Conv2d):
                layer.weight.fill_(0.1)
    x = torch.ones(1, 3, 64, 64, requires_grad=True)
    logits = net(x)
    row, column = logits.shape[2] // 2, logits.shape[3] // 2 - min(1, field - 1)
    logits[0, 0, row, column].backward()
    belief = torch.ones_like(logits[0, 0]).detach()
    belief[row, column] = 0
    found = heat.Verdict(belief, 64, field)
    seen = x.grad[0].abs().sum(0) > 0
    for at, axis in zip(found.worst, (0, 1)):
        touched = seen.any(axis).nonzero()
        assert at == (touched.min().item() + touched.max().item() + 1) / 2


def test_the_map_tells_in_colours_hatching_and_words():
    found = heat.Verdict(torch.tensor([[0.9, 0.6], [0.2, 0.5]]), 16, 16)
    drawn = heat.overlay(found)
    assert drawn.count("real b") == 2
    assert drawn.count("fake b") == 2
    assert drawn.split('class="hatch" d="')[1].split('"')[0].count("M") == 2
    assert "D takes 2 of 4 patches for real, its mean belief is 0.55" in heat.words(found)
    assert 'alt="the picture under D’s verdict: D takes 2 of 4' in heat.card(found, "data:,")


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (0, 0, "upper left"),
        (0, 5, "upper edge"),
        (5, 9, "right edge"),
        (5, 5, "in the middle"),
        (9, 9, "lower right"),
    ],
)
def test_where_the_doubt_lies_is_told(row, column, words):
    belief = torch.ones(10, 10)
    belief[row, column] = 0
    assert words in heat.where(heat.Verdict(belief, 40, 34))


def test_where_nobody_judged_the_page_says_so():
    answer = desk.translate(UNJUDGED, None, 2)
    assert answer["belief"] is None
    assert answer["verdict"] == ""
    assert "without a discriminator" in answer["said"]
    assert answer["error"] is not None


# --- noise ---


def test_the_dropout_is_drawn_eight_times():
    net = translators.paired(EDGES)
    answer = desk.resample(EDGES, None, 1, seed=3)
    assert len(answer["pictures"]) == len(set(answer["pictures"])) == noise.DRAWS
    seen = np.stack([pixels(one) for one in answer["pictures"]])
    assert answer["spread"] == pytest.approx(seen.std(0, ddof=1).mean(), abs=0.5)
    others = torch.cat([net.translate(translators.held_out(net, k)[0]) for k in range(noise.DRAWS)])
    assert answer["inputs"] == pytest.approx(noise.spread(others).mean().item())
    assert answer["html"].count("the same input with other dropout") == noise.DRAWS
    assert desk.resample(EDGES, None, 1, seed=4)["pictures"] != answer["pictures"]


def test_the_spread_is_in_grey_levels():
    black, white = -torch.ones(1, 3, 2, 2), torch.ones(1, 3, 2, 2)
    torch.testing.assert_close(noise.spread(torch.cat([black, white])), torch.full((2, 2), 255 / 2**0.5))
    assert noise.spread(torch.cat([black, black])).max() == 0


def test_what_the_noise_is_worth_is_told_by_its_share():
    for own, words in (
        (1.0, "all but ignores"),
        (4.0, "listens a little"),
        (10.0, "this G listens to its z"),
    ):
        html = noise.view.noise({"pictures": [], "spread": own, "most": own, "inputs": 20.0}, "data:,", 20.0)
        assert words in html
    assert "Another input" not in desk.resample(STRANGE, drawing((9, 9, 99, 99)))["html"]


# --- there and back ---


@pytest.mark.parametrize(("way", "back_way"), [("AtoB", "BtoA"), ("BtoA", "AtoB")])
def test_there_and_back_with_the_truth_beside(way, back_way):
    net = translators.cycle(PENCIL)
    answer = cycle.cycle(PENCIL, way, face=6)
    a, b = translators.held_out(net, 6)
    x, truth = (a, b) if way == "AtoB" else (b, a)
    there = net.translate(x, way)
    home = net.translate(there, back_way)
    for name, picture in (("given", x), ("there", there), ("truth", truth), ("home", home)):
        assert abs(pixels(answer[name]) - shades(picture)).max() <= 1, name
    assert answer["error"] == pytest.approx(error(there, truth))
    assert answer["nothing"] == pytest.approx(error(x, truth))
    assert answer["round_trip"] == pytest.approx(error(home, x))
    assert answer["html"].count('<figure class="card') == 5
    assert f"<b>D of {way[-1]}</b>" in answer["html"]


def test_the_way_back_may_start_from_the_truth_or_be_disturbed():
    net = translators.cycle(NIGHT)
    a, b = translators.held_out(net, 2)
    true = cycle.cycle(NIGHT, face=2, back="true")
    assert true["round_trip"] == pytest.approx(error(net.translate(b, "BtoA"), a))
    noisy = cycle.cycle(NIGHT, face=2, noise=0.1)
    assert noisy["home"] != cycle.cycle(NIGHT, face=2)["home"]
    assert "F(G(A) + noise)" in noisy["html"]
    at = NOISES.index(0.1)
    assert noisy["curve"]["own"][at] == pytest.approx(noisy["round_trip"], rel=1e-4)
    assert true["curve"]["true"][0] == pytest.approx(true["round_trip"], rel=1e-4)


def test_the_curve_is_the_steganography_probe_and_is_made_once(monkeypatch):
    net = translators.cycle(PENCIL)
    a, b = translators.held_out(net, 9)
    there = net.translate(a)
    found = steganography(lambda y: net.translate(y, "BtoA"), there, b, a, NOISES, cycle.SEED)
    curve = cycle.cycle(PENCIL, face=9)["curve"]
    assert curve["own"] == [found[f"back from its own, noise {std:g}"]["value"] for std in NOISES]
    monkeypatch.setattr(cycle, "steganography", lambda *args: pytest.fail("asked again"))
    assert cycle.cycle(PENCIL, face=9, noise=0.05)["curve"] == curve


def test_an_upload_has_no_truth(tmp_path):
    path = tmp_path / "mine.png"
    picture = Image.new("RGB", (50, 40), "navy")
    picture.paste("gold", (10, 10, 30, 30))
    picture.save(path)
    answer = cycle.waiting(NIGHT, "AtoB", "upload", 0, str(path), "own", 0.0)
    assert answer["truth"] is answer["error"] is None
    assert list(answer["curve"]) == ["own"]
    assert "Nobody knows how your picture should look in night" in answer["html"]
    assert "Upload a picture" in cycle.waiting(NIGHT, "AtoB", "upload", 0, None, "own", 0.0)["html"]
    with pytest.raises(ValueError, match="nobody knows what your picture should become"):
        cycle.cycle(NIGHT, source="upload", path=str(path), back="true")
    (tmp_path / "words.png").write_text("words")
    with pytest.raises(ValueError, match=r"words\.png cannot be used"):
        cycle.cycle(NIGHT, source="upload", path=str(tmp_path / "words.png"))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"way": "CtoD"}, "one of AtoB, BtoA"),
        ({"source": "<b>"}, "one of face, upload"),
        ({"back": "never"}, "one of own, true"),
        ({"noise": 0.3}, "from 0 to 0.2"),
        ({"noise": float("nan")}, "from 0 to 0.2"),
        ({"face": 1000}, "from 0 to 999"),
        ({"model": EDGES}, "made by pix2pix"),
    ],
)
def test_impossible_settings_are_named(wrong, words):
    with pytest.raises(ValueError, match=words):
        cycle.cycle(**{"model": PENCIL, **wrong})


# --- what is not there, and links ---


def test_somebodys_own_pictures_have_no_held_out_faces():
    answer = desk.start(STRANGE, 5)
    assert answer["number"] is None
    assert answer["kind"] == "picture"
    assert answer["names"] == ["A", "B"]


def test_without_models_the_page_says_so_and_goes_on(monkeypatch):
    monkeypatch.setattr(models, "made_by", lambda algorithm: [])
    for tab in ("pairs", "cycle"):
        got = link.restore(f"?tab={tab}")
        assert "gan-lab train pix2pix" in got[len(INPUTS)]["html"]
    assert "gan-lab train cyclegan" in got[len(INPUTS) + 1]["html"]
    assert "gan-lab train pix2pix" in desk.ask(["", "", 0, 0])["note"]
    assert desk.resample("")["html"] == ""
    image_translation.build()


def test_a_damaged_run_is_named_and_passed_over(runs, monkeypatch):
    monkeypatch.setattr(models, "made_by", lambda algorithm: ["broken/final.safetensors", EDGES])
    (runs / "broken").mkdir()
    (runs / "broken" / "final.safetensors").write_text("words")
    got = link.restore(f"?tab=pairs&cycle={PENCIL}")
    assert got[0].value == EDGES
    assert got[1].value == PENCIL
    assert "The model broken/final.safetensors cannot be shown" in got[-1]["text"]
    assert got[len(INPUTS)]["model"] == EDGES


def test_a_link_restores_every_control_and_names_what_it_cannot():
    asked = f"?model={LABELS}&cycle=<i>&tab=cycle&number=77&seed=5&way=BtoA&noise=9&face=12"
    got = link.restore(asked)
    values = dict(zip(INPUTS, got))
    assert values["model"].value == LABELS
    assert (values["number"], values["seed"], values["way"], values["face"]) == (77, 5, "BtoA", 12)
    assert values["noise"] == 0
    said = got[-1]["text"]
    assert "link's noise must be a number from 0 to 0.2" in said
    assert "model cannot be shown" in said
    assert "<i>" not in got[-1]["html"]
    there = cycle.cycle(values["cycle"].value, "BtoA", face=12)
    assert got[len(INPUTS) + 1]["home"] == there["home"]
    assert got[len(INPUTS)]["number"] == 77
    assert link.restore("")[-1]["text"] == ""
    assert set(INPUTS) == {"model", "cycle", *CONTROLS}
