"""A small untrained generator where the zoo has trained ones, so that the pages are tested on their own."""

import asyncio

import torch

from gan_lab.algorithms.probe import factor_probe
from gan_lab.models.dcgan import Generator
from gan_lab.recipes import Recipe
from gan_lab.zoo import FaceReader


class StandIn:
    """What a page needs of a model of the zoo."""

    latent_dim = 64

    def __init__(self, noise="normal", seed=0, channels=1, data=""):
        torch.manual_seed(seed)
        self.net = (
            Generator(size=16, channels=channels, nz=self.latent_dim, ngf=8).eval().requires_grad_(False)
        )
        for weight in self.net.parameters():  # so that different latents make visibly different pictures
            weight.data *= 8
        self.card = {"noise": noise, "recipe": {"data": data}}

    @torch.no_grad()
    def generate(self, z):
        return self.net(z)


def probe():
    """An untrained reader of faces: what it reads means nothing, but it is the same for the same picture."""
    torch.manual_seed(2)
    net = factor_probe(width=4, size=16).eval().requires_grad_(False)
    net.head.weight.data *= 8  # so that different pictures are read differently
    return FaceReader("probe-faces", net, Recipe("probe", "faces", size=16, channels=3), {})


MODELS = {
    "standin": StandIn(),
    "standin-uniform": StandIn("uniform", seed=1),
    "standin-faces": StandIn(seed=3, channels=3, data="faces"),
    "probe-faces": probe(),
}


def install(patch, models):
    """Lets the zoo hold the stand-ins only, and keeps Gradio from leaving event loops open.

    Outside a running loop Gradio makes a new one for every lock and never closes it; that warns, in whichever test
    the collector runs. Since Python 3.10 a lock needs no loop.
    """
    patch.setattr("gradio.queueing.safe_get_lock", asyncio.Lock)
    patch.setattr("gradio.utils.safe_get_lock", asyncio.Lock)
    patch.setattr("gradio.utils.safe_get_stop_event", asyncio.Event)
    models._load_once.cache_clear()
    models._pictures.cache_clear()
    patch.setattr(models.zoo, "names", lambda: list(MODELS))
    patch.setattr(models.zoo, "load", lambda name: MODELS[name])
