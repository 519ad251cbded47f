"""Checking evidence about two classes against the rows that were given.

Conventions: exact arithmetic throughout; floats only tell rows apart that they provably can (see
`gradatim.separability.planes.rows`).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from gradatim.separability.planes.touching import spans_all

if TYPE_CHECKING:
    from gradatim.separability.planes.result import Separation, Witness
    from gradatim.separability.planes.rows import Rows

__all__ = ["is_proved", "separates", "witnesses"]


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
    """Check that no row is on the wrong side of the touching plane, and some row is off it."""
    if found.touching_weights is None or found.touching_bias is None:
        return False
    plane = found.rows.even_plane(found.touching_weights, found.touching_bias)
    if not any(plane):
        return False
    sides = found.rows.signs(plane) * found.signs
    return bool((sides >= 0).all() and (sides > 0).any())


def separates(found: Separation, weights: Sequence[Fraction], bias: Fraction) -> bool:
    """Check that a plane has every row strictly on its side."""
    plane = found.rows.even_plane(weights, bias)
    return any(plane) and bool((found.rows.signs(plane) == found.signs).all())


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
    rows: Rows, index: Sequence[int], weights: Sequence[Fraction], point: Sequence[Fraction]
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
