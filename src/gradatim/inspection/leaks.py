"""Leaks: rows that belong together and would stand on both sides of a split.

Conventions: features are brought to one scale, columns that number the rows left out. Two figures
are compared: how often the nearest neighbour of a row, where it is of the row's class, stands
within `WINDOW` rows of it, and how often chance would put it there. Copies do not count as
neighbours, and neither do rows of one group, which no split separates. Of a published split it is
known what stands on which side, so what stands on both is named, and closeness says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gradatim._stems import find_stems
from gradatim._text import option, plural, show_name
from gradatim.collection import Collection
from gradatim.inspection.duplicates import copies
from gradatim.inspection.findings import Finding
from gradatim.inspection.projection import projected

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

# By how much two protocols differ where one is not to be believed
_LEAST_GAP = 0.1
_FEWEST_SCORED = 60
_FOLDS = 5

# What a column of numbers is called that names a recording or an artist
_ID = re.compile(r"(?:^|[_ .-])(?:id|Id|ID)$|[a-z]I[dD]$")

_LEAK = (
    "rows of one recording or artist seem to stand on both sides of a split, so that every score "
    "would be too high"
)


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
    """Yield an alarm where rows that belong together are alike, and groups that could be named.

    `ignored` names the columns of an input that do not count.
    """
    without, parts = ignored or {}, collection.parts
    if parts is not None:
        yield from _across(collection, parts)
    elif collection.folds is not None:
        yield from _across_folds(collection, collection.folds)
    inputs = {
        name: _scaled(X, collection.feature_names.get(name), without.get(name, frozenset()))
        for name, X in collection.X.items()
    }
    proposals = propose_groups(collection)
    closest = max(
        (_measure(X, collection) for X in inputs.values()),
        key=lambda one: one.excess if one.alarming else -1.0,
    )
    telling = [
        (proposal, scores)
        for proposal in proposals
        if (parts is None or _torn(proposal.groups, parts))
        and (scores := _two_protocols(list(inputs.values())[-1], collection, proposal.groups))
    ]
    fix = telling[0][0].fix if telling else proposals[0].fix if proposals else ""
    alarming = closest.alarming and parts is None
    if alarming or telling:
        facts = [_of_closeness(closest, collection)] if alarming else []
        facts += [_of_protocols(proposal.what, *scores) for proposal, scores in telling[:1]]
        yield Finding("leak", f"{_LEAK}: {'; '.join(facts)}", fix or _without_names(collection))
    for proposal in proposals:
        yield proposal.finding


def _across(collection: Collection, parts: np.ndarray) -> Iterator[Finding]:
    """Yield what stands in both parts of a published split: groups, and copies."""
    if collection.groups is not None and (torn := _torn(collection.groups, parts)):
        name = show_name(str(collection.groups[torn[0][0]]))
        stand = plural(len(torn), "group stands", "groups stand")
        yield Finding(
            "leak",
            f"{stand} in both parts of the split, such as {name!r}: what is learnt of a group "
            "helps to recognize it, so every score may be too high",
            "a split by whole groups has none of that",
            torn,
        )
    if collection.content_hashes is not None:
        torn = _torn(copies(collection, near=collection.media is not None), parts)
        rows = np.array([row for one in torn for row in one], dtype=int)
        n_test = int((parts[rows] == "test").sum())
        if n_test:
            yield Finding(
                "leak",
                f"{plural(n_test, 'sample')} of the part that is scored "
                f"{'is a copy' if n_test == 1 else 'are copies'} of what is learnt from, such as "
                f"{show_name(str(collection.ids[rows[parts[rows] == 'test'][0]]))}",
                "--drop-duplicates keeps one of each",
                torn,
            )


def _across_folds(collection: Collection, folds: np.ndarray) -> Iterator[Finding]:
    """Yield copies that stand in several published folds, which no climb may deal anew."""
    if collection.content_hashes is None:
        return
    torn = _torn(copies(collection, near=collection.media is not None), folds)
    if torn:
        n = sum(map(len, torn))
        yield Finding(
            "leak",
            f"{n:,} samples have copies in other published folds, such as "
            f"{show_name(str(collection.ids[torn[0][0]]))}: what is scored was learnt from",
            "--drop-duplicates keeps one of each",
            torn,
        )


def _torn(groups: np.ndarray, parts: np.ndarray) -> tuple[tuple[int, ...], ...]:
    """Return the rows of each group that stands in several parts."""
    code = np.unique(groups, return_inverse=True)[1]
    order = np.argsort(code, kind="stable")
    each = np.split(order, np.flatnonzero(np.diff(code[order])) + 1)
    return tuple(tuple(rows.tolist()) for rows in each if len(set(parts[rows].tolist())) > 1)


def _of_closeness(found: Closeness, collection: Collection) -> str:
    apart = "" if collection.groups is None else " of another group"
    return (
        f"the nearest neighbour{apart} of a row stands within {WINDOW} rows of it in "
        f"{found.share:.2f} of the cases, by chance in {found.chance:.2f}"
    )


def _of_protocols(what: str, by_row: float, by_group: float) -> str:
    return (
        f"copying the nearest neighbour's target scores {by_row:.3f} where rows are dealt one by "
        f"one, and {by_group:.3f} where {what} keeps them together"
    )


def _without_names(collection: Collection) -> str:
    if collection.groups is not None:
        return "look for what they share, and name it as the group"
    return "say with --groups which rows belong together"


def _two_protocols(
    X: np.ndarray, collection: Collection, groups: np.ndarray
) -> tuple[float, float] | None:
    """Score nearest neighbours by row and by group; None where they do not differ."""
    y = collection.y
    n = min(len(y), _MOST_ASKED)
    if collection.task == "multilabel" or y.ndim > 1 or n < _FEWEST_SCORED or X.shape[1] == 0:
        return None
    classes = collection.task == "classification"
    if len(np.unique(groups)) < _FOLDS or (
        classes and np.unique(y, return_counts=True)[1].min() < _FOLDS
    ):
        return None
    scores = [_neighbour_score(X, y, classes, one) for one in (None, groups)]
    spread = np.sqrt(scores[0] * (1 - scores[0]) / n) if classes and 0 < scores[0] < 1 else 0.03
    gap = scores[0] - scores[1]
    return (scores[0], scores[1]) if gap > max(_LEAST_GAP, 4 * spread) else None


def _neighbour_score(
    X: np.ndarray, y: np.ndarray, classes: bool, groups: np.ndarray | None
) -> float:
    """Return the share of targets that the nearest neighbour outside the fold has, or R2."""
    import warnings

    from sklearn.model_selection import GroupKFold, KFold, StratifiedGroupKFold, StratifiedKFold
    from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

    if groups is None:
        kind = StratifiedKFold if classes else KFold
    else:
        kind = StratifiedGroupKFold if classes else GroupKFold
    model = (KNeighborsClassifier if classes else KNeighborsRegressor)(n_neighbors=1)
    told, asked = np.empty_like(y), np.zeros(len(y), dtype=bool)
    with warnings.catch_warnings():
        # A class may have fewer groups than there are folds.
        warnings.simplefilter("ignore", UserWarning)
        for train, test in kind(_FOLDS, shuffle=True, random_state=0).split(X, y, groups):
            test = test[:: -(-len(X) // _MOST_ASKED)]
            told[test] = model.fit(X[train], y[train]).predict(X[test])
            asked[test] = True
    told, y = told[asked], y[asked]
    if classes:
        return float(np.mean(told == y))
    return float(1 - np.sum((told - y) ** 2) / np.sum((y - y.mean()) ** 2))


def measure_closeness(
    collection: Collection, input: str, ignored: frozenset[str] = frozenset()
) -> Closeness:
    """Compare where nearest neighbours stand with chance.

    Once as the rows are, and once without what changes smoothly along the table, since a table
    that is sorted by a feature leaks nothing; the smaller figure counts.
    """
    X = _scaled(collection.X[input], collection.feature_names.get(input), ignored)
    return _measure(X, collection)


def _measure(X: np.ndarray, collection: Collection) -> Closeness:
    strata = _strata(collection)
    if X.shape[1] == 0 or len(X) < 2 * WINDOW:
        return Closeness(0.0, 1.0, 0.0, 0)
    found = [_closeness(one, X, strata, collection.groups) for one in (X, _detrended(X, strata))]
    return min(found, key=lambda one: (one.alarming, one.excess))


def _scaled(X: np.ndarray, names: Sequence[str] | None, ignored: frozenset[str]) -> np.ndarray:
    """Bring the columns that count to one scale, gaps to their medians."""
    if ignored and names is not None:
        X = X[:, [name not in ignored for name in names]]
    few = projected([X])
    X = X.astype(np.float64) if few is None else few
    gaps = np.isnan(X)
    if gaps.any():
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
    rows = np.arange(len(strata))
    mates = rows
    if groups is not None:
        # Of a row's stratum and group
        code = np.unique(groups, return_inverse=True)[1]
        mates = strata * (code.max() + 1) + code
    close = _close_of_kind(strata, rows) - _close_of_kind(mates, rows)
    _, mate, counts = np.unique(mates, return_inverse=True, return_counts=True)
    others = np.bincount(strata)[strata] - counts[mate]
    return np.divide(close, others, out=np.zeros(len(rows)), where=others > 0)


def _close_of_kind(kinds: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Count for each row the rows of its kind, itself among them, that stand close to it."""
    # Kinds one behind the other, with a gap between them that no window reaches across.
    place = kinds * (len(rows) + 2 * WINDOW) + rows
    order = np.sort(place)
    last = np.searchsorted(order, place + WINDOW, side="right")
    return last - np.searchsorted(order, place - WINDOW)


