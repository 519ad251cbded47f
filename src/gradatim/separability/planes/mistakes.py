r"""The perceptron rule, mistake by mistake, beside the bound that Novikoff proved.

Conventions: a row has a one appended for w0, so weights are (w, w0); they start at zero, rows are
visited in the order of the table again and again, and a score of exactly 0 is a mistake. Floats,
as the rule is used; the bound is exact: :math:`\lfloor R^2 / \gamma^2 \rfloor` with the longest row
R and the widest margin :math:`\gamma` of a hyperplane through the origin, both of rows with their
one [1]_.

References
----------
.. [1] A. B. J. Novikoff, "On convergence proofs on perceptrons", Symposium on the Mathematical
   Theory of Automata, vol. 12, pp. 615-622, 1962.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from gradatim.errors import NotSeparableError, SpecError
from gradatim.network.graph import Network
from gradatim.separability.planes.result import Separation, unit_network
from gradatim.separability.planes.rows import ExactRows
from gradatim.separability.planes.widest import widest

__all__ = ["PerceptronRun", "run_perceptron"]

_FEWEST, _MOST = 4, 1 << 14


@dataclass(frozen=True, eq=False)
class PerceptronRun:
    """What the perceptron rule did."""

    found: Separation  # Of the rows that it visited
    mistakes: np.ndarray  # Row of every mistake, in order
    n_passes: int  # Times that all rows were visited, the last begun included
    converged: bool  # Whether a whole pass was without mistake
    bound: int | None  # Mistakes that cannot be exceeded; None if the rows are not separable

    @property
    def n_mistakes(self) -> int:
        """Number of mistakes."""
        return len(self.mistakes)

    def weights(self, n_mistakes: int) -> np.ndarray:
        """Return the weights after some mistakes, (n_features + 1,), w0 last."""
        chosen = self.mistakes[:n_mistakes]
        rows = _with_ones(self.found)
        return (self.found.signs[chosen, None] * rows[chosen]).sum(axis=0)

    def network(self, n_mistakes: int | None = None) -> Network:
        """Return the step unit after some mistakes; after all if None."""
        weights = self.weights(self.n_mistakes if n_mistakes is None else n_mistakes)
        numbers = [Fraction(repr(value)) for value in weights.tolist()]
        return unit_network(numbers[:-1], numbers[-1], self.found.input_names)

    def to_dict(self) -> dict[str, Any]:
        """Return counts, the bound and the last weights as JSON holds them."""
        return {
            "mistakes": self.n_mistakes,
            "passes": self.n_passes,
            "converged": self.converged,
            "bound": self.bound,
            "weights": self.weights(self.n_mistakes).tolist(),
        }


def run_perceptron(found: Separation, *, max_mistakes: int = 100_000) -> PerceptronRun:
    """Visit rows in order, add a row (or take it away) after every mistake on it.

    Examples
    --------
    >>> from gradatim.separability import separate
    >>> run = run_perceptron(separate([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1]))
    >>> run.n_mistakes, run.bound, run.converged, str(run.network())
    (18, 51, True, 'y = step(3x1 + 2x2 - 4)')
    """
    if max_mistakes < 1:
        raise SpecError(f"max_mistakes is {max_mistakes}; let there be at least 1")
    vectors = found.signs[:, None] * _with_ones(found)
    mistakes, n_visits = _visit(vectors, max_mistakes)
    n_rows = len(vectors)
    converged = n_visits - (mistakes[-1][0] + 1 if mistakes else 0) >= n_rows
    bound = _bound(found, vectors) if found.separable else None
    rows = np.array([row for _, row in mistakes], dtype=np.intp)
    return PerceptronRun(found, rows, -(-n_visits // n_rows), converged, bound)


def _with_ones(found: Separation) -> np.ndarray:
    rows = found.rows.floats()
    if not np.isfinite(rows).all() or np.abs(rows).max(initial=0) > 1e150:
        raise NotSeparableError(
            "the numbers are too large for a perceptron in floats; divide the columns first"
        )
    return np.column_stack([rows, np.ones(len(rows))])


def _visit(vectors: np.ndarray, max_mistakes: int) -> tuple[list[tuple[int, int]], int]:
    """Return (visit, row) of every mistake, and the number of visits."""
    n_rows = len(vectors)
    weights = np.zeros(vectors.shape[1])
    mistakes: list[tuple[int, int]] = []
    visit, right, block = 0, 0, _FEWEST
    while right < n_rows and len(mistakes) < max_mistakes:
        row = visit % n_rows
        ahead = min(block, n_rows - row, n_rows - right)
        wrong = np.flatnonzero(vectors[row : row + ahead] @ weights <= 0)
        if len(wrong):
            first = int(wrong[0])
            mistakes.append((visit + first, row + first))
            weights += vectors[row + first]
            visit, right, block = visit + first + 1, 0, max(_FEWEST, block // 2)
        else:
            visit, right, block = visit + ahead, right + ahead, min(_MOST, block * 2)
    return mistakes, visit


def _bound(found: Separation, vectors: np.ndarray) -> int | None:
    """Return the whole part of R^2 / gamma^2, from exact squares."""
    if found.widest is None:
        return None
    # Through the origin: the widest gap between the signed vectors and the zero vector.
    table = np.vstack([vectors, np.zeros(vectors.shape[1])])
    sides = np.append(np.ones(len(vectors), dtype=np.int8), np.int8(-1))
    rows = ExactRows(table)
    start = rows.normalized_plane([*found.widest.weights, found.widest.bias], Fraction(0))
    gamma_squared = 4 * widest(rows, sides, start).squares[0]
    lengths = (vectors**2).sum(axis=1)
    longest = np.flatnonzero(lengths >= lengths.max() * (1 - 1e-12))
    exact = max(sum(value * value for value in found.rows.exact(int(i))) + 1 for i in longest)
    return int(exact / gamma_squared) if gamma_squared else None
