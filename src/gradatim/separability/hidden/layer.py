"""A hidden layer that was built, with its proof on every row.

Conventions: units are 0 or 1 and step(0) = 1. Of two classes there is one output, which is 1 on the
second; of several, one per class. Rows are their exact binary values; weights are those that the
network says (`gradatim.network.graph.Layer.exact_units`).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from gradatim._text import plural
from gradatim.network.graph import ExactUnit, Layer, Network
from gradatim.separability.planes.rows import ExactRows

__all__ = ["HiddenLayer", "step_layer"]


@dataclass(frozen=True, eq=False, repr=False)
class HiddenLayer:
    """A network with one hidden layer of step units that gives every row its class.

    Parameters
    ----------
    network : Network
        The network; step units throughout.
    table : array of shape (n_samples, n_inputs)
        The rows that it is right on.
    labels : tuple of hashable
        Label of each row.
    classes : tuple of hashable
        The classes in ascending order.
    construction : {"line", "cuts"}
        How it was built: all units along one direction, one per label change; or each unit along a
        direction of its own, cutting off rows of one class.
    n_directions : int
        Number of directions that were compared for the units along one line.
    line_units : int
        Label changes along the best of these directions.
    all_directions : bool
        Whether every direction was compared, so that `line_units` is proved to be the fewest along
        one direction: of tables with one or two columns that vary.
    at_least : int
        Units that every hidden layer of step units needs: as many as label changes if only one
        column varies; else 2 if no plane separates two classes, and enough for a pattern per class.
    """

    network: Network
    table: np.ndarray
    labels: tuple[Hashable, ...]
    classes: tuple[Hashable, ...]
    construction: str
    n_directions: int
    line_units: int
    all_directions: bool
    at_least: int

    def __repr__(self) -> str:
        units, rows = plural(self.n_units, "unit"), plural(len(self.labels), "row")
        return f"HiddenLayer: {units}, at least {self.at_least} needed; {rows}"

    @property
    def n_units(self) -> int:
        """Number of hidden units."""
        return self.network.layers[0].n_out

    @property
    def is_smallest(self) -> bool:
        """Whether it is proved that no hidden layer of step units is smaller."""
        return self.n_units == self.at_least

    def predict(self, X: np.ndarray) -> list[Hashable | None]:
        """Return the classes of rows (n, n_inputs) in float64; None where not one output is 1."""
        return [self._label(row) for row in self.network(X)]

    def wrong_rows(self) -> list[int]:
        """Return the rows, from 0, that the network gets wrong in exact arithmetic."""
        hidden = self._hidden()
        output = self.network.layers[1].exact_units
        patterns, inverse = np.unique(hidden, axis=0, return_inverse=True)
        outputs = [self._label(_outputs(output, pattern)) for pattern in patterns.tolist()]
        return [
            i
            for i, (k, label) in enumerate(zip(inverse.ravel(), self.labels, strict=True))
            if outputs[k] != label
        ]

    def verify(self) -> bool:
        """Check in exact arithmetic whether every row gets its class."""
        return not self.wrong_rows()

    def wrong_in_floats(self) -> list[int]:
        """Return the rows that float64 gets wrong, because they are too close to a threshold."""
        found = self.predict(self.table.astype(np.float64))
        return [i for i, (a, b) in enumerate(zip(found, self.labels, strict=True)) if a != b]

    def to_dict(self) -> dict[str, Any]:
        """Return the equation, the counts and the rows that float64 gets wrong for JSON."""
        return {
            "equation": str(self.network),
            "n_units": self.n_units,
            "construction": self.construction,
            "line_units": self.line_units,
            "n_directions": self.n_directions,
            "all_directions": self.all_directions,
            "at_least": self.at_least,
            "wrong_in_floats": self.wrong_in_floats(),
        }

    def _hidden(self) -> np.ndarray:
        """Return what every hidden unit gives on every row, without rounding."""
        rows = ExactRows(self.table)
        columns = []
        for unit in self.network.layers[0].exact_units:
            weights = [unit.weights.get(j, Fraction(0)) for j in range(self.network.n_inputs)]
            columns.append(rows.signs(rows.normalized_plane(weights, unit.bias)) >= 0)
        return np.stack(columns, axis=1)

    def _label(self, outputs: Sequence[float | Fraction]) -> Hashable | None:
        if len(self.classes) == 2:
            return self.classes[int(outputs[0])]
        turned_on = [c for c, y in zip(self.classes, outputs, strict=True) if y == 1]
        return turned_on[0] if len(turned_on) == 1 else None


def _outputs(units: Sequence[ExactUnit], pattern: Sequence[bool]) -> list[Fraction]:
    values = [Fraction(int(on)) for on in pattern]
    return [Fraction(unit.pre_activation(values) >= 0) for unit in units]


def step_layer(weights: Sequence[Sequence[Fraction]], biases: Sequence[Fraction]) -> Layer:
    """Make a layer of step units that keeps its fractions; a weight of 0 is no edge."""
    exact = {}
    for i, (row, bias) in enumerate(zip(weights, biases, strict=True)):
        for j, value in [*enumerate(row), (-1, bias)]:
            if Fraction(repr(float(value))) != value:
                exact[i, j] = value
    array = np.array([[float(value) for value in row] for row in weights])
    mask = np.array([[value != 0 for value in row] for row in weights])
    bias = np.array([float(value) for value in biases])
    return Layer(array, bias, "heaviside", mask=mask, exact=exact or None)
