"""Groups kept whole: partitions that balance classes and differ, and classes of too few groups.

Conventions: a partition gives each row a fold from 0 to folds - 1. Two that differ only in how the
folds are numbered are one: scoring it again would tell nothing new.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from gradatim._text import find_twins, plural, show_name
from gradatim.collection import Collection, Notice
from gradatim.errors import LabelError
from gradatim.inspection import copies

#: Candidates of a partition, and how far the most random of them strays from the most even.
_CANDIDATES, _NOISE = 30, 1.5


def without_lonely_classes(collection: Collection) -> Collection:
    """Leave classes of one group out: they are either learnt or scored, never both."""
    if collection.task != "classification":
        return collection
    found = independent_groups(collection)
    if found is None:
        return collection
    groups = {c: len(np.unique(found[collection.y == c])) for c in collection.classes}
    lonely = [c for c, n in groups.items() if n < 2]
    if not lonely:
        return collection
    twins = find_twins(lonely, [c for c in groups if c not in lonely])
    named = ", ".join(
        f"{show_name(str(c))}{f', like {show_name(twins[c])}' if c in twins else ''}"
        for c in lonely[:5]
    )
    named += f" and {len(lonely) - 5} more" if len(lonely) > 5 else ""
    if len(groups) - len(lonely) < 2:
        raise LabelError(
            f"a class is learnt from some groups and scored on others, so it needs at least 2; of "
            f"{plural(len(groups), 'class', 'classes')} in {show_name(collection.name)} these have "
            f"one: {named}; copies of a sample are one group, too; add groups, or climb without "
            "groups"
        )
    kept = ~np.isin(collection.y, lonely)
    notice = Notice(
        "lonely-class",
        f"left out: {named} ({plural(int((~kept).sum()), 'sample')}), since a class of one group "
        "cannot be learnt from some groups and scored on others",
    )
    return replace(collection.take(kept), notices=(*collection.notices, notice))


# A table of which more rows are copies has few different values, as a truth table has.
_MOST_COPIES = 0.5


def independent_groups(collection: Collection) -> np.ndarray | None:
    """Return the groups, those that share a copy as one; without groups, copies are the groups."""
    if collection.content_hashes is None:
        return collection.groups
    sounds = collection.media is not None or bool(collection.recipes)
    return keep_copies_together(collection.groups, copies(collection), sounds=sounds)


def keep_copies_together(
    groups: np.ndarray | None, copies: np.ndarray, *, sounds: bool = False
) -> np.ndarray | None:
    """Join groups that share a copy; without groups, copies are the groups.

    `groups` and `copies` (n_samples,): what belongs together, and what is equal. Returns groups
    (n_samples,), or `groups` itself where there is nothing to join.

    Examples
    --------
    >>> keep_copies_together(np.array(["a", "a", "b", "c"]), np.array([0, 1, 1, 2])).tolist()
    ['a', 'a', 'a', 'c']
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    _, copy, counts = np.unique(copies, return_inverse=True, return_counts=True)
    repeated = counts[copy] > 1
    if not repeated.any() or (not sounds and repeated.mean() > _MOST_COPIES):
        return groups
    n = len(copy)
    if groups is None:
        return np.where(repeated, copy, n + np.arange(n))
    names, group = np.unique(groups, return_inverse=True)
    pairs = coo_array(
        (np.ones(n), (group, len(names) + copy)), shape=[len(names) + len(counts)] * 2
    )
    joined = connected_components(pairs, directed=False)[1][group]
    _, index = np.unique(joined, return_inverse=True)
    # Joined groups are called as the first of them in order.
    first = np.full(index.max() + 1, len(names))
    np.minimum.at(first, index, group)
    return names[first[index]]


def class_counts(collection: Collection) -> np.ndarray:
    """Return what folds are to share evenly: rows by class or label, (n_samples, n_classes)."""
    if collection.task == "classification":
        return (collection.y[:, None] == collection.classes).astype(float)
    if collection.task == "multilabel":
        held = np.asarray(collection.y, dtype=float)
        return held[:, held.any(axis=0)]
    return np.ones((collection.n_samples, 1))


def count_partitions(n_groups: int, folds: int) -> int:
    """Count the ways to deal groups into folds none of which is empty (Stirling, second kind).

    Examples
    --------
    >>> count_partitions(6, 5), count_partitions(4, 2)
    (15, 7)
    """
    signed = ((-1) ** i * math.comb(folds, i) * (folds - i) ** n_groups for i in range(folds))
    return sum(signed) // math.factorial(folds)


