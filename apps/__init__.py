"""The pages: one Gradio app per file, each with ``build() -> gr.Blocks``; ``hub`` assembles them.

In a checkout this package is called ``apps``, in an installed wheel ``gan_lab.apps``.
"""

from . import serve  # first: it sets the environment that Gradio reads while it is imported

__all__ = ["serve"]
