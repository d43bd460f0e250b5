"""A small digit classifier: what the metrics look through, in place of Inception."""

from __future__ import annotations

from torch import Tensor, nn

SIZE = 28


def block(inputs: int, outputs: int) -> nn.Sequential:
    """Convolution, normalisation, rectifier, half the size (rounded down)."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
        nn.MaxPool2d(2),
    )


class DigitClassifier(nn.Module):
    """Three convolutions and two linear layers, as in LeNet but with BatchNorm and rectifiers.

    With the defaults 61,050 parameters (0.25 MB). Put it in evaluation mode before measuring with it:
    in training mode a feature depends on the other images of its batch.

    Args:
        classes: number of classes, K.
        width: channels after the first convolution; twice and four times as many after the others.
        dim: number F of features.
    """

    def __init__(self, classes: int = 10, width: int = 16, dim: int = 64) -> None:
        super().__init__()
        self.classes, self.dim = classes, dim
        self.body = nn.Sequential(block(1, width), block(width, 2 * width), block(2 * width, 4 * width))
        self.penultimate = nn.Sequential(
            nn.Linear(4 * width * 3 * 3, dim, bias=False),  # 28 halves to 14, 7 and 3
            nn.BatchNorm1d(
                dim
            ),  # keeps every feature alive and of a size: without it about half are 0 for ever
            nn.ReLU(),
        )
        self.head = nn.Linear(dim, classes)

    def features(self, x: Tensor) -> Tensor:
        """The activations in front of the last layer, for Frechet distance and the like.

        Args:
            x: images ``(B, 1, 28, 28)`` in [-1, 1], or ``(B, 1, 32, 32)`` (the middle is read).

        Returns:
            ``(B, F)``, not negative.

        Raises:
            ValueError: for images of another shape.
        """
        return self.penultimate(self.body(centre_crop(x)).flatten(1))

    def forward(self, x: Tensor) -> Tensor:
        """Logits ``(B, K)`` of images as :meth:`features` takes them."""
        return self.head(self.features(x))


def centre_crop(x: Tensor) -> Tensor:
    """The middle 28x28 of digits that were padded to 32x32; 28x28 ones pass as they are.

    Raises:
        ValueError: if x is neither ``(B, 1, 28, 28)`` nor ``(B, 1, 32, 32)``.
    """
    if x.ndim != 4 or x.shape[1:] not in {(1, SIZE, SIZE), (1, SIZE + 4, SIZE + 4)}:
        raise ValueError(
            f"the digit classifier reads images (B, 1, 28, 28) or (B, 1, 32, 32), not {tuple(x.shape)}: "
            "resize them or average their channels first"
        )
    return x if x.shape[-1] == SIZE else x[:, :, 2:-2, 2:-2]
