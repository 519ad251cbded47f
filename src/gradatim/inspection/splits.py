"""Columns of a table that seem to be a published split, and were not named as one.

Conventions: a column of texts is one where every value is a word for a part; one of numbers where
its name says fold and its few whole numbers are on rows of every class.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from gradatim._text import option, show_name
from gradatim.collection import Collection
from gradatim.inspection.findings import Finding
from gradatim.tables.parts import are_parts

_FOLD = re.compile(r"(cv|k)?[-_ ]?folds?([-_ ]?(id|nr|no|number))?", re.I)
_MOST_FOLDS = 20


def propose_splits(collection: Collection) -> Iterator[Finding]:
    """Yield a finding for each column that could be named as published split or folds."""
    if collection.parts is not None or collection.folds is not None:
        return
    for name, texts in collection.texts.items():
        if are_parts(texts.tolist()):
            yield Finding(
                "split-proposed",
                f"column {show_name(name)!r} says train or test of each row",
                f"to score what is published, type {option('--split-column', name)}",
            )
        elif _FOLD.fullmatch(name) and 2 <= len(set(texts)) <= _MOST_FOLDS:
            yield _folds(name, "is called as published folds are")
    if collection.media is not None:
        return
    for input, names in collection.feature_names.items():
        for k, name in enumerate(names):
            if _FOLD.fullmatch(name) and _are_folds(collection.X[input][:, k]):
                yield _folds(name, "is called as published folds are, and was learnt from")


def _folds(name: str, what: str) -> Finding:
    return Finding(
        "split-proposed",
        f"column {show_name(name)!r} {what}",
        f"to score by them, type {option('--fold-column', name)}",
    )


def _are_folds(values: np.ndarray) -> bool:
    if not np.isfinite(values).all() or (values != np.rint(values)).any():
        return False
    return 2 <= len(np.unique(values)) <= _MOST_FOLDS
