"""What was computed for one row: products, sums, activations, classes.

Conventions: numbers are floats, or fractions and correctly rounded decimals; JSON holds exact ones
as text. An output is of class 1 from its threshold on; a sign of 0 is of no class.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gradatim._pictures import Shown
from gradatim._text import ABOUT, is_told, number_text
from gradatim.network._protocols import NetworkLike
from gradatim.network.numbers import Number, format_fraction, to_fraction, to_json

__all__ = ["Product", "Trace", "UnitTrace"]


@dataclass(frozen=True)
class Product:
    """One edge: a weight times what it reads.

    Parameters
    ----------
    source : int
        Place of the source in the layer below.
    name : str
        Name of the source.
    weight : number
        Weight of the edge.
    value : number
        Activation of the source.
    product : number
        Weight times value.
    """

    source: int
    name: str
    weight: Number
    value: Number
    product: Number


@dataclass(frozen=True)
class UnitTrace:
    """What one unit computed.

    Parameters
    ----------
    name : str
        Name of the unit.
    layer : int
        Its layer, from 1.
    index : int
        Its place in the layer, from 0.
    activation : str
        Standard name of its activation.
    products : tuple of Product
        One per edge; a missing edge has none.
    bias : number
        w0.
    sum : number
        Sum of the products, without the bias.
    pre_activation : number
        z, the sum and the bias.
    value : number
        a(z).
    predicted : int or None
        Class of an output, 0 or 1; None for hidden units, and where nothing is decided.
    passes : bool
        Whether it only hands a value to the layer above.
    """

    name: str
    layer: int
    index: int
    activation: str
    products: tuple[Product, ...]
    bias: Number
    sum: Number
    pre_activation: Number
    value: Number
    predicted: int | None = None
    passes: bool = False


@dataclass(frozen=True, repr=False)
class Trace(Shown):
    """What every unit computed for one row of inputs.

    Parameters
    ----------
    network : Network
        What was evaluated; no activation is open.
    inputs : tuple of number or None
        Values of the inputs, in order; None where no unit reads one and none was given.
    layers : tuple of tuple of UnitTrace
        Units, layer by layer.
    thresholds : tuple of number or None
        From where on each output is of class 1; None if nothing is decided.
    """

    network: NetworkLike
    inputs: tuple[Number | None, ...]
    layers: tuple[tuple[UnitTrace, ...], ...]
    thresholds: tuple[Number | None, ...]

    @property
    def outputs(self) -> tuple[UnitTrace, ...]:
        """Units of the last layer."""
        return self.layers[-1]

    @property
    def values(self) -> tuple[Number, ...]:
        """Activations of the last layer."""
        return tuple(unit.value for unit in self.outputs)

    @property
    def classes(self) -> tuple[int | None, ...]:
        """Class of every output, 0 or 1, or None."""
        return tuple(unit.predicted for unit in self.outputs)

    def __repr__(self) -> str:
        from gradatim.network.rounding import line_of

        pairs = zip(self.network.input_names, self.inputs, strict=True)
        at = ", ".join(f"{name} = {_text(value)}" for name, value in pairs if value is not None)
        found = ", ".join(f"{unit.name} {_equals(unit.value)}" for unit in self.outputs)
        return f"Trace: {line_of(self.network)}{f' at {at}' if at else ''}: {found}"

    def to_dict(self) -> dict[str, Any]:
        """Return the trace as JSON holds it: exact numbers as text, floats as numbers.

        docs/guides/equations.md tells the keys.
        """
        names = self.network.input_names
        return {
            "inputs": [
                {"name": name, "value": to_json(value)}
                for name, value in zip(names, self.inputs, strict=True)
            ],
            "layers": [[_unit_dict(unit) for unit in layer] for layer in self.layers],
            "outputs": [
                {
                    "name": unit.name,
                    "value": to_json(unit.value),
                    "class": unit.predicted,
                    "threshold": _like(unit.value, limit),
                }
                for unit, limit in zip(self.outputs, self.thresholds, strict=True)
            ],
        }

    @property
    def rule(self) -> str:
        """The prediction function in words."""
        if self.network.layers[-1].activation == "softmax":
            return (
                "softmax of z is e^z / sum of e^z over the outputs; the class is that of the "
                "largest one, the first of several"
            )
        different = set(self.thresholds)
        if different == {None}:
            return "the output itself is the prediction; give a threshold for classes"
        signs = [unit.activation == "sign" and not t for unit, t in self._decided()]
        if len(different) == 1 and all(signs):
            return "class 1 where the output is 1, class 0 where it is -1, undecided where it is 0"
        if len(different) == 1 and not any(signs):
            return f"class 1 where the output >= {_spoken(self.thresholds[0])}, else class 0"
        named = ", ".join(
            f"{unit.name} has no class" if t is None else f"{unit.name} >= {_spoken(t)}"
            for unit, t in zip(self.outputs, self.thresholds, strict=True)
        )
        undecided = ", undecided where a sign is 0" if any(signs) else ""
        return f"class 1 where {named}, else class 0{undecided}"

    def _decided(self) -> list[tuple[UnitTrace, Number]]:
        """Return the outputs that have a threshold."""
        pairs = zip(self.outputs, self.thresholds, strict=True)
        return [(unit, limit) for unit, limit in pairs if limit is not None]


def _unit_dict(unit: UnitTrace) -> dict[str, Any]:
    return {
        "name": unit.name,
        "activation": unit.activation,
        "passes": unit.passes,
        "products": [
            {
                "source": edge.name,
                "weight": to_json(edge.weight),
                "value": to_json(edge.value),
                "product": to_json(edge.product),
            }
            for edge in unit.products
        ],
        "sum": to_json(unit.sum),
        "bias": to_json(unit.bias),
        "pre_activation": to_json(unit.pre_activation),
        "value": to_json(unit.value),
    }


def _like(value: Number, limit: Number | None) -> float | str | None:
    """Return a threshold as JSON holds the value that is compared with it."""
    return to_json(float(limit) if limit is not None and isinstance(value, float) else limit)


def _spoken(value: Number | None) -> str:
    return format_fraction(to_fraction(value))


def _text(value: Number) -> str:
    return number_text(value) if isinstance(value, float) else str(value)


def _equals(value: Number) -> str:
    text = _text(value)
    return f"{'=' if is_told(value, text) else ABOUT} {text}"
