"""``python -m gan_lab.data.faces SHEET.png [SEED]``: a sheet of faces, of one that ages, and of every style."""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from gan_lab.data.faces.drawing import coloured, edges, label_map, render
from gan_lab.data.faces.factors import Factors, sample
from gan_lab.data.faces.restyle import STYLES, restyle
from gan_lab.data.images import to_uint8

COLUMNS, SIZE = 12, 64


def sheet(seed: int = 0) -> Tensor:
    """uint8 ``(H, W, 3)``: four rows of faces, one face growing old and smiling, and twelve faces in each style."""
    chosen = sample(5 * COLUMNS, seed)
    rows = [render(chosen[: 4 * COLUMNS], SIZE)]
    one = chosen[1:2].replace(hat="none", facial_hair="none").repeat(COLUMNS)
    along = torch.linspace(0, 1, COLUMNS)
    rows.append(render(one.replace(age=along), SIZE))
    rows.append(render(one.replace(age=0.4, smile=2 * along - 1), SIZE))
    rows += [picture for picture in styles(chosen[4 * COLUMNS :])]
    images = torch.cat(rows)
    bordered = torch.nn.functional.pad(images, (1, 1, 1, 1), value=1.0)
    grid = bordered.unflatten(0, (-1, COLUMNS)).permute(0, 3, 1, 4, 2)
    return to_uint8(grid.flatten(2, 3).flatten(0, 1))


def styles(faces: Factors) -> list[Tensor]:
    """The faces as line drawing, label map and in every style, each float ``(n, 3, SIZE, SIZE)`` in [-1, 1]."""
    labels = coloured(label_map(faces, SIZE))
    return [edges(faces, SIZE).expand(-1, 3, -1, -1), labels, *(restyle(faces, SIZE, s) for s in STYLES)]


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: python -m gan_lab.data.faces SHEET.png [SEED]")
    picture = sheet(int(sys.argv[2]) if len(sys.argv) == 3 else 0)
    Image.fromarray(picture.numpy()).quantize(255, kmeans=2).save(Path(sys.argv[1]), optimize=True)
