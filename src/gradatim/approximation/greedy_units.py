r"""Hidden units chosen one by one from many candidates: a plane function with kinks.

Conventions: the function lives on the square [-1, 1]^2. Each unit is the candidate that takes most
of the square error away (`choice`), the error being weighted towards its largest values; after some
units the coefficients are fitted anew with the largest error small, and new candidates are laid
through the places where it is large. With the straight kinks of a formula among the candidates, a
function that is piecewise linear between whole lines is met exactly. Nothing is random.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.ndimage import map_coordinates, maximum_filter

from gradatim._progress import Progress, silent
from gradatim.approximation.choice import choose_columns
from gradatim.approximation.corners import Corners
from gradatim.approximation.kinks import Lines
from gradatim.approximation.minimax import MinimaxFit, least_maximum, reweighted
from gradatim.approximation.units import Terms, candidates, joined, on_lines, through, values_of

__all__ = ["GreedyUnits"]

# Points per side: where the error is checked; every fourth fits few units, every second many.
_SIDE, _THIN, _DENSE = 161, 4, 2
_FEW = {"relu": 50, "heaviside": 100, "logistic": 50}
_DIRECTIONS = {"relu": 48, "heaviside": 24, "logistic": 24}
_LINES = {"relu": 31, "heaviside": 79, "logistic": 31}
_FIRST = 4
_ROUNDS = 20
# Peaks of the error through which new candidates are laid, and how many a peak.
_PEAKS, _LINES_A_PEAK = 20, 36
_MORE_ROWS = 150
# Points around a peak, closer than those of the grid.
_CLOSER = np.linspace(-1, 1, 7) * 2 / (_SIDE - 1)
_AROUND = np.stack([g.ravel() for g in np.meshgrid(_CLOSER, _CLOSER)], axis=1)
# Half of the weight is even, half follows this power of the error.
_PULL = 4
# A program makes the largest error at most this much smaller than reweighting does.
_WORTH_A_PROGRAM = 1.25
_EXCHANGES = 5
# One unit in this many is not worth the search.
_WORTH_SAVING = 25
# From this many units on, errors are expected to fall no faster than 1 / units.
_ENOUGH_TO_GUESS, _HOPE = 32, 1.5
# An error below this share of the tolerance is one of rounding.
_EXACT = 1e-6


class _Near(NamedTuple):
    """Points near peaks of the error where it is largest, and the largest of all."""

    points: np.ndarray
    y: np.ndarray
    error: float


class GreedyUnits:
    """Chooses units until their sum is close to a function."""

    def __init__(
        self,
        function: Callable[[np.ndarray], np.ndarray],
        name: str,
        kinks: Lines,
        progress: Progress = silent,
    ) -> None:
        side = np.linspace(-1, 1, _SIDE)
        self._grid = np.stack([g.ravel() for g in np.meshgrid(side, side)], axis=1)
        self._y = function(self._grid)
        self._bases = [np.flatnonzero(_every(n)) for n in (_THIN, _DENSE)]
        # Points beside the grid where errors were large.
        self._more, self._y_more = np.empty((0, 2)), np.empty(0)
        self._function, self._name, self._progress = function, name, progress
        self._candidates = joined(
            on_lines(kinks, name), candidates(name, _DIRECTIONS[name], _LINES[name])
        )
        # Their values on the grid that fits few units, from when they are first needed.
        self._known: np.ndarray | None = None
        # A linear part costs one ReLU unit, whatever it is.
        linear = [self._grid] if name == "relu" else []
        self._free = np.column_stack([np.ones(len(self._grid)), *linear])
        self._chosen = Lines(np.empty((0, 2)), np.empty(0))
        self._design = self._free
        self._failed = 0
        self._fit = self._fitted(0, np.inf)
        self.smallest = self._fit.error

    @property
    def n_units(self) -> int:
        """Units chosen so far."""
        return len(self._chosen.bias)

    def terms(self, aim: float, most: int) -> Terms | None:
        """Choose units until no error on the grid is above an aim."""
        fit = self._fitted(self.n_units, aim)
        while fit.error > aim:
            self._failed = self.n_units
            wanted = min(max(_FIRST, self.n_units // 3), most - self.n_units)
            if wanted < 1 or self._is_hopeless(fit.error, aim, most) or not self._grow(wanted):
                return None
            self._fit = fit = self._fitted(self.n_units, aim)
            self.smallest = min(self.smallest, fit.error)
            self._progress(None, f"{self.n_units} err by {fit.error:.3g}")
        return self._as_terms(*self._fewest(fit, aim), aim)

    def _is_hopeless(self, error: float, aim: float, most: int) -> bool:
        n = self.n_units
        return n >= _ENOUGH_TO_GUESS and error * n / most > _HOPE * aim

    def _fewest(self, fit: MinimaxFit, aim: float) -> tuple[int, MinimaxFit]:
        """Return the fewest of the units chosen that do, by halving, and their fit."""
        few, many = self._failed, self.n_units
        while few + 1 + many // _WORTH_SAVING < many:
            half = (few + many) // 2
            tried = self._fitted(half, aim)
            if tried.error <= aim:
                many, fit = half, tried
            else:
                few = half
        return many, fit

    def _fitted(self, n: int, aim: float) -> MinimaxFit:
        """Fit the free part and the first n units; the error is that on the whole grid."""
        design = self._design[:, : self._free.shape[1] + n]
        rows, y = self._rows(n)
        solution = reweighted(rows, y, rounds=_ROUNDS, fast=True).solution
        errors, near = self._errors(design, solution, n)
        if np.max(np.abs(rows @ solution - y)) > _WORTH_A_PROGRAM * aim:
            return MinimaxFit(solution, near.error, errors)
        for _ in range(_EXCHANGES):
            if near.error <= aim:
                break
            self._more = np.concatenate([self._more, near.points])
            self._y_more = np.concatenate([self._y_more, near.y])
            rows, y = self._rows(n)
            better = self._better(rows, y, solution, aim)
            if better is None:
                break
            solution = better
            errors, near = self._errors(design, solution, n)
        return MinimaxFit(solution, near.error, errors)

    def _better(
        self, rows: np.ndarray, y: np.ndarray, solution: np.ndarray, aim: float
    ) -> np.ndarray | None:
        # Programs over steps have many solutions and take minutes.
        if self._name == "heaviside":
            return reweighted(rows, y, rounds=_ROUNDS // 2, fast=True).solution
        return least_maximum(rows, y, solution, aim)

    def _rows(self, n: int, base: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of the design that are fitted, and values there."""
        base = self._bases[n > _FEW[self._name]] if base is None else base
        design = self._design[base, : self._free.shape[1] + n]
        return (
            np.concatenate([design, self._at(self._more, n)]),
            np.concatenate([self._y[base], self._y_more]),
        )

    def _at(self, points: np.ndarray, n: int) -> np.ndarray:
        """Return rows of the design at any points."""
        free = [np.ones(len(points)), *([points] if self._name == "relu" else [])]
        units = Lines(self._chosen.weight[:n], self._chosen.bias[:n])
        return np.column_stack([*free, values_of(units, points, self._name)])

    def _errors(self, design: np.ndarray, solution: np.ndarray, n: int) -> tuple[np.ndarray, _Near]:
        """Return errors on the grid, and where beside it they are larger."""
        errors = np.abs(design @ solution - self._y)
        beside = self._at_corners if self._name == "heaviside" else self._at_peaks
        points, found = beside(errors, solution, n)
        largest = max(float(errors.max()), float(found.max(initial=0.0)))
        return errors, _Near(points, self._function(points), largest)

    def _at_peaks(
        self, errors: np.ndarray, solution: np.ndarray, n: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return points close to the peaks of the error, and the errors there."""
        peaks = self._peaks(errors, _MORE_ROWS, 0.8 * float(errors.max()))
        points = np.clip((self._grid[peaks][:, None] + _AROUND).reshape(-1, 2), -1, 1)
        found = np.abs(self._at(points, n) @ solution - self._function(points))
        worst = np.argmax(found.reshape(len(peaks), -1), axis=1)
        worst += len(_AROUND) * np.arange(len(peaks))
        return points[worst], found[worst]

    def _at_corners(
        self, errors: np.ndarray, solution: np.ndarray, n: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return peaks of the error and points beside corners of cells, and the errors there."""
        peaks = self._peaks(errors, _MORE_ROWS, 0.8 * float(errors.max()))
        corners = Corners(Lines(self._chosen.weight[:n], self._chosen.bias[:n]))
        # Between points of the grid a straight guess is good enough for what is certified later.
        places = (corners.points[:, ::-1].T + 1) * (0.5 * (_SIDE - 1))
        y = map_coordinates(self._y.reshape(_SIDE, _SIDE), places, order=1, mode="nearest")
        points, found = corners.worst(solution[1:], float(solution[0]), y, _MORE_ROWS)
        return np.concatenate([self._grid[peaks], points]), np.concatenate([errors[peaks], found])

    def _peaks(self, errors: np.ndarray, most: int, least: float = 0.0) -> np.ndarray:
        """Return where errors are larger than all around, the largest first."""
        table = errors.reshape(_SIDE, _SIDE)
        peaks = np.flatnonzero((maximum_filter(table, 3) == table).ravel() & (errors >= least))
        return peaks[np.argsort(-errors[peaks], kind="stable")[:most]]

    def _grow(self, n: int) -> bool:
        """Choose n more units; return whether any was found."""
        peaks = self._grid[self._peaks(self._fit.weight, _PEAKS)]
        fresh = on_lines(through(peaks, _LINES_A_PEAK), self._name)
        rows, y = self._rows(self.n_units, self._bases[0])
        left = np.abs(rows @ self._fit.solution - y)
        pull = (left / (left.max() or 1.0)) ** _PULL + 1e-300
        root = np.sqrt(0.5 / len(rows) + 0.5 * pull / pull.sum())[:, None]
        columns = self._columns(fresh)
        columns *= root
        found = choose_columns(columns, rows * root, y * root[:, 0], n)
        pool = joined(self._candidates, fresh)
        more = Lines(pool.weight[found], pool.bias[found])
        self._chosen = joined(self._chosen, more)
        self._design = np.column_stack([self._design, values_of(more, self._grid, self._name)])
        return bool(found)

    def _columns(self, fresh: Lines) -> np.ndarray:
        """Return values of all candidates, and of fresh ones, where few units are fitted."""
        base = self._grid[self._bases[0]]
        n, m = len(base), len(self._candidates.bias)
        if self._known is None:
            self._known = values_of(self._candidates, base, self._name)
        columns = np.empty((n + len(self._more), m + len(fresh.bias)))
        columns[:n, :m] = self._known
        columns[n:, :m] = values_of(self._candidates, self._more, self._name)
        columns[:n, m:] = values_of(fresh, base, self._name)
        columns[n:, m:] = values_of(fresh, self._more, self._name)
        return columns

    def _as_terms(self, n: int, fit: MinimaxFit, aim: float) -> Terms:
        """Leave out units without an effect, and make the linear part a unit."""
        n_free = self._free.shape[1]
        solution = fit.solution
        effect = np.abs(solution[n_free:]) * np.ptp(self._design[:, n_free : n_free + n], axis=0)
        kept = np.flatnonzero(effect > _EXACT * aim)
        columns = np.concatenate([np.arange(n_free), n_free + kept])
        solution = solution[columns]
        design = self._design[:, columns]
        base = self._bases[0]
        exact = np.linalg.lstsq(design[base], self._y[base], rcond=None)[0]
        exact = _rounded(exact)
        if np.max(np.abs(design @ exact - self._y)) <= _EXACT * aim:
            solution = exact
        weight, bias = self._chosen.weight[kept], self._chosen.bias[kept]
        output, constant = solution[n_free:], float(solution[0])
        slope = solution[1:n_free]
        size = float(np.abs(slope).sum())
        if size > _EXACT * aim:
            # Never below 0 on the square, so that it is linear there.
            weight, bias = np.vstack([weight, slope / size]), np.append(bias, 1.0)
            output, constant = np.append(output, size), constant - size
        if not len(bias):
            weight, bias, output = np.zeros((1, 2)), np.zeros(1), np.zeros(1)
        return Terms(weight, bias, output, constant)


def _every(n: int) -> np.ndarray:
    """Mark every n-th point of the grid along both sides."""
    marked = np.zeros((_SIDE, _SIDE), dtype=bool)
    marked[::n, ::n] = True
    return marked.ravel()


def _rounded(values: np.ndarray) -> np.ndarray:
    """Round to twelve digits of the largest."""
    size = float(np.max(np.abs(values), initial=0.0)) or 1.0
    return np.round(values, 12 - int(np.ceil(np.log10(size))))
