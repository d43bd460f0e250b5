"""A zoo of tiny autoencoders, trained for a few steps, at the place of the real one: for the page on coverage."""

import hashlib
import json

from gan_lab import cli, zoo

METRICS = {
    "aae": {"two-sample AUC": 0.55, "MMD": 0.002, "hole rate": 0.06, "recognised": 0.7},
    "vae": {"two-sample AUC": 0.58, "MMD": 0.001, "hole rate": 0.12, "recognised": 0.6},
}
FLOORS = {"two-sample AUC": 0.5, "MMD": 0.003, "hole rate": 0.05, "recognised": 0.95}
OPTIONS = {
    "aae-mnist-2d": ["--prior", "wide-gaussian", "--gaussian"],
    "vae-mnist-2d": ["--prior", "wide-gaussian"],
    "aae-mnist-2d-swiss-roll": ["--prior", "swiss-roll", "--tied"],
}


def build(folder):
    """Writes the models and their cards into ``folder / "zoo"``; what the cards say was not measured."""
    (folder / "zoo").mkdir()
    for name, options in OPTIONS.items():
        kind, run = name[:3], folder / name
        small = [
            "--steps",
            "12",
            "--width",
            "16",
            "--latent-dim",
            "2",
            "--device",
            "cpu",
            "--every-grid",
            "1000",
        ]
        assert cli.call(["train", kind, "--data", "mnist-5k", "--out", str(run), *small, *options]) == 0
        content = (run / "final.safetensors").read_bytes()
        (folder / "zoo" / f"{name}.safetensors").write_bytes(content)
        (folder / "zoo" / f"{name}.json").write_text(json.dumps(card(name, kind, content)))
    return folder / "zoo"


def card(name, kind, content):
    found = {
        key: {
            "value": value,
            "floor": FLOORS[key],
            "unit": "",
            "better": "higher" if key == "recognised" else "lower",
        }
        for key, value in METRICS[kind].items()
    }
    found["information"] = {"value": 3.0, "floor": None, "unit": "nats", "better": "higher"}
    found["aggregate_kl"] = {"value": 0.5, "floor": 0.0, "unit": "nats", "better": "lower"}
    found["kl"] = {"value": 3.5, "floor": None, "unit": "nats", "better": "lower"}
    return {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "metrics": found}


def install(patch, folder, pairs):
    """Lets the zoo hold these models only."""
    patch.setattr(zoo, "WEIGHTS", folder)
    pairs.forget()
