"""The page on style and label: its events called directly, against the models themselves."""

import base64
import io
import json
from types import SimpleNamespace

import numpy as np
import pytest
import style_models
import torch

pytest.importorskip("gradio", reason="the pages need gradio")

from PIL import Image, ImageDraw

from apps import models, style_and_label
from apps.style_page import coders, few, few_view, grid, link, properties, published, transfer
from apps.style_page.controls import CONTROLS, INPUTS, MOVES
from gan_lab.experiments import few_labels
from gan_lab.experiments.few_labels import AAE, ALONE


@pytest.fixture(scope="module", autouse=True)
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    style_models.train(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GAN_LAB_RUNS", str(folder))
        yield folder


@pytest.fixture(scope="module")
def style():
    return coders.load(style_models.STYLE, coders.STYLE)


def pixels(address):
    file = io.BytesIO(base64.b64decode(address.split(",")[1]))
    return np.asarray(Image.open(file)).astype(int)


def shades(images):
    return ((images + 1) * 127.5).round().clamp(0, 255).int().numpy()


def drawing(*lines):
    picture = Image.new("L", (280, 280))
    for line in lines:
        ImageDraw.Draw(picture).line(line, fill=255, width=24)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


# --- models ---


def test_the_page_offers_what_the_two_algorithms_made():
    assert style_models.STYLE in coders.names(coders.STYLE)
    assert style_models.SEMI in coders.names(coders.SEMI)
    assert not set(coders.names(coders.STYLE)) & {style_models.SEMI, "dcgan-mnist"}
    assert not [name for name in models.generators() if getattr(models.load_any(name), "classes", 0)]
    with pytest.raises(ValueError, match="made by aae-semi, not by aae-style"):
        coders.load(style_models.SEMI, coders.STYLE)
    with pytest.raises(ValueError, match="made by dcgan"):
        coders.load("dcgan-mnist", coders.SEMI)
    with pytest.raises(FileNotFoundError, match="no run"):
        coders.load("nobody/final.safetensors", coders.STYLE)


# --- the table ---


def test_a_row_is_one_style_and_a_column_one_label(style):
    answer = grid.grid(style_models.STYLE, seed=3)
    z = style.latents(grid.SHOWN, 3)
    assert len(answer["strips"]) == grid.SHOWN
    for row in (0, 6):
        strip = pixels(answer["strips"][row])
        assert strip.shape == (28, 280)
        for digit in (0, 7):
            made = style.generate(z[row : row + 1], torch.tensor([digit]))[0, 0]
            assert abs(strip[:, 28 * digit : 28 * digit + 28] - shades(made)).max() <= 1
    by = coders.reader()
    first = by.classify(style.generate(z[:1].expand(10, -1), torch.arange(10))).argmax(1)
    assert answer["read"][0] == first.tolist()
    right = sum(got == asked for row in answer["read"] for asked, got in enumerate(row))
    assert answer["asked"] == pytest.approx(right / 70)
    assert answer["html"].count('class="misread"') == 70 - right
    assert f"<b>{right} of 70</b>" in answer["html"]


def test_a_step_moves_every_row_along_one_direction(style):
    still, moved = (grid.grid(style_models.STYLE, slant=step) for step in (0, 2.0))
    known = coders.styles(style)
    k = list(MOVES).index("slant")
    assert still["offset"] == 0
    assert moved["offset"] == pytest.approx(2 * known.spread[k].item(), rel=1e-4)
    z = style.latents(grid.SHOWN, 0) + 2 * known.spread[k] * known.axes[k]
    made = style.generate(z[5:6], torch.tensor([4]))[0, 0]
    assert abs(pixels(moved["strips"][5])[:, 112:140] - shades(made)).max() <= 1
    assert all(a != b for a, b in zip(still["strips"], moved["strips"], strict=True))


def test_directions_are_those_of_the_codes(style):
    known = coders.styles(style)
    assert known.codes.shape == (5000, 4)
    torch.testing.assert_close(known.axes.norm(dim=1), torch.ones(len(MOVES)))
    torch.testing.assert_close((known.codes @ known.axes.T).std(0), known.spread)
    first, second = known.axes[3:]
    assert abs(first @ second) < 1e-4
    share = known.spread[3] ** 2 / known.codes.var(0).sum()
    torch.testing.assert_close(share, known.shares[0], rtol=1e-3, atol=1e-4)
    assert known.shares.sum() == pytest.approx(1, abs=1e-4)
    assert (known.known > 0).all()
    assert (known.known <= 1).all()
    ink = properties.measure(coders.digits().images_float())[:, 0]
    along = known.codes @ known.axes[0]
    assert torch.corrcoef(torch.stack([along, ink]))[0, 1] > 0


def test_rows_of_real_digits_and_of_a_walk(style):
    digits = grid.grid(style_models.STYLE, rows="digits", seed=1)
    assert digits["html"].count("the digit whose style it is") == grid.SHOWN
    walk = grid.grid(style_models.STYLE, rows="walk", along="ink", seed=1)
    known, z = coders.styles(style), style.latents(grid.SHOWN, 1)[:1]
    made = style.generate(z - 3 * known.spread[0] * known.axes[0], torch.tensor([8]))[0, 0]
    assert abs(pixels(walk["strips"][0])[:, 224:252] - shades(made)).max() <= 1
    for words in ("−3 σ", "0 σ", "+3 σ"):
        assert words in walk["html"]
    assert walk["strips"] != grid.grid(style_models.STYLE, rows="walk", along="width", seed=1)["strips"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"ink": 4.0}, "from -3 to 3"),
        ({"ink": float("nan")}, "from -3 to 3"),
        ({"rows": "<b>"}, "one of prior, digits, walk"),
        ({"seed": -1}, "whole number from 0"),
        ({"along": "height"}, "one of ink"),
    ],
)
def test_impossible_settings_are_named(wrong, words):
    with pytest.raises(ValueError, match=words):
        grid.grid(style_models.STYLE, **wrong)


