"""The latent arithmetic page without a browser: its events, directly and over HTTP; its link; the server."""

import base64
import io
import json
import os
import urllib.error
import urllib.request
from math import sqrt
from pathlib import Path

import numpy as np
import pytest
import standin
import torch
from PIL import Image

from gan_lab import latent

pytest.importorskip("gradio", reason="the pages need gradio")

from apps import hub, latent_arithmetic, models, serve
from apps.latent_page import events, state, vectors, view

PICKS = "0,1,2;3,4,5;6,7,8"


@pytest.fixture(autouse=True, scope="module")
def zoo(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GAN_LAB_RUNS", str(tmp_path_factory.mktemp("runs")))
        standin.install(patch, models)
        yield


def pixels(uri):
    """The picture behind a data address."""
    kind, code = uri.split(",")
    assert kind == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(code))))


def generated(z):
    """What the stand-in makes of one latent, as the page's 256 grey levels."""
    picture = standin.MODELS["standin"].generate(z[None])[0, 0]
    return ((picture + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).numpy()


def sheet_latents(seed=1):
    return vectors.draws(standin.MODELS["standin"], seed)


# --- the events ---


def test_the_sum_is_the_generated_picture_of_averaged_arithmetic():
    z = sheet_latents()
    total = 0.5 * z[:3].mean(0) - 2 * z[3:6].mean(0) + z[6:9].mean(0)
    answer, _ = events.arithmetic("standin", 1, PICKS, 0.5, -2, 1)
    assert np.array_equal(pixels(answer["picture"]), generated(total))
    assert answer["norm"] == pytest.approx(latent.norm(total).item())
    assert answer["norms"] == pytest.approx([latent.norm(z[i : i + 3].mean(0)).item() for i in (0, 3, 6)])


def test_z1_minus_z1_plus_z3_gives_exactly_the_picture_of_z3():
    at = vectors.scene("standin", 1, "0,1,2;0,1,2;6,7,8")
    assert torch.equal(at.total, at.concepts[2])
    net = standin.MODELS["standin"]
    assert torch.equal(net.generate(at.total[None]), net.generate(at.concepts[2][None]))
    identity, _ = events.arithmetic("standin", 1, "0,1,2;0,1,2;6,7,8")
    alone, _ = events.arithmetic("standin", 1, "0,1,2;3,4,5;6,7,8", 0, 0, 1)
    assert identity["picture"] == alone["picture"]
    other, _ = events.arithmetic("standin", 1, PICKS)
    assert other["picture"] != alone["picture"]


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ((1, -1, 1), "z₁ − z₂ + z₃"),
        ((1.5, -0.5, 1), "1.5 z₁ − 0.5 z₂ + z₃"),
        ((-1, 0, 2), "−z₁ + 2 z₃"),
        ((0, -0.25, 0), "−0.25 z₂"),
        ((0, 0, 0), "0"),
    ],
)
def test_the_sum_is_written_with_its_weights(weights, said):
    assert view.terms(weights) == said
    assert f"<span>G({said})</span>" in events.arithmetic("standin", 1, PICKS, *weights)[0]["html"]


def test_projection_puts_the_sum_on_the_shell_and_says_where_it_cannot():
    free, _ = events.arithmetic("standin", 1, PICKS)
    on_shell, _ = events.arithmetic("standin", 1, PICKS, project=True)
    assert on_shell["norm"] == pytest.approx(8.0, rel=1e-5)  # sqrt(64)
    assert abs(free["norm"] - 8.0) > 0.01
    assert on_shell["note"] == ""
    nothing, _ = events.arithmetic("standin", 1, PICKS, 0, 0, 0, project=True)
    assert nothing["norm"] == 0
    assert "no direction" in nothing["note"]
    assert "no direction" in nothing["html"]


def test_single_exemplars_are_measured_only_after_a_guess():
    before, drawn_before = events.arithmetic("standin", 1, PICKS)
    after, drawn_after = events.arithmetic("standin", 1, PICKS, guess="longer")
    z = sheet_latents()
    assert "single" not in before
    assert "one each" not in drawn_before["html"]
    assert after["single"]["norm"] == pytest.approx(latent.norm(z[0] - z[3] + z[6]).item())
    assert np.array_equal(pixels(after["single"]["picture"]), generated(z[0] - z[3] + z[6]))
    assert "Yes: about √(3d) = 13.9" in drawn_after["html"]
    _, wrong = events.arithmetic("standin", 1, PICKS, guess="same")
    assert "No: about √(3d)" in wrong["html"]
    _, weighted = events.arithmetic("standin", 1, PICKS, w1=2, guess="longer")
    assert f"about {8 * sqrt(6):.1f}" in weighted["html"]


