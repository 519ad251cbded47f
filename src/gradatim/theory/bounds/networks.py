r"""Networks enclosed on boxes: all boxes at once in float64, or one by one in balls.

Conventions: the network is the exact function of its stored weights, floats taken as the real
numbers that they are. Sums are computed in the middle of each interval; the radius holds the width
and the rounding of every product and sum in any order, :math:`|\hat s - s| \le \gamma_n \sum |w|
|a|` with :math:`\gamma_n = n u / (1 - n u)` [1]_, so that any matrix product may be used. Slopes
are carried forward, an interval a unit and input. A step or sign unit that changes inside a box is
the interval between its values, held fixed while the others move.

References
----------
.. [1] N. J. Higham, "Accuracy and stability of numerical algorithms", 2nd ed., SIAM, 2002,
   section 3.1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import numpy as np

from gradatim.errors import SpecError
from gradatim.network.evaluate import evaluate
from gradatim.network.graph import Layer, Network
from gradatim.theory.bounds.balls import PRECISION, ball, ends
from gradatim.theory.bounds.elementary import (
    exp_bounds,
    logistic_bounds,
    normal_bounds,
    softplus_bounds,
    tanh_bounds,
)
from gradatim.theory.bounds.intervals import Interval
from gradatim.theory.bounds.targets import Enclosure, centers

__all__ = ["JUMPING", "BallNetwork", "FloatNetwork", "kinks"]

#: Activations that jump at 0.
JUMPING = ("heaviside", "sign")

_U = 2.0**-53
# Numbers in the largest array that is held at once.
_MOST_NUMBERS = 400_000
_SILU_LOWEST, _GELU_LOWEST = 1.2784645427610738, 0.7517915246935645


def _widen(low: np.ndarray, high: np.ndarray) -> Interval:
    return Interval(np.nextafter(low, -np.inf), np.nextafter(high, np.inf))


def _monotone(bounds: Callable[[np.ndarray], Any], z: Interval) -> Interval:
    return Interval(bounds(z.low)[0], bounds(z.high)[1])


def _times(a: Interval, b: Interval) -> Interval:
    products = [x * y for x in a for y in b]
    return _widen(np.minimum.reduce(products), np.maximum.reduce(products))


def _relu(z: Interval) -> Interval:
    return Interval(np.maximum(z.low, 0), np.maximum(z.high, 0))


def _relu_slope(z: Interval) -> Interval:
    # Closed on both sides: a unit that is exactly 0 has both slopes.
    return Interval((z.low > 0) * 1.0, (z.high >= 0) * 1.0)


def _leaky(z: Interval) -> Interval:
    low, high = (np.where(x >= 0, x, 0.01 * x) for x in z)
    return _widen(low, high)


def _leaky_slope(z: Interval) -> Interval:
    return Interval(np.where(z.low > 0, 1.0, 0.01), np.where(z.high >= 0, 1.0, 0.01))


def _tanh_slope(z: Interval) -> Interval:
    t = _monotone(tanh_bounds, z)
    near = np.maximum(0.0, np.maximum(t.low, -t.high))
    far = np.maximum(np.abs(t.low), np.abs(t.high))
    low, high = _widen(1 - np.nextafter(far * far, 2), 1 - np.nextafter(near * near, -1))
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
    below, above = _widen(low[0] - 1, high[1] - 1)
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
    return _times(Interval(z, z), Interval(*logistic_bounds(z)))


def _silu_slope(z: Interval) -> Interval:
    s = _monotone(logistic_bounds, z)
    rest = _widen(1 - s.high, 1 - s.low)
    inner = _times(z, rest)
    return _times(s, _widen(1 + inner.low, 1 + inner.high))


def _gelu_at(z: np.ndarray) -> Interval:
    return _times(Interval(z, z), Interval(*normal_bounds(z)[0]))


def _gelu_slope(z: Interval) -> Interval:
    cdf = Interval(normal_bounds(z.low)[0][0], normal_bounds(z.high)[0][1])
    # The density is even and falls with |z|.
    near = np.maximum(0.0, np.maximum(z.low, -z.high))
    far = np.maximum(np.abs(z.low), np.abs(z.high))
    density = Interval(normal_bounds(far)[1][0], normal_bounds(near)[1][1])
    product = _times(z, density)
    return _widen(cdf.low + product.low, cdf.high + product.high)


def _constant(z: Interval) -> Interval:
    return Interval(np.zeros_like(z.low), np.zeros_like(z.low))


def _one(z: Interval) -> Interval:
    return Interval(np.ones_like(z.low), np.ones_like(z.low))


_RULES: dict[str, tuple[Callable[[Interval], Interval], Callable[[Interval], Interval]]] = {
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


def _checked(network: Network) -> Network:
    for layer in network.layers:
        unknown = set(layer.activations) - set(_RULES)
        if unknown:
            raise SpecError(
                f"no bound is known for the activation {min(unknown)}; choose among "
                f"{', '.join(_RULES)}"
            )
        if not (np.all(np.isfinite(layer.weight)) and np.all(np.isfinite(layer.bias))):
            raise SpecError("the network holds a weight that is not finite, so it has no values")
    if network.n_outputs != 1:
        raise SpecError(f"a function has one value; this network has {network.n_outputs} outputs")
    return network


class FloatNetwork:
    """A network in outward-rounded float64, all boxes at once.

    Parameters
    ----------
    network : Network
        One output; activations other than softmax.

    Raises
    ------
    SpecError
        If the network cannot be enclosed.
    """

    def __init__(self, network: Network) -> None:
        self.network = _checked(network)
        self.n_variables = network.n_inputs
        self._widest = max(network.layer_sizes) * (1 + network.n_inputs)

    def values(self, X: np.ndarray) -> np.ndarray:
        """Compute values at points in float64, without a guarantee."""
        return evaluate(self.network, X)[:, 0]

    def at(self, X: np.ndarray) -> Interval:
        """Enclose values at points."""
        parts = [_forward(self.network, Interval(x, x))[0] for x in self._chunks(X)]
        return Interval(*(np.concatenate(bounds)[:, 0] for bounds in zip(*parts, strict=True)))

    def enclose(self, low: np.ndarray, high: np.ndarray) -> Enclosure:
        """Enclose values and slopes on boxes."""
        parts = [
            _enclose(self.network, Interval(*bounds))
            for bounds in zip(self._chunks(low), self._chunks(high), strict=True)
        ]
        joined = [
            Interval(
                *(np.concatenate(bounds) for bounds in zip(*(p[i] for p in parts), strict=True))
            )
            for i in range(3)
        ]
        return Enclosure(*joined, np.concatenate([part[3] for part in parts]))

    def _chunks(self, X: np.ndarray) -> list[np.ndarray]:
        rows = max(1, _MOST_NUMBERS // self._widest)
        return [X[i : i + rows] for i in range(0, len(X), rows)]


def _enclose(network: Network, box: Interval) -> Enclosure:
    found, jumps = _enclosed(network, box)
    moving = jumps[0].low != jumps[0].high
    few = np.flatnonzero((moving.sum(axis=1) > 0) & (moving.sum(axis=1) <= 2))
    # Later layers would otherwise see both values of a step at once in every unit of theirs.
    if network.depth < 3 or not len(few):
        return found
    rows = Interval(box.low[few], box.high[few])
    first = np.argmax(moving[few], axis=1)
    last = moving.shape[1] - 1 - np.argmax(moving[few][:, ::-1], axis=1)
    cases = []
    for one, other in product((0, 1), repeat=2):
        fixed = jumps[0].low[few].copy()
        for unit, chosen in ((first, one), (last, other)):
            at = (np.arange(len(few)), unit)
            fixed[at] = jumps[0][chosen][few][at]
        cases.append(_enclosed(network, rows, fixed)[0])
    for whole, parts in zip(
        found[:3], zip(*(case[:3] for case in cases), strict=True), strict=True
    ):
        whole.low[few] = np.minimum.reduce([part.low for part in parts])
        whole.high[few] = np.maximum.reduce([part.high for part in parts])
    return found


def _enclosed(
    network: Network, box: Interval, fixed: np.ndarray | None = None
) -> tuple[Enclosure, list[Interval]]:
    """Enclose on boxes, the jumping units of the first layer held at values if these are given."""
    value, slopes, jumps = _forward(network, box, slopes=True, fixed=fixed)
    middle = centers(box.low, box.high)
    center, _, _ = _forward(network, Interval(middle, middle), held=jumps)
    steady = np.ones(len(middle), dtype=bool)
    for jump in jumps:
        steady &= ~np.any(jump.low != jump.high, axis=1)
    found = Enclosure(
        Interval(value.low[:, 0].copy(), value.high[:, 0].copy()),
        Interval(center.low[:, 0].copy(), center.high[:, 0].copy()),
        Interval(slopes.low[:, 0].copy(), slopes.high[:, 0].copy()),
        steady,
    )
    return found, jumps


def _forward(
    network: Network,
    box: Interval,
    *,
    slopes: bool = False,
    held: Sequence[Interval] = (),
    fixed: np.ndarray | None = None,
) -> tuple[Interval, Any, list[Interval]]:
    """Return outputs, slopes (n_boxes, n_units, n_inputs), and the values of jumping units.

    Jumping units take the values `held`, or in the first layer `fixed`, where these are given.
    """
    a, grown = box, None
    jumps: list[Interval] = []
    for i, layer in enumerate(network.layers):
        weight = layer.weight.astype(np.float64)
        z = _affine(a, weight, layer.bias.astype(np.float64))
        a, slope = _activate(layer, z, slopes)
        jumping = np.array([name in JUMPING for name in layer.activations])
        if held:
            a = Interval(*(np.where(jumping, h, b) for h, b in zip(held[i], a, strict=True)))
        elif fixed is not None and i == 0:
            a = Interval(*(np.where(jumping, fixed, bound) for bound in a))
        jumps.append(Interval(*(np.where(jumping, bound, 0.0) for bound in a)))
        if slopes:
            grown = _chain(grown, weight, slope)
    return a, grown, jumps


def _affine(a: Interval, weight: np.ndarray, bias: np.ndarray | float) -> Interval:
    """Enclose the weighted sums of intervals."""
    middle = 0.5 * a.low + 0.5 * a.high
    radius = np.nextafter(np.maximum(a.high - middle, middle - a.low), np.inf)
    radius = np.where(a.low == a.high, 0.0, radius)
    size = np.abs(weight).T
    n = weight.shape[1] + 4
    total = middle @ weight.T + bias
    rounding = 4 * n * _U * (np.abs(middle) @ size + np.abs(bias)) + 1e-300
    reach = (radius @ size + rounding) * (1 + 4 * n * _U)
    return _widen(total - reach, total + reach)


def _activate(layer: Layer, z: Interval, slopes: bool) -> tuple[Interval, Interval | None]:
    names = layer.activations
    if isinstance(layer.activation, str):
        value, slope = _RULES[layer.activation]
        return value(z), slope(z) if slopes else None
    columns = [
        (_RULES[name][0](part), _RULES[name][1](part) if slopes else part)
        for i, name in enumerate(names)
        for part in [Interval(z.low[:, i], z.high[:, i])]
    ]
    values, slopes_ = (
        Interval(
            *(np.stack(bounds, axis=1) for bounds in zip(*(c[k] for c in columns), strict=True))
        )
        for k in range(2)
    )
    return values, slopes_ if slopes else None


def _chain(grown: Interval | None, weight: np.ndarray, slope: Interval | None) -> Interval:
    """Carry slopes through a layer: its weights, then the slopes of its activations."""
    assert slope is not None
    if grown is None:
        before = Interval(weight[None], weight[None])
    else:
        moved = Interval(*(np.swapaxes(bound, 1, 2) for bound in grown))
        before = Interval(*(np.swapaxes(bound, 1, 2) for bound in _affine(moved, weight, 0.0)))
    return _times(before, Interval(slope.low[..., None], slope.high[..., None]))


def kinks(network: Network, low: float, high: float) -> np.ndarray:
    """Find where the units of a network of one input change, in float64.

    Parameters
    ----------
    network : Network
        One input. Kinks of later layers are found while all layers below are piecewise linear.
    low, high : float
        Ends of the interval.

    Returns
    -------
    array of shape (n_kinks,)
        Points inside, ascending; nothing is lost if one is missing.

    Examples
    --------
    >>> kinks(Network([Layer([[2.0], [1.0]], [-1.0, 5.0], "relu")]), 0.0, 1.0)
    array([0.5])
    """
    linear = ("relu", "leaky_relu", "identity")
    points = np.array([low, high])
    for i, layer in enumerate(network.layers):
        part = Network(network.layers[: i + 1])
        z = _pre_activations(part, points)
        left, right = z[:-1], z[1:]
        with np.errstate(all="ignore"):
            share = left / (left - right)
        found = points[:-1, None] + share * (points[1:] - points[:-1])[:, None]
        changes = (np.sign(left) != np.sign(right)) & np.isfinite(found)
        changes &= np.array([name in (*linear[:2], *JUMPING) for name in layer.activations])
        points = np.unique(np.clip(np.concatenate([points, found[changes]]), low, high))
        if not set(layer.activations) <= set(linear):
            break
    return points[(points > low) & (points < high)]


def _pre_activations(network: Network, x: np.ndarray) -> np.ndarray:
    a = x[:, None]
    for layer in network.layers[:-1]:
        a = evaluate(Network([layer]), a)
    last = network.layers[-1]
    return a @ last.weight.T.astype(np.float64) + last.bias.astype(np.float64)


class BallNetwork:
    """A network in balls of 128 bits, box by box.

    Parameters
    ----------
    network : Network
        One output; activations other than softmax.

    Raises
    ------
    SpecError
        If the network cannot be enclosed.
    """

    def __init__(self, network: Network) -> None:
        self.network = _checked(network)
        self.n_variables = network.n_inputs

    def values(self, X: np.ndarray) -> np.ndarray:
        """Compute values at points in float64, without a guarantee."""
        return evaluate(self.network, X)[:, 0]

    def at(self, X: np.ndarray) -> Interval:
        """Enclose values at points."""
        from flint import ctx

        with ctx.workprec(PRECISION):
            values = [ends(self._run([ball(v, v) for v in x])[0][0]) for x in X]
        return Interval(*np.array(values).reshape(-1, 2).T)

    def enclose(self, low: np.ndarray, high: np.ndarray) -> Enclosure:
        """Enclose values and slopes on boxes."""
        from flint import ctx

        rows = []
        with ctx.workprec(PRECISION):
            for lows, highs in zip(low, high, strict=True):
                box = [ball(*pair) for pair in zip(lows, highs, strict=True)]
                value, slopes, jumps = self._run(box, slopes=True)
                middle = [ball(v, v) for v in centers(lows, highs)]
                center, _, _ = self._run(middle, held=jumps)
                steady = all(jump is None or jump.is_exact() for jump in jumps)
                ended = [ends(slope) for slope in slopes[0]]
                rows.append((ends(value[0]), ends(center[0]), ended, steady))
        value, center, slopes, steady = (np.array(column) for column in zip(*rows, strict=True))
        return Enclosure(
            Interval(*value.T),
            Interval(*center.T),
            Interval(slopes[..., 0], slopes[..., 1]),
            steady,
        )

    def _run(
        self, x: list[Any], *, slopes: bool = False, held: Sequence[Any] = ()
    ) -> tuple[list[Any], list[list[Any]], list[Any]]:
        from flint import arb

        a, grown = x, [[arb(int(i == j)) for j in range(len(x))] for i in range(len(x))]
        jumps: list[Any] = []
        for layer in self.network.layers:
            units = [self._unit(unit, a, grown if slopes else []) for unit in layer.units]
            values, moved = [], []
            for unit, (z, dz) in zip(layer.units, units, strict=True):
                value, slope = _ball_activation(unit.activation, z)
                jumping = unit.activation in JUMPING
                value = held[len(jumps)] if held and jumping else value
                jumps.append(value if jumping else None)
                values.append(value)
                moved.append([slope * d for d in dz])
            a, grown = values, moved
        return a, grown, jumps

    def _unit(self, unit: Any, a: list[Any], grown: list[list[Any]]) -> tuple[Any, list[Any]]:
        from flint import arb

        z = arb(unit.bias)
        for j, weight in unit.weights.items():
            z += arb(weight) * a[j]
        n = len(grown[0]) if grown else 0
        dz = [
            sum((arb(w) * grown[j][i] for j, w in unit.weights.items()), arb(0)) for i in range(n)
        ]
        return z, dz


def _ball_activation(name: str, z: Any) -> tuple[Any, Any]:
    """Return an activation and its slope on a ball."""
    from flint import arb

    one, zero = arb(1), arb(0)
    positive = one if z > 0 else zero if z < 0 else zero.union(one)
    if name == "identity":
        return z, one
    if name == "relu":
        return z.max(zero), positive
    if name == "leaky_relu":
        leak = arb(0.01)
        return z.max(leak * z), leak + (1 - leak) * positive
    if name == "heaviside":
        return (one if z >= 0 else zero if z < 0 else zero.union(one)), zero
    if name == "sign":
        return z.lower().sgn().union(z.upper().sgn()), zero
    if name == "tanh":
        low, high = z.lower().tanh(), z.upper().tanh()
        value = low.union(high)
        return value, 1 - abs(value) ** 2
    if name == "logistic":
        value = _ball_logistic(z.lower()).union(_ball_logistic(z.upper()))
        return value, value * (1 - value)
    if name == "softplus":
        ends_ = [(1 + (-abs(x)).exp()).log() + x.max(zero) for x in (z.lower(), z.upper())]
        return ends_[0].union(ends_[1]), _ball_logistic(z.lower()).union(_ball_logistic(z.upper()))
    if name == "elu":
        ends_ = [x if x >= 0 else x.expm1() for x in (z.lower(), z.upper())]
        return ends_[0].union(ends_[1]), z.min(zero).exp()
    if name == "silu":
        s = _ball_logistic(z.lower()).union(_ball_logistic(z.upper()))
        return z * s, s * (1 + z * (1 - s))
    cdf = (-z / arb(2).sqrt()).erfc() / 2
    density = (-(abs(z) ** 2) / 2).exp() / (2 * arb.pi()).sqrt()
    return z * cdf, cdf + z * density


def _ball_logistic(x: Any) -> Any:
    return 1 / (1 + (-x).exp())
