"""Columns that give the target away: counters, ids, and copies of the target in other clothes.

Conventions: only tables are searched, since features of sounds are computed by gradatim. A copy is
exact: a feature that merely predicts well is no finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from gradatim._text import option, show_name
from gradatim.collection import Collection
from gradatim.inspection.findings import Finding

# Fewer rows agree by chance.
_FEWEST_ROWS = 20
_FEWEST_COUNTED = 10

# Rows per value of a column of codes
_ROWS_PER_CODE = 5

# Columns that are copied at once, and rows that tell most columns from those of two values
_AT_ONCE = 64
_ENOUGH = 100
_ID_NAME = re.compile(r"(^|[_\W])(id|idx|index|nr|no|number|key)$|^unnamed|^column \d+$|id$", re.I)


def find_given_away(collection: Collection) -> dict[str, list[tuple[str, Finding]]]:
    """Find the columns that give the target away: by input, pairs of a name and a finding.

    Several columns may share a finding.
    """
    if collection.media is not None:
        return {}
    found: dict[str, list[tuple[str, Finding]]] = {}
    for input, names in collection.feature_names.items():
        X = collection.X[input]
        pairs = [*_singles(collection, X, names), *_one_hot(collection, X, names)]
        if pairs:
            found[input] = pairs
    return found


def _singles(
    collection: Collection, X: np.ndarray, names: Sequence[str]
) -> Iterator[tuple[str, Finding]]:
    for name, values in zip(names, _columns(X), strict=True):
        told = _counts(values) or _is_id(collection, name, values) or _is_copy(collection, values)
        if told:
            message, fix = (
                f"column {show_name(name)!r} {told}",
                f"leave it out with {option('--drop', name)}",
            )
            yield name, Finding("given-away", message, fix)


def _columns(X: np.ndarray) -> Iterator[np.ndarray]:
    """Yield columns as float64, some of them copied at once."""
    for start in range(0, X.shape[1], _AT_ONCE):
        yield from np.ascontiguousarray(X[:, start : start + _AT_ONCE].T, dtype=np.float64)


def _counts(values: np.ndarray) -> str:
    """Say that a column counts the rows."""
    if len(values) < _FEWEST_COUNTED or not (np.diff(values) == 1).all():
        return ""
    return "only counts the rows, and in a sorted table that gives the target away"


def _is_id(collection: Collection, name: str, values: np.ndarray) -> str:
    """Say that a column numbers the rows in an order of its own that separates the targets."""
    n = len(values)
    whole = np.isfinite(values).all() and (values == np.rint(values)).all()
    if n < _FEWEST_ROWS or not whole or len(np.unique(values)) < n:
        return ""
    dense = np.ptp(values) < 2 * n
    # Time stamps, for instance; quantities at even steps are common where quantities are learnt.
    even = collection.task == "classification" and np.ptp(np.diff(np.sort(values))) == 0
    if not (dense or even or _ID_NAME.search(name)):
        return ""
    targets = collection.y[np.argsort(values, kind="stable")]
    if not _is_sorted(targets, collection.task):
        return ""
    return "numbers the rows, and sorted by it the targets are separated"


def _is_sorted(targets: np.ndarray, task: str) -> bool:
    """Tell whether targets stand in far longer runs than chance would make them."""
    n = len(targets)
    if targets.ndim > 1:
        return False
    if task == "regression":
        ranks = np.argsort(np.argsort(targets, kind="stable"), kind="stable")
        return bool(abs(np.corrcoef(ranks, np.arange(n))[0, 1]) > 0.9)
    _, counts = np.unique(targets, return_counts=True)
    n_runs = 1 + np.count_nonzero(targets[1:] != targets[:-1])
    share = counts / n
    expected = 1 + (n - 1) * (1 - np.sum(share**2))
    return bool(len(counts) < n / 2 and n_runs < (expected + len(counts)) / 2)


def _is_copy(collection: Collection, values: np.ndarray) -> str:
    """Say that a column is the target under other names, or finer than it."""
    y, n = collection.y, len(values)
    if n < _FEWEST_ROWS or not np.isfinite(values).all():
        return ""
    if collection.task != "classification":
        columns = y.reshape(n, -1).T
        same = [
            k for k, column in enumerate(columns) if (column == values).all() and np.ptp(values)
        ]
        which = (
            show_name(collection.target_names[same[0]]) if same and collection.target_names else ""
        )
        return f"is the target {which} itself".replace("  ", " ") if same else ""
    if len(np.unique(values[: n // _ROWS_PER_CODE + 1])) * _ROWS_PER_CODE > n:
        return ""
    codes, of = np.unique(values, return_inverse=True)
    n_classes = len(collection.classes)
    if len(codes) * _ROWS_PER_CODE > n or len(codes) < n_classes:
        return ""
    pairs = len(np.unique(np.stack([of, np.unique(y, return_inverse=True)[1]]), axis=1).T)
    if pairs > len(codes):
        return ""
    if len(codes) == n_classes:
        return "is a copy of the target: each of its values stands for one class"
    return f"gives the target away: each of its {len(codes)} values occurs in one class only"


def _one_hot(
    collection: Collection, X: np.ndarray, names: Sequence[str]
) -> Iterator[tuple[str, Finding]]:
    """Find columns of two values one of which is a class, where there are more than two classes."""
    if collection.task != "classification" or len(X) < _FEWEST_ROWS:
        return
    classes, of, counts = np.unique(collection.y, return_inverse=True, return_counts=True)
    if len(classes) < 3:
        return
    found = []
    for name, values in zip(names, _columns(X), strict=True):
        if len(np.unique(values[:_ENOUGH])) > 2:
            continue
        kinds = np.unique(values)
        if len(kinds) != 2 or not np.isfinite(kinds).all():
            continue
        held = np.bincount(of[values == kinds[1]], minlength=len(classes))
        full = (held == counts) & (held >= _ROWS_PER_CODE)
        empty = (held == 0) & (counts >= _ROWS_PER_CODE)
        if (full.sum() == 1 and (held[~full] == 0).all()) or (
            empty.sum() == 1 and (held[~empty] == counts[~empty]).all()
        ):
            found.append(name)
    if not found:
        return
    listed = ", ".join(show_name(name) for name in found[:5]) + (", ..." if found[5:] else "")
    verb = "columns say of one class each" if found[1:] else "column says of one class"
    finding = Finding(
        "given-away",
        f"{len(found)} {verb} whether a row is of it: {listed}",
        f"leave {'them' if found[1:] else 'it'} out with {option('--drop', found[0])}"
        + (" and so on" if found[1:] else ""),
    )
    for name in found:
        yield name, finding
