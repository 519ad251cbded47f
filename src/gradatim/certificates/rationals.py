"""Exact numbers: weighted sums of fractions, and python-flint's rationals for long computations.

Conventions: python-flint [1]_ is loaded when first used; its rationals are exact as
those of `fractions.Fraction`, and about ten times as quick.

References
----------
.. [1] The FLINT team, "FLINT: Fast Library for Number Theory", https://flintlib.org.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any


def to_flint(value: Fraction) -> Any:
    """Return a fraction as python-flint's rational."""
    from flint import fmpq

    return fmpq(value.numerator, value.denominator)


def from_flint(value: Any) -> Fraction:
    """Return python-flint's rational as a fraction."""
    return Fraction(int(value.p), int(value.q))


def weighted_sum(weights: Iterable[Fraction], values: Iterable[Fraction]) -> Fraction:
    """Return the sum of products, which zeros among the weights make quicker."""
    return sum((w * x for w, x in zip(weights, values, strict=True) if w), start=Fraction(0))
