r"""Calibration: whether what is said with probability p is right in a share p of all cases.

Conventions: a *saying* is one answer with its probability; bins hold about equally many sayings,
and equal probabilities share a bin. The expected calibration error is
:math:`\sum_b \frac{n_b}{n} |right_b - said_b|` over bins [1]_. It is above 0 for perfect
probabilities too, since shares of few sayings vary; by how much is drawn.

References
----------
.. [1] M. Pakdaman Naeini, G. Cooper, M. Hauskrecht, "Obtaining well calibrated probabilities using
   Bayesian binning", AAAI Conference on Artificial Intelligence 29, pp. 2901-2907, 2015.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradatim.evaluation.shares import Share, ratio

_MOST_BINS, _A_BIN = 10, 15
_DRAWS = 200


@dataclass(frozen=True)
class Bin:
    """Sayings of about equal probability."""

    said: float  # Mean probability
    right: Share  # Share that is right
    n_rows: float  # Sayings per repeat


@dataclass(frozen=True)
class Reliability:
    """How well probabilities agree with shares."""

    bins: tuple[Bin, ...]  # Ascending
    error: float  # Expected calibration error
    error_by_chance: float  # Its mean if the probabilities were exactly right
    said: float  # Mean probability of all sayings
    right: float  # Share of all sayings that is right


def calibrate(
    said: np.ndarray, right: np.ndarray, codes: np.ndarray, seed: int = 0
) -> Reliability | None:
    """Hold probabilities against what came true.

    `said` and `right` (0 or 1) are (repeats, n_sayings), `codes` (n_sayings,) has the number of
    each saying's unit. Returns None where there are too few for two bins.
    """
    repeats, n = said.shape
    n_bins = min(_MOST_BINS, n // _A_BIN)
    if n_bins < 2:
        return None
    place = _bins(said.ravel(), n_bins)
    units = np.tile(codes, repeats)
    truth = np.asarray(right, dtype=float).ravel()
    weights = np.bincount(place) / repeats
    means = np.bincount(place, said.ravel()) / (weights * repeats)
    bins = tuple(
        Bin(float(means[b]), _share(truth, units, place == b, repeats), float(weights[b]))
        for b in range(len(weights))
    )

    def error(came_true: np.ndarray) -> float:
        shares = np.bincount(place, came_true) / (weights * repeats)
        return float(np.sum(weights * np.abs(shares - means)) / n)

    rng = np.random.default_rng(seed)
    # A repeat asks anew about the same samples.
    chance = [error((rng.random(n) < said).astype(float).ravel()) for _ in range(_DRAWS)]
    return Reliability(
        bins, error(truth), float(np.mean(chance)), float(said.mean()), float(truth.mean())
    )


def _bins(values: np.ndarray, n_bins: int) -> np.ndarray:
    """Return the bin of each value, (n,); equal values share the lowest of their bins."""
    _, rank = np.unique(np.round(values, 12), return_inverse=True)
    first = np.searchsorted(np.sort(rank), rank)
    return np.unique(first * n_bins // len(values), return_inverse=True)[1]


def _share(truth: np.ndarray, units: np.ndarray, inside: np.ndarray, repeats: int) -> Share:
    n_units = int(units.max()) + 1
    above = np.bincount(units[inside], truth[inside], n_units) / repeats
    return ratio(above, np.bincount(units[inside], minlength=n_units) / repeats)
