r"""Networks enclosed on boxes, all boxes at once in float64.

Conventions: the network is the exact function of its stored weights, floats taken as the real
numbers that they are. Sums are computed in the middle of each interval; the radius holds the width
and the rounding of every product and sum in any order, :math:`|\hat s - s| \le \gamma_n \sum |w|
|a|` with :math:`\gamma_n = n u / (1 - n u)` [1]_, so that any matrix product may be used. Slopes
are carried forward, one interval per unit and input. A step or sign unit that changes inside a box
is the interval between its values, held fixed while the others move.

References
----------
.. [1] N. J. Higham, "Accuracy and stability of numerical algorithms", 2nd ed., SIAM, 2002,
   section 3.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

from gradatim.certificates.intervals import Interval
from gradatim.certificates.targets import Enclosure, centers
from gradatim.certificates.units import JUMPING, RULES, times, widen
from gradatim.errors import SpecError
from gradatim.network.evaluate import evaluate
from gradatim.network.graph import Layer, Network

_U = 2.0**-53
# Numbers in the largest array that is held at once.
_MOST_NUMBERS = 400_000


def checked_network(network: Network) -> Network:
    """Return a network that can be enclosed."""
    for layer in network.layers:
        unknown = set(layer.activations) - set(RULES)
        if unknown:
            raise SpecError(
                f"no bound is known for the activation {min(unknown)}; choose among "
                f"{', '.join(RULES)}"
            )
        if not (np.all(np.isfinite(layer.weight)) and np.all(np.isfinite(layer.bias))):
            raise SpecError("the network holds a weight that is not finite, so it has no values")
    if network.n_outputs != 1:
        raise SpecError(f"a function has one value; this network has {network.n_outputs} outputs")
    return network


class FloatNetwork:
    """A network in outward-rounded float64, all boxes at once."""

    def __init__(self, network: Network) -> None:
        self.network = checked_network(network)
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
        steady = np.concatenate([part[3] for part in parts])
        return Enclosure(joined[0], joined[1], joined[2], steady)

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
    return widen(total - reach, total + reach)


def _activate(layer: Layer, z: Interval, slopes: bool) -> tuple[Interval, Interval | None]:
    names = layer.activations
    if isinstance(layer.activation, str):
        value, slope = RULES[layer.activation]
        return value(z), slope(z) if slopes else None
    columns = [
        (RULES[name][0](part), RULES[name][1](part) if slopes else part)
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
    return times(before, Interval(slope.low[..., None], slope.high[..., None]))


def kinks(network: Network, low: float, high: float) -> np.ndarray:
    """Find where the units of a network of one input change, in float64. Returns (n_kinks,)."""
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
