"""Checking evidence about two classes against the rows that were given.

Conventions: exact arithmetic throughout; floats only tell rows apart that they provably can (see
`gradatim.theory.separation.rows`).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING

from gradatim.theory.separation.touching import spans_all

if TYPE_CHECKING:
    from gradatim.theory.separation.rows import Rows
    from gradatim.theory.separation.result import Separation, Witness

__all__ = ["combine", "is_proved", "separates", "witnesses"]


def is_proved(found: Separation) -> bool:
    """Check what a separation says; see `Separation.verify`.

    Parameters
    ----------
    found : Separation
        What was found.

    Returns
    -------
    bool
        Whether its evidence proves it.
    """
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
    """Check that a plane has every row strictly on its side.

    Parameters
    ----------
    found : Separation
        The rows and their signs.
    weights : sequence of fractions.Fraction
        A weight a column.
    bias : fractions.Fraction
        w0.

    Returns
    -------
    bool
        Whether it separates.
    """
    plane = found.rows.even_plane(weights, bias)
    return any(plane) and bool((found.rows.signs(plane) == found.signs).all())


def witnesses(found: Separation, witness: Witness) -> bool:
    """Check that one point is a convex combination of rows of either class.

    Parameters
    ----------
    found : Separation
        The rows and their signs.
    witness : Witness
        Rows and weights.

    Returns
    -------
    bool
        Whether the combinations are convex and the same point.
    """
    sides = (
        (witness.negative, witness.negative_weights, -1),
        (witness.positive, witness.positive_weights, 1),
    )
    for index, weights, sign in sides:
        scale = lcm(*(weight.denominator for weight in weights))
        convex = sum(int(weight * scale) for weight in weights) == scale
        convex = convex and all(weight > 0 for weight in weights)
        if not convex or any(found.signs[i] != sign for i in index):
            return False
        if combine(found.rows, index, weights) != list(witness.point):
            return False
    return True


def combine(rows: Rows, index: Sequence[int], weights: Sequence[Fraction]) -> list[Fraction]:
    """Return a combination of rows.

    Parameters
    ----------
    rows : Rows
        The table.
    index : sequence of int
        Which of them.
    weights : sequence of fractions.Fraction
        Weight of each.

    Returns
    -------
    list of fractions.Fraction
        A point, all columns.
    """
    # Whole numbers all the way: fractions would look for common divisors in every sum.
    scale = lcm(*(weight.denominator for weight in weights))
    whole = [int(weight * scale) for weight in weights]
    point = []
    for column in zip(*(rows.exact(i) for i in index), strict=True):
        unit = lcm(*(value.denominator for value in column))
        total = sum(w * int(value * unit) for w, value in zip(whole, column, strict=True))
        point.append(Fraction(total, scale * unit))
    return point
