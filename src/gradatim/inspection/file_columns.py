"""Columns about the files, not about what sounds in them, that tell the target all the same.

Conventions: such a column is known by its name (length, sample rate, bit rate, bytes ...) and is
told of only where it alone predicts targets that it has not seen. Tables only: features of sounds
are computed by gradatim, which reads no such facts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np

from gradatim._text import option, show_name
from gradatim.collection import Collection
from gradatim.inspection.findings import Finding

_THING = r"(?:(?:file|audio|track|song|clip|recording|sound|wav) )*"
_FACT = (
    r"(?:length|len|duration|dur|sampl(?:e|ing) ?rate|sr|bit ?rate|bit ?depth|bits per sample"
    r"|sample ?width|(?:(?:n|num|number of) )?(?:samples|frames|channels|bytes)|file ?size)"
)
_UNIT = (
    r"(?: (?:in )?(?:s|secs?|seconds|ms|msec|milliseconds|min|minutes|samples|frames|bytes|kb|mb"
    r"|hz|khz|kbps))?"
)
_NAME = re.compile(_THING + _FACT + _UNIT)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")

# Of the spread of the targets, and in standard errors; docs/guides/collections.md has the figures.
_LEAST_EXPLAINED = 0.02
_LEAST_SIGMAS = 4.0

_FOLDS = 5
_FEWEST_UNITS = 50
_MOST_ROWS = 20_000
_FEWEST_IN_LEAF = 10
_MOST_LEAVES = 16


def find_file_columns(
    collection: Collection, ignored: Mapping[str, frozenset[str]] | None = None
) -> Iterator[Finding]:
    """Yield the columns about files that alone predict the target, but for those `ignored`."""
    without = ignored or {}
    if collection.media is not None:
        return
    for input, names in collection.feature_names.items():
        for k, name in enumerate(names):
            if not is_file_fact(name) or name in without.get(input, ()):
                continue
            share = tells(collection, collection.X[input][:, k])
            if share is not None:
                yield Finding(
                    "given-away",
                    f"column {show_name(name)!r} is about the files, not about what sounds in "
                    f"them, yet it alone explains {100 * share:.0f} % of the target",
                    f"unless new files will differ so, too, leave it out with "
                    f"{option('--drop', name)}",
                )


def is_file_fact(name: str) -> bool:
    """Tell whether a column is called as facts of files are, such as ``bit_rate``."""
    return _NAME.fullmatch(" ".join(_WORD.findall(name)).lower()) is not None


def tells(collection: Collection, values: np.ndarray) -> float | None:
    """Return what a column (n_samples,) alone explains, if that is enough to be told of."""
    share, sigmas = explained(collection, values)
    return share if share >= _LEAST_EXPLAINED and sigmas >= _LEAST_SIGMAS else None


def explained(collection: Collection, values: np.ndarray) -> tuple[float, float]:
    """Return the share of the targets' spread that a column (n_samples,) alone predicts.

    A small tree predicts samples of groups that it has not seen; the second number says how many
    standard errors lie between its squared error and that of the mean.
    """
    from sklearn.tree import DecisionTreeRegressor

    rng = np.random.default_rng(0)
    rows = np.sort(rng.permutation(collection.n_samples)[:_MOST_ROWS])
    groups = collection.ids if collection.groups is None else collection.groups
    unit_of = np.unique(groups[rows], return_inverse=True)[1]
    n_units = int(unit_of.max()) + 1
    x, y = _filled(values[rows])[:, None], _as_numbers(collection, rows)
    if n_units < _FEWEST_UNITS or np.ptp(x) == 0:
        return 0.0, 0.0
    fold_of = rng.permutation(np.arange(n_units) % _FOLDS)[unit_of]
    gained, spread = np.empty(len(x)), np.empty(len(x))
    for fold in range(_FOLDS):
        test = fold_of == fold
        tree = DecisionTreeRegressor(
            max_leaf_nodes=_MOST_LEAVES, min_samples_leaf=_FEWEST_IN_LEAF, random_state=0
        ).fit(x[~test], y[~test])
        told = tree.predict(x[test]).reshape(int(test.sum()), -1)
        spread[test] = np.square(y[test] - y[~test].mean(axis=0)).sum(axis=1)
        gained[test] = spread[test] - np.square(y[test] - told).sum(axis=1)
    per_unit = np.bincount(unit_of, gained)
    error = float(per_unit.std(ddof=1)) * np.sqrt(n_units)
    return (
        float(gained.sum() / max(spread.sum(), 1e-300)),
        float(per_unit.sum() / max(error, 1e-300)),
    )


def _filled(values: np.ndarray) -> np.ndarray:
    """Put what is below all values into gaps: that nothing is known of a file tells, too."""
    gaps = np.isnan(values)
    if gaps.all():
        return np.zeros(len(values))
    return np.where(gaps, values[~gaps].min() - 1.0, values).astype(np.float64)


def _as_numbers(collection: Collection, rows: np.ndarray) -> np.ndarray:
    """Return targets of rows as columns (n_rows, n) of one scale: a class is 0 or 1 in its own."""
    y = collection.y[rows]
    if collection.task == "classification":
        return (y[:, None] == np.unique(y)).astype(np.float64)
    columns = y.reshape(len(y), -1).astype(np.float64)
    return columns / np.maximum(columns.std(axis=0), 1e-300)
