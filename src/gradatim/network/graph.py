"""A network as a value: layers, each reading the one before, nothing ever changed.

Conventions: those of `gradatim.network.layer`, which is re-exported. Equal networks
hash alike. `Network.depth` counts layers of weights, so logistic regression has depth 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from gradatim._pictures import picture
from gradatim._text import name_inputs
from gradatim.activations import get_activation
from gradatim.errors import ShapeError, SpecError
from gradatim.network.layer import OPEN_ACTIVATION, Layer

if TYPE_CHECKING:
    from gradatim.network.trace import Trace


@dataclass(frozen=True, eq=False, repr=False)
class Network:
    """Layers, each reading the activations of the one before.

    Parameters
    ----------
    layers : sequence of Layer
        From the inputs to the outputs; at least one.
    input_names : sequence of str, optional
        Defaults to ``x1, x2, ...``.
    output_names : sequence of str, optional
        Defaults to ``y1, y2, ...``; for a classifier, its classes.
    hidden_names : sequence of sequence of str, optional
        What whoever wrote the network calls its hidden units, layer by layer, ``""`` for those
        without a name; pictures and traces show them. Equality and text do not depend on them.

    Raises
    ------
    ShapeError
        If there is no layer, a layer does not fit the one before, or a name is missing.

    Examples
    --------
    The lecture's logistic regression (L4), sigmoid(x1 - 2.5):

    >>> network = Network([Layer([[1.0]], [-2.5], "sigmoid")])
    >>> network([[0.0], [1.0], [3.0], [5.0]]).round(2).ravel()
    array([0.08, 0.18, 0.62, 0.92])
    >>> network.depth, network.n_parameters
    (1, 2)
    """

    layers: Sequence[Layer]
    input_names: Sequence[str] = field(default=())
    output_names: Sequence[str] = field(default=())
    hidden_names: Sequence[Sequence[str]] = field(default=())

    def __post_init__(self) -> None:
        layers = tuple(self.layers)
        if not layers:
            raise ShapeError("a network needs at least one layer")
        for i, (below, above) in enumerate(pairwise(layers)):
            if below.n_out != above.n_in:
                raise ShapeError(
                    f"layer {i + 1} has {below.n_out} units, but layer {i + 2} reads {above.n_in}"
                )
        inputs = name_inputs(_names(self.input_names), layers[0].n_in)
        outputs = _names(self.output_names) or tuple(f"y{i + 1}" for i in range(layers[-1].n_out))
        if len(inputs) != layers[0].n_in or len(outputs) != layers[-1].n_out:
            raise ShapeError(
                f"{len(inputs)} input and {len(outputs)} output names for a network of "
                f"{layers[0].n_in} inputs and {layers[-1].n_out} outputs"
            )
        hidden = tuple(map(_names, self.hidden_names))
        if hidden and [len(names) for names in hidden] != [layer.n_out for layer in layers[:-1]]:
            raise ShapeError("hidden_names must give one name for each unit of each hidden layer")
        object.__setattr__(self, "layers", layers)
        object.__setattr__(self, "hidden_names", hidden if any(map(any, hidden)) else ())
        object.__setattr__(self, "input_names", inputs)
        object.__setattr__(self, "output_names", outputs)

    @property
    def n_inputs(self) -> int:
        """Number of inputs."""
        return self.layers[0].n_in

    @property
    def n_outputs(self) -> int:
        """Number of outputs."""
        return self.layers[-1].n_out

    @property
    def layer_sizes(self) -> tuple[int, ...]:
        """Number of inputs, then of units in each layer."""
        return (self.n_inputs, *(layer.n_out for layer in self.layers))

    @property
    def depth(self) -> int:
        """Number of layers of weights."""
        return len(self.layers)

    @property
    def n_parameters(self) -> int:
        """Number of weights that have an edge, and biases."""
        return sum(layer.n_parameters for layer in self.layers)

    def _repr_svg_(self) -> str | None:
        """Draw the network in a notebook."""
        return picture("network", self)

    _repr_html_ = _repr_svg_

    def __call__(self, X: ArrayLike) -> np.ndarray:
        """Evaluate the network; see `gradatim.network.evaluate`."""
        from gradatim.network.evaluate import evaluate

        return evaluate(self, X)

    @property
    def is_open(self) -> bool:
        """Whether an activation is left open, so that the network cannot be evaluated yet."""
        return any(OPEN_ACTIVATION in layer.activations for layer in self.layers)

    def close(self, activation: str) -> Network:
        """Return the network with a named activation in place of every ``a`` that was left open.

        Examples
        --------
        >>> from gradatim.network import parse
        >>> str(parse("a(x1 - 5)").close("tanh"))
        'tanh(x1 - 5)'
        """
        name = get_activation(activation).name
        if not self.is_open:
            raise SpecError(f"no activation is left open, so there is no place for {activation}")
        return replace(
            self,
            layers=[
                replace(
                    layer,
                    activation=tuple(
                        name if a == OPEN_ACTIVATION else a for a in layer.activations
                    ),
                )
                for layer in self.layers
            ],
        )

    def trace(
        self,
        x: Sequence[Any] | Mapping[str, Any],
        *,
        activation: str | None = None,
        exact: bool = False,
        digits: int = 20,
        threshold: Any = None,
    ) -> Trace:
        """Compute one row with every number on the way; see `gradatim.network.trace`."""
        from gradatim.network.trace import trace

        return trace(
            self, x, activation=activation, exact=exact, digits=digits, threshold=threshold
        )

    def __str__(self) -> str:
        from gradatim.network.writing import to_text

        return to_text(self)

    def __repr__(self) -> str:
        from gradatim.network.rounding import line_of

        return f"Network: {line_of(self)}"

    def to_latex(self) -> str:
        r"""Write the network for a formula of LaTeX; several units are lines of an ``aligned``.

        Examples
        --------
        >>> from gradatim.network import parse
        >>> print(parse("sigmoid(x1 - 2.5)").to_latex())
        \sigma(x_1 - 2.5)
        """
        from gradatim.network.writing import to_latex

        return to_latex(self)

    def to_mathml(self) -> str:
        """Write the network as a ``math`` element of MathML, which browsers set natively."""
        from gradatim.network.writing import to_mathml

        return to_mathml(self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Network):
            return NotImplemented
        return (
            self.layers == other.layers
            and self.input_names == other.input_names
            and self.output_names == other.output_names
        )

    def __hash__(self) -> int:
        return hash((self.layers, self.input_names, self.output_names))


def _names(names: Sequence[str]) -> tuple[str, ...]:
    """Return names as plain strings; NumPy's are no literals."""
    return tuple(str(name) for name in names)