def deal_groups(
    classes: np.ndarray, groups: np.ndarray, folds: int, repeats: int, seed: int
) -> np.ndarray:
    """Deal groups into folds that share classes evenly, differently in every repeat.

    Of thirty partitions, from an even one to a noisy one, those nearly as even as the most even
    are kept, and the one least like the earlier repeats (adjusted Rand index) is taken. `classes`
    (n_samples, n_classes) as of `class_counts`; returns (n_distinct, n_samples), at most `repeats`.
    """
    names, code = np.unique(groups, return_inverse=True)
    counts = np.zeros((len(names), classes.shape[1] + 1))
    # The last column has the rows: folds are to be of one size too.
    np.add.at(counts, code, np.column_stack([classes, np.ones(len(code))]))
    shares, sizes = counts / counts.sum(axis=0), counts[:, -1]
    found: dict[tuple[int, ...], None] = {}

    for repeat in range(repeats):
        drawn, uneven = _draw(shares, sizes, folds, np.random.default_rng([seed, repeat]))
        even = np.flatnonzero(uneven <= 1.25 * uneven.min() + 0.02)
        order = even[np.argsort(np.round(uneven[even], 9), kind="stable")]
        candidates = [tuple(_renumbered(drawn[i]).tolist()) for i in order]
        old, new = np.array(list(found) or candidates[:1]), np.array(candidates)
        alike = adjusted_rand_indices(new, old, sizes, folds).max(axis=1)
        found.setdefault(candidates[int(np.argmin(alike)) if found else 0])
    return np.array(list(found))[:, code]


def adjusted_rand_indices(
    one: np.ndarray, other: np.ndarray, sizes: np.ndarray, folds: int
) -> np.ndarray:
    """Compare partitions of groups by the adjusted Rand index of their rows, to 9 digits.

    `one` (n, n_groups), `other` (m, n_groups): folds; `sizes` (n_groups,): rows. Returns (n, m).
    As scikit-learn's `adjusted_rand_score`, of which every call costs a millisecond of checks.
    """
    unit = np.eye(folds)
    # Rows by fold of the one and of the other, (n, m, folds, folds).
    rows = np.stack([(unit[partition] * sizes[:, None]).T @ unit[other] for partition in one])
    total = sizes.sum()
    together = (rows**2).sum(axis=(2, 3))
    only_one = (rows.sum(axis=3) ** 2).sum(axis=2) - together
    only_other = (rows.sum(axis=2) ** 2).sum(axis=2) - together
    apart = total**2 - together - only_one - only_other
    pairs = together - total
    above = 2.0 * (pairs * apart - only_one * only_other)
    below = (pairs + only_one) * (only_one + apart) + (pairs + only_other) * (only_other + apart)
    same = (only_one == 0) & (only_other == 0)
    return np.round(np.where(same, 1.0, above / np.where(same, 1.0, below)), 9)


def _draw(
    shares: np.ndarray, sizes: np.ndarray, folds: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw candidates, (n_candidates, n_groups), and say how uneven each is.

    Large groups come first, each into the fold where the sums of squared shares grow least, or
    into one that is nearly as good; `shares` (n_groups, n_classes + 1), the last of the rows.
    """
    n_groups, n_columns = shares.shape
    noise = np.linspace(0.0, _NOISE, _CANDIDATES)
    weight = np.full(n_columns, 1.0 / (n_columns - 1))
    weight[-1] = 1.0
    shuffled = rng.permutation(n_groups)  # so that equal groups do not always come in one order
    jitter = noise[:, None] * rng.normal(size=(_CANDIDATES, n_groups))
    order = shuffled[np.argsort(-(np.log(sizes[shuffled]) + jitter), axis=1, kind="stable")]
    held = np.zeros((_CANDIDATES, folds, n_columns))
    fold_of = np.empty((_CANDIDATES, n_groups), dtype=int)
    each = np.arange(_CANDIDATES)
    for group in order.T:
        added = shares[group]
        cost = (held * (weight * added)[:, None]).sum(axis=2)
        excess = np.round(cost - cost.min(axis=1, keepdims=True), 12)
        allowed = 0.02 * noise * rng.random(_CANDIDATES) * excess.max(axis=1)
        fold = np.where(excess <= allowed[:, None], rng.random(excess.shape), -1.0).argmax(axis=1)
        held[each, fold] += added
        fold_of[each, group] = fold
    away = 0.5 * np.abs(held - 1.0 / folds).sum(axis=1)
    confined = (held[:, :, :-1].max(axis=1) > 1.0 - 1e-9).sum(axis=1)
    empty = (held[:, :, -1] == 0).sum(axis=1)
    return fold_of, away[:, :-1].mean(axis=1) + away[:, -1] + 10.0 * (confined + empty)


def _renumbered(fold_of: np.ndarray) -> np.ndarray:
    """Give folds numbers in the order in which they first come."""
    _, first, number = np.unique(fold_of, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[number]
