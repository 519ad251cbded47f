"""Whether a line separates points of a plane, and which one, decided exactly.

Conventions: points are pairs of Fractions; separable means strictly, with no point on the line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product
from math import gcd, lcm

Point = tuple[Fraction, Fraction]


def separating_unit(
    ones: Sequence[Point], zeros: Sequence[Point]
) -> tuple[tuple[Fraction, Fraction], Fraction] | None:
    """Find a line with all points of one class on one side and the others on the other.

    If the convex hulls are disjoint, the shortest way between them joins two corners, or a corner
    and an edge; its direction is then a difference of two points of different classes, or at
    right angles to a difference of two points of one class. So it suffices to try these.

    Examples
    --------
    >>> square = [(Fraction(a), Fraction(b)) for a in (0, 1) for b in (0, 1)]
    >>> separating_unit(square[1:], square[:1])
    ((Fraction(1, 1), Fraction(1, 1)), Fraction(-1, 2))
    >>> separating_unit(square[1:3], square[::3]) is None
    True
    """
    found = [n for n in map(_lowest, _normals(ones, zeros)) if _gap(n, ones, zeros) > 0]
    if not found:
        return None
    # The smallest numbers are the easiest to check by hand.
    best = min(found, key=lambda n: (abs(n[0]) + abs(n[1]), n))
    low, high = max(_dot(best, q) for q in zeros), min(_dot(best, p) for p in ones)
    return best, -(low + high) / 2


def _gap(normal: Point, ones: Sequence[Point], zeros: Sequence[Point]) -> Fraction:
    return min(_dot(normal, p) for p in ones) - max(_dot(normal, q) for q in zeros)


def _dot(a: Point, b: Point) -> Fraction:
    return a[0] * b[0] + a[1] * b[1]


def _lowest(normal: Point) -> Point:
    """Scale a direction to whole numbers without a common divisor."""
    scale = lcm(normal[0].denominator, normal[1].denominator)
    a, b = (int(x * scale) for x in normal)
    divisor = gcd(a, b) or 1
    return Fraction(a, divisor), Fraction(b, divisor)


def _normals(ones: Sequence[Point], zeros: Sequence[Point]) -> Iterator[Point]:
    for (a, b), (c, d) in product(ones, zeros):
        yield a - c, b - d
    for (a, b), (c, d) in [*combinations(ones, 2), *combinations(zeros, 2)]:
        yield b - d, c - a
        yield d - b, a - c