def test_uniform_latents_get_their_own_shell():
    answer, drawn = events.arithmetic("standin-uniform", 1, PICKS, guess="longer")
    assert answer["shell"] == pytest.approx(sqrt(64 / 3))
    assert "√d / 3" in drawn["html"]
    assert vectors.draws(standin.MODELS["standin-uniform"], 1).abs().max() <= 1


def test_bars_mark_the_lengths_that_matter():
    answer, drawn = events.arithmetic("standin", 1, PICKS)
    for name, length in (("√(d/3)", 8 / sqrt(3)), ("√d", 8), ("√(3d)", 8 * sqrt(3))):
        assert f">{name}</text>" in drawn["html"]
        assert f">{length:.1f}</text>" in drawn["html"]
    assert f"their sum: {answer['norm']:.1f}" in drawn["html"]


def test_paths_begin_and_end_where_they_say():
    z = sheet_latents()
    row = events.strip("standin", 1, PICKS, start="z1-first", end="z2")
    for way in ("linear", "spherical"):
        assert len(row[way]["pictures"]) == 9
        assert row[way]["norms"][0] == pytest.approx(latent.norm(z[0]).item(), rel=1e-5)
        assert row[way]["norms"][-1] == pytest.approx(latent.norm(z[3:6].mean(0)).item(), rel=1e-5)
    at_end = events.interpolate("standin", 1, PICKS, start="z1-first", end="z2", t=1)
    assert at_end["pictures"]["linear"] == at_end["pictures"]["spherical"]
    middle = events.interpolate("standin", 1, PICKS, start="z1-first", end="z2-first", t=0.5)
    assert middle["norms"]["linear"] < 0.9 * middle["norms"]["spherical"]
    assert middle["pictures"]["linear"] != middle["pictures"]["spherical"]


def test_a_path_without_an_arc_shows_the_chord_and_says_why():
    row = events.strip("standin", 1, "0,1,2;3,4,5;", start="z1", end="z3")
    assert "spherical" not in row
    assert "zero vector" in row["note"]
    assert "zero vector" in row["html"]
    assert "spherical" not in events.interpolate("standin", 1, "0;1;", start="z1", end="z3")["pictures"]


def test_neighbours_move_away_with_the_radius():
    still = events.neighbourhood("standin", 1, PICKS, radius=0)
    assert len(still["pictures"]) == 8
    assert {still["centre"]} == set(still["pictures"])
    moved = events.neighbourhood("standin", 1, PICKS, radius=0.5, noise=3)
    assert len({moved["centre"], *moved["pictures"]}) == 9
    assert moved["pictures"] != events.neighbourhood("standin", 1, PICKS, radius=0.5, noise=4)["pictures"]


def test_the_sheet_follows_its_seed_and_suggests_exemplars():
    sheet, picks = events.sheet("standin", 5)
    assert len(sheet["pictures"]) == 40
    assert np.array_equal(pixels(sheet["pictures"][7]), generated(sheet_latents(5)[7]))
    assert sheet["picks"] == picks
    bold, thin, alike = state.parse_picks(picks)
    assert sorted(map(len, (bold, thin, alike))) == [3, 3, 3]
    assert not {*bold, *thin} & {*alike}
    ink = [pixels(uri).sum() for uri in sheet["pictures"]]
    assert min(ink[i] for i in bold) > max(ink[i] for i in thin)
    assert events.sheet("standin", 6)[0]["pictures"] != sheet["pictures"]


def test_an_empty_concept_counts_as_nothing():
    answer, _ = events.arithmetic("standin", 1, "0,1,2;;6,7,8")
    z = sheet_latents()
    assert answer["norms"][1] == 0
    assert np.array_equal(pixels(answer["picture"]), generated(z[:3].mean(0) + z[6:9].mean(0)))
    assert "counts as 0" in events.cards(vectors.scene("standin", 1, "0;;6"))[1]["html"]


@pytest.mark.parametrize("call", ["arithmetic", "interpolate", "strip", "neighbourhood"])
def test_impossible_arguments_are_named(call):
    event = getattr(events, call)
    with pytest.raises(ValueError, match="three groups of up to three numbers"):
        event("standin", 1, "0,1;2")
    with pytest.raises(ValueError, match="three groups"):
        event("standin", 1, "0;1;40")
    with pytest.raises(ValueError, match="seed is a whole number"):
        event("standin", None, PICKS)
    with pytest.raises(ValueError, match="no model called 'nobody'"):
        event("nobody", 1, PICKS)


# --- the link ---


