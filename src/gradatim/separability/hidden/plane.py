"""All directions of a plane, each order of the labels once: the fewest label changes, for certain.

Conventions: a direction is (1, t) with a rational t, or (0, 1). The order of two rows along it
changes where they fall on one point, at t = -dx / dy; between two neighboring such t of rows with
different labels, the sequence of labels stays as it is. Everything is exact: floats decide where
they provably can.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import numpy as np

from gradatim.separability.planes.short import simplest_between

#: Pairs of rows of different classes up to which all directions are compared.
MOST_PAIRS = 20_000

Point = tuple[Fraction, Fraction]


def fewest_changes(
    points: Sequence[Point], codes: np.ndarray
) -> tuple[tuple[Fraction, Fraction], int, int]:
    """Find the direction of a plane along which the label changes least often.

    `codes` (n_samples,).
    """
    slopes, upright = _critical(points, codes)
    inner = [simplest_between(*_middle(a, b)) for a, b in pairwise(slopes)]
    ends = [slopes[0] - 1, slopes[-1] + 1] if slopes else [Fraction(0)]
    directions = [(Fraction(1), t) for t in [*inner, *ends]]
    if not upright:
        directions.append((Fraction(0), Fraction(1)))
    counts = _count(points, codes, directions)
    best = min(range(len(directions)), key=lambda k: (counts[k], _length(directions[k])))
    return directions[best], counts[best], len(directions)


def _critical(points: Sequence[Point], codes: np.ndarray) -> tuple[list[Fraction], bool]:
    """Return where rows of different classes meet, in order, and whether some do along (0, 1)."""
    found: set[Fraction] = set()
    upright = False
    for i, (x, y) in enumerate(points):
        for k in (np.flatnonzero(codes[i + 1 :] != codes[i]) + i + 1).tolist():
            dx, dy = points[k][0] - x, points[k][1] - y
            if dy:
                found.add(-dx / dy)
            else:
                upright = True
    return sorted(found), upright


def _middle(low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    quarter = (high - low) / 4
    return low + quarter, high - quarter


def _length(direction: tuple[Fraction, Fraction]) -> int:
    """Count the digits that a direction takes."""
    return sum(value.numerator.bit_length() + value.denominator.bit_length() for value in direction)


def _count(points: Sequence[Point], codes: np.ndarray, directions: Sequence[Point]) -> list[int]:
    floats = np.array([[float(value) for value in point] for point in points])
    size = np.abs(floats).max(axis=0)
    counts = []
    for a, b in directions:
        first, second = float(a), float(b)
        along = floats[:, 0] * first + floats[:, 1] * second
        # Each entry, weight, product and sum is rounded once.
        error = 4 * 2.0**-52 * (size[0] * abs(first) + size[1] * abs(second)) + 1e-300
        order = np.argsort(along, kind="stable")
        change = codes[order][1:] != codes[order][:-1]
        if (np.diff(along[order])[change] > 2 * error).all():
            counts.append(int(change.sum()))
        else:
            exact = changes_along([x * a + y * b for x, y in points], codes)
            counts.append(len(points) if exact is None else exact)
    return counts


def changes_along(along: Sequence[Fraction], codes: np.ndarray) -> int | None:
    """Count label changes on a line, exactly. `codes` (n_samples,).

    Examples
    --------
    >>> changes_along([Fraction(1), Fraction(3), Fraction(2)], np.array([0, 0, 1]))
    2
    """
    order = sorted(range(len(along)), key=along.__getitem__)
    changes = 0
    for i, k in pairwise(order):
        if codes[i] != codes[k]:
            if along[i] == along[k]:
                return None
            changes += 1
    return changes
