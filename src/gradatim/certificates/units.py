r"""Activations and their slopes on intervals.

Conventions: an entry of `RULES` has the activation and its slope, each a function of an interval of
pre-activations. Slopes are generalized: the kink of ReLU has both; step and sign have slope 0,
their jumps being dealt with by whoever uses them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradatim.certificates.elementary import (
    exp_bounds,
    logistic_bounds,
    normal_bounds,
    softplus_bounds,
    tanh_bounds,
)
from gradatim.certificates.intervals import Interval

#: Activations that jump at 0.
JUMPING = ("heaviside", "sign")

_U = 2.0**-53
# Where silu and gelu are lowest.
_SILU_LOWEST, _GELU_LOWEST = 1.2784645427610738, 0.7517915246935645


def widen(low: np.ndarray, high: np.ndarray) -> Interval:
    """Round bounds outward by one unit in the last place."""
    return Interval(np.nextafter(low, -np.inf), np.nextafter(high, np.inf))


def _monotone(bounds: Callable[[np.ndarray], Any], z: Interval) -> Interval:
    return Interval(bounds(z.low)[0], bounds(z.high)[1])


def times(a: Interval, b: Interval) -> Interval:
    """Multiply intervals of finite bounds."""
    products = [x * y for x in a for y in b]
    return widen(np.minimum.reduce(products), np.maximum.reduce(products))


def _relu(z: Interval) -> Interval:
    return Interval(np.maximum(z.low, 0), np.maximum(z.high, 0))


def _relu_slope(z: Interval) -> Interval:
    # Closed on both sides: a unit that is exactly 0 has both slopes.
    return Interval((z.low > 0) * 1.0, (z.high >= 0) * 1.0)


def _leaky(z: Interval) -> Interval:
    low, high = (np.where(x >= 0, x, 0.01 * x) for x in z)
    return widen(low, high)


def _leaky_slope(z: Interval) -> Interval:
    return Interval(np.where(z.low > 0, 1.0, 0.01), np.where(z.high >= 0, 1.0, 0.01))


def _tanh_slope(z: Interval) -> Interval:
    t = _monotone(tanh_bounds, z)
    near = np.maximum(0.0, np.maximum(t.low, -t.high))
    far = np.maximum(np.abs(t.low), np.abs(t.high))
    low, high = widen(1 - np.nextafter(far * far, 2), 1 - np.nextafter(near * near, -1))
    return Interval(np.maximum(low, 0.0), np.minimum(high, 1.0))


def _logistic_slope(z: Interval) -> Interval:
    # The slope is even and falls with |z|.
    near = np.maximum(0.0, np.maximum(z.low, -z.high))
    far = np.maximum(np.abs(z.low), np.abs(z.high))
    low, high = logistic_bounds(-far), logistic_bounds(-near)
    below, above = low[0] * (1 - low[1]), high[1] * (1 - high[0])
    return Interval(below * (1 - 4 * _U), np.minimum(above * (1 + 4 * _U), 0.25))


def _elu(z: Interval) -> Interval:
    low, high = (exp_bounds(np.minimum(x, 0)) for x in z)
    below, above = widen(low[0] - 1, high[1] - 1)
    return Interval(np.where(z.low >= 0, z.low, below), np.where(z.high >= 0, z.high, above))


def _elu_slope(z: Interval) -> Interval:
    slope = Interval(exp_bounds(np.minimum(z.low, 0))[0], exp_bounds(np.minimum(z.high, 0))[1])
    return Interval(np.where(z.low > 0, 1.0, slope.low), np.where(z.high >= 0, 1.0, slope.high))


def _bowl(value: Callable[[np.ndarray], Interval], lowest: float, z: Interval) -> Interval:
    """Enclose a function that falls until -`lowest` and rises from there."""
    left, right = value(z.low), value(z.high)
    inside = (z.low <= -lowest + 1e-9) & (z.high >= -lowest - 1e-9)
    # At the float nearest to the lowest point the value is lowest but for the margin.
    bottom = value(np.float64(-lowest) + np.zeros(()))
    low = np.minimum(left.low, right.low)
    return Interval(
        np.where(inside, np.minimum(low, bottom.low - 1e-12), low),
        np.maximum(left.high, right.high),
    )


def _silu_at(z: np.ndarray) -> Interval:
    return times(Interval(z, z), Interval(*logistic_bounds(z)))


def _silu_slope(z: Interval) -> Interval:
    s = _monotone(logistic_bounds, z)
    rest = widen(1 - s.high, 1 - s.low)
    inner = times(z, rest)
    return times(s, widen(1 + inner.low, 1 + inner.high))


def _gelu_at(z: np.ndarray) -> Interval:
    return times(Interval(z, z), Interval(*normal_bounds(z)[0]))


def _gelu_slope(z: Interval) -> Interval:
    cdf = Interval(normal_bounds(z.low)[0][0], normal_bounds(z.high)[0][1])
    # The density is even and falls with |z|.
    near = np.maximum(0.0, np.maximum(z.low, -z.high))
    far = np.maximum(np.abs(z.low), np.abs(z.high))
    density = Interval(normal_bounds(far)[1][0], normal_bounds(near)[1][1])
    product = times(z, density)
    return widen(cdf.low + product.low, cdf.high + product.high)


def _constant(z: Interval) -> Interval:
    return Interval(np.zeros_like(z.low), np.zeros_like(z.low))


def _one(z: Interval) -> Interval:
    return Interval(np.ones_like(z.low), np.ones_like(z.low))


RULES: dict[str, tuple[Callable[[Interval], Interval], Callable[[Interval], Interval]]] = {
    "identity": (lambda z: z, _one),
    "relu": (_relu, _relu_slope),
    "leaky_relu": (_leaky, _leaky_slope),
    "heaviside": (lambda z: Interval((z.low >= 0) * 1.0, (z.high >= 0) * 1.0), _constant),
    "sign": (lambda z: Interval(np.sign(z.low), np.sign(z.high)), _constant),
    "logistic": (lambda z: _monotone(logistic_bounds, z), _logistic_slope),
    "tanh": (lambda z: _monotone(tanh_bounds, z), _tanh_slope),
    "elu": (_elu, _elu_slope),
    "softplus": (
        lambda z: _monotone(softplus_bounds, z),
        lambda z: _monotone(logistic_bounds, z),
    ),
    "silu": (lambda z: _bowl(_silu_at, _SILU_LOWEST, z), _silu_slope),
    "gelu": (lambda z: _bowl(_gelu_at, _GELU_LOWEST, z), _gelu_slope),
}