def test_a_link_restores_the_whole_state():
    query = (
        "?model=standin&seed=9&picks=1,2;3;4,5,6&w1=.5&w2=-2&w3=0&project=1&guess=same&start=z2&end=sum&t=.25"
        "&radius=.1&noise=7&tab=interpolation"
    )
    got, sentences = state.read(query)
    assert sentences == []
    assert got == state.State(
        "standin", 9, "1,2;3;4,5,6", 0.5, -2, 0, True, "same", "z2", "sum", 0.25, 0.1, 7, "interpolation"
    )


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("seed=x", "seed"),
        ("seed=-1", "seed"),
        ("seed=1.5", "seed"),
        ("seed=99999999999", "seed"),
        ("w1=9", "w1"),
        ("w2=nan", "w2"),
        ("t=inf", "t"),
        ("radius=", "radius"),
        ("picks=1,2,3", "picks"),
        ("picks=1;2;a", "picks"),
        ("picks=1,2,3,4;5;6", "picks"),
        ("project=yes", "project"),
        ("start=z9", "start"),
        ("tab=<script>", "tab"),
    ],
)
def test_a_bad_value_in_a_link_gives_one_sentence_and_the_default(query, name):
    got, sentences = state.read(f"?{query}&noise=3")
    assert got == state.State(noise=3)
    assert len(sentences) == 1
    assert sentences[0].startswith(f"The link's {name} must be ")


def test_restoring_names_what_could_not_be_had_and_shows_the_rest():
    values = events.restore("?model=../../etc/passwd&w1=0.5&seed=abc")
    at = dict(zip([*state.INPUTS, "gallery", "tabs", "notice"], values))
    assert at["model"].value == "standin"
    assert at["w1"] == 0.5
    assert at["seed"] == state.State().seed
    assert at["picks"] == at["gallery"]["picks"]
    assert "The link's model cannot be shown" in at["notice"]["text"]
    assert "The link's seed must be" in at["notice"]["text"]
    assert events.restore("")[-1]["text"] == ""


def test_what_a_link_says_is_shown_as_text_not_as_html():
    notice = events.restore("?w1=<img src=x onerror=alert(1)>")[-1]
    assert "<img" not in notice["html"]
    assert "&lt;img" in notice["html"]
    assert "&quot;" in view.picture("data:", 'a "quoted" name')


# --- models ---


def test_runs_are_listed_and_loaded_only_from_their_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GAN_LAB_RUNS", str(tmp_path / "runs"))
    inside = tmp_path / "runs" / "digits" / "final.safetensors"
    outside = tmp_path / "final.safetensors"
    inside.parent.mkdir(parents=True)
    for path in (inside, outside):
        path.write_bytes(b"weights")
    loaded = []
    monkeypatch.setattr(models.zoo, "load", lambda name: loaded.append(name) or standin.StandIn())
    assert "digits/final.safetensors" in models.names()
    for name in ("digits/final.safetensors", str(inside), "runs/digits/final.safetensors"):
        assert models.load(name).latent_dim == 64
    assert loaded == [str(inside)]
    for name in (str(outside), "../final.safetensors", "digits/../../final.safetensors"):
        with pytest.raises(ValueError, match="lies outside"):
            models.load(name)
    link = tmp_path / "runs" / "link.safetensors"
    link.symlink_to(outside)
    with pytest.raises(ValueError, match="lies outside"):
        models.load("link.safetensors")
    with pytest.raises(FileNotFoundError, match=r"no run at 'none\.safetensors'"):
        models.load("none.safetensors")
    with pytest.raises(ValueError, match=r"no model called 'weights\.pt'"):
        models.load("weights.pt")
    assert loaded == [str(inside)]


def test_a_run_that_makes_no_pictures_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("GAN_LAB_RUNS", str(tmp_path))
    points = standin.StandIn()
    points.generate = lambda z: z[:, :2]
    there = {"points": points, "classifier": object(), "vae": object.__new__(models.zoo.Autoencoder)}
    for name in there:
        (tmp_path / f"{name}.safetensors").write_bytes(b"weights")
    monkeypatch.setattr(models.zoo, "load", lambda name: there[Path(name).stem])
    with pytest.raises(ValueError, match="points in the plane"):
        models.load("points.safetensors")
    with pytest.raises(ValueError, match="is a classifier"):
        models.load("classifier.safetensors")
    with pytest.raises(ValueError, match="is an autoencoder"):
        models.load("vae.safetensors")


