"""Duplicates: samples that are the same and would give each other away across a split.

Conventions: samples that agree in their key are copies of one another; k copies of one sample
are k (k - 1) / 2 pairs.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np

__all__ = ["DuplicatePairs", "find_duplicates"]


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
