"""Models of style and label trained in seconds, and a log, for their page: it must not hang on what is shipped."""

import json

from apps.style_page import few
from gan_lab import cli
from gan_lab.experiments import log as logs
from gan_lab.experiments.few_labels import AAE, ALONE, Row

STYLE, SEMI = "style/final.safetensors", "semi/final.safetensors"


def train(folder):
    """Writes two small runs below the folder, trained just long enough that different codes write different digits."""
    for name, steps in (("style", "80"), ("semi", "40")):
        arguments = [
            "--data",
            "mnist-5k",
            "--width",
            "32",
            "--latent-dim",
            "4",
            "--steps",
            steps,
            "--lr",
            "0.003",
        ]
        arguments += ["--out", str(folder / name), "--device", "cpu", "--every-grid", "1000"]
        assert cli.call(["train", f"aae-{name}", *arguments]) == 0


def log(folder, aae, alone):
    """Writes a log as the bench does: per cent at 100 and at 55,000 labels, two seeds."""
    runs = {
        kind: [
            [[n, e / 100 + more, e / 100 + more, 1.0] for n, e in zip((100, 55_000), errors)]
            for more in (0, 0.002)
        ]
        for kind, errors in ((AAE, aae), (ALONE, alone))
    }
    plans = {"100": vars(few.few_labels.Plan()), "55000": vars(few.few_labels.Plan(40, 0.01))}
    about = {"seeds": [0, 1], "width": 500, "plans": plans, "command": "a command"}
    path = folder / "few_labels.json"
    path.write_text(json.dumps(about | {"data": "55000 images to learn from", "runs": runs}))
    return path


def install_log(patch, path):
    """Lets the page read this log."""
    patch.setattr(few.few_labels, "shipped", lambda: logs.shipped(path, Row))