def test_what_is_measured_in_a_digit():
    def bar(top, bottom, wide=2):
        picture = torch.full((1, 28, 28), -1.0)
        for row in range(4, 24):
            x = round(bottom + (top - bottom) * (23 - row) / 19)
            picture[0, row, x : x + wide] = 1
        return picture

    upright, right, left, bold = bar(13, 13), bar(18, 8), bar(8, 18), bar(13, 13, 6)
    found = properties.measure(torch.stack([upright, right, left, bold]))
    assert found[:, 0].tolist() == pytest.approx([40 / 784] * 3 + [120 / 784], rel=1e-3)
    assert found[0, 1].abs() < 1e-5
    assert found[1, 1] == pytest.approx(10 / 19, abs=0.03)
    assert found[2, 1] == pytest.approx(-10 / 19, abs=0.03)
    assert found[0, 2] == pytest.approx(0.5)
    assert found[1, 2] == pytest.approx(0.5, abs=0.2)  # the slant is taken out
    assert found[3, 2] > 1.5
    assert properties.measure(torch.full((1, 1, 28, 28), -1.0)).abs().max() == 0


# --- style transfer ---


def test_all_ten_are_written_in_the_style_of_one(style):
    answer = transfer.transfer(style_models.STYLE, number=4321)
    x = coders.digits().images_float([4321])
    z = style.encode(x)
    for digit in (0, 9):
        made = style.generate(z, torch.tensor([digit]))[0, 0]
        assert abs(pixels(answer["ten"][digit]) - shades(made)).max() <= 1
    assert answer["label"] == coders.digits().labels[4321]
    assert answer["norm"] == pytest.approx(z.norm().item(), rel=1e-5)
    right = sum(got == asked for asked, got in enumerate(answer["read"]))
    assert f"<b>{right} of 10</b>" in answer["html"]
    assert answer["html"].count("✓ reads") == right
    assert answer["html"].count("x’s label") == 1


def test_strength_goes_from_the_middle_of_the_prior(style):
    middle = transfer.transfer(style_models.STYLE, number=7, strength=0)
    assert middle["ten"] == transfer.transfer(style_models.STYLE, number=4000, strength=0)["ten"]
    assert middle["ten"] != transfer.transfer(style_models.STYLE, number=7)["ten"]


def test_a_drawing_is_taken_as_a_digit_of_mnist():
    answer = transfer.transfer(style_models.STYLE, "drawn", drawing=drawing((100, 40, 60, 240)))
    x = pixels(answer["picture"])
    assert x.shape == (28, 28)
    ink = np.argwhere(x > 60)
    assert ink[:, 0].max() - ink[:, 0].min() in (19, 20)  # the box of 20 pixels, wherever it was drawn
    assert answer["label"] in range(10)
    assert f"read as a {answer['label']}" in answer["html"]


