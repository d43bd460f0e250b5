"""Conditional models trained in seconds, for their page: it must not hang on what is shipped."""

from gan_lab import cli

CLASSES, AGES = "classes/final.safetensors", "ages/final.safetensors"


def train(folder):
    """Writes two small runs below the folder, trained just long enough that other labels make other pictures."""
    little = ["--width", "8", "--latent-dim", "6", "--lr", "0.002", "--device", "cpu", "--every-grid", "1000"]
    for name, algorithm, more in (
        ("classes", "cgan", ["--data", "mnist-5k", "--steps", "30"]),
        ("ages", "age-cgan", ["--data", "faces", "--size", "16", "--steps", "30", "--batch-size", "16"]),
    ):
        assert cli.call(["train", algorithm, "--out", str(folder / name), *little, *more]) == 0
