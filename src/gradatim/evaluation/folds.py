"""Folds: which rows are trained on and which are scored, and what makes that impossible.

Conventions: a fold is a number from 0 to folds - 1; ``fold_of`` has shape (repeats, n_samples).
Classes are spread evenly over the folds; a group is never split. Hyperparameters for an outer
fold are judged on other folds of the same repeat by models that have seen neither.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from gradatim._text import list_text
from gradatim.collection import Collection, Notice
from gradatim.errors import LabelError, SpecError

__all__ = ["Folds", "deal", "make_folds"]


@dataclass(frozen=True, eq=False)
class Folds:
    """The splits of a climb, the same for every rung."""

    fold_of: np.ndarray  # (repeats, n_samples): Fold in which each row is scored
    notices: tuple[Notice, ...] = ()  # What a person should know about the splits

    @property
    def repeats(self) -> int:
        """Number of repeats."""
        return self.fold_of.shape[0]

    @property
    def folds(self) -> int:
        """Folds per repeat."""
        return int(self.fold_of.max()) + 1

    @property
    def outer(self) -> list[tuple[int, int]]:
        """Every (repeat, fold), in the order of the scores."""
        return [(r, k) for r in range(self.repeats) for k in range(self.folds)]

    def rows(self, repeat: int, *folds: int) -> np.ndarray:
        """Return the rows of some folds of a repeat, ascending."""
        return np.flatnonzero(np.isin(self.fold_of[repeat], folds))

    def rows_without(self, repeat: int, *folds: int) -> np.ndarray:
        """Return the rows outside some folds of a repeat, ascending."""
        return np.flatnonzero(~np.isin(self.fold_of[repeat], folds))

    def pairs(self, thorough: bool) -> list[tuple[int, int]]:
        """Choose pairs of folds to be left out together for choosing hyperparameters.

        A model trained without folds i and j may judge a choice for outer fold i on j, and for
        outer fold j on i: it serves both and has seen neither.
        """
        k = self.folds
        if thorough:
            return [(i, i + 1) for i in range(k - 1)] + [(0, k - 1)]
        pairs = [(i, i + 1) for i in range(0, k - 1, 2)]
        return pairs if k % 2 == 0 else [*pairs, (0, k - 1)]


def make_folds(collection: Collection, folds: int, repeats: int, seed: int) -> Folds:
    """Split a collection for a climb."""
    if folds < 3 or repeats < 1:
        raise SpecError(
            f"a climb needs at least 3 folds (one to score, one to choose on, one to learn from) "
            f"and 1 repeat, not {folds} and {repeats}"
        )
    if collection.n_samples < 2 * folds:
        raise SpecError(f"{collection.n_samples} samples are too few for {folds} folds")
    if collection.task == "classification":
        _check_classes(collection, folds)
    notices = _check_groups(collection, folds)
    y = collection.y if collection.task == "classification" else None
    fold_of = [
        deal(collection.n_samples, folds, seed + r, y=y, groups=collection.groups)
        for r in range(repeats)
    ]
    return Folds(np.stack(fold_of), notices)


def deal(
    n_samples: int, folds: int, seed: int, *, y: np.ndarray | None, groups: np.ndarray | None
) -> np.ndarray:
    """Return the fold of every row (n_samples,): classes `y` even where given, groups whole."""
    from sklearn.model_selection import GroupKFold, KFold, StratifiedGroupKFold, StratifiedKFold

    if groups is None:
        kind = KFold if y is None else StratifiedKFold
    else:
        kind = GroupKFold if y is None else StratifiedGroupKFold
    fold_of = np.empty(n_samples, dtype=int)
    with warnings.catch_warnings():
        # A class may have fewer groups than there are folds.
        warnings.simplefilter("ignore", UserWarning)
        splits = kind(folds, shuffle=True, random_state=seed).split(fold_of[:, None], y, groups)
        for k, (_, rows) in enumerate(splits):
            fold_of[rows] = k
    return fold_of


def _check_classes(collection: Collection, folds: int) -> None:
    classes, counts = np.unique(collection.y, return_counts=True)
    if len(classes) < 2:
        raise LabelError(
            f"all {collection.n_samples} samples of {collection.name} are of one class, "
            f"{classes[0]!r}; a climb needs at least two"
        )
    if counts.min() < folds:
        few = list_text(f"{c} ({n})" for c, n in zip(classes, counts, strict=True) if n < folds)
        raise LabelError(
            f"every class needs at least as many samples as there are folds ({folds}); too few "
            f"in: {few}; add samples, leave the class out, or choose fewer folds"
        )


def _check_groups(collection: Collection, folds: int) -> tuple[Notice, ...]:
    if collection.groups is None:
        return ()
    groups = np.unique(collection.groups)
    if len(groups) < folds:
        raise SpecError(
            f"{len(groups)} groups cannot be spread over {folds} folds without splitting one; "
            f"choose at most {len(groups)} folds"
        )
    notices = []
    if len(groups) == collection.n_samples:
        text = "every sample is a group of its own, so grouping changes nothing"
        notices.append(Notice("groups-trivial", f"{text}; is that the right column?"))
    if collection.task == "classification":
        spread = {
            c: len(np.unique(collection.groups[collection.y == c])) for c in collection.classes
        }
        narrow = [c for c, n in spread.items() if n < folds]
        if narrow:
            named = ", ".join(f"{c} ({spread[c]})" for c in narrow[:5])
            more = "" if len(narrow) <= 5 else f" and {len(narrow) - 5} more"
            notices.append(
                Notice(
                    "few-groups",
                    f"{len(narrow)} classes have fewer groups than folds, so some folds are scored "
                    f"without them, or learnt from without them: {named}{more}",
                )
            )
    return tuple(notices)
