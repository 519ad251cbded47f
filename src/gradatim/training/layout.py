"""What networks that are trained as one program share.

Conventions: a program is what compiled code depends on; networks of one program differ in rates,
seeds and rows only.
"""

from __future__ import annotations

from typing import NamedTuple

from gradatim.network.initialize import count_parameters


class Program(NamedTuple):
    """What is compiled in: everything that all models of a block share."""

    sizes: tuple[int, ...]  # Inputs, units of each layer
    activation: str  # Names of the hidden activation, the loss and the optimizer
    loss: str
    optimizer: str
    momentum: float  # Of ``sgd``
    nesterov: bool
    beta_2: float  # Of Adam
    dropout: bool  # Whether any model has dropout, a learnable input scale, a validation row
    input_scale: bool
    validate: bool
    augmented: bool = False  # Whether rows are changed at random

    @property
    def n_parameters(self) -> int:
        """Length of a model's row of parameters."""
        return count_parameters(self.sizes) + (self.sizes[0] if self.input_scale else 0)


def block_size(n_parameters: int) -> int:
    """Choose how many networks of a size make up a block.

    Small networks share the cost of a step's overhead; large ones fill the cores by themselves,
    and many of them would only leave the cache.
    """
    for limit, size in ((3_000, 28), (20_000, 16)):
        if n_parameters < limit:
            return size
    return 4
