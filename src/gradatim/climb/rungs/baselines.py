"""The first rungs: the majority guess, and linear regression by least squares.

Conventions: for classes, linear regression fits one-hot targets and the largest output wins; a
ridge penalty, chosen like any hyperparameter, keeps it defined with more features than rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from gradatim.climb.problem import Problem
from gradatim.climb.rungs.base import Family, Fit, Fitted
from gradatim.network.graph import Layer, Network

__all__ = ["Linear", "Majority"]


class Majority(Family):
    """Always answer the most frequent class of the training rows, or their mean."""

    name = "majority"
    needs_input = False

    def candidates(self, problem: Problem, input: str) -> Sequence[None]:
        """There is nothing to choose."""
        return [None]

    def describe(self, candidate: None) -> str:
        """Say what is answered."""
        return "one answer for all"

    def seconds(self, problem: Problem, input: str) -> float:
        """Take no time to speak of."""
        return 0.01

    def fit(
        self, problem: Problem, input: str, fits: Sequence[Fit], report: Callable[[float], None]
    ) -> list[Fitted]:
        """Average the targets of the training rows."""
        matrix = problem.targets.matrix
        # The mean of one-hot rows is largest for the most frequent class.
        means = [matrix[fit.train].mean(axis=0) for fit in fits]
        return [
            Fitted(np.tile(mean, (len(fit.test), 1)), len(mean))
            for mean, fit in zip(means, fits, strict=True)
        ]


class Linear(Family):
    """Least squares on the targets, ridge penalty relative to the number of rows."""

    name = "linear"
    _penalties = (0.0, 1e-3, 1e-2, 1e-1, 1.0, 10.0)

    def candidates(self, problem: Problem, input: str) -> Sequence[float]:
        """List ridge penalties, the plain least squares first."""
        return self._penalties

    def describe(self, candidate: float) -> str:
        """Name the penalty."""
        return f"ridge {candidate:g}" if candidate else "least squares"

    def seconds(self, problem: Problem, input: str) -> float:
        """Guess from the size of the factorizations."""
        n, d = problem.collection.X[input].shape
        n_splits = problem.folds.repeats * (len(problem.folds.pairs(True)) + problem.folds.folds)
        return 0.1 + n_splits * min(n, d) * (min(n, d) ** 2 * 6 + n * d * 2) / 2e10

    def fit(
        self, problem: Problem, input: str, fits: Sequence[Fit], report: Callable[[float], None]
    ) -> list[Fitted]:
        """Solve every split once for all its penalties."""
        splits: dict[tuple, list[int]] = {}
        for i, fit in enumerate(fits):
            splits.setdefault((fit.train.tobytes(), fit.test.tobytes()), []).append(i)
        fitted: list[Fitted | None] = [None] * len(fits)
        for done, members in enumerate(splits.values()):
            first = fits[members[0]]
            X = problem.scaled(input, first.train, "standard").astype(np.float64)
            y = problem.targets.matrix[first.train].astype(np.float64)
            penalties = [fits[i].candidate for i in members]
            solved = _ridge(X[first.train], y, penalties, *problem.axes(input, first.train))
            for i, (weight, bias) in zip(members, solved, strict=True):
                network = Network([Layer(weight, bias)], output_names=problem.targets.output_names)
                outputs = X[first.test] @ weight.T + bias
                fitted[i] = Fitted(outputs, network.n_parameters, network=network)
            report((done + 1) / len(splits))
        return [model for model in fitted if model is not None]


def _ridge(
    X: np.ndarray, y: np.ndarray, penalties: Sequence[float], axes: np.ndarray, squares: np.ndarray
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Minimize ||Xw + b - y||^2 + n * penalty * ||w||^2 of centered rows for several penalties.

    In principal axes every penalty is a division; penalty 0 is the minimum-norm solution.
    """
    mean = y.mean(axis=0)
    along = (X @ axes).T @ (y - mean)
    return [
        ((axes @ (along / (squares + len(X) * penalty)[:, None])).T, mean) for penalty in penalties
    ]
