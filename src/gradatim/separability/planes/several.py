"""Several classes: every pair of them, and each against the rest.

Conventions: classes are in ascending order, numbers before texts; of a pair the later is the
positive one, and of a class and the rest the class.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gradatim._pictures import Shown
from gradatim._progress import Progress, steady
from gradatim._text import list_text, plural
from gradatim.certificates.labels import read_labels
from gradatim.separability.planes.decide import separate
from gradatim.separability.planes.result import Separation
from gradatim.separability.planes.table import as_table

__all__ = ["ClassSeparations", "separate_classes"]


@dataclass(frozen=True, eq=False, repr=False)
class ClassSeparations(Shown):
    """What was found about several classes."""

    classes: tuple[Hashable, ...]  # The classes in ascending order
    # Every pair; rows are numbered within the pair, see `pair_rows`
    pairs: dict[tuple[Hashable, Hashable], Separation]
    rest: dict[Hashable, Separation]  # Each class against all others together
    # Rows of the whole table that a pair has
    pair_rows: dict[tuple[Hashable, Hashable], np.ndarray]

    def __repr__(self) -> str:
        separable = sum(found.separable is True for found in self.pairs.values())
        pairs = plural(len(self.pairs), "pair")
        return f"ClassSeparations: {list_text(self.classes)}: {separable} of {pairs} separable"

    def verify(self) -> bool:
        """Check in exact arithmetic whether every verdict is proved."""
        return all(found.verify() for found in (*self.pairs.values(), *self.rest.values()))

    def to_dict(self, ids: Sequence[str] | Sequence[int] | None = None) -> dict[str, Any]:
        """Return every pair, then each class against the rest, as `Separation.to_dict` has them.

        Rows are those of the whole table, by `ids` or by their numbers from 0.
        """
        names: Any = range(next(iter(self.rest.values())).n_samples) if ids is None else ids
        return {
            "classes": list(map(str, self.classes)),
            "pairs": [
                found.to_dict([names[i] for i in self.pair_rows[pair]])
                for pair, found in self.pairs.items()
            ],
            "rest": [found.to_dict(names) for found in self.rest.values()],
        }


def separate_classes(
    X: ArrayLike,
    y: Sequence[Hashable] | np.ndarray,
    *,
    input_names: Sequence[str] = (),
    margin: bool = True,
    progress: Progress | None = None,
) -> ClassSeparations:
    """Decide for every pair of classes, and for each class against the rest.

    `X` (n_samples, n_features) and its names are as `separate` takes them; `y` has two or more
    labels. With `margin`, the widest margins are looked for too.

    Examples
    --------
    On a line, the class in the middle cannot be told from the other two by one number:

    >>> found = separate_classes([[1], [2], [3], [4], [5]], ["a", "a", "b", "c", "c"])
    >>> [separation.separable for separation in found.pairs.values()]
    [True, True, True]
    >>> {label: separation.separable for label, separation in found.rest.items()}
    {'a': True, 'b': False, 'c': True}
    """
    table = as_table(X)
    labels, classes, codes = read_labels(y, len(table))
    n_questions = len(classes) * (len(classes) - 1) // 2 + len(classes)
    tell = steady(progress)
    options = {"input_names": tuple(input_names), "margin": margin}
    pairs, pair_rows, rest = {}, {}, {}
    for i, k in combinations(range(len(classes)), 2):
        pair = (classes[i], classes[k])
        pair_rows[pair] = np.flatnonzero((codes == i) | (codes == k))
        chosen = pair_rows[pair]
        pairs[pair] = separate(table[chosen], [labels[j] for j in chosen], **options)
        tell(len(pairs) / n_questions, f"{len(pairs)} of {n_questions}")
    for label in classes:
        # Of two classes, one against the rest is the pair once more.
        rest[label] = separate(table, labels, positive=label, **options)
        done = len(pairs) + len(rest)
        tell(done / n_questions, f"{done} of {n_questions}")
    return ClassSeparations(tuple(classes), pairs, rest, pair_rows)
