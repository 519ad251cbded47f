"""The rows that come closest to a plane, exactly.

Conventions: see `gradatim.separability.planes.rows`; signs are -1 or +1 and both occur.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradatim.separability.planes.rows import ExactRows


def has_gap(rows: ExactRows, signs: np.ndarray, plane: Sequence[int]) -> bool | None:
    """Say by floats whether a plane separates with some bias. `signs` (n_samples,)."""
    scores, error = rows.scores(plane)
    gap = float(scores[signs > 0].min() - scores[signs < 0].max())
    return None if abs(gap) <= 3 * error else gap > 0


def extremes(rows: ExactRows, signs: np.ndarray, plane: Sequence[int]) -> tuple[int, int]:
    """Find the row of the positive class with the least product, and of the other the greatest.

    `signs` (n_samples,).
    """
    scores, error = rows.scores(plane)
    found = []
    for sign in (1, -1):
        own = np.flatnonzero(signs == sign)
        values = sign * scores[own]
        close = own[values <= values.min() + 2 * error]
        if len(close) == 1:
            found.append(int(close[0]))
            continue
        products = [sign * value for value in rows.products(close, plane)]
        found.append(int(close[min(range(len(close)), key=lambda k: products[k])]))
    return found[0], found[1]
