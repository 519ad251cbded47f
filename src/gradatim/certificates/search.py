r"""Branch and bound: parts of a box, each with a bound of the error, cut where it is large.

Conventions: the error is :math:`e = N - f`, the network as the exact function of its stored
weights; a bound is of :math:`\sup |e|` over a closed box. On a part with center c and half widths
r it is the smallest of three: the enclosure of :math:`N - f`; the mean value form
:math:`|e(c)| + \sum_j \sup |\partial_j e| \, r_j` [1]_; and, on a line where e rises or falls
throughout, its values at the ends. Parts whose bound is within the gap of an error that was met are
done; the others are cut in two. No constant of this search enters the bound, so that it may be
chosen freely.

References
----------
.. [1] R. E. Moore, R. B. Kearfott, M. J. Cloud, "Introduction to interval analysis", SIAM, 2009,
   chapter 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from gradatim._progress import Progress
from gradatim._text import ABOUT, bound_text, is_told, number_text
from gradatim.certificates.ball_networks import BallNetwork
from gradatim.certificates.balls import PRECISION
from gradatim.certificates.intervals import Interval
from gradatim.certificates.networks import kinks
from gradatim.certificates.targets import BallFormula, Enclosure, FormulaTarget, centers
from gradatim.network.numbers import to_json

__all__ = ["Bound", "Ends", "Search"]

#: Parts at the beginning: on a line, and a side of a square.
_FIRST = {1: 64, 2: 16}
# Points with the largest errors that are enclosed in balls at the end.
_KEPT = 16
# Parts that are enclosed at once.
_BATCH = 20_000
# An error below this share of the numbers involved is not told from rounding.
_SMALLEST = 2.0**-36


@dataclass(frozen=True)
class Bound:
    """What is known for certain about the largest error of a network.

    Parameters
    ----------
    upper : float
        No error on the box is larger. Infinite if nothing is known.
    lower : float
        The error at `at` is at least this large.
    box : tuple of (float, float)
        The part of the box with the largest bound, one interval per variable.
    at : tuple of float
        Where the largest error was met.
    complete : bool
        Whether what was asked for, a gap or a bound, is reached; if not, `upper` is the bound so
        far.
    n_boxes : int
        Parts that were looked at.
    """

    upper: float
    lower: float
    box: tuple[tuple[float, float], ...]
    at: tuple[float, ...]
    complete: bool
    n_boxes: int

    @property
    def gap(self) -> float:
        """How much `upper` may be too large, as a share of `lower`."""
        if self.upper == self.lower:
            return 0.0
        return self.upper / self.lower - 1 if self.lower > 0 else float("inf")

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON holds them; what is infinite is None."""
        return {
            "upper": to_json(self.upper),
            "lower": to_json(self.lower),
            "box": [list(side) for side in self.box],
            "at": list(self.at),
            "complete": self.complete,
            "n_boxes": self.n_boxes,
        }

    def __str__(self) -> str:
        texts = [number_text(x) for x in self.at]
        signs = ["=" if is_told(x, text) else ABOUT for x, text in zip(self.at, texts, strict=True)]
        parts = zip("xy", signs, texts, strict=False)
        where = ", ".join(f"{name} {sign} {text}" for name, sign, text in parts)
        so_far = "" if self.complete else " so far (the limit on work was met)"
        lower = bound_text(self.lower, up=False)
        return f"error at most {bound_text(self.upper)}{so_far}, at least {lower} at {where}"


class Ends(NamedTuple):
    """When a search ends; see `gradatim.certificates.certify`."""

    gap: float  # How far the bound may lie above an error that was met, as a share of it
    max_boxes: int  # Parts that are looked at
    enough: float  # A bound that is small enough
    give_up_above: float  # An error that, once met, ends the search


