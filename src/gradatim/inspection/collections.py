"""What a person should know of a collection before a score of it is believed.

Conventions: copies are samples whose hashes agree; a collection without hashes is not searched
for them, nor one of sounds for columns that count its rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from gradatim._text import option, plural
from gradatim.collection import Collection, Notice
from gradatim.inspection.duplicates import find_duplicates

__all__ = ["inspect_collection", "inspected"]


def inspected(collection: Collection) -> Collection:
    """Add what `inspect_collection` finds to a collection's notices, each once.

    Parameters
    ----------
    collection : Collection
        As it was read, in the order of its file.

    Returns
    -------
    Collection
        The same samples; its notices are those it had, then those that are new.

    Examples
    --------
    >>> from gradatim.datasets import load_world
    >>> inspected(load_world()).notices
    ()
    """
    notices = dict.fromkeys([*collection.notices, *inspect_collection(collection)])
    return replace(collection, notices=tuple(notices))


def inspect_collection(collection: Collection) -> tuple[Notice, ...]:
    """Look for samples that are the same and for columns that only count the rows.

    Parameters
    ----------
    collection : Collection
        As it was read, in the order of its file.

    Returns
    -------
    tuple of Notice
        ``row-counter`` for each column that counts the rows; ``duplicate-rows`` or
        ``duplicate-files`` if samples are the same, with the pairs whose targets or groups differ.

    Examples
    --------
    >>> from gradatim.collection import Collection
    >>> X, y, ids = [[0.0], [0.0]], np.array(["a", "b"]), np.array(["row 2", "row 3"])
    >>> table = Collection("t", {"features": X}, y, "classification", ids, content_hashes=y[[0, 0]])
    >>> [notice.code for notice in inspect_collection(table)]
    ['duplicate-rows']
    """
    return (*_counters(collection), *_duplicates(collection))


def _counters(collection: Collection) -> Iterator[Notice]:
    """Warn of columns that only count the rows: in a sorted table they give the target away."""
    if collection.media is not None or collection.n_samples < 10:
        return
    counts = np.arange(collection.n_samples, dtype=np.float64)[:, None]
    for input, names in collection.feature_names.items():
        X = collection.X[input]
        is_counter = (X - X[:1].astype(np.float64) == counts).all(axis=0)
        for name in np.array(names)[is_counter].tolist():
            yield Notice(
                "row-counter",
                f"column {name!r} only counts the rows, and in a sorted table that gives the "
                f"target away; leave it out with {option('--drop', name)}",
            )


def _duplicates(collection: Collection) -> Iterator[Notice]:
    if collection.content_hashes is None:
        return
    hashes, groups = collection.content_hashes.tolist(), collection.groups
    found = find_duplicates(hashes, collection.y, groups)
    if found is None:
        return
    first, copy = (str(collection.ids[i]) for i in found.example)
    pairs = plural(found.n_pairs, "pair")
    if collection.media is None:
        code, what = "duplicate-rows", "targets"
        rows = f"rows {first.removeprefix('row ')} and {copy.removeprefix('row ')}"
        parts = [f"{pairs} of rows have identical features (for example {rows})"]
    else:
        code, what = "duplicate-files", "labels"
        parts = [f"{pairs} of files sound exactly the same ({first} = {copy})"]
    if found.n_conflicting:
        parts.append(f"{found.n_conflicting} of them with different {what}")
    if groups is not None:
        parts.append(f"{found.n_across_groups} of them in different groups")
    yield Notice(code, ", ".join(parts))