@dataclass(frozen=True, eq=False)
class Proposal:
    """Groups that could be named."""

    groups: np.ndarray  # (n_samples,)
    what: str  # Where they come from, in words
    spec: str  # What to type after --groups

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return len(np.unique(self.groups))

    @property
    def fix(self) -> str:
        """What to type."""
        typed = option("--groups", self.spec)
        return f"if it names one recording, artist or kit, keep its samples together with {typed}"

    @property
    def finding(self) -> Finding:
        """The proposal as a finding."""
        of = np.unique(self.groups, return_inverse=True)[1]
        rows = tuple(tuple(np.flatnonzero(of == k).tolist()) for k in range(self.n_groups))
        return Finding(
            "groups-proposed",
            f"{self.what} is the same for several samples, {self.n_groups:,} in all, such as "
            f"{show_name(str(self.groups[0]))!r}",
            self.fix,
            rows,
        )


def propose_groups(collection: Collection) -> list[Proposal]:
    """Find columns whose values repeat and stems of names that could be groups, at most two."""
    if collection.groups is not None:
        return []
    found = []
    for column, texts in {**collection.texts, **_numeric_ids(collection)}.items():
        name = show_name(column)
        if _repeats(texts, collection.y):
            found.append(Proposal(texts, f"column {name!r}", column))
        elif (stems := find_stems(texts.tolist(), collection.y)) is not None:
            found.append(Proposal(stems, f"the stem of {name!r}", f"stem:{column}"))
    if collection.media is not None:
        stems = find_stems([str(i) for i in collection.ids], collection.y)
        if stems is not None:
            found.append(Proposal(stems, "the stem of the file's name", "stem:name"))
    found = [one for one in found if _spread(one.groups, collection)]
    # Large groups hold what small ones would let through.
    return sorted(found, key=lambda one: one.n_groups)[:_MOST_PROPOSED]


