"""Directions along which rows may be told apart: the obvious ones, and many more from a seed.

Conventions: columns are standardized here, so a direction is a row of numbers of like size; it is
then rounded to short decimals, `Directions.weights`, and the rounded one is what is used.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import combinations

import numpy as np

from gradatim.separability.planes.short import whole_weights

# Label changes that are not certain in floats count as this many.
_TIE = 1e-12
_MOST_AXES = 40
_CHUNK = 4_000_000


class Directions:
    """Candidate directions for one table. `X` (n_samples, n_inputs); `codes` (n_samples,)."""

    def __init__(self, X: np.ndarray, codes: np.ndarray, n_directions: int, seed: int) -> None:
        spread = X.std(axis=0)
        self.scale = np.where(spread > 0, spread, 1.0)
        self.Z = (X - X.mean(axis=0)) / self.scale
        self.varies = np.flatnonzero(np.ptp(X, axis=0) > 0)
        self.codes, self.n_directions = codes, n_directions
        self.rng = np.random.default_rng(seed)
        self._powers = np.round(np.log10(self.scale)).astype(int)

    def weights(self, direction: np.ndarray, grid: int) -> list[Fraction] | None:
        """Round a direction to a grid; None if nothing is left of it."""
        relative = direction * 10.0**self._powers / self.scale
        steps = np.round(relative / np.abs(relative).max() * grid).astype(int).tolist()
        if not any(steps):
            return None
        return whole_weights(
            [step * Fraction(10) ** -int(p) for step, p in zip(steps, self._powers, strict=True)]
        )

    def standardized(self, weights: list[Fraction]) -> np.ndarray:
        """Return weights of the table as a direction of standardized columns, of length 1."""
        direction = np.array([float(weight) for weight in weights]) * self.scale
        return direction / np.linalg.norm(direction)

    def candidates(self, rows: np.ndarray | None = None) -> np.ndarray:
        """Return directions for some rows, a row each, of length 1, the obvious ones first."""
        chosen = np.arange(len(self.Z)) if rows is None else rows
        Z, codes = self.Z[chosen], self.codes[chosen]
        found = [self._axes(), self._discriminants(Z, codes), self._principal(Z)]
        n_half = self.n_directions // 2
        found += [self._between_rows(Z, codes, n_half), self._random(n_half)]
        return _unit(np.concatenate([part[:, self.varies] for part in found]), self)

    def near(self, direction: np.ndarray, spread: float, n: int) -> np.ndarray:
        """Return directions that differ a little from one."""
        noise = self.rng.normal(size=(n, len(self.varies))) * spread
        return _unit(direction[self.varies] + noise, self)

    def _axes(self) -> np.ndarray:
        d = self.Z.shape[1]
        axes = np.eye(d)
        some = self.varies[:_MOST_AXES]
        both = [axes[i] + sign * axes[j] for i, j in combinations(some, 2) for sign in (1, -1)]
        return np.vstack([axes, *both, np.ones(d)])

    def _discriminants(self, Z: np.ndarray, codes: np.ndarray) -> np.ndarray:
        """Fisher's discriminants and differences of means, of every pair of classes."""
        known = np.unique(codes)
        means = np.array([Z[codes == k].mean(axis=0) for k in known])
        within = np.cov((Z - means[np.searchsorted(known, codes)]).T).reshape(2 * [Z.shape[1]])
        within = within + 1e-6 * np.eye(len(within))
        pairs = list(combinations(range(len(known)), 2))[:_MOST_AXES]
        gaps = np.array([means[b] - means[a] for a, b in pairs]).reshape(-1, Z.shape[1])
        return np.vstack([gaps, np.linalg.solve(within, gaps.T).T])

    def _principal(self, Z: np.ndarray) -> np.ndarray:
        return np.linalg.svd(Z - Z.mean(axis=0), full_matrices=False)[2][:_MOST_AXES]

    def _between_rows(self, Z: np.ndarray, codes: np.ndarray, n: int) -> np.ndarray:
        """Differences of two rows of different classes, close ones more often than chance."""
        first = self.rng.integers(len(Z), size=(n, 4))
        second = self.rng.integers(len(Z), size=(n, 4))
        gaps = Z[first] - Z[second]
        far = np.linalg.norm(gaps, axis=2) + np.where(codes[first] == codes[second], 1e9, 0)
        return gaps[np.arange(n), far.argmin(axis=1)]

    def _random(self, n: int) -> np.ndarray:
        return self.rng.normal(size=(n, self.Z.shape[1]))


def _unit(directions: np.ndarray, among: Directions) -> np.ndarray:
    lengths = np.linalg.norm(directions, axis=1)
    kept = lengths > 1e-9
    full = np.zeros((int(kept.sum()), among.Z.shape[1]))
    full[:, among.varies] = directions[kept] / lengths[kept, None]
    return full


def label_changes(Z: np.ndarray, codes: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Count along each direction how often the label changes.

    `Z` (n_samples, n_inputs); `codes` (n_samples,); `directions` (n_directions, n_inputs); returns
    (n_directions,).
    """

    def count(part: np.ndarray) -> np.ndarray:
        along = part @ Z.T
        order = np.argsort(along, axis=1, kind="stable")
        labels, along = codes[order], np.take_along_axis(along, order, axis=1)
        change = labels[:, 1:] != labels[:, :-1]
        close = np.diff(along, axis=1) <= _TIE * np.abs(along).max(axis=1, keepdims=True)
        return np.where((change & close).any(axis=1), np.inf, change.sum(axis=1))

    return in_chunks(count, directions, len(Z))


def in_chunks(
    function: Callable[[np.ndarray], np.ndarray], directions: np.ndarray, n_rows: int
) -> np.ndarray:
    """Apply a function to few directions at a time, so that the products fit into memory.

    `directions` (n_directions, n_inputs); returns (n_directions,).
    """
    size = max(_CHUNK // n_rows, 1)
    parts = [function(directions[k : k + size]) for k in range(0, len(directions), size)]
    return np.concatenate(parts)
