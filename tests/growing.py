"""A model that grew in seconds, for the page on progressive growing: it must not hang on what the zoo holds."""

from gan_lab import cli

NAME = "tiny/final.safetensors"


def train(folder):
    """Writes a run below the folder: 4x4 to 16x16, untrained but for a few steps, every stage in its file."""
    arguments = ["--data", "mnist-5k", "--size", "16", "--steps", "30", "--batch-size", "4", "--width", "8"]
    arguments += [
        "--latent-dim",
        "8",
        "--out",
        str(folder / "tiny"),
        "--device",
        "cpu",
        "--every-grid",
        "1000",
    ]
    assert cli.call(["train", "progressive", *arguments]) == 0
