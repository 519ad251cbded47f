"""What a step of gradient descent did: every derivative of every row, and the new weights.

Conventions: L is the loss of one row, z a pre-activation, a an activation; the gradient of a
weight is the mean of its derivatives over the rows. JSON holds exact numbers as text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gradatim.network.graph import Network
from gradatim.network.numbers import Number, to_json
from gradatim.network.record import Trace, UnitTrace

__all__ = ["RowStep", "Step", "UnitChange", "UnitSlopes"]


@dataclass(frozen=True)
class UnitSlopes:
    """Derivatives of one row's loss L by what one unit computed."""

    by_value: Number | None  # dL/da; None where it is infinite or a softmax has no slope of its own
    slope: Number | None  # da/dz
    by_pre_activation: Number  # dL/dz, the product of the two
    # dL/dw of every edge, in the order of `UnitTrace.products`; dL/dw0 is dL/dz
    by_weights: tuple[Number, ...]


@dataclass(frozen=True)
class RowStep:
    """One row forward and back."""

    trace: Trace  # Forward values
    target: tuple[Number, ...]  # What the outputs should be
    loss: Number  # What the row loses
    slopes: tuple[tuple[UnitSlopes, ...], ...]  # Derivatives, layer by layer


@dataclass(frozen=True)
class UnitChange:
    """What a step does to one unit."""

    # Source, old weight, gradient and new weight of every edge
    weights: tuple[tuple[int, Number, Number, Number], ...]
    bias: tuple[Number, Number, Number]  # Old w0, its gradient and new w0
    is_fixed: bool  # Whether the unit only hands a value on, and stays as it is


@dataclass(frozen=True)
class Step:
    """One step of gradient descent."""

    network: Network  # The network before the step
    loss: Number  # Mean loss of the rows before the step
    rows: tuple[RowStep, ...]  # Every row forward and back
    changes: tuple[tuple[UnitChange, ...], ...]  # Gradients and new weights, layer by layer
    after: Network  # The network after the step

    def to_dict(self) -> dict[str, Any]:
        """Return the step as JSON holds it: exact numbers as text, floats as numbers.

        docs/guides/equations.md tells the keys.
        """
        return {
            "equation": str(self.network),
            "loss": to_json(self.loss),
            "rows": [_row_dict(row) for row in self.rows],
            "changes": [
                [_change_dict(unit, change) for unit, change in zip(units, changes, strict=True)]
                for units, changes in zip(self.rows[0].trace.layers, self.changes, strict=True)
            ],
            "equation_after": str(self.after),
        }


def _row_dict(row: RowStep) -> dict[str, Any]:
    return {
        "forward": row.trace.to_dict(),
        "target": [to_json(value) for value in row.target],
        "loss": to_json(row.loss),
        "back": [
            [
                {
                    "name": unit.name,
                    "dL_da": to_json(slopes.by_value),
                    "da_dz": to_json(slopes.slope),
                    "dL_dz": to_json(slopes.by_pre_activation),
                    "dL_dw": [
                        {"source": edge.name, "value": to_json(value)}
                        for edge, value in zip(unit.products, slopes.by_weights, strict=True)
                    ],
                    "dL_dw0": to_json(slopes.by_pre_activation),
                }
                for unit, slopes in zip(units, layer, strict=True)
            ]
            for units, layer in zip(row.trace.layers, row.slopes, strict=True)
        ],
    }


def _change_dict(unit: UnitTrace, change: UnitChange) -> dict[str, Any]:
    return {
        "name": unit.name,
        "fixed": change.is_fixed,
        "weights": [
            {"source": edge.name, **_moved_dict(numbers)}
            for edge, (_, *numbers) in zip(unit.products, change.weights, strict=True)
        ],
        "bias": _moved_dict(change.bias),
    }


def _moved_dict(numbers: Sequence[Number]) -> dict[str, Any]:
    names = ("before", "gradient", "after")
    return {name: to_json(number) for name, number in zip(names, numbers, strict=True)}
