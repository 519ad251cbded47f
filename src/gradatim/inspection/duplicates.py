"""Duplicates: samples that are the same and would give each other away across a split.

Conventions: exact copies agree in their hash, near copies are near in sound or features; copies of
copies are copies, so they fall into groups, numbered in order of appearance. k exact copies of one
sample are k (k - 1) / 2 pairs.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from gradatim._text import plural, show_name
from gradatim.collection import Collection, Notice
from gradatim.inspection.findings import Finding
from gradatim.inspection.near import are_scores, near_pairs

__all__ = [
    "DuplicatePairs",
    "copies",
    "drop_copies",
    "duplicate_findings",
    "find_duplicates",
    "without_copies",
]


def copies(collection: Collection, *, near: bool = True) -> np.ndarray:
    """Say which samples are copies of each other: exact and, if wanted, near ones.

    Of (n_samples,) whole numbers two are equal if and only if the samples are copies. They are
    given in order of appearance, from 0.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n = collection.n_samples
    hashes = collection.content_hashes
    codes = np.arange(n) if hashes is None else _encode(hashes.tolist())
    pairs = near_pairs(collection) if near else np.empty((0, 2), dtype=np.int64)
    a, b = codes[pairs].T
    links = coo_array((np.ones(len(pairs)), (a, b)), shape=(n, n))
    return _encode(connected_components(links, directed=False)[1][codes].tolist())


def without_copies(collection: Collection) -> np.ndarray:
    """Return the first sample of every copy, ascending positions; none where targets differ."""
    of = copies(collection)
    targets = _encode(row.tobytes() for row in collection.y)
    first = np.unique(of, return_index=True)[1]
    torn = set(of[targets != targets[first][of]].tolist())
    return np.array([i for i in first.tolist() if of[i] not in torn], dtype=np.int64)


def drop_copies(collection: Collection) -> Collection:
    """Keep one copy of each sample, none where targets differ; a notice tells how many are out."""
    kept = without_copies(collection)
    n_left = collection.n_samples - len(kept)
    if not n_left:
        return collection
    n_torn = len(np.unique(copies(collection))) - len(kept)
    torn = f", with {plural(n_torn, 'sample')} whose copies have other targets" if n_torn else ""
    were = "was" if n_left == 1 else "were"
    notice = Notice("duplicates", f"{plural(n_left, 'copy', 'copies')} {were} left out{torn}")
    left = collection.take(kept)
    return replace(left, notices=(*left.notices, notice))


def duplicate_findings(collection: Collection) -> Iterator[Finding]:
    """Yield exact copies and near ones, each with its samples."""
    if collection.content_hashes is None:
        return
    exact = find_duplicates(collection.content_hashes.tolist(), collection.y, collection.groups)
    if exact is not None:
        yield _exact_finding(collection, exact)
    hashes = collection.content_hashes
    pairs = near_pairs(collection)
    pairs = pairs[hashes[pairs[:, 0]] != hashes[pairs[:, 1]]]
    if len(pairs):
        yield _near_finding(collection, pairs, "pair" if exact is None else "more pair")


def _exact_finding(collection: Collection, found: DuplicatePairs) -> Finding:
    first, copy = (str(collection.ids[i]) for i in found.example)
    pairs, one = plural(found.n_pairs, "pair"), found.n_pairs == 1
    if collection.media is None:
        what = "targets"
        rows = f"rows {first.removeprefix('row ')} and {copy.removeprefix('row ')}"
        parts = [
            f"{pairs} of rows {'has' if one else 'have'} identical features (for example {rows})"
        ]
    else:
        what = "labels"
        same = f"({first} = {copy})"
        parts = [
            f"{pairs} of scores {'has' if one else 'have'} the same notes, transposed or not {same}"
            if are_scores(collection)
            else f"{pairs} of files {'sounds' if one else 'sound'} exactly the same {same}"
        ]
    if found.n_conflicting:
        parts.append(f"{found.n_conflicting:,} of them with different {what}")
    if collection.groups is not None:
        parts.append(f"{found.n_across_groups:,} of them in different groups")
    of = copies(collection, near=False)
    return Finding(
        "duplicates", ", ".join(parts), _mend(found.n_conflicting, collection), _together(of)
    )


