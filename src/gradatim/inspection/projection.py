"""Large inputs as few columns: distances between rows survive a random projection.

Conventions: an input of at most `MOST_NUMBERS` numbers is left as it is. A larger one that is wider
than `WIDTH` becomes `WIDTH` random sums of its standardized columns, by which a squared distance is
off by about a tenth [1]_. Some rows say how far a column spreads; all are read a block at a time,
so that no copy of the input is made.

References
----------
.. [1] W. B. Johnson, J. Lindenstrauss, "Extensions of Lipschitz mappings into a Hilbert space",
   Contemporary Mathematics 26, pp. 189-206, 1984.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradatim.inspection.latest import Latest
from gradatim.scalers import blocks, fit_scaler

#: Numbers of an input up to which nothing is projected.
MOST_NUMBERS = 1 << 25

#: Columns of a projection.
WIDTH = 256

# Rows from which the spread of columns is learnt
_ROWS = 2_000

_latest = Latest()


def projected(inputs: Sequence[np.ndarray]) -> np.ndarray | None:
    """Project inputs (n_samples, n_features) that stand side by side; None if they are small."""
    n, d = len(inputs[0]), sum(X.shape[1] for X in inputs)
    if n * d <= MOST_NUMBERS or d <= WIDTH:
        return None
    # Leaks and copies look at the same.
    return _latest.of(inputs, lambda: _project(inputs, n))


def _project(inputs: Sequence[np.ndarray], n: int) -> np.ndarray:
    rng = np.random.default_rng(0)
    found = np.zeros((n, WIDTH))
    for X in inputs:
        signs = rng.choice([-1.0, 1.0], size=(X.shape[1], WIDTH)) / np.sqrt(WIDTH)
        scaler = fit_scaler(X, rows=np.arange(0, n, -(-n // _ROWS)))
        for rows in blocks(*X.shape):
            found[rows] += scaler.transform(X[rows], np.float64) @ signs
    return found
