"""Multilayer perceptrons for the toy sets."""

from __future__ import annotations

from torch import Tensor, nn

ACTIVATIONS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "leaky-relu": nn.LeakyReLU,
    "tanh": nn.Tanh,
    "softplus": nn.Softplus,
    "silu": nn.SiLU,
}


class MLP(nn.Module):
    """A fully connected network, used as generator and as discriminator of the toy sets.

    Args:
        inputs: input width d.
        outputs: output width; 1 makes a discriminator, whose output is squeezed to logits ``(B,)``.
        width: units per hidden layer.
        depth: number of hidden layers, at least 1.
        activation: one of "relu", "leaky-relu", "tanh", "softplus", "silu".
        squeeze: drop the last dimension; by default exactly when ``outputs == 1``.

    Raises:
        ValueError: a size below 1 or an unknown activation.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        width: int = 128,
        depth: int = 3,
        activation: str = "leaky-relu",
        squeeze: bool | None = None,
    ) -> None:
        super().__init__()
        if min(inputs, outputs, width, depth) < 1:
            raise ValueError(
                f"inputs, outputs, width and depth must be at least 1, not {inputs}, {outputs}, {width}, {depth}"
            )
        if activation not in ACTIVATIONS:
            raise ValueError(f"unknown activation {activation!r}; choose one of {', '.join(ACTIVATIONS)}")
        self.squeeze = outputs == 1 if squeeze is None else squeeze
        layers: list[nn.Module] = []
        for i in range(depth):
            layers += [nn.Linear(inputs if i == 0 else width, width), ACTIVATIONS[activation]()]
        self.layers = nn.Sequential(*layers, nn.Linear(width, outputs))

    def forward(self, x: Tensor) -> Tensor:
        """Maps ``(B, inputs)`` to ``(B, outputs)``, or to ``(B,)`` for a discriminator."""
        out = self.layers(x)
        return out.squeeze(-1) if self.squeeze else out