def _near_finding(collection: Collection, pairs: np.ndarray, what: str) -> Finding:
    targets = _encode(row.tobytes() for row in collection.y)
    odd = targets[pairs[:, 0]] != targets[pairs[:, 1]]
    one, other = (collection.ids[i] for i in pairs[odd.argmax()])
    count, noun = plural(len(pairs), what), "files" if collection.media else "rows"
    noun = "scores" if are_scores(collection) else noun
    are = "is" if len(pairs) == 1 else "are"
    name = lambda i: show_name(str(i))  # noqa: E731
    parts = [f"{count} of {noun} {are} nearly the same (such as {name(one)} and {name(other)})"]
    if odd.any():
        what = "labels" if collection.media else "targets"
        parts.append(f"{int(odd.sum()):,} of them with different {what}")
    together = tuple(tuple(pair) for pair in pairs.tolist())
    return Finding("duplicates", ", ".join(parts), _mend(int(odd.sum()), collection), together)


def _mend(n_conflicting: int, collection: Collection) -> str:
    kept = "--drop-duplicates keeps one of each"
    # Nobody deals the samples of a published split, or of published folds.
    is_published = collection.parts is not None or collection.folds is not None
    kept = kept if is_published else f"copies stay in one fold; {kept}"
    if not n_conflicting:
        return kept
    if collection.task == "regression":
        return f"{kept}, and none where targets differ"
    return f"{kept}, and none where labels differ: correct those"


def _together(of: np.ndarray) -> tuple[tuple[int, ...], ...]:
    order = np.argsort(of, kind="stable")
    ends = np.cumsum(np.bincount(of))[:-1]
    return tuple(tuple(rows.tolist()) for rows in np.split(order, ends) if len(rows) > 1)


@dataclass(frozen=True)
class DuplicatePairs:
    """What is the same in a collection."""

    n_pairs: int  # Pairs of copies
    n_conflicting: int  # Pairs whose targets differ
    n_across_groups: int  # Pairs whose groups differ; 0 without groups
    example: tuple[int, int]  # One pair, by position; a conflicting one if there is any


def find_duplicates(
    keys: Iterable[Hashable], y: np.ndarray, groups: np.ndarray | None = None
) -> DuplicatePairs | None:
    """Count the pairs of samples that have the same key.

    `y` (n_samples,) or (n_samples, n_targets); `groups` (n_samples,).

    Examples
    --------
    >>> find_duplicates("abcab", np.array(["x", "x", "x", "x", "y"]))
    DuplicatePairs(n_pairs=2, n_conflicting=1, n_across_groups=0, example=(1, 4))
    """
    codes = _encode(keys)
    n_pairs = _count_pairs(codes)
    if n_pairs == 0:
        return None
    targets = _encode(row.tobytes() for row in y)
    n_across = 0 if groups is None else n_pairs - _count_pairs(codes, _encode(groups.tolist()))
    return DuplicatePairs(
        n_pairs=n_pairs,
        n_conflicting=n_pairs - _count_pairs(codes, targets),
        n_across_groups=n_across,
        example=_example(codes, targets),
    )


def _encode(values: Iterable[Hashable]) -> np.ndarray:
    """Give each distinct value a number, in order of appearance."""
    seen: dict[Hashable, int] = {}
    return np.fromiter((seen.setdefault(value, len(seen)) for value in values), dtype=np.int64)


def _count_pairs(*codes: np.ndarray) -> int:
    """Count the pairs that agree in all given codes."""
    _, counts = np.unique(np.stack(codes, axis=1), axis=0, return_counts=True)
    return int(np.sum(counts * (counts - 1) // 2))


def _example(codes: np.ndarray, targets: np.ndarray) -> tuple[int, int]:
    """Find a pair of copies, of different targets if possible."""
    first_rows = np.unique(codes, return_index=True)[1]
    first = first_rows[codes]
    copies = np.flatnonzero(first != np.arange(len(codes)))
    conflicting = copies[targets[copies] != targets[first[copies]]]
    copy = conflicting[0] if len(conflicting) else copies[0]
    return int(first[copy]), int(copy)
