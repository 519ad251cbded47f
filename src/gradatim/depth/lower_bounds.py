r"""What a network with too few linear pieces must get wrong about a sawtooth.

Conventions: theorems, in fractions. T teeth on [0, 1], see `gradatim.depth.teeth`; p is the
number of linear pieces of a function f on [0, 1], counted as `gradatim.depth.pieces` does. Errors
are those of f against the sawtooth s: the largest :math:`|f - s|`, the means of :math:`|f - s|`
and :math:`(f - s)^2` over [0, 1], and how many of the 2 T alternating points x = j / (2 T), j = 0
to 2 T - 1, have :math:`[f(x) \ge 1/2]` other than s(x), which is 0 or 1 there [1]_.

References
----------
.. [1] M. Telgarsky, "Representation benefits of deep feedforward networks", arXiv:1509.08101, 2015.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import prod
from typing import Any

from gradatim.certificates.rationals import from_flint, to_flint
from gradatim.depth.pieces import LinearPiece, linear_pieces
from gradatim.depth.teeth import teeth_exponent
from gradatim.errors import ShapeError, SpecError
from gradatim.network.graph import Network

__all__ = ["SawtoothError", "lower_bound", "most_pieces", "sawtooth_error"]

_HALF = Fraction(1, 2)


@dataclass(frozen=True)
class SawtoothError:
    """How far a function is from a sawtooth, or at least is."""

    teeth: int  # Teeth of the sawtooth
    n_pieces: int  # Linear pieces of the function on [0, 1], at most
    largest: Fraction  # Largest absolute error
    mean_absolute: Fraction  # Mean absolute error
    mean_squared: Fraction  # Mean squared error
    misclassified: int  # How many of the 2 T alternating points lie on the wrong side of 1/2

    @property
    def classification(self) -> Fraction:
        """Share of the 2 T alternating points that lie on the wrong side of 1/2."""
        return Fraction(self.misclassified, 2 * self.teeth)


def most_pieces(hidden_layer_sizes: Sequence[int]) -> int:
    r"""Bound the linear pieces of any ReLU network of these widths on a line.

    Where a layer's inputs are affine, each of its m units bends at one point at most and cuts
    the interval there, so the number of pieces grows at most m + 1 times per layer:
    :math:`\prod_i (m_i + 1)`, as in [1]_ with the constant of [2]_ for one input.

    References
    ----------
    .. [1] M. Telgarsky, "Representation benefits of deep feedforward networks", arXiv:1509.08101,
       2015.
    .. [2] G. Montufar, "Notes on the number of linear regions of deep neural networks", 2017.

    Examples
    --------
    >>> most_pieces([14]), most_pieces([2] * 7)
    (15, 2187)
    """
    if any(width < 1 for width in hidden_layer_sizes):
        raise SpecError(f"a hidden layer has at least one unit, not {min(hidden_layer_sizes)}")
    return prod(width + 1 for width in hidden_layer_sizes)


def lower_bound(
    teeth: int, n_pieces: int | None = None, *, hidden_layer_sizes: Sequence[int] | None = None
) -> SawtoothError:
    r"""Bound from below what every function of p linear pieces gets wrong about a sawtooth.

    For every continuous f, piecewise linear with p < 2 T pieces on [0, 1]:

    - *Alternating points.* On one piece, f crosses 1/2 once at most, so from point to point
      the class changes p times at most [1]_. That makes p + 1 runs, and a run of r points has
      :math:`\lfloor r / 2 \rfloor` wrong, as the classes alternate: together at least
      :math:`(2 T - 1 - p) / 2`, and no more is certain. (The theorem of [1]_ says a sixth of the
      points where p is at most an eighth of their number.)
    - *Largest error.* Below 1/2, f would be on the right side at all 2 T + 1 ends of pieces of s,
      so would cross 1/2 in 2 T places: at least 1/2, which the constant 1/2 has.
    - *Mean errors.* f bends p - 1 times, so is affine on all but p - 1 of the T teeth. No affine
      function is nearer to a tooth than the constant 1/2: by convexity a best one is as symmetric
      as the tooth. So the mean absolute error is at least :math:`(T - p + 1) / (4 T)`, the mean
      squared error at least :math:`(T - p + 1) / (12 T)`. In the same way the 2 T - 1
      neighborhoods of the inner turning points, half as wide and high, give
      :math:`(2 T - p) / (16 T)` and :math:`(2 T - p) / (96 T)`. The larger one counts.

    With p = 2 T or more nothing is wrong of necessity. The mean errors hold for f with jumps too,
    and are at most about twice too small: `shallow_sawtooth` with p units has
    :math:`(4 T - 2 p + 3) / (16 T)`.

    `teeth` T is a power of two; p is `n_pieces`, at least 1, or else `most_pieces` of
    `hidden_layer_sizes`.

    References
    ----------
    .. [1] M. Telgarsky, "Representation benefits of deep feedforward networks", arXiv:1509.08101,
       2015, Theorem 1.1.

    Examples
    --------
    Every shallow network with as many parameters as the deep one of 64 teeth:

    >>> bound = lower_bound(64, hidden_layer_sizes=[14])
    >>> bound.n_pieces, str(bound.largest), str(bound.mean_absolute), bound.misclassified
    (15, '1/2', '25/128', 56)
    """
    teeth_exponent(teeth)
    if (n_pieces is None) == (hidden_layer_sizes is None):
        raise SpecError("give either n_pieces or hidden_layer_sizes")
    p = most_pieces(hidden_layer_sizes or ()) if n_pieces is None else n_pieces
    if p < 1:
        raise SpecError(f"a function has at least one linear piece, not {p}")
    in_teeth = Fraction(max(teeth - p + 1, 0), teeth)
    at_turns = Fraction(max(2 * teeth - p, 0), teeth)
    return SawtoothError(
        teeth,
        p,
        largest=_HALF if p < 2 * teeth else Fraction(0),
        mean_absolute=max(in_teeth / 4, at_turns / 16),
        mean_squared=max(in_teeth / 12, at_turns / 96),
        misclassified=max((2 * teeth - p) // 2, 0),
    )


def sawtooth_error(network: Network, teeth: int) -> SawtoothError:
    """Compute exactly how far a network is from a sawtooth on [0, 1].

    Between the ends of the pieces of both, the difference is affine, so the largest one is at an
    end and the means are sums of integrals that are known.

    The network has one input and one output, and ReLU, leaky ReLU, identity, step or sign units;
    weights count as their shortest decimals.

    Examples
    --------
    >>> from gradatim.depth.teeth import shallow_sawtooth
    >>> error = sawtooth_error(shallow_sawtooth(64, n_units=14), 64)
    >>> error.n_pieces, str(error.largest), str(error.mean_absolute), error.misclassified
    (14, '1/2', '231/1024', 57)
    """
    teeth_exponent(teeth)
    if network.n_outputs != 1:
        raise ShapeError(f"a sawtooth is one output; this network has {network.n_outputs}")
    pieces = linear_pieces(network, on=(0, 1))
    largest = absolute = squared = to_flint(Fraction(0))
    for width, left, right in _differences(pieces, teeth):
        a, b = abs(left), abs(right)
        largest = max(largest, a, b)
        squared += width * (a * a + left * right + b * b) / 3
        crosses = left * right < 0
        absolute += width * ((a * a + b * b) / (a + b) if crosses else a + b) / 2
    return SawtoothError(
        teeth,
        len(pieces),
        from_flint(largest),
        from_flint(absolute),
        from_flint(squared),
        _misclassified(pieces, teeth),
    )


def _differences(pieces: Sequence[LinearPiece], teeth: int) -> Iterator[tuple[Any, Any, Any]]:
    """Yield width, and f - s at both ends, of the intervals on which the difference is affine."""
    whole = 2 * teeth
    for piece in pieces:
        assert piece.low is not None
        assert piece.high is not None
        low, high = to_flint(piece.low), to_flint(piece.high)
        slope, intercept = to_flint(piece.slopes[0]), to_flint(piece.intercepts[0])
        first, last = int((low * whole).floor()), int((high * whole).ceil())
        ends = [low, *(to_flint(Fraction(j, whole)) for j in range(first + 1, last)), high]
        for j, (left, right) in enumerate(pairwise(ends), start=first):
            # On the part from j / 2T, the sawtooth is 2T x - j, or j + 1 - 2T x.
            m, c = (-whole, j + 1) if j % 2 else (whole, -j)
            yield (
                right - left,
                slope * left + intercept - (m * left + c),
                slope * right + intercept - (m * right + c),
            )


def _misclassified(pieces: Sequence[LinearPiece], teeth: int) -> int:
    """Count the alternating points on the wrong side of 1/2."""
    wrong, i = 0, 0
    for j in range(2 * teeth):
        x = Fraction(j, 2 * teeth)
        while not pieces[i].holds(x):
            i += 1
        wrong += (pieces[i].at(x)[0] >= _HALF) != bool(j % 2)
    return wrong