def _numeric_ids(collection: Collection) -> dict[str, np.ndarray]:
    """Return columns of whole numbers called ids, such as track_id, that were learnt from."""
    if collection.media is not None:
        return {}
    found = {}
    for input, names in collection.feature_names.items():
        for k, name in enumerate(names):
            values = collection.X[input][:, k]
            whole = np.isfinite(values).all() and (values == np.rint(values)).all()
            if _ID.search(name) and whole:
                found[name] = np.array([f"{value:.0f}" for value in values])
    return found


def _spread(groups: np.ndarray, collection: Collection) -> bool:
    """Tell whether classes have several groups each: otherwise a group is but a kind of a class."""
    if collection.task != "classification":
        return True
    shares = [
        np.unique(groups[rows], return_counts=True)[1].max() / np.count_nonzero(rows)
        for rows in (collection.y == label for label in collection.classes)
    ]
    return bool(np.mean(shares) <= 0.5)


def _repeats(texts: np.ndarray, y: np.ndarray) -> bool:
    """Tell whether the values of a column repeat as those of an artist or a recording do."""
    kinds, counts = np.unique(texts, return_counts=True)
    n_classes = len(np.unique(y)) if y.dtype.kind in "USO" else 1
    known = np.count_nonzero(kinds != "")
    repeated = n_classes < len(kinds) <= len(texts) / 1.5 and known >= _FOLDS
    return bool(repeated and np.median(counts) >= 2 and 2 * counts.max() < len(texts))
