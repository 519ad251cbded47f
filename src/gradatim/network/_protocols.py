"""What writers, tracers and evaluators need of a network.

Conventions: `gradatim.network.graph.Network` has all of it; so the modules below it name this
protocol and never the class, which calls them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from gradatim.network.layer import Layer


class NetworkLike(Protocol):
    """Layers with names for what goes in and comes out."""

    @property
    def layers(self) -> Sequence[Layer]:
        """From the inputs to the outputs."""
        ...

    @property
    def input_names(self) -> Sequence[str]:
        """Names of the inputs; may be empty."""
        ...

    @property
    def output_names(self) -> Sequence[str]:
        """Names of the outputs; may be empty."""
        ...

    @property
    def hidden_names(self) -> Sequence[Sequence[str]]:
        """Names of the hidden units, as far as somebody gave them; may be empty."""
        ...

    @property
    def n_inputs(self) -> int:
        """Number of inputs."""
        ...

    @property
    def n_outputs(self) -> int:
        """Number of outputs."""
        ...

    @property
    def depth(self) -> int:
        """Number of layers of weights."""
        ...

    @property
    def n_parameters(self) -> int:
        """Number of weights and biases."""
        ...

    @property
    def is_open(self) -> bool:
        """Whether an activation is left open."""
        ...

    def close(self, activation: str) -> Any:
        """Return the network with an activation for those left open."""
        ...
