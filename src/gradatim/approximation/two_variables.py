r"""Networks for a function of two variables: two ways to find units, one certificate.

Conventions: the box is brought to the square [-1, 1]^2. A smooth function is written as a sum of
polynomial ridges; one with kinks, or one whose ridges do not do or take many units, gets its units
one by one (`greedy`). Whatever was built is then certified as a network on the box, and nothing
that is not certified is returned.
"""

from __future__ import annotations

from math import floor, log10
from typing import Any

import numpy as np

from gradatim._progress import Progress, under
from gradatim.approximation.greedy_units import GreedyUnits
from gradatim.approximation.kinks import Lines, find_kinks
from gradatim.approximation.lines import MOST_UNITS
from gradatim.approximation.ridge_functions import (
    RidgeFunctions,
    build_ridge_functions,
    find_ridge_functions,
)
from gradatim.approximation.units import Terms
from gradatim.certificates.bound import Bound, certify
from gradatim.certificates.targets import FormulaTarget
from gradatim.errors import SpecError
from gradatim.network.graph import Layer, Network

__all__ = ["build_plane"]

# Parts, and parts times units, that a certificate may take.
_MOST_BOXES, _MOST_WORK = 150_000, 30_000_000
# What errors of ridges add up to is seldom met, so that more may be tried first.
_HOPES = (2.0, 1.6, 1.3, 1.1, 0.97, 0.85, 0.7, 0.5)
# Certificates that may fail by the limit on work.
_GIVEN_UP = 2
# Units that are chosen one by one, and from how many on that is tried for smooth functions too.
_MOST_CHOSEN = {"relu": 160, "heaviside": 250, "logistic": 160}
_MANY = 40
# Share of the tolerance that chosen units may take on a grid, and how often less is tried.
_SHARE, _ATTEMPTS = 0.95, 4
# An error below this share of the tolerance needs no bound that is close to it.
_SMALL, _SMALL_ENOUGH = 0.05, 0.1


def build_plane(
    function: Any, target: Any, box: np.ndarray, tolerance: float, name: str, progress: Progress
) -> tuple[Network, Bound]:
    """Build a network that is certified to be within a tolerance. `box` (2, 2)."""
    return _Plane(function, target, box, tolerance, name, progress).build()


