"""Folds: which rows are trained on and which are scored, and what makes that impossible.

Conventions: a fold is a number from 0 to folds - 1; ``fold_of`` has shape (repeats, n_samples).
Classes are spread evenly over the folds; a group is never split; repeats of groups are distinct
partitions. Hyperparameters for an outer fold are judged on other folds of the same repeat by models
that have seen neither. Of a fixed split, the scored part is fold 0, and the others share the part
that is learnt from.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from gradatim._text import find_twins, list_text, plural, show_name
from gradatim.collection import Collection, Notice
from gradatim.errors import LabelError, SpecError
from gradatim.evaluation.groups import (
    class_counts,
    count_partitions,
    deal_groups,
    independent_groups,
)

#: Up to this many groups, each is left out once: there are too few ways to deal them into folds.
FEW_GROUPS = 5

#: Beyond this many samples one repeat is enough: other folds would change a score by a thousandth.
MANY_SAMPLES = 20_000


@dataclass(frozen=True, eq=False)
class Folds:
    """The splits of a climb, the same for every rung."""

    fold_of: np.ndarray  # (repeats, n_samples): Fold in which each row is scored
    notices: tuple[Notice, ...] = ()  # What a person should know about the splits
    fixed: bool = False  # Whether fold 0 alone is scored, once

    @property
    def repeats(self) -> int:
        """Number of repeats."""
        return self.fold_of.shape[0]

    @property
    def folds(self) -> int:
        """Folds per repeat that are scored."""
        return 1 if self.fixed else int(self.fold_of.max()) + 1

    @property
    def scored(self) -> np.ndarray:
        """The rows that are scored, ascending."""
        return self.rows(0, 0) if self.fixed else np.arange(self.fold_of.shape[1])

    def places(self, repeat: int, fold: int) -> np.ndarray:
        """Return where the rows of a fold stand among those that are scored."""
        return np.flatnonzero(self.fold_of[repeat, self.scored] == fold)

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
        outer fold j on i: it serves both and has seen neither. Of a fixed split, fold 0 is in
        every pair, and judges nothing.
        """
        if self.fixed:
            return [(0, j) for j in range(1, int(self.fold_of.max()) + 1)]
        k = self.folds
        if thorough:
            return [(i, i + 1) for i in range(k - 1)] + [(0, k - 1)]
        pairs = [(i, i + 1) for i in range(0, k - 1, 2)]
        return pairs if k % 2 == 0 else [*pairs, (0, k - 1)]

    def judges(self, i: int, j: int) -> tuple[tuple[int, int], ...]:
        """Return for which folds of a pair there is a choice, and the folds that judge it."""
        return ((i, j),) if self.fixed else ((i, j), (j, i))


def make_folds(collection: Collection, folds: int, repeats: int | None, seed: int) -> Folds:
    """Split a collection for a climb; of many samples once, unless `repeats` are asked for."""
    many = repeats is None and collection.n_samples > MANY_SAMPLES
    if repeats is None:
        repeats = 1 if many else 2
    if folds < 3 or repeats < 1:
        raise SpecError(
            f"a climb needs at least 3 folds (one to score, one to choose on, one to learn from) "
            f"and 1 repeat, not {folds} and {repeats}"
        )
    if collection.parts is not None:
        return _fixed(collection, collection.parts, folds, seed)
    if collection.folds is not None:
        return _published(collection, collection.folds)
    given = 0 if collection.groups is None else len(np.unique(collection.groups))
    collection = replace(collection, groups=independent_groups(collection))
    if collection.n_samples < 2 * folds:
        raise SpecError(f"{collection.n_samples} samples are too few for {folds} folds")
    if collection.task == "classification":
        _check_classes(collection, folds)
    n_groups = 0 if collection.groups is None else len(np.unique(collection.groups))
    notices = _check_groups(collection, n_groups, given, folds)
    if 0 < n_groups <= max(folds, FEW_GROUPS):
        return _leave_one_group_out(collection, n_groups, notices)
    if many:
        notices += (_one_repeat(collection.n_samples),)
    if collection.groups is not None and n_groups < collection.n_samples:
        classes = class_counts(collection)
        fold_of = deal_groups(classes, collection.groups, folds, repeats, seed)
        if len(fold_of) < repeats:
            notices += (_fewer_repeats(len(fold_of), repeats, n_groups, folds),)
        return Folds(fold_of, notices)
    y = collection.y if collection.task == "classification" else None
    rows = [deal(len(collection.y), folds, seed + r, y=y, groups=None) for r in range(repeats)]
    return Folds(np.stack(rows), notices)


def _published(collection: Collection, names: np.ndarray) -> Folds:
    """Take the folds that were published with the data; groups must lie in one each."""
    published = sorted(set(names.tolist()), key=lambda name: (len(name), name))
    if len(published) < 3:
        raise SpecError(
            f"{plural(len(published), 'published fold')} ({', '.join(map(show_name, published))}) "
            "cannot be climbed on, which needs at least 3: one to score, one to choose on, one to "
            "learn from; leave --fold-column out"
        )
    if collection.task == "classification":
        _check_several(collection)
    if collection.groups is not None:
        for group in np.unique(collection.groups):
            inside = np.unique(names[collection.groups == group])
            if len(inside) > 1:
                raise LabelError(
                    f"group {show_name(group)!r} lies in the folds "
                    f"{' and '.join(show_name(name) for name in inside[:2])}, but a group is never "
                    "split; leave out --groups or --fold-column"
                )
    fold_of = np.array([published.index(name) for name in names.tolist()])
    text = f"the {len(published)} published folds are used, once: there is nothing to repeat"
    return Folds(fold_of[None], (Notice("published-folds", text),))


