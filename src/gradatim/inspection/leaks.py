"""Leaks: rows that belong together and would stand on both sides of a split.

Conventions: features are brought to one scale, columns that number the rows left out. Two figures
are compared: how often the nearest neighbour of a row, where it is of the row's class, stands
within `WINDOW` rows of it, and how often chance would put it there. Copies do not count as
neighbours, and neither do rows of one group, which no split separates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from gradatim._stems import find_stems
from gradatim._text import option, plural, show_name
from gradatim.collection import Collection
from gradatim.inspection.findings import Finding

__all__ = ["WINDOW", "Closeness", "find_leaks", "measure_closeness", "propose_groups"]

#: Rows before and after a row that stand close to it.
WINDOW = 10

# Calibrated on tables whose rows are independent; docs/guides/collections.md has the figures.
_LEAST_EXCESS = 0.3
_LEAST_SIGMAS = 8.0
_FEWEST_PAIRS = 30

# Rows that are asked for their neighbour, and neighbours among which to look for one that counts
_MOST_ASKED = 4_000
_NEIGHBOURS = 8
_DEGREE = 3
_MOST_PROPOSED = 2


@dataclass(frozen=True)
class Closeness:
    """How often nearest neighbours stand close to each other in a table."""

    share: float  # Of the neighbours of one class, those within `WINDOW` rows
    chance: float  # The share that chance would give
    sigmas: float  # How many standard deviations of chance lie between the two
    n_pairs: int  # Rows whose nearest neighbour is of their class

    @property
    def excess(self) -> float:
        """Share of the neighbours that chance would not put there."""
        return (self.share - self.chance) / max(1 - self.chance, 1e-9)

    @property
    def alarming(self) -> bool:
        """Whether rows that stand together belong together."""
        enough = self.n_pairs >= _FEWEST_PAIRS and self.sigmas >= _LEAST_SIGMAS
        return enough and self.excess >= _LEAST_EXCESS


def find_leaks(
    collection: Collection, ignored: Mapping[str, frozenset[str]] | None = None
) -> Iterator[Finding]:
    """Yield an alarm where rows that stand together are alike, and groups that could be named.

    `ignored` names the columns of an input that do not count.
    """
    proposals = propose_groups(collection)
    closest = max(
        (measure_closeness(collection, input, (ignored or {}).get(input, frozenset()))
         for input in collection.X),
        key=lambda one: one.excess if one.alarming else -1.0,
    )  # fmt: skip
    if closest.alarming:
        apart = "" if collection.groups is None else " of another group"
        fix = proposals[0].fix if proposals else _without_names(collection)
        yield Finding(
            "leak",
            f"the nearest neighbour{apart} of a row stands within {WINDOW} rows of it in "
            f"{closest.share:.2f} of the cases, where chance would give {closest.chance:.2f}: rows "
            "that stand together seem to be of one recording or artist, and would be learnt from "
            "and scored on",
            fix,
        )
    yield from proposals


def _without_names(collection: Collection) -> str:
    if collection.groups is not None:
        return "look for what they share, and name it as the group"
    return "say with --groups which rows belong together; until then every score is too high"


def measure_closeness(
    collection: Collection, input: str, ignored: frozenset[str] = frozenset()
) -> Closeness:
    """Compare where nearest neighbours stand with chance.

    Once as the rows are, and once without what changes smoothly along the table, since a table
    that is sorted by a feature leaks nothing; the smaller figure counts.
    """
    X = _scaled(collection.X[input])
    names = collection.feature_names.get(input)
    if ignored and names is not None:
        X = X[:, [name not in ignored for name in names]]
    strata = _strata(collection)
    if X.shape[1] == 0 or len(X) < 2 * WINDOW:
        return Closeness(0.0, 1.0, 0.0, 0)
    found = [_closeness(one, X, strata, collection.groups) for one in (X, _detrended(X, strata))]
    return min(found, key=lambda one: (one.alarming, one.excess))


def _scaled(X: np.ndarray) -> np.ndarray:
    X = X.astype(np.float64)
    with np.errstate(invalid="ignore"):
        gaps = np.isnan(X)
        X = np.where(gaps, np.nanmedian(np.where(gaps.all(0), 0.0, X), axis=0), X)
    X = X - X.mean(0)
    scale = X.std(0)
    return X[:, scale > 0] / scale[scale > 0]


def _strata(collection: Collection) -> np.ndarray:
    """Return the class of every row, or the tenth of the targets in which its target is."""
    y = collection.y
    if y.ndim > 1 and collection.task == "regression":
        y = y[:, 0]
    if collection.task == "regression":
        return np.searchsorted(np.quantile(y, np.arange(1, 10) / 10), y)
    return np.unique(y, axis=0, return_inverse=True)[1].ravel()


def _detrended(X: np.ndarray, strata: np.ndarray) -> np.ndarray:
    """Take from every stratum the cubic of its rows' order."""
    left = X.copy()
    for stratum in np.unique(strata):
        rows = np.flatnonzero(strata == stratum)
        trend = np.polynomial.legendre.legvander(
            np.linspace(-1, 1, len(rows)), min(_DEGREE, len(rows) // 10)
        )[:, 1:]
        left[rows] -= trend @ np.linalg.lstsq(trend, X[rows], rcond=None)[0]
    return left


def _closeness(
    seen: np.ndarray, X: np.ndarray, strata: np.ndarray, groups: np.ndarray | None
) -> Closeness:
    from sklearn.neighbors import NearestNeighbors

    n = len(X)
    asked = np.arange(n) if n <= _MOST_ASKED else np.linspace(0, n - 1, _MOST_ASKED).astype(int)
    index = NearestNeighbors(n_neighbors=min(_NEIGHBOURS + 1, n)).fit(seen)
    near = index.kneighbors(seen[asked], return_distance=False)
    counts = (X[near] != X[asked][:, None]).any(-1)
    if groups is not None:
        counts &= groups[near] != groups[asked][:, None]
    first = counts.argmax(1)
    neighbour = near[np.arange(len(asked)), first]
    kept = counts[np.arange(len(asked)), first] & (strata[neighbour] == strata[asked])
    chance = _chances(strata, groups)[asked[kept]]
    close = np.abs(neighbour[kept] - asked[kept]) <= WINDOW
    if not kept.any():
        return Closeness(0.0, 0.0, 0.0, 0)
    spread = max(np.sqrt(np.sum(chance * (1 - chance))), 1.0)
    return Closeness(
        float(close.mean()),
        float(chance.mean()),
        float((close.sum() - chance.sum()) / spread),
        int(kept.sum()),
    )


def _chances(strata: np.ndarray, groups: np.ndarray | None) -> np.ndarray:
    """Return for every row the share of its stratum's other rows that stand close to it."""
    chances = np.zeros(len(strata))
    for stratum in np.unique(strata):
        rows = np.flatnonzero(strata == stratum)
        close = _within(rows, rows)
        others = np.full(len(rows), len(rows))
        for group in () if groups is None else np.unique(groups[rows]):
            mates = np.flatnonzero(groups[rows] == group)  # pyright: ignore[reportOptionalSubscript]
            close[mates] -= _within(rows[mates], rows[mates])
            others[mates] -= len(mates)
        if groups is None:
            close, others = close - 1, others - 1
        chances[rows] = np.divide(close, others, out=np.zeros(len(rows)), where=others > 0)
    return chances


def _within(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Count for each of some positions the ascending others that stand close to it."""
    last = np.searchsorted(others, rows + WINDOW, side="right")
    return last - np.searchsorted(others, rows - WINDOW)


def propose_groups(collection: Collection) -> list[Finding]:
    """Find what could be named as groups: columns whose values repeat, and stems of names."""
    if collection.groups is not None:
        return []
    found = []
    for column, texts in collection.texts.items():
        if _repeats(texts, collection.y):
            n = len(np.unique(texts))
            found.append((n, _proposal(f"column {show_name(column)!r}", n, texts, column)))
        stems = find_stems(texts.tolist(), collection.y)
        if stems is not None:
            n = len(np.unique(stems))
            what = f"names in column {show_name(column)!r}"
            found.append((n, _proposal(what, n, stems, f"stem:{column}", of="stems")))
    if collection.media is not None:
        stems = find_stems([str(i) for i in collection.ids], collection.y)
        if stems is not None:
            n = len(np.unique(stems))
            found.append((n, _proposal("names of the files", n, stems, "stem:name", of="stems")))
    # Large groups hold what small ones would let through.
    return [finding for _, finding in sorted(found, key=lambda one: one[0])[:_MOST_PROPOSED]]


def _repeats(texts: np.ndarray, y: np.ndarray) -> bool:
    """Tell whether the values of a column repeat as those of an artist or a recording do."""
    kinds, of = np.unique(texts, return_inverse=True)
    classes = np.unique(y, axis=0) if y.dtype.kind in "USO" else y[:1]
    known = [kind for kind in kinds.tolist() if kind]
    repeated = len(classes) < len(kinds) <= len(texts) / 1.5 and len(known) >= 5
    return repeated and bool(np.median(np.bincount(of)) >= 2)


def _proposal(what: str, n: int, groups: np.ndarray, spec: str, of: str = "values") -> Finding:
    order = np.unique(groups, return_inverse=True)[1]
    rows = tuple(tuple(np.flatnonzero(order == k).tolist()) for k in range(n))
    example = show_name(str(groups[0]))
    verb = "repeats" if of == "values" else "share"
    return Finding(
        "groups-proposed",
        f"{what} {verb} {plural(n, of.removesuffix('s'))} over {plural(len(groups), 'sample')}, "
        f"such as {example!r}",
        f"if they are of one recording, artist or kit, keep them together with "
        f"{option('--groups', spec)}",
        rows,
    )
