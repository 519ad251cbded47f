"""Labels that look wrong: classes written in two ways, and classes and groups that hold too little.

Conventions: spellings are compared without case, accents, blanks and punctuation; a class, or a
group, is too small where `FOLDS` folds could not all hold some of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np

from gradatim._text import plural, show_name
from gradatim.collection import Collection
from gradatim.inspection.findings import Finding

__all__ = ["FOLDS", "find_constant_targets", "find_label_faults"]

#: Folds of a climb unless others are asked for.
FOLDS = 5

_NOBODY = frozenset(
    ("", "unknown", "none", "nan", "na", "null", "various", "variousartists", "unknownartist",
     "unknownalbum", "untitled", "other", "misc", "va", "tba", "anonymous")
)  # fmt: skip

# A letter more or less makes another word of short ones.
_LONG_WORD = 5
_LONG_ENOUGH = 4
_SHOWN = 5


def find_constant_targets(collection: Collection) -> Iterator[Finding]:
    """Yield the numbers to learn that are the same in every row: any model would be perfect.

    Examples
    --------
    >>> import numpy as np
    >>> y, ids = np.array([1.5, 1.5]), np.arange(2)
    >>> table = Collection("t", {"f": [[0.0], [1.0]]}, y, "regression", ids)
    >>> [finding.message for finding in find_constant_targets(table)]
    ['target 1 of t is 1.5 in every row, so there is nothing to learn']
    """
    if collection.task != "regression":
        return
    columns = collection.y.reshape(collection.n_samples, -1).T
    for k, values in enumerate(columns):
        if (values == values[0]).all():
            name = repr(collection.target_names[k]) if collection.target_names else f"{k + 1}"
            yield Finding(
                "constant-target",
                f"target {name} of {collection.name} is {values[0]:g} in every row, so there is "
                "nothing to learn",
                "name another target",
            )


def find_label_faults(collection: Collection) -> Iterator[Finding]:
    """Yield constant targets, twins among the classes, tiny classes, groups that are too few."""
    yield from find_constant_targets(collection)
    if collection.task == "classification":
        yield from _twins(collection)
        yield from _tiny(collection)
    if collection.groups is not None:
        yield from _nobody(collection)
        if collection.parts is not None:
            yield from _few_scored_groups(collection.groups[collection.parts == "test"])
        elif collection.folds is None:
            yield from _few_groups(collection)


def _twins(collection: Collection) -> Iterator[Finding]:
    """Find classes that one person wrote in two ways."""
    classes = [str(label) for label in collection.classes]
    names = collection.target_names or classes
    keys = {label: _key(label) for label in names}
    for a, b in _alike(names, keys):
        rows = tuple(tuple(np.flatnonzero(collection.y == label).tolist()) for label in (a, b))
        small, large = sorted((a, b), key=lambda label: int(np.sum(collection.y == label)))
        counts = [plural(int(np.sum(collection.y == label)), "sample") for label in (a, b)]
        yield Finding(
            "label-twins",
            f"classes {show_name(a)!r} ({counts[0]}) and {show_name(b)!r} ({counts[1]}) differ "
            "only in how they are written",
            f"if they are one class, rename {show_name(small)!r} to {show_name(large)!r}",
            rows,
        )


def _alike(names: Sequence[str], keys: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the pairs of names, in order, whose keys are equal or close.

    Close keys become equal when each loses a letter, so only such pairs are compared: of ten
    thousand classes there are fifty million pairs.
    """
    holders: dict[str, list[int]] = {}
    for at, name in enumerate(names):
        key = keys[name]
        for shorter in {key, *(key[:k] + key[k + 1 :] for k in range(len(key)))}:
            holders.setdefault(shorter, []).append(at)
    candidates = {pair for ats in holders.values() for pair in combinations(ats, 2)}
    pairs = [(names[i], names[j]) for i, j in sorted(candidates)]
    return [(a, b) for a, b in pairs if keys[a] == keys[b] or _close(keys[a], keys[b])]


