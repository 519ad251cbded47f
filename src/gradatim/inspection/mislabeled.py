"""Labels that are probably wrong: a model that never saw these samples bets on other classes.

Conventions: 100 extremely randomized trees, five folds, groups or copies kept together. A sample
is suspect where the probability of another class exceeds that of its own by more than `MARGIN`;
the likeliest mistakes come first. Classes of fewer than `FEWEST` samples are not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradatim._text import plural, show_name
from gradatim.collection import Collection
from gradatim.inspection.duplicates import copies
from gradatim.inspection.findings import Finding

#: By how much another class must be more probable; of 0.4, 0.5 and 0.6 the best balance of
#: precision and recall on tables with 5 % of the labels changed (`benchmarks.bench_labels`).
MARGIN = 0.4
FEWEST = 10

_FOLDS = 5
_TREES = 100
# Beyond, a person should look at a part first.
_MOST_ROWS = 10_000
# More suspects than this share are no mistakes: the classes overlap.
_MOST_SUSPECT = 0.15


def find_mislabeled(collection: Collection) -> Iterator[Finding]:
    """Yield the samples whose label should be looked at."""
    if collection.task != "classification" or collection.n_samples > _MOST_ROWS:
        return
    groups = copies(collection)
    if collection.groups is not None:
        groups = collection.groups
    X = np.concatenate(list(collection.X.values()), axis=1)
    rows, told = suspects(X, collection.y, groups)
    if not 0 < len(rows) <= _MOST_SUSPECT * collection.n_samples:
        return
    first = show_name(str(collection.ids[rows[0]]))
    said, held = show_name(str(told[0])), show_name(str(collection.y[rows[0]]))
    yield Finding(
        "label-noise",
        f"{plural(len(rows), 'label')} may be wrong, the likeliest first: {first} is labeled "
        f"{held!r} and resembles {said!r}",
        "look at them, or listen, before you change any",
        tuple((row,) for row in rows.tolist()),
    )


def suspects(
    X: np.ndarray, y: np.ndarray, groups: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Find rows whose label is probably wrong, and the label that they should rather have.

    `X` (n_samples, n_features), `y` and `groups` (n_samples,); returns (n_suspects,) positions and
    labels, the most probable mistakes first.
    """
    import warnings

    from sklearn.ensemble import ExtraTreesClassifier
    from sklearn.model_selection import StratifiedGroupKFold

    classes, counts = np.unique(y, return_counts=True)
    judged = np.flatnonzero(np.isin(y, classes[counts >= FEWEST]))
    classes, codes = np.unique(y[judged], return_inverse=True)
    together = judged if groups is None else groups[judged]
    nothing = np.empty(0, dtype=np.int64), y[:0]
    if len(classes) < 2 or len(np.unique(together)) < _FOLDS:
        return nothing
    proba = np.zeros((len(judged), len(classes)))
    folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=0)
    seen = _filled(X[judged])
    with warnings.catch_warnings():
        # A class may have fewer groups than there are folds.
        warnings.simplefilter("ignore", UserWarning)
        for train, test in folds.split(seen, codes, together):
            trees = ExtraTreesClassifier(_TREES, random_state=0).fit(seen[train], codes[train])
            proba[test[:, None], trees.classes_] = trees.predict_proba(seen[test])
    at = np.arange(len(judged))
    own = proba[at, codes].copy()
    proba[at, codes] = -1.0
    # A hundred trees vote in hundredths: rounding keeps ties apart from how sums were rounded.
    odd = np.flatnonzero(np.round(proba.max(axis=1) - own, 9) > MARGIN)
    order = odd[np.argsort(np.round(own[odd], 9), kind="stable")]
    return judged[order], classes[proba[order].argmax(axis=1)]


def _filled(X: np.ndarray) -> np.ndarray:
    """Put medians into gaps."""
    gaps = np.isnan(X)
    return (
        np.where(gaps, np.nanmedian(np.where(gaps.all(0), 0.0, X), axis=0), X) if gaps.any() else X
    )
