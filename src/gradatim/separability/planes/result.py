r"""What was found about two classes of points: a plane between them, or a proof that there is none.

Conventions: the second of the two classes, in ascending order, is the positive one, on which a
unit ``step(w x + w0)`` is 1. Coordinates are the exact values of what was given: a float stands for
its binary value (`fractions.Fraction` of it), not for its shortest decimal, because in a table the
floats are the data. `Separation.verify` trusts nothing that the search did: it goes back to the
given table.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from gradatim._pictures import Shown
from gradatim._text import mark, number_text
from gradatim.network.graph import Layer, Network
from gradatim.network.numbers import exact_text, to_json
from gradatim.network.rounding import line_of
from gradatim.separability.planes.touching import spans_all
from gradatim.separability.planes.widest import Widest, plane_margin

if TYPE_CHECKING:
    from gradatim.separability.planes.rows import ExactRows

__all__ = [
    "Separation",
    "Witness",
    "is_proved",
    "rows_on",
    "separates",
    "touches",
    "unit_network",
    "witnesses",
]


@dataclass(frozen=True)
class Witness:
    r"""A point in both hulls: why no plane has the classes on different sides.

    If a plane had all rows of one class on one side and those of the other on the other, it would
    have this point on both.

    Parameters
    ----------
    negative, positive : tuple of int
        Rows of the first and of the second class, from 0; together at most n_features + 2
        (Kirchberger's theorem [1]_).
    negative_weights, positive_weights : tuple of fractions.Fraction
        Positive weights of these rows, of sum 1 in each class.
    point : tuple of fractions.Fraction
        What both combinations are.

    References
    ----------
    .. [1] P. Kirchberger, "Über Tchebychefsche Annäherungsmethoden", Mathematische Annalen,
       vol. 57, pp. 509-540, 1903.
    """

    negative: tuple[int, ...]
    positive: tuple[int, ...]
    negative_weights: tuple[Fraction, ...]
    positive_weights: tuple[Fraction, ...]
    point: tuple[Fraction, ...]

    @property
    def rows(self) -> tuple[int, ...]:
        """Rows of both classes, in ascending order."""
        return tuple(sorted((*self.negative, *self.positive)))

    @property
    def n_points(self) -> int:
        """Number of different rows that are needed."""
        return len(self.negative) + len(self.positive)


@dataclass(frozen=True, eq=False, repr=False)
class Separation(Shown):
    """Whether a plane separates two classes, with the evidence.

    Parameters
    ----------
    classes : (hashable, hashable)
        The negative and the positive class.
    separable : bool or None
        Whether a plane has all rows of one class strictly on one side and all rows of the other
        on the other; None if that was not decided.
    rows : ExactRows
        The table, exactly.
    signs : array of shape (n_samples,)
        -1 and +1 for the two classes.
    input_names : tuple of str
        Names of the columns; empty for x1, x2, ...
    weights : tuple of fractions.Fraction or None
        Weights of a separating plane that are short.
    bias : fractions.Fraction or None
        w0 of that plane.
    widest : Widest or None
        The plane of the widest margin.
    witness : Witness or None
        Proof that no plane separates.
    touching : bool or None
        If not separable: whether a plane has no row on the wrong side, but some on itself and
        some off it (the hulls touch and share no inner point); None if that was not decided.
    touching_weights : tuple of fractions.Fraction or None
        Weights of that plane.
    touching_bias : fractions.Fraction or None
        w0 of that plane.
    overlap : Witness or None
        If not even such a plane exists: a common point of both hulls whose rows, all with positive
        weights, span everything that the rows span; at most 2 n_features + 2 of them.
    reason : str
        Why something was not decided; empty if all was.
    seconds : float
        How long it took.
    """

    classes: tuple[Hashable, Hashable]
    separable: bool | None
    rows: ExactRows
    signs: np.ndarray
    input_names: tuple[str, ...] = ()
    weights: tuple[Fraction, ...] | None = None
    bias: Fraction | None = None
    widest: Widest | None = None
    witness: Witness | None = None
    touching: bool | None = None
    touching_weights: tuple[Fraction, ...] | None = None
    touching_bias: Fraction | None = None
    overlap: Witness | None = None
    reason: str = ""
    seconds: float = 0.0

    def __repr__(self) -> str:
        pair = f"{self.classes[0]} and {self.classes[1]}"
        if self.hyperplane is not None:
            text = "" if self.margin is None else number_text(self.margin)
            margin = "" if self.margin is None else f", widest margin {mark(self.margin, text)}"
            found = f"are separated by {line_of(self.hyperplane)}{margin}"
        elif self.witness is not None:
            found = f"are not separable, as {self.witness.n_points} of {self.n_samples} rows prove"
        else:
            found = "are undecided"
        return f"Separation: {pair} {found}"

    @property
    def n_samples(self) -> int:
        """Number of rows of both classes."""
        return self.rows.n_rows

    @property
    def n_features(self) -> int:
        """Number of columns, constant ones included."""
        return self.rows.n_columns

    @property
    def hyperplane(self) -> Network | None:
        """The short separating plane as a network of one step unit; None if there is none."""
        if self.weights is None or self.bias is None:
            return None
        return unit_network(self.weights, self.bias, self.input_names)

    @property
    def max_margin(self) -> Network | None:
        """The plane of the widest margin as a network of one step unit; None if there is none."""
        if self.widest is None:
            return None
        return unit_network(self.widest.weights, self.widest.bias, self.input_names)

    @property
    def margin(self) -> float | None:
        """Distance from the widest plane to the nearest row, in the table's units."""
        return None if self.widest is None else self.widest.margin

    @property
    def hyperplane_margin(self) -> float | None:
        """Distance from the short plane to the nearest row; at most `margin`."""
        if self.weights is None or self.bias is None:
            return None
        return plane_margin(self.rows, self.signs, self.weights, self.bias)

    @property
    def touching_plane(self) -> Network | None:
        """The plane on which touching hulls meet, as a network of one step unit."""
        if self.touching_weights is None or self.touching_bias is None:
            return None
        return unit_network(self.touching_weights, self.touching_bias, self.input_names)

    def verify(self) -> bool:
        """Check the evidence against the given rows in exact arithmetic.

        Returns
        -------
        bool
            True if what `separable` says is proved: every row is strictly on its side of both
            planes, or both combinations of the witness are the same point. False also if nothing
            was decided.
        """
        return is_proved(self)

    def to_dict(self, ids: Sequence[str] | Sequence[int] | None = None) -> dict[str, Any]:
        """Return what was found as JSON holds it, rows by `ids` or by their numbers from 0.

        Numbers that are exact are texts, each of them whole.
        """
        names, best = range(self.n_samples) if ids is None else ids, self.widest
        return {
            "classes": list(map(str, self.classes)),
            "separable": self.separable,
            "reason": self.reason,
            "hyperplane": _plane_dict(self.weights, self.bias),
            "hyperplane_margin": to_json(self.hyperplane_margin),
            "max_margin": None
            if best is None
            else {
                **_plane_dict(best.weights, best.bias),
                "margin": to_json(best.margin),
                "bounds": list(map(to_json, best.bounds)),
                "exact": best.is_exact,
                "nearest": [names[i] for i in best.support],
            },
            "witness": _witness_dict(self.witness, names),
            "touching": self.touching,
            "touching_hyperplane": _plane_dict(self.touching_weights, self.touching_bias),
            "overlap": _witness_dict(self.overlap, names),
            "verified": self.verify(),
            "seconds": self.seconds,
        }


def _plane_dict(weights: Sequence[Fraction] | None, bias: Fraction | None) -> Any:
    if weights is None or bias is None:
        return None
    return {"weights": list(map(exact_text, weights)), "w0": exact_text(bias)}


def _witness_dict(witness: Witness | None, names: Sequence[str] | Sequence[int]) -> Any:
    if witness is None:
        return None

    def side(index: Sequence[int], weights: Sequence[Fraction]) -> list[dict[str, str | int]]:
        pairs = zip(index, weights, strict=True)
        return [{"row": names[i], "weight": exact_text(weight)} for i, weight in pairs]

    return {
        "negative": side(witness.negative, witness.negative_weights),
        "positive": side(witness.positive, witness.positive_weights),
        "point": list(map(exact_text, witness.point)),
    }


def is_proved(found: Separation) -> bool:
    """Check what a separation says; see `Separation.verify`."""
    if found.separable is None:
        return False
    return _planes_hold(found) if found.separable else _meeting_holds(found)


def _planes_hold(found: Separation) -> bool:
    if found.weights is None or found.bias is None:
        return False
    planes = [(found.weights, found.bias)]
    if found.widest is not None:
        planes.append((found.widest.weights, found.widest.bias))
    return all(separates(found, weights, bias) for weights, bias in planes)


def _meeting_holds(found: Separation) -> bool:
    if found.witness is None or not witnesses(found, found.witness):
        return False
    if found.witness.n_points > found.n_features + 2:
        return False
    if found.touching is None:
        return True
    if found.touching:
        return _is_weak(found)
    overlap = found.overlap
    return overlap is not None and witnesses(found, overlap) and spans_all(found.rows, overlap.rows)


def _is_weak(found: Separation) -> bool:
    weights, bias = found.touching_weights, found.touching_bias
    return weights is not None and bias is not None and touches(found, weights, bias)


def _sides(found: Separation, weights: Sequence[Fraction], bias: Fraction) -> np.ndarray | None:
    """Return whether every row is on the right side (1), on the plane (0) or beyond (-1)."""
    plane = found.rows.normalized_plane(weights, bias)
    return found.rows.signs(plane) * found.signs if any(plane) else None


def touches(found: Separation, weights: Sequence[Fraction], bias: Fraction) -> bool:
    """Check that no row is on the wrong side of a plane, and some row is off it."""
    sides = _sides(found, weights, bias)
    return sides is not None and bool((sides >= 0).all() and (sides > 0).any())


def rows_on(found: Separation, weights: Sequence[Fraction], bias: Fraction) -> int:
    """Count the rows on a plane."""
    sides = _sides(found, weights, bias)
    return found.n_samples if sides is None else int((sides == 0).sum())


def separates(found: Separation, weights: Sequence[Fraction], bias: Fraction) -> bool:
    """Check that a plane has every row strictly on its side."""
    sides = _sides(found, weights, bias)
    return sides is not None and bool((sides > 0).all())


def witnesses(found: Separation, witness: Witness) -> bool:
    """Check that one point is a convex combination of rows of either class."""
    sides = (
        (witness.negative, witness.negative_weights, -1),
        (witness.positive, witness.positive_weights, 1),
    )
    return all(
        all(found.signs[i] == sign for i in index)
        and _is_combination(found.rows, index, weights, witness.point)
        for index, weights, sign in sides
    )


def _is_combination(
    rows: ExactRows, index: Sequence[int], weights: Sequence[Fraction], point: Sequence[Fraction]
) -> bool:
    """Check a convex combination in whole numbers, which need no common divisors."""
    totals, scale = rows.totals(index, weights)
    if min(weights) <= 0 or sum(int(weight * scale) for weight in weights) != scale:
        return False
    moves = dict(zip(rows.columns, zip(rows.unit, totals, strict=True), strict=True))
    for j, value in enumerate(point):
        unit, total = moves.get(j, (Fraction(0), 0))
        origin = rows.origins[j]
        below = scale * unit.denominator * origin.denominator
        above = total * unit.numerator * origin.denominator
        above += origin.numerator * scale * unit.denominator
        if above * value.denominator != value.numerator * below:
            return False
    return len(point) == rows.n_columns


def unit_network(
    weights: Sequence[Fraction], bias: Fraction, input_names: Sequence[str] = ()
) -> Network:
    """Make a network of one step unit that keeps its fractions."""
    numbers = _in_range([*weights, bias])
    stored = [float(value) for value in numbers]
    exact = {
        (0, j if j < len(weights) else -1): value
        for j, (value, number) in enumerate(zip(numbers, stored, strict=True))
        if Fraction(repr(number)) != value
    }
    array = np.array([stored[:-1]])
    mask = np.array([[value != 0 for value in numbers[:-1]]])
    layer = Layer(array, np.array(stored[-1:]), "heaviside", mask=mask, exact=exact or None)
    return Network([layer], tuple(input_names), ("y",))


def _in_range(numbers: list[Fraction]) -> list[Fraction]:
    """Scale numbers by a power of two so that none is too large for a float."""
    sizes = [
        value.numerator.bit_length() - value.denominator.bit_length() for value in numbers if value
    ]
    largest, smallest = max(sizes), min(sizes)
    if largest < 1000 and smallest > -1000:
        return numbers
    down = max(largest - 1000, min(0, (largest + smallest) // 2))
    return [value / Fraction(2) ** down for value in numbers]