def _key(label: str) -> str:
    plain = unicodedata.normalize("NFKD", label.casefold())
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    bare = bare.replace("&", "and")
    key = re.sub(r"[\W_]+", "", bare)
    # Signs may be all that a label has: + and -, or C and C#.
    return key if key and not re.search(r"[#+]", bare) else bare.strip()


def _close(a: str, b: str) -> bool:
    """Tell whether two words are one with a letter more, less, or changed places."""
    short, long = sorted((a, b), key=len)
    if len(short) >= _LONG_ENOUGH and long == short + "s":
        return True
    if len(short) < _LONG_WORD or any(map(str.isdigit, short + long)):
        return False
    if len(short) == len(long):
        odd = [k for k in range(len(a)) if a[k] != b[k]]
        return len(odd) == 2 and odd[1] == odd[0] + 1 and a[odd[0]] == b[odd[1]] and (
            a[odd[1]] == b[odd[0]]
        )  # fmt: skip
    return len(long) == len(short) + 1 and any(
        long[:k] + long[k + 1 :] == short for k in range(1, len(long))
    )


def _tiny(collection: Collection) -> Iterator[Finding]:
    """Find classes that cannot be dealt over the folds of a climb; published ones are as they are.

    Of a published split, only what is learnt from is dealt, to choose on.
    """
    if collection.folds is not None:
        return
    parts = collection.parts
    dealt = collection.y if parts is None else collection.y[parts == "train"]
    of, why = ("", "score") if parts is None else (" to learn from", "learn")
    classes, counts = np.unique(dealt, return_counts=True)
    tiny = [(label, n) for label, n in zip(classes, counts, strict=True) if n < FOLDS]
    if not tiny:
        return
    rows = tuple(tuple(np.flatnonzero(collection.y == label).tolist()) for label, _ in tiny)
    yield Finding(
        "lost-class",
        f"{plural(len(tiny), 'class has', 'classes have')} fewer samples{of} than {FOLDS} folds, "
        f"so no climb can {why} {'it' if len(tiny) == 1 else 'them'}: {_listed(tiny)}",
        "add samples, join classes, or leave them out",
        rows,
    )


def _nobody(collection: Collection) -> Iterator[Finding]:
    """Find groups that say that nobody knows the group."""
    assert collection.groups is not None
    for group in np.unique(collection.groups):
        if _key(str(group)) not in _NOBODY:
            continue
        rows = np.flatnonzero(collection.groups == group)
        if len(rows) > 1:
            yield Finding(
                "unknown-group",
                f"group {show_name(str(group))!r} holds {plural(len(rows), 'sample')} that may "
                "belong to many groups, and all of them stand in one fold",
                "name their groups, or give each a group of its own",
                (tuple(rows.tolist()),),
            )


def _few_groups(collection: Collection) -> Iterator[Finding]:
    groups = collection.groups
    assert groups is not None
    n_groups = len(np.unique(groups))
    if n_groups < FOLDS:
        yield Finding(
            "few-groups",
            f"{plural(n_groups, 'group')} cannot be spread over {FOLDS} folds whole",
            f"climb with --folds {n_groups}" if n_groups >= 3 else "name finer groups",
        )
    elif collection.task == "classification":
        spread = [(c, len(np.unique(groups[collection.y == c]))) for c in collection.classes]
        narrow = [(c, n) for c, n in spread if n < FOLDS]
        if narrow:
            yield Finding(
                "few-groups",
                f"{plural(len(narrow), 'class has', 'classes have')} fewer groups than {FOLDS} "
                f"folds, so some folds are scored or learnt from without: {_listed(narrow)}",
            )


def _few_scored_groups(groups: np.ndarray) -> Iterator[Finding]:
    n_groups = len(np.unique(groups))
    if n_groups < FOLDS:
        yield Finding(
            "few-groups",
            f"the part that is scored holds {plural(n_groups, 'group')}, and on these alone rests "
            "what is known",
            "score more groups",
        )


def _listed(counted: Sequence[tuple[object, int]]) -> str:
    named = ", ".join(f"{show_name(str(what))} ({n})" for what, n in counted[:_SHOWN])
    more = len(counted) - _SHOWN
    return named if more <= 0 else f"{named} and {more} more"
