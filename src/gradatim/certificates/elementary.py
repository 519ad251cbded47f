r"""Elementary functions in float64 with proven errors, for arrays.

Conventions: every function returns a lower and an upper bound of the exact value at the float64
that it is given. The proofs need no more than that +, -, \*, / are correctly rounded (IEEE 754),
which holds for NumPy on every platform; what a mathematical library promises is not used. Arguments
are reduced by the constants of fdlibm [1]_, whose products with the whole numbers that occur are
exact; the rest is a Taylor polynomial whose remainder is below :math:`2^{-56}`. With at most 30
roundings of :math:`2^{-53}` each, errors stay below `MARGIN`, which has 128 of them.

References
----------
.. [1] Sun Microsystems, fdlibm 5.3, e_rem_pio2.c, e_exp.c, 1993.
"""

from __future__ import annotations

from functools import cache
from math import factorial

import numpy as np

#: Relative error (absolute where said so) that no function here exceeds.
MARGIN = 2.0**-46

Bounds = tuple[np.ndarray, np.ndarray]

# ln 2 and pi/2 as sums whose first parts end in zeros.
_LN2 = (6.93147180369123816490e-01, 1.90821492927058770002e-10)
_HALF_PI = (1.57079632673412561417e00, 6.07710050630396597660e-11, 2.02226624879595063154e-21)
_LEAST_EXPONENT, _MOST_EXPONENT = -700.0, 709.0
# Multiples of pi/2 below 2^20 have exact products with 33 bits.
_MOST_ANGLE = 1e6
_LARGEST = np.finfo(np.float64).max


def _around(value: np.ndarray, error: np.ndarray | float) -> Bounds:
    # The subtraction itself rounds, by less than what MARGIN leaves unused.
    return value - error, value + error


def exp_bounds(x: np.ndarray) -> Bounds:
    """Enclose the exponential."""
    inside = np.clip(x, _LEAST_EXPONENT, _MOST_EXPONENT)
    k = np.rint(inside * 1.4426950408889634)
    r = (inside - k * _LN2[0]) - k * _LN2[1]
    value = np.ldexp(_polynomial(r, _EXP), k.astype(np.int32))
    low, high = _around(value, MARGIN * value)
    return (
        np.where(x < _LEAST_EXPONENT, 0.0, low),
        np.where(x > _MOST_EXPONENT, np.inf, high),
    )


