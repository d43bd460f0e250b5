"""Models of style and label trained in seconds, for their page: it must not hang on what the zoo holds."""

from gan_lab import cli

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