def test_without_a_drawing_nothing_is_written():
    assert "Draw a digit" in transfer.write_or_wait(style_models.STYLE, "drawn", 0, "")["html"]
    for given in ("", None, drawing(), "data:image/png;base64,AAAA", "words"):
        with pytest.raises(ValueError, match=r"draw|PNG|picture"):
            transfer.transfer(style_models.STYLE, "drawn", drawing=given)
    for number in (-1, 5000, None):
        with pytest.raises(ValueError, match="from 0 to 4999"):
            transfer.transfer(style_models.STYLE, number=number)
    with pytest.raises(ValueError, match="one of picked, drawn"):
        transfer.transfer(style_models.STYLE, "stolen")


def test_a_sheet_holds_two_of_each_digit():
    first, other = transfer.sheet(0), transfer.sheet(99, 17)
    for answer in (first, other):
        assert coders.digits().labels[answer["which"]].tolist() == [*range(10), *range(10)]
        assert len(answer["pictures"]) == 20
    assert not set(first["which"]) & set(other["which"])
    assert other["pick"] == "17"
    with pytest.raises(ValueError, match="from 0 to 99"):
        transfer.sheet(100)


# --- few labels ---


def test_the_gain_is_told_after_a_guess_and_from_the_log(monkeypatch, tmp_path):
    style_models.install_log(monkeypatch, style_models.log(tmp_path, (8.0, 1.0), (24.0, 1.5)))
    before = few.few("")
    assert list(before["errors"]) == [ALONE]
    assert "Guess first" in before["html"]
    assert published.PAPER.name not in before["html"]
    after = few.few("half")
    assert after["errors"][AAE] == {"100": pytest.approx([8, 8.2]), "55000": pytest.approx([1, 1.2])}
    assert "Yes: at 100 labels the other images take away 66 % of the errors" in after["html"]
    assert "The fewer labels, the more" in after["html"]
    for words in ("8.10 % (8.00 to 8.20)", "1.90 %", "23.50 %", "a public replication", "a command"):
        assert words in after["html"]
    assert "No: at 100 labels" in few.few("none")["html"]
    with pytest.raises(ValueError, match="one of none, less, half"):
        few.few("double")


def test_a_loss_is_told_as_one(monkeypatch, tmp_path):
    style_models.install_log(monkeypatch, style_models.log(tmp_path, (26.0, 1.0), (24.0, 1.5)))
    html = few.few("none")["html"]
    assert "Yes: at 100 labels the other images add 8 % of the errors" in html
    assert "The fewer labels, the more" not in html
    assert "nothing left to win" not in html
    style_models.install_log(monkeypatch, style_models.log(tmp_path, (8.0, 2.0), (24.0, 1.5)))
    assert "nothing left to win" in few.few("none")["html"]


def test_a_log_that_is_not_whole_yet_is_shown_as_far_as_it_goes(monkeypatch, tmp_path):
    path = style_models.log(tmp_path, (8.0, 1.0), (24.0, 1.5))
    log = json.loads(path.read_text())
    log["runs"][AAE] = [log["runs"][AAE][0][:1], []]
    path.write_text(json.dumps(log))
    style_models.install_log(monkeypatch, path)
    assert "not run yet" in few.few("half")["html"]
    log["runs"][AAE] = [[], []]
    path.write_text(json.dumps(log))
    assert "does not hold both kinds" in few.few("half")["html"]


def test_without_a_log_the_page_says_so(monkeypatch, tmp_path):
    shipped = few_labels.shipped
    monkeypatch.setattr(few.few_labels, "shipped", lambda: shipped(tmp_path / "few_labels.json"))
    answer = few.few("half")
    assert "python -m gan_lab.bench.few_labels" in answer["html"]
    assert answer["html"].count("<p") == 1


def test_the_confusion_matrix_counts_what_the_model_reads(monkeypatch):
    model = coders.load(style_models.SEMI, coders.SEMI)
    answer = few.errors(style_models.SEMI)
    digits = coders.digits()
    read = model.classify(digits.images_float()).argmax(1)
    assert answer["error"] == pytest.approx((read != digits.labels).double().mean().item())
    for asked, got in ((0, 0), (4, 9), (9, 4)):
        assert answer["confusion"][asked][got] == ((digits.labels == asked) & (read == got)).sum()
    assert [sum(row) for row in answer["confusion"]] == [500] * 10
    shares = model.classify(digits.images_float()).softmax(1).max(1).values
    which = torch.tensor(answer["which"])
    assert len(which) == few.SHOWN
    assert (read[which] != digits.labels[which]).all()
    assert shares[which].min() >= shares[read != digits.labels].topk(few.SHOWN).values.min() - 1e-6
    monkeypatch.setattr(few, "_read", lambda model: pytest.fail("read again"))
    assert few.errors(style_models.SEMI)["html"] == answer["html"]