class _Plane:
    """One function on one rectangle, and the best that is known of what was tried."""

    def __init__(
        self,
        function: Any,
        target: Any,
        box: np.ndarray,
        tolerance: float,
        name: str,
        progress: Progress,
    ) -> None:
        self.function, self.target, self.box = function, target, box
        self.tolerance, self.name, self.progress = tolerance, name, progress
        self.middle, self.half = box.mean(axis=1), 0.5 * (box[:, 1] - box[:, 0])
        side = np.linspace(-1, 1, 201)
        square = np.stack([g.ravel() for g in np.meshgrid(side, side)], axis=1)
        self.X = self._on_box(square)
        self.y = target.values(self.X)
        self._built: dict[float, Terms] = {}
        # The smallest certified bound, and the smallest error on points, with their units.
        self.bound, self.met = (np.inf, 0), (np.inf, 0)

    def build(self) -> tuple[Network, Bound]:
        """Try what promises fewest units first."""
        kinks = Lines(np.empty((0, 2)), np.empty(0))
        if isinstance(self.target, FormulaTarget):
            kinks = find_kinks(self.target.formula, self.middle, self.half)
        most = _MOST_CHOSEN["logistic" if self.name == "tanh" else self.name]
        if len(kinks.bias):
            found = self._by_greedy_units(kinks, most) or self._by_ridges(self._ridges())
        else:
            ridges = self._ridges()
            n_units = 0 if ridges is None else self._count(ridges)
            few = self._by_greedy_units(kinks, min(most, n_units - 1)) if n_units > _MANY else None
            found = few or self._by_ridges(ridges)
            if found is None and not n_units > most:
                found = self._by_greedy_units(kinks, most)
        if found is None:
            raise self._refusal(most)
        return found

    def _on_box(self, s: np.ndarray) -> np.ndarray:
        return np.clip(self.middle + s * self.half, self.box[:, 0], self.box[:, 1])

    def _on_square(self, s: np.ndarray) -> np.ndarray:
        return self.target.values(self._on_box(s))

    def _ridges(self) -> RidgeFunctions | None:
        self.progress(None, "looking for ridges")
        found = find_ridge_functions(self._on_square, self.tolerance, self.name)
        return found if isinstance(found, RidgeFunctions) else None

    def _count(self, ridges: RidgeFunctions) -> int:
        """Return the units of a sum of ridges, infinitely many if they are not built."""
        try:
            return len(self._build(ridges, _HOPES[0]).bias)
        except SpecError:
            return MOST_UNITS + 1

    def _build(self, ridges: RidgeFunctions, hope: float) -> Terms:
        if hope not in self._built:
            allowed = hope * (self.tolerance - ridges.error)
            self._built[hope] = build_ridge_functions(ridges, allowed, self.name)
        return self._built[hope]

    def _by_ridges(self, ridges: RidgeFunctions | None) -> tuple[Network, Bound] | None:
        given_up = 0
        for hope in _HOPES if ridges is not None else ():
            assert ridges is not None
            terms = self._build(ridges, hope)
            if len(terms.bias) > MOST_UNITS:
                raise SpecError(
                    f"this needs {len(terms.bias):,} units; at most {MOST_UNITS:,} are built, so "
                    "raise the tolerance or choose relu"
                )
            found = self._certified(self._network(terms), 0.98)
            if found is not None and found[1].upper <= self.tolerance:
                return found
            # Large weights that cancel are certified with no number of parts.
            given_up += found is not None and found[1].lower <= 0.9 * self.tolerance
            if given_up == _GIVEN_UP:
                break
        return None

    def _by_greedy_units(self, kinks: Lines, most: int) -> tuple[Network, Bound] | None:
        self.progress(None, "choosing units")
        name = "logistic" if self.name == "tanh" else self.name
        greedy = GreedyUnits(self._on_square, name, kinks, under(self.progress, "choosing units"))
        aim = _SHARE * self.tolerance
        for _ in range(_ATTEMPTS):
            terms = greedy.terms(aim, most)
            self.met = min(self.met, (greedy.smallest, greedy.n_units))
            if terms is None:
                return None
            found = self._certified(self._network(terms, chosen=True), np.inf)
            if found is None or found[1].upper <= self.tolerance:
                return found
            # An error that was met is too large by as much; a bound may only be too wide.
            aim *= min(0.95, self.tolerance / max(found[1].lower, self.tolerance))
        return None

    def _certified(self, network: Network, share: float) -> tuple[Network, Bound] | None:
        """Certify a network whose error on points is at most a share of the tolerance."""
        tolerance, n_units = self.tolerance, network.layers[0].n_out
        met = float(np.max(np.abs(network(self.X)[:, 0] - self.y)))
        self.met = min(self.met, (met, n_units))
        if met > share * tolerance:
            return None
        spare = max(0.99 * tolerance / max(met, 0.1 * tolerance) - 1, 1e-3)
        # Where more than two steps meet in a point, bounds do not come within a few percent.
        gap = spare if self.name == "heaviside" else min(0.05, spare)
        enough = _SMALL_ENOUGH * tolerance if met < _SMALL * tolerance else 0.0
        bound = self._bound(network, gap, enough)
        # The largest error was not among the points; so much closer, the bound may do.
        spare = 0.5 * (tolerance / max(bound.lower, 1e-300) - 1)
        if bound.upper > tolerance and bound.complete and 1e-3 < spare < gap:
            bound = self._bound(network, spare, enough)
        return network, bound

    def _bound(self, network: Network, gap: float, enough: float) -> Bound:
        n_units = network.layers[0].n_out
        bound = certify(
            network,
            self.function,
            self.box,
            gap=gap,
            max_boxes=min(_MOST_BOXES, 2_000 + _MOST_WORK // n_units),
            enough=enough,
            give_up_above=self.tolerance,
            progress=under(self.progress, f"certifying {n_units} units"),
        )
        self.bound = min(self.bound, (bound.upper, n_units))
        return bound

    def _network(self, terms: Terms, *, chosen: bool = False) -> Network:
        """Bring units from the square to the box; those that were chosen get whole weights."""
        weight = terms.weight / self.half
        bias, output, constant = terms.bias - weight @ self.middle, terms.output, terms.constant
        if chosen and self.name == "relu":
            size = np.abs(weight).max(axis=1)
            size[size == 0] = 1.0
            weight, bias, output = weight / size[:, None], bias / size, output * size
        if chosen and self.name == "tanh":
            # A sigmoid is half of one plus a hyperbolic tangent of half its argument.
            weight, bias, output = 0.5 * weight, 0.5 * bias, 0.5 * output
            constant += float(output.sum())
        # An input without a weight has no edge; a unit without inputs would be no unit.
        edges = weight != 0
        edges[~edges.any(axis=1)] = True
        hidden = Layer(weight + 0.0, bias + 0.0, self.name, edges)
        return Network([hidden, Layer(output[None], np.array([constant]))], input_names=["x", "y"])

    def _refusal(self, most: int) -> SpecError:
        (error, n_units), (bound, n_bounded) = self.met, self.bound
        said = f"no network of up to {most} units was certified within {self.tolerance:g}"
        said += f"; the best of {n_units} errs by {error:.3g} at points"
        if np.isfinite(bound):
            said += f", and one of {n_bounded} by at most {bound:.3g} everywhere"
        # Where points do not tell, what is certain does.
        reach = 1.1 * error if error > self.tolerance else max(bound, 1.1 * self.tolerance)
        reach = reach if np.isfinite(reach) else 1.5 * self.tolerance
        return SpecError(f"{said}, so give a tolerance above {_rounded_up(reach):g}")


def _rounded_up(value: float) -> float:
    unit = 10.0 ** (floor(log10(value)) - 1) if value > 0 else 1.0
    return float(f"{np.ceil(value / unit) * unit:.2g}")
