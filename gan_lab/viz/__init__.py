"""Pictures of what there is to see: plain arrays in, matplotlib axes or image bytes out.

Nothing here knows a network. ``widget``, the player for notebooks, is imported by name: it needs ipywidgets::

    from gan_lab import viz
    from gan_lab.viz.widget import Player
"""

from gan_lab.viz import codes, curves, diagrams, fields, frame, grids, orbits, style
from gan_lab.viz.strips import strips
from gan_lab.viz.taxonomy import taxonomy

__all__ = ["codes", "curves", "diagrams", "fields", "frame", "grids", "orbits", "strips", "style", "taxonomy"]
