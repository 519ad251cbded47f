"""Fractions for long computations: python-flint's rationals, and back.

Conventions: python-flint [1]_ is loaded when first used; its rationals are exact as
those of `fractions.Fraction`, and about ten times as quick.

References
----------
.. [1] The FLINT team, "FLINT: Fast Library for Number Theory", https://flintlib.org.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

__all__ = ["from_flint", "to_flint"]


def to_flint(value: Fraction) -> Any:
    """Return a fraction as python-flint's rational."""
    from flint import fmpq

    return fmpq(value.numerator, value.denominator)


def from_flint(value: Any) -> Fraction:
    """Return python-flint's rational as a fraction."""
    return Fraction(int(value.p), int(value.q))