def _polynomial(x: np.ndarray, coefficients: tuple[float, ...]) -> np.ndarray:
    total = np.full_like(x, coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        total *= x
        total += coefficient
    return total


_EXP = tuple(1 / factorial(j) for j in range(15))
_SIN = tuple((-1) ** j / factorial(2 * j + 1) for j in range(10))
_COS = tuple((-1) ** j / factorial(2 * j) for j in range(11))
_ATANH = tuple(2 / (2 * j + 1) for j in range(12))


def log_bounds(x: np.ndarray) -> Bounds:
    """Enclose the natural logarithm."""
    mantissa, exponent = np.frexp(np.where((x > 0) & np.isfinite(x), x, 1.0))
    small = mantissa < 0.7071067811865476
    mantissa = np.where(small, 2 * mantissa, mantissa)
    k = (exponent - small).astype(np.float64)
    s = (mantissa - 1) / (mantissa + 1)
    value = k * _LN2[0] + (k * _LN2[1] + s * _polynomial(s * s, _ATANH))
    low, high = _around(value, MARGIN * np.abs(value))
    special = np.where(x > 0, np.inf, np.where(x == 0, -np.inf, np.nan))
    ordinary = (x > 0) & np.isfinite(x)
    return np.where(ordinary, low, special), np.where(ordinary, high, special)


def sin_bounds(x: np.ndarray) -> Bounds:
    """Enclose the sine; absolute error `MARGIN`, relative below pi/4."""
    return _wave(x, 0)


def cos_bounds(x: np.ndarray) -> Bounds:
    """Enclose the cosine; absolute error `MARGIN`."""
    return _wave(x, 1)


def _wave(x: np.ndarray, quarter: int) -> Bounds:
    known = np.abs(x) <= _MOST_ANGLE
    inside = np.where(known, x, 0.0)
    k = np.rint(inside * 0.6366197723675814)
    r = ((inside - k * _HALF_PI[0]) - k * _HALF_PI[1]) - k * _HALF_PI[2]
    quadrant = (k.astype(np.int64) + quarter) & 3
    square = r * r
    value = np.where(quadrant & 1, _polynomial(square, _COS), r * _polynomial(square, _SIN))
    value = np.where(quadrant & 2, -value, value)
    # Unreduced sines are accurate in relation to themselves, so that sin(0) is exactly 0.
    low, high = _around(value, np.where(k == 0, np.abs(value), 1.0) * MARGIN)
    return (
        np.where(known, np.maximum(low, -1.0), -1.0),
        np.where(known, np.minimum(high, 1.0), 1.0),
    )


def tanh_bounds(x: np.ndarray) -> Bounds:
    r"""Enclose the hyperbolic tangent, :math:`1 - 2 / (e^{2x} + 1)`; absolute error 2 `MARGIN`."""
    low, high = exp_bounds(2 * x)
    below, above = 1 - 2 / (low + 1), 1 - 2 / (high + 1)
    return np.maximum(below - MARGIN, -1.0), np.minimum(above + MARGIN, 1.0)


def logistic_bounds(x: np.ndarray) -> Bounds:
    r"""Enclose the logistic function, :math:`1 / (1 + e^{-x})`."""
    low, high = exp_bounds(-x)
    below, above = 1 / (1 + high), 1 / (1 + low)
    return below * (1 - MARGIN), np.minimum(above * (1 + MARGIN), 1.0)


def softplus_bounds(x: np.ndarray) -> Bounds:
    r"""Enclose :math:`\ln(1 + e^x) = \max(x, 0) + \ln(1 + e^{-|x|})`."""
    low, high = exp_bounds(-np.abs(x))
    # 1 + e rounds by at most 2^-53, which is also the most that the logarithm then changes.
    below, above = log_bounds(1 + low)[0] - MARGIN, log_bounds(1 + high)[1] + MARGIN
    positive = np.maximum(x, 0)
    return _down(positive + np.maximum(below, 0)), _up(positive + above)


def _down(x: np.ndarray) -> np.ndarray:
    return np.nextafter(x, -np.inf)


def _up(x: np.ndarray) -> np.ndarray:
    return np.nextafter(x, np.inf)


# Nodes of the normal distribution's table, and its last one.
_STEP, _LAST = 1 / 32, 9.0


@cache
def _normal_table() -> tuple[np.ndarray, np.ndarray]:
    """Tabulate the distribution and its density, correctly rounded by arb."""
    from flint import arb, ctx

    with ctx.workprec(128):
        nodes = np.arange(-_LAST, _LAST + _STEP, _STEP)
        phi = [float(((-(arb(c) ** 2) / 2).exp() / (2 * arb.pi()).sqrt()).mid()) for c in nodes]
        cdf = [float((arb(-c) / arb(2).sqrt()).erfc().mid() / 2) for c in nodes]
    return np.array(cdf), np.array(phi)


def normal_bounds(x: np.ndarray) -> tuple[Bounds, Bounds]:
    r"""Enclose the standard normal distribution :math:`\Phi` and its density.

    Around the nearest node of a table, at most 1/64 away, a Taylor polynomial of degree 7 has a
    remainder below :math:`2^{-60}`; the derivatives are Hermite polynomials times the density.
    """
    cdf, phi = _normal_table()
    inside = np.clip(x, -_LAST, _LAST)
    index = np.rint((inside + _LAST) / _STEP).astype(np.int64)
    c = index * _STEP - _LAST
    h = inside - c
    # He_0 to He_7; the j-th derivative of the density is (-1)^j He_j times it.
    hermite = [np.ones_like(c), c]
    for j in range(1, 8):
        hermite.append(c * hermite[j] - j * hermite[j - 1])
    density = sum((-h) ** j / factorial(j) * hermite[j] for j in range(8))
    integral = sum((-1) ** j * h ** (j + 1) / factorial(j + 1) * hermite[j] for j in range(7))
    value, slope = cdf[index] + phi[index] * integral, phi[index] * density
    low, high = _around(value, MARGIN)
    below, above = _around(slope, MARGIN)
    # Beyond nine the rest of the distribution is below 1e-18, the density below 1e-17.
    return (
        (np.maximum(low, 0.0), np.minimum(high, 1.0)),
        (np.maximum(below, 0.0), above),
    )
