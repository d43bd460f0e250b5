"""Translators trained for a few steps on pictures of 16 pixels, for their page: it must not hang on what is shipped."""

from PIL import Image

from gan_lab import cli

EDGES, LABELS, PENCIL = (f"{name}/final.safetensors" for name in ("edges", "labels", "pencil"))
STRANGE, UNJUDGED, NIGHT = (f"{name}/final.safetensors" for name in ("strange", "unjudged", "night"))
SMALL = [
    "--size",
    "16",
    "--width",
    "4",
    "--batch-size",
    "2",
    "--patch",
    "16",
    "--device",
    "cpu",
    "--steps",
    "3",
]


def train(folder):
    """Writes small runs below the folder: two of drawn pairs, two of drawn domains."""
    for name, algorithm, data in (
        ("edges", "pix2pix", "edges-faces"),
        ("labels", "pix2pix", "labels-faces"),
        ("pencil", "cyclegan", "pencil"),
        ("night", "cyclegan", "day-night"),
    ):
        one(folder, name, algorithm, data)


def train_others(folder):
    """Two more pix2pix: of somebody's own side-by-side pictures, and one that nobody judged."""
    mine = folder / "pictures" / "train"
    mine.mkdir(parents=True)
    for k in range(2):
        both = Image.new("RGB", (40, 20), f"rgb({90 * k},40,0)")
        both.paste("white", (5 + k, 5, 15, 15))
        both.save(mine / f"{k}.png")
    one(folder, "strange", "pix2pix", mine.parent)
    one(folder, "unjudged", "pix2pix", "edges-faces", "--without", "gan")


def one(folder, name, algorithm, data, *more):
    """Trains it."""
    command = ["train", algorithm, "--data", str(data), "--out", str(folder / name), *SMALL, *more]
    assert cli.call(command) == 0