def test_a_cell_shows_its_digits():
    everything = few.errors(style_models.SEMI)
    asked, got = max(
        ((i, k) for i in range(10) for k in range(10) if i != k),
        key=lambda c: everything["confusion"][c[0]][c[1]],
    )
    answer = few.errors(style_models.SEMI, f"{asked}-{got}")
    count = everything["confusion"][asked][got]
    assert f"{count} times a {asked} is read as a {got}" in answer["html"]
    assert len(answer["which"]) == min(count, few.SHOWN)
    assert (coders.digits().labels[answer["which"]] == asked).all()
    assert 'aria-pressed="true"' in answer["html"]
    for wrong in ("4", "4-4", "10-3", "<b>", "a-b"):
        with pytest.raises(ValueError, match="one of 0-1"):
            few.errors(style_models.SEMI, wrong)


def test_a_cell_without_digits_says_so():
    confusion = [[500 if i == k else 0 for k in range(10)] for i in range(10)]
    html = few_view.errors(confusion, "4-9", [], 0)
    assert "There is none" in html
    assert "0 of 5,000 are read wrongly" in html
    assert "<button" not in html.split("</table>")[0]


# --- what is not there, and links ---


def test_without_models_the_page_says_so_and_goes_on(monkeypatch):
    monkeypatch.setattr(coders.models, "made_by", lambda algorithm: [])
    for tab in ("grid", "transfer", "labels"):
        link.restore(f"?tab={tab}")
    assert "gan-lab train aae-style" in grid.grid("")["html"]
    assert "gan-lab train aae-style" in transfer.transfer("")["html"]
    assert "gan-lab train aae-semi" in few.errors("")["html"]
    with pytest.raises(ValueError, match="gan-lab train aae-semi"):
        coders.load("", coders.SEMI)
    style_and_label.build()


def test_a_damaged_run_is_named_and_passed_over(runs, monkeypatch):
    monkeypatch.setattr(
        coders.models, "made_by", lambda algorithm: ["broken/final.safetensors", style_models.STYLE]
    )
    (runs / "broken").mkdir()
    (runs / "broken" / "final.safetensors").write_text("words")
    got = link.restore("?tab=transfer")
    assert got[0].value == style_models.STYLE
    assert "The model broken/final.safetensors cannot be shown" in got[-1]["text"]
    assert len(got[len(INPUTS) + 2]["ten"]) == 10


def test_without_a_classifier_nobody_reads(monkeypatch):
    monkeypatch.setattr(coders, "zoo", SimpleNamespace(**{**vars(coders.zoo), "names": list}))
    answer = grid.grid(style_models.STYLE)
    assert answer["read"] is answer["asked"] is None
    assert "no classifier of digits here" in answer["html"]
    assert "no classifier" in transfer.transfer(style_models.STYLE)["html"]
    assert (
        "your drawing"
        in transfer.transfer(style_models.STYLE, "drawn", 0, drawing((90, 40, 90, 240)))["html"]
    )


def test_a_link_restores_every_control_and_names_what_it_cannot():
    asked = f"?model={style_models.STYLE}&reader=<i>&tab=transfer&number=77&strength=0.5&ink=9&rows=walk"
    got = link.restore(asked)
    values = dict(zip(INPUTS, got))
    assert values["model"].value == style_models.STYLE
    assert (values["number"], values["strength"], values["ink"], values["rows"]) == (77, 0.5, 0, "walk")
    said = got[-1]["text"]
    assert "link's ink must be a number from -3 to 3" in said
    assert "model cannot be shown" in said
    assert "<i>" not in got[-1]["html"]
    sheet, ten = got[len(INPUTS) + 1 : len(INPUTS) + 3]
    assert sheet["pick"] == "77"
    assert ten["ten"] == transfer.transfer(style_models.STYLE, number=77, strength=0.5)["ten"]
    assert link.restore("")[-1]["text"] == ""
    assert set(INPUTS) == {"model", "reader", *CONTROLS}