def test_choosing_an_impossible_model_goes_back_to_one_there_is():
    assert events.choose_model("standin-uniform")[0] == "standin-uniform"
    name, notice = events.choose_model("nobody")
    assert name == "standin"
    assert "no model called 'nobody'" in notice["text"]
    assert "Showing standin instead" in notice["text"]


def test_without_any_model_the_page_says_how_to_get_one(monkeypatch):
    monkeypatch.setattr(models.zoo, "names", list)
    at = dict(zip([*state.INPUTS, "gallery", "tabs", "notice"], events.restore("")))
    assert "gan-lab train" in at["notice"]["text"]
    assert len(events.redraw("", 1, "")) == 8
    latent_arithmetic.build()


# --- the page and its server ---


def test_the_page_has_its_events_and_every_slider_is_live():
    config = latent_arithmetic.build().get_config_file()
    names = {d["api_name"] for d in config["dependencies"] if d["api_visibility"] == "public"}
    assert names == {"arithmetic", "interpolate", "neighbourhood", "strip", "sheet", "attributes", "invert"}
    sliders = {c["id"]: c["props"]["elem_id"] for c in config["components"] if c["type"] == "slider"}
    assert set(sliders.values()) == {"w1", "w2", "w3", "t", "radius", "noise", *state.MOVED}
    dragged = {
        target: d["trigger_mode"]
        for d in config["dependencies"]
        for target, event in d["targets"]
        if event == "input"
    }
    assert {dragged[i] for i in sliders} == {"always_last"}


def test_the_hub_has_a_card_and_a_route_for_every_page():
    config = hub.build().get_config_file()
    assert [page[0] for page in config["pages"]] == ["", *(page.SLUG for page in hub.PAGES)]
    home = next(c for c in config["components"] if "page-cards" in str(c["props"].get("value")))
    for page in hub.PAGES:
        assert f'href="./{page.SLUG}"' in home["props"]["value"]
        assert hub.find(page.SLUG.replace("-", "_")) is page
    with pytest.raises(ValueError, match=r"choose one of .*latent-arithmetic"):
        hub.find("nothing")


def test_the_server_stays_on_this_machine_and_calls_nobody():
    options = serve.options()
    assert options["server_name"] == "127.0.0.1"
    assert options["share"] is False
    assert options["run_history"] is False
    assert options["enable_monitoring"] is False
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"
    letters = [
        font for font in (*serve.theme()._font, *serve.theme()._font_mono) if not isinstance(font, str)
    ]
    assert letters
    assert all(font.stylesheet()["url"] is None for font in letters)  # a font of the web has an address there
    assert "http" not in serve.CSS.read_text(encoding="utf-8")


def test_a_taken_port_is_passed_over():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert serve.free_port("127.0.0.1", port) > port
        with pytest.raises(ValueError, match="choose another --port"):
            serve.free_port("127.0.0.1", port, tries=1)
    with pytest.raises(ValueError, match="is not an address of this machine"):
        serve.free_port("no.such.host.invalid", 7860)


@pytest.fixture(scope="module")
def server():
    demo = hub.build()
    yield serve.serve(demo, inbrowser=False, block=False)
    demo.close()


def post(server, name, *data):
    body = json.dumps({"data": list(data)}).encode()
    request = urllib.request.Request(
        f"{server}gradio_api/run/{name}", body, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)["data"]


def test_a_client_drives_the_page_over_http(server):
    sheet, picks = post(server, "sheet", "standin", 1)
    assert len(sheet["pictures"]) == 40
    answer, _ = post(server, "arithmetic", "standin", 1, picks, 1, -1, 1, False, "longer")
    direct, _ = events.arithmetic("standin", 1, picks, guess="longer")
    assert answer["picture"] == direct["picture"]
    assert answer["single"]["norm"] == pytest.approx(direct["single"]["norm"])
    (middle,) = post(server, "interpolate", "standin", 1, picks, 1, -1, 1, False, "z1", "z3", 0.5)
    assert set(middle["pictures"]) == {"linear", "spherical"}
    (around,) = post(server, "neighbourhood", "standin", 1, picks, 1, -1, 1, False, 0.25, 0)
    assert len(around["pictures"]) == 8


def test_a_client_is_told_what_was_wrong(server):
    with pytest.raises(urllib.error.HTTPError) as refused:
        post(server, "arithmetic", "nobody", 1, PICKS, 1, -1, 1, False, "")
    assert "no model called 'nobody'" in refused.value.read().decode()
    refused.value.close()
    with pytest.raises(urllib.error.HTTPError) as refused:  # beyond the slider: refused on the server too
        post(server, "arithmetic", "standin", 1, PICKS, 9, -1, 1, False, "")
    assert "9" in refused.value.read().decode()
    refused.value.close()
