"""Columns chosen one by one from many: orthogonal least squares.

Conventions: rows are samples, their weights already in columns and values.
"""

from __future__ import annotations

import numpy as np

# Share of a column that must lie across those already chosen.
_ACROSS = 1e-5
# A gain below this share of all is one of rounding.
_ROUNDING = 1e-26
# A square error that fell below this share has lost too many digits to differences.
_WORTH_A_PRODUCT = 1e-4

#: Relative difference up to which two gains are the same.
_EQUAL = 1e-9


def choose_columns(columns: np.ndarray, given: np.ndarray, y: np.ndarray, n: int) -> list[int]:
    """Choose columns that leave little of the square error, one by one.

    Each is the one whose part across those already chosen takes most of what is left away
    (orthogonal least squares [1]_).

    `columns` (n_rows, n_columns); `given` (n_rows, n_given); `y` (n_rows,).

    References
    ----------
    .. [1] S. Chen, S. A. Billings, W. Luo, "Orthogonal least squares methods and their application
       to non-linear system identification", International Journal of Control 50, pp. 1873-1896,
       1989.

    Examples
    --------
    >>> columns = np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    >>> choose_columns(columns, np.empty((3, 0)), np.array([3.0, 3.0, 1.0]), 3)
    [1, 2]
    """
    span = np.linalg.qr(given)[0]
    left = y - span @ (span.T @ y)
    sizes = np.sum(columns * columns, axis=0)
    across = sizes - np.sum((span.T @ columns) ** 2, axis=0)
    pull, size = left @ columns, float(left @ left)
    found: list[int] = []
    for _ in range(n):
        gain = np.where(across > _ACROSS * sizes, pull**2 / np.maximum(across, 1e-300), 0.0)
        # Of equally good columns the first: which is larger by rounding depends on the processor.
        best = int(np.flatnonzero(gain >= (1 - _EQUAL) * gain.max())[0])
        if gain[best] <= _ROUNDING * float(y @ y):
            break
        part = columns[:, best] - span @ (span.T @ columns[:, best])
        # Once more, for what rounding left of the others.
        part -= span @ (span.T @ part)
        part /= np.linalg.norm(part)
        found.append(best)
        span = np.column_stack([span, part])
        along, taken = part @ columns, part @ left
        left = left - part * taken
        pull = pull - taken * along
        if left @ left < _WORTH_A_PRODUCT * size:
            # Its digits were those of what has gone meanwhile.
            pull, size = left @ columns, float(left @ left)
        across = across - along**2
        across[best] = 0.0
    return found
