"""What can be set on the page on image translation; the link holds the same names."""

from ..links import Choice, Number, Table

TABS = {"pairs": "From pairs: pix2pix", "cycle": "Without pairs: CycleGAN"}
WAYS = {"AtoB": "A → B → A", "BtoA": "B → A → B"}
BACK = {"own": "from its own picture", "true": "from the true picture"}
"""What the way back starts from."""
SOURCES = {"face": "a held-out face", "upload": "my file"}
FACES = 1000
"""Held-out faces that can be chosen."""
NOISES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2)
"""Standard deviations of the noise in the curve of the way back, for pictures from -1 to 1."""

CONTROLS: Table = {
    "number": Number(0, 0, FACES - 1, 1),
    "seed": Number(0, 0, 99, 1),
    "way": Choice("AtoB", WAYS),
    "source": Choice("face", SOURCES),
    "face": Number(0, 0, FACES - 1, 1),
    "back": Choice("own", BACK),
    "noise": Number(0.0, 0.0, 0.2, 0.005),
    "tab": Choice("pairs", TABS),
}
INPUTS = ("model", "cycle", *CONTROLS)
"""The controls in the order in which the link holds them; both models first, for they are judged when loaded."""
