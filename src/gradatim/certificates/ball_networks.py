"""Networks in ball arithmetic, box by box: the independent second to `FloatNetwork`.

Conventions: those of `gradatim.certificates.networks`; a ball is a `flint.arb` of 128 bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradatim.certificates.balls import PRECISION, ball, ends
from gradatim.certificates.intervals import Interval
from gradatim.certificates.networks import checked_network
from gradatim.certificates.targets import Enclosure, centers
from gradatim.certificates.units import JUMPING
from gradatim.network.evaluate import evaluate
from gradatim.network.graph import Network


class BallNetwork:
    """A network in balls of 128 bits, box by box."""

    def __init__(self, network: Network) -> None:
        self.network = checked_network(network)
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