def _fixed(collection: Collection, parts: np.ndarray, folds: int, seed: int) -> Folds:
    """Score the test part, and deal the training part into folds to choose on."""
    train = parts == "train"
    inside = replace(collection.take(train), parts=None)
    try:
        inner = make_folds(inside, folds, 1, seed)
    except (LabelError, SpecError) as error:
        raise type(error)(f"inside the training part, where choices are made: {error}") from error
    fold_of = np.zeros(collection.n_samples, dtype=int)
    fold_of[train] = inner.fold_of[0] + 1
    text = (
        f"one fixed split: learnt from {plural(int(train.sum()), 'sample')}, scored once on "
        f"{plural(int((~train).sum()), 'sample')}; there is nothing to repeat"
    )
    return Folds(fold_of[None], (Notice("fixed-split", text), *_lost(collection, train)), True)


def _lost(collection: Collection, train: np.ndarray) -> Iterator[Notice]:
    """Name the classes that one of the parts lacks."""
    if collection.task != "classification":
        return
    for rows, other, what in (
        (train, ~train, "scored but not learnt, so every answer is wrong"),
        (~train, train, "learnt but not scored"),
    ):
        lost = np.setdiff1d(collection.y[other], collection.y[rows])
        if len(lost):
            named = list_text(show_name(str(c)) for c in lost)
            yield Notice("lost-class", f"{plural(len(lost), 'class', 'classes')} {what}: {named}")


def _leave_one_group_out(
    collection: Collection, n_groups: int, notices: tuple[Notice, ...]
) -> Folds:
    fold_of = np.unique(np.asarray(collection.groups), return_inverse=True)[1]
    text = (
        f"{n_groups} groups are few: each is left out once and there is nothing to repeat. What is "
        f"known rests on {n_groups} groups, not on {plural(collection.n_samples, 'sample')}"
    )
    return Folds(fold_of[None], (*notices, Notice("leave-one-group-out", text)))


def _one_repeat(n_samples: int) -> Notice:
    text = (
        f"{n_samples:,} samples are so many that other folds would hardly change a score, so each "
        "is scored once; --repeats 2 scores them twice (repeats=2 from Python)"
    )
    return Notice("one-repeat", text)


def _fewer_repeats(made: int, wanted: int, n_groups: int, folds: int) -> Notice:
    ways = plural(count_partitions(n_groups, folds), "way")
    text = (
        f"{made} of {plural(wanted, 'repeat')} are made: {n_groups} groups can be dealt into "
        f"{folds} folds in {ways}, not all of them even, and one that comes again tells nothing new"
    )
    return Notice("fewer-repeats", text)


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


def _check_several(collection: Collection) -> None:
    classes = collection.classes
    if len(classes) < 2:
        raise LabelError(
            f"all {collection.n_samples} samples of {collection.name} are of one class, "
            f"{show_name(classes[0])!r}; a climb needs at least two"
        )


def _check_classes(collection: Collection, folds: int) -> None:
    _check_several(collection)
    classes, counts = np.unique(collection.y, return_counts=True)
    if collection.groups is None and counts.min() < folds:
        twins = find_twins(classes[counts < folds], classes[counts >= folds])
        few = list_text(
            f"{c} ({n}{f', like {twins[c]}' if c in twins else ''})"
            for c, n in zip(classes.astype(str), counts, strict=True)
            if n < folds
        )
        raise LabelError(
            f"every class needs at least as many samples as there are folds ({folds}); too few "
            f"in: {few}; add samples, leave the class out, or choose fewer folds"
        )


def _check_groups(
    collection: Collection, n_groups: int, n_given: int, folds: int
) -> tuple[Notice, ...]:
    if collection.groups is None:
        return ()
    if n_groups < 3:
        joined = f" that share no copies, of {n_given}," if n_groups < n_given else ""
        drop = "leave copies out with --drop-duplicates, " if n_groups != n_given else ""
        raise SpecError(
            f"{plural(n_groups, 'group')}{joined} cannot be split for a climb, which needs at "
            f"least 3: one to score, one to choose on, one to learn from; {drop}add groups, or "
            "climb without them"
        )
    notices = []
    if n_groups == collection.n_samples:
        text = "every sample is a group of its own, so grouping changes nothing"
        notices.append(Notice("groups-trivial", f"{text}; is that the right column?"))
    if collection.task == "classification":
        spread = {
            c: len(np.unique(collection.groups[collection.y == c])) for c in collection.classes
        }
        # Fewer groups than folds are left out one by one.
        narrow = [c for c, n in spread.items() if n < min(folds, n_groups)]
        if narrow:
            named = ", ".join(f"{c} ({spread[c]})" for c in narrow[:5])
            more = "" if len(narrow) <= 5 else f" and {len(narrow) - 5} more"
            notices.append(
                Notice(
                    "few-groups",
                    f"{plural(len(narrow), 'class has', 'classes have')} fewer groups than folds, "
                    "so some folds are scored without them, or learnt from without them: "
                    f"{named}{more}",
                )
            )
    return tuple(notices)