class Search:
    """Branch and bound on one box. `sides` (n_variables, 2)."""

    def __init__(self, network: Any, target: Any, sides: np.ndarray, ends: Ends) -> None:
        self.network, self.target, self.sides = network, target, sides
        self.ends = ends
        self.met = 0.0
        # Points with the largest errors, best first; floats may err on the side of a jump.
        self.points, self.errors = sides.mean(axis=1)[None], np.zeros(1)
        self.upper, self.box = 0.0, sides
        self.floor = ends.enough

    def run(self, progress: Progress) -> Bound:
        """Cut until every part is done, or the work is."""
        low, high = self._first()
        n_boxes, complete = 0, True
        while len(low):
            n_boxes += len(low)
            progress(None, f"{n_boxes:,} parts")
            bounds, pull = self._bounds(low, high)
            open_ = bounds > max(self.met * (1 + self.ends.gap), self.floor)
            self._settle(low[~open_], high[~open_], bounds[~open_])
            low, high, bounds, pull = low[open_], high[open_], bounds[open_], pull[open_]
            cut = self._divisible(low, high, pull)
            exhausted = n_boxes + 2 * len(low) > self.ends.max_boxes
            exhausted |= self.met > self.ends.give_up_above
            if len(low) and (exhausted or not np.all(cut)):
                complete = False
                stay = np.ones(len(low), dtype=bool) if exhausted else ~cut
                self._settle(low[stay], high[stay], bounds[stay])
                low, high, pull = low[~stay], high[~stay], pull[~stay]
            low, high = _halved(low, high, pull)
        complete = complete or self.upper <= max(self.met * (1 + self.ends.gap), self.floor)
        lower, at = self._certain_lower()
        return Bound(
            float(max(self.upper, lower)),
            lower,
            tuple((float(a), float(b)) for a, b in self.box),
            tuple(float(x) for x in at),
            complete,
            n_boxes,
        )

    def _first(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the first parts; on a line, kinks get tiny ones of their own."""
        n = _FIRST[len(self.sides)]
        cuts = [np.linspace(low, high, n + 1) for low, high in self.sides]
        if len(self.sides) == 1:
            found = kinks(self.network.network, *map(float, self.sides[0]))
            # Rounded, a kink lies some units in the last place beside where it was found.
            near = 2.0**-46 * np.maximum(np.abs(found), np.abs(self.sides).max() * 2.0**-4)
            points = np.concatenate([cuts[0], found - near, found + near])
            points = np.unique(np.clip(points, *self.sides[0]))
            return points[:-1, None], points[1:, None]
        lows = np.meshgrid(*(cut[:-1] for cut in cuts), indexing="ij")
        highs = np.meshgrid(*(cut[1:] for cut in cuts), indexing="ij")
        return (np.stack([g.ravel() for g in grids], axis=1) for grids in (lows, highs))  # pyright: ignore[reportReturnType]

    def _bounds(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return a bound for every part, and how much each side contributes to it."""
        bounds, pulls = [], []
        for i in range(0, len(low), _BATCH):
            lows, highs = low[i : i + _BATCH], high[i : i + _BATCH]
            self._meet(lows, highs)
            with np.errstate(all="ignore"):
                bound, pull = self._bound(lows, highs)
            bounds.append(bound)
            pulls.append(pull)
        return np.concatenate(bounds), np.concatenate(pulls)

    def _meet(self, low: np.ndarray, high: np.ndarray) -> None:
        """Look at the errors in the middle and at two corners, in float64."""
        for points in (centers(low, high), low, high):
            with np.errstate(all="ignore"):
                errors = np.abs(self.network.values(points) - self.target.values(points))
            errors = np.where(np.isfinite(errors), errors, 0.0)
            best = np.argsort(-errors)[:_KEPT]
            errors = np.concatenate([self.errors, errors[best]])
            points = np.concatenate([self.points, points[best]])
            order = np.argsort(-errors, kind="stable")[:_KEPT]
            self.errors, self.points = errors[order], points[order]
            self.met = float(self.errors[0])

    def _bound(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        network, target = self.network.enclose(low, high), self.target.enclose(low, high)
        self._set_floor(network, target)
        plain = _largest(_difference(network.value, target.value))
        slopes = _difference(network.slopes, target.slopes)
        middle = centers(low, high)
        radius = np.nextafter(np.maximum(high - middle, middle - low), np.inf)
        pull = np.nextafter(_largest(slopes) * radius, np.inf)
        pull = np.where(np.isnan(pull), np.inf, pull)
        mean = _largest(_difference(network.center, target.center)) + pull.sum(axis=1)
        mean = mean * (1 + 2.0**-50)
        bound = np.fmin(plain, np.where(np.isnan(mean), np.inf, mean))
        if len(self.sides) == 1:
            bound = self._at_ends(low, high, bound, slopes, network.steady)
        # Which of several steps per part meets depends on its sides, which slopes do not tell.
        shares = (high - low) / (self.sides[:, 1] - self.sides[:, 0])
        pull = np.where(network.steady[:, None], pull, shares)
        return np.where(np.isnan(bound), np.inf, bound), pull

    def _at_ends(
        self,
        low: np.ndarray,
        high: np.ndarray,
        bound: np.ndarray,
        slopes: Interval,
        steady: np.ndarray,
    ) -> np.ndarray:
        """Use the ends where the error rises or falls throughout."""
        one_way = steady & ((slopes.low[:, 0] >= 0) | (slopes.high[:, 0] <= 0))
        one_way &= bound > self.met
        if not np.any(one_way):
            return bound
        ends = [
            _largest(_difference(self.network.at(x[one_way]), self.target.at(x[one_way])))
            for x in (low, high)
        ]
        result = bound.copy()
        result[one_way] = np.fmin(bound[one_way], np.maximum(*ends))
        return result

    def _set_floor(self, network: Enclosure, target: Enclosure) -> None:
        """Stop where errors are lost in the rounding of the numbers themselves."""
        sizes = np.maximum(_largest(network.center), _largest(target.center))
        known = sizes[np.isfinite(sizes)]
        self.floor = max(self.floor, _SMALLEST * float(known.max(initial=0.0)))

    def _settle(self, low: np.ndarray, high: np.ndarray, bounds: np.ndarray) -> None:
        if len(bounds) and bounds.max() >= self.upper:
            worst = int(np.argmax(bounds))
            self.upper = float(bounds[worst])
            self.box = np.stack([low[worst], high[worst]], axis=1)

    def _divisible(self, low: np.ndarray, high: np.ndarray, pull: np.ndarray) -> np.ndarray:
        widest = _side(low, high, pull)
        rows = np.arange(len(low))
        middle = centers(low, high)[rows, widest]
        return (middle > low[rows, widest]) & (middle < high[rows, widest])

    def _certain_lower(self) -> tuple[float, np.ndarray]:
        """Enclose the largest errors that were met in balls; return the best lower bound."""
        from flint import ctx

        target = self.target
        if isinstance(target, FormulaTarget):
            target = BallFormula(target.formula, target.n_variables)
        with ctx.workprec(PRECISION):
            network = BallNetwork(self.network.network).at(self.points)
        low, high = _difference(network, target.at(self.points))
        distances = np.maximum(np.maximum(low, -high), 0.0)
        distances = np.where(np.isfinite(distances), distances, 0.0)
        best = int(np.argmax(distances))
        return float(distances[best]), self.points[best]


def _difference(a: Interval, b: Interval) -> Interval:
    return Interval(
        np.nextafter(a.low - b.high, -np.inf),
        np.nextafter(a.high - b.low, np.inf),
    )


def _largest(a: Interval) -> np.ndarray:
    far = np.maximum(np.abs(a.low), np.abs(a.high))
    return np.where(np.isnan(far), np.inf, far)


def _side(low: np.ndarray, high: np.ndarray, pull: np.ndarray) -> np.ndarray:
    """Choose the side to cut: the one that contributes most, or the longest if nothing is known."""
    known = np.all(np.isfinite(pull), axis=1, keepdims=True)
    return np.argmax(np.where(known, pull, high - low), axis=1)


def _halved(low: np.ndarray, high: np.ndarray, pull: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    rows, side = np.arange(len(low)), _side(low, high, pull)
    middle = centers(low, high)[rows, side]
    upper, lower = high.copy(), low.copy()
    upper[rows, side] = lower[rows, side] = middle
    return np.concatenate([low, lower]), np.concatenate([upper, high])
