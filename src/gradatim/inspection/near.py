"""Near copies: sounds trimmed, made louder or encoded again, ornamented tunes, rounded rows.

Conventions: tunes are compared by the cosine of what their fingerprints count, rare groups of
intervals weighing more. Sounds are compared in dB root mean square over the bands and steps in
which either is heard, so that a short or dull sound is not near to all others. Sounds that are read
as single cycles only are compared by the levels of their harmonics, whatever the phases. Rows are
compared by their features, each brought to standard deviation 1. How near two rows must be follows
from how near other rows are: so near that one table in twenty has such a pair by chance, by the law
of nearest neighbours in a space of as many dimensions as the rows fill [1]_. Of many rows some are
asked for that, so that its time grows with their number.

References
----------
.. [1] E. Facco, M. d'Errico, A. Rodriguez and A. Laio, "Estimating the intrinsic dimension of
   datasets by a minimal neighborhood information", Scientific Reports, vol. 7, 12140, 2017.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradatim.collection import Collection
from gradatim.inspection.latest import Latest
from gradatim.inspection.projection import projected
from gradatim.music.fingerprints import FLOOR

#: Sounds whose fingerprints differ by less are near copies: of 527 drum hits 94 % are still found
#: as MP3, and of 67 different ones the nearest two differ by 2.9 dB.
NEAR_DB = 1.5

#: Share of their level by which the harmonics of two cycles may differ in near copies: with 16
#: bits, shifted and louder, a cycle differs by .0001; of 60 random ones the nearest two by .16.
NEAR_CYCLES = 0.01

#: Cosine from which tunes are near copies: of 1,059 dances with a tenth of their notes ornamented
#: or changed 91 % are found, and of 1.1 million pairs of one and another read backwards none is.
NEAR_MELODY = 0.5

# Fewer groups of intervals may agree by chance.
_FEWEST_GROUPS = 12

# Of the median distance of nearest neighbours
_NEAREST_ROWS = 0.25
_FEWEST_ROWS = 30
_CHANCE = 0.05

# Rows that are asked for their nearest neighbours, and rows up to which all are compared with all
_MOST_ASKED = 4_000
_MOST_COMPARED = 8_000

# Principal axes by which most pairs of many rows are told apart, and pairs compared at once
_AXES = 16
_AT_ONCE = 1 << 25


# A climb asks for what it says of copies, for classes of one group, and for its folds.
_latest = Latest()


def near_pairs(collection: Collection) -> np.ndarray:
    """Return the pairs of samples (n_pairs, 2) that are near copies, exact ones among them.

    Each pair once, the first sample before the second, in ascending order.
    """
    more = (collection.fingerprints, collection.content_hashes)
    compared = [*collection.X.values(), *(array for array in more if array is not None)]
    pairs = _latest.of(compared, lambda: _near_pairs(collection))
    assert pairs is not None
    return pairs


def _near_pairs(collection: Collection) -> np.ndarray:
    if collection.fingerprints is not None and are_scores(collection):
        return _same_melodies(collection.fingerprints)
    only_cycles = len(collection.cycles) > 0 and {*collection.X} == {*collection.cycles}
    if collection.fingerprints is not None and only_cycles:
        return _within(_harmonics([*collection.X.values()]), NEAR_CYCLES)
    if collection.fingerprints is not None:
        prints = collection.fingerprints.astype(np.float64)
        # Where neither is heard they agree, so what is near is near in all of the fingerprint too.
        return _within(prints, NEAR_DB * np.sqrt(prints.shape[1]), _sound_alike)
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


def are_scores(collection: Collection) -> bool:
    """Tell whether samples are scores."""
    kinds = {recipe.get("kind") for recipe in collection.recipes.values()}
    return not kinds.isdisjoint(("ngrams", "scores"))


def _same_melodies(counts: np.ndarray) -> np.ndarray:
    """Return the pairs of tunes that share most of their groups of intervals."""
    from scipy.sparse import csr_array, diags_array

    long = np.flatnonzero(counts.sum(axis=1, dtype=np.int64) >= _FEWEST_GROUPS)
    groups: Any = csr_array(np.sqrt(counts[long], dtype=np.float32))
    rarity = np.log1p(len(long) / np.maximum((counts[long] > 0).sum(axis=0), 1))
    groups = groups @ diags_array(rarity.astype(np.float32))
    sizes = np.sqrt(groups.multiply(groups).sum(axis=1))
    groups = csr_array(diags_array(1.0 / np.maximum(sizes, 1e-9)) @ groups)
    found = []
    for start in range(0, len(long), 1_000):
        alike = (groups[start : start + 1_000] @ groups.T).tocoo()
        near = (alike.data > NEAR_MELODY) & (alike.col > alike.row + start)
        found += zip(long[alike.row[near] + start], long[alike.col[near]], strict=True)
    return np.array(sorted(found), dtype=np.int64).reshape(-1, 2)


def _harmonics(cycles: Sequence[np.ndarray]) -> np.ndarray:
    """Return the levels of the harmonics of cycles, each (n_samples, n_points), of one norm."""
    levels = [np.abs(np.fft.rfft(X.astype(np.float64), axis=1))[:, 1:] for X in cycles]
    whole = np.concatenate(levels, axis=1)
    return whole / np.maximum(np.linalg.norm(whole, axis=1, keepdims=True), 1e-12)


def _sound_alike(prints: np.ndarray, one: np.ndarray) -> np.ndarray:
    """Tell which of some fingerprints (n, n_numbers) are near copies of one."""
    heard = np.count_nonzero((prints > FLOOR) | (one > FLOOR), axis=1)
    return np.sum((prints - one) ** 2, axis=1) <= NEAR_DB**2 * np.maximum(heard, 1)


def _all(rows: np.ndarray, row: np.ndarray) -> np.ndarray:
    return np.ones(len(rows), dtype=bool)


def _within(
    X: np.ndarray, radius: float, alike: Callable[[np.ndarray, np.ndarray], np.ndarray] = _all
) -> np.ndarray:
    """Return the pairs of rows within a radius of each other that are alike."""
    from sklearn.neighbors import NearestNeighbors

    index = NearestNeighbors(radius=radius).fit(X)
    # Some rows at a time: of many copies each is a neighbour of all.
    found = []
    for start in range(0, len(X), 1_000):
        near = index.radius_neighbors(X[start : start + 1_000], return_distance=False)
        for i, row in enumerate(near, start):
            later = np.sort(row[row > i])
            found += [(i, j) for j in later[alike(X[later], X[i])]]
    return np.array(found, dtype=np.int64).reshape(-1, 2)


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
