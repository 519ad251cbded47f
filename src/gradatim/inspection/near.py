"""Near copies: sounds trimmed, made louder or encoded again, rows that differ by rounding.

Conventions: sounds are compared by their fingerprints, in dB root mean square; rows by their
features, each brought to standard deviation 1. How near two rows must be follows from how near
other rows are: so near that fewer than half a pair would be so by chance, by the law of nearest
neighbours in a space of as many dimensions as the rows fill [1]_. Of many rows some are asked for
that, so that its time grows with their number.

References
----------
.. [1] E. Facco, M. d'Errico, A. Rodriguez and A. Laio, "Estimating the intrinsic dimension of
   datasets by a minimal neighborhood information", Scientific Reports, vol. 7, 12140, 2017.
"""

from __future__ import annotations

import numpy as np

from gradatim.collection import Collection
from gradatim.inspection.projection import projected

__all__ = ["NEAR_DB", "near_pairs"]

#: Sounds whose fingerprints differ by less are near copies: of 527 drum hits, nine in ten are still
#: found as MP3, and of 67 different ones the nearest two differ by 1.9 dB.
NEAR_DB = 1.2

# Of the median distance of nearest neighbours
_NEAREST_ROWS = 0.25
_FEWEST_ROWS = 30
_CHANCE = 0.5

# Rows that are asked for their nearest neighbours, and rows up to which all are compared with all
_MOST_ASKED = 4_000
_MOST_COMPARED = 8_000

# Principal axes by which most pairs of many rows are told apart, and pairs compared at once
_AXES = 16
_AT_ONCE = 1 << 25


def near_pairs(collection: Collection) -> np.ndarray:
    """Return the pairs of samples (n_pairs, 2) that are near copies, exact ones among them.

    Each pair once, the first sample before the second, in ascending order.
    """
    if collection.fingerprints is not None:
        prints = collection.fingerprints.astype(np.float64)
        return _within(prints, NEAR_DB * np.sqrt(prints.shape[1]))
    if collection.media is not None or collection.content_hashes is None:
        return np.empty((0, 2), dtype=np.int64)
    inputs = list(collection.X.values())
    X = projected(inputs)
    if X is None:
        X = np.concatenate(inputs, axis=1).astype(np.float64)
    spread = np.nanstd(X, axis=0)
    X = np.nan_to_num(
        (X[:, spread > 0] - np.nanmean(X[:, spread > 0], axis=0)) / spread[spread > 0]
    )
    radius = _chance_radius(X)
    if radius <= 0:
        return np.empty((0, 2), dtype=np.int64)
    if len(X) <= _MOST_COMPARED:
        return _within(X, radius)
    # One of each exact copy: many copies are far more pairs than there is memory for.
    rows = np.sort(np.unique(collection.content_hashes, return_index=True)[1])
    return rows[_within_many(X[rows], radius)]


def _within(X: np.ndarray, radius: float) -> np.ndarray:
    from sklearn.neighbors import NearestNeighbors

    index = NearestNeighbors(radius=radius).fit(X)
    # Some rows at a time: of many copies each is a neighbour of all.
    found = []
    for start in range(0, len(X), 1_000):
        near = index.radius_neighbors(X[start : start + 1_000], return_distance=False)
        found += [(start + i, j) for i, row in enumerate(near) for j in row if start + i < j]
    return np.array(sorted(found), dtype=np.int64).reshape(-1, 2)


def _within_many(X: np.ndarray, radius: float) -> np.ndarray:
    """Compare many rows in the principal axes, where no two are further apart, then in all."""
    axes = np.linalg.eigh(X.T @ X)[1][:, ::-1][:, :_AXES]
    low = (X @ axes).astype(np.float32)
    squares = (low**2).sum(axis=1)
    # Rounding of float32 must cost no pair.
    reach = np.float32(radius**2 + 1e-5 * squares.max())
    right = np.column_stack([low, -squares / 2]).T
    left = np.column_stack([low, np.ones(len(low), dtype=np.float32)])
    size = max(1, _AT_ONCE // len(X))
    found = []
    for start in range(0, len(X), size):
        part = slice(start, start + size)
        near = left[part] @ right[:, start:] >= ((squares[part] - reach) / 2)[:, None]
        i, j = np.divmod(np.flatnonzero(near), near.shape[1])
        i, j = i[i < j] + start, j[i < j] + start
        for first in range(0, len(i), size):
            few = slice(first, first + size)
            close = ((X[i[few]] - X[j[few]]) ** 2).sum(axis=1) <= radius**2
            found.append(np.column_stack([i[few][close], j[few][close]]))
    return np.concatenate(found or [np.empty((0, 2), dtype=np.int64)])


def _chance_radius(X: np.ndarray) -> float:
    """Return the distance below which fewer than `_CHANCE` pairs would stand by chance."""
    from sklearn.neighbors import NearestNeighbors

    many = len(X) > _MOST_ASKED
    apart = X if many else np.unique(X, axis=0)
    if len(apart) < _FEWEST_ROWS or X.shape[1] == 0:
        return 0.0
    asked = apart[:: -(-len(X) // _MOST_ASKED)] if many else apart
    distances = NearestNeighbors(n_neighbors=3).fit(apart).kneighbors(asked)[0][:, 1:]
    first, second = distances[distances[:, 0] > 0].T
    if len(first) < _FEWEST_ROWS:
        return 0.0
    spread = float(np.median(np.log(second / first)))
    if spread <= 0.0:
        return 0.0
    # log(second / first) has an exponential law whose rate is the dimension, and the share of
    # first distances below r times their median is 1 - 2 ** -(r ** dimension).
    dimension = np.log(2.0) / spread
    chance = (_CHANCE / (len(apart) * np.log(2.0))) ** (1 / dimension)
    return float(min(_NEAREST_ROWS, chance) * np.median(first))
