"""The first rungs: the majority guess, and linear regression by least squares.

Conventions: for classes, linear regression fits one-hot targets and the largest output wins; a
ridge penalty, chosen like any hyperparameter, keeps it defined with more features than rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

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
        fitted: dict[int, Fitted] = {}
        with ThreadPoolExecutor(problem.n_jobs) as pool:
            jobs = [(problem, input, [fits[i] for i in members]) for members in splits.values()]
            solved = pool.map(lambda job: _solve_split(*job), jobs)
            for members, models in zip(splits.values(), solved, strict=True):
                for i, model in zip(members, models, strict=True):
                    fitted[i] = model
                    fits[i].keep(model)
                report(len(fitted) / len(fits))
        return [fitted[i] for i in range(len(fits))]


def _solve_split(problem: Problem, input: str, fits: Sequence[Fit]) -> list[Fitted]:
    """Solve fits with the same training and test rows, and penalties of their own."""
    train, test = fits[0].train, fits[0].test
    X = problem.scaled(input, train, "standard").astype(np.float64)
    y = problem.targets.matrix[train].astype(np.float64)
    penalties = [fit.candidate for fit in fits]
    models = []
    for weight, bias in _ridge(X[train], y, penalties, *problem.axes(input, train)):
        network = Network([Layer(weight, bias)], output_names=problem.targets.output_names)
        models.append(Fitted(X[test] @ weight.T + bias, network.n_parameters, network=network))
    return models


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
