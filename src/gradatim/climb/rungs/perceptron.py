"""The perceptron rung: Rosenblatt's rule with averaged weights (L5, L9).

Conventions: `gradatim.estimators.PerceptronClassifier` on standardized inputs; one perceptron a
label in multi-label tasks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from gradatim.climb.problem import Problem
from gradatim.climb.rungs.base import Family, Fit, Fitted
from gradatim.estimators import PerceptronClassifier

__all__ = ["Perceptron"]


class Perceptron(Family):
    """The perceptron rule, averaged over all its steps."""

    name = "perceptron"
    tasks = ("classification", "multilabel")
    _max_iter = 10

    def candidates(self, problem: Problem, input: str) -> Sequence[str]:
        """There is nothing to choose: the rule has no rate that matters."""
        return ["averaged"]

    def describe(self, candidate: str) -> str:
        """Name the variant."""
        return "averaged weights"

    def seconds(self, problem: Problem, input: str) -> float:
        """Guess from the steps."""
        n, d = problem.collection.X[input].shape
        fits = len(problem.folds.outer)
        return 0.1 + fits * n * self._max_iter * (1e-5 + d * problem.targets.n_outputs / 1e10)

    def fit(
        self, problem: Problem, input: str, fits: Sequence[Fit], report: Callable[[float], None]
    ) -> list[Fitted]:
        """Fit in threads."""
        fitted = []
        with ThreadPoolExecutor(problem.n_jobs) as pool:
            models = pool.map(lambda fit: self._one(problem, input, fit), fits)
            for fit, model in zip(fits, models, strict=True):
                fitted.append(model)
                fit.keep(model)
                report(len(fitted) / len(fits))
        return fitted

    def _one(self, problem: Problem, input: str, fit: Fit) -> Fitted:
        X = problem.scaled(input, fit.train, "standard")
        if problem.task == "classification":
            matrix = problem.targets.matrix
            codes = matrix[:, 0] if matrix.shape[1] == 1 else matrix.argmax(axis=1)
            return self._rule(problem, X, codes.astype(int), fit, problem.targets.n_outputs)
        labels = problem.targets.matrix.T.astype(int)
        parts = [self._rule(problem, X, y, fit, 1) for y in labels]
        return Fitted(
            np.concatenate([p.outputs for p in parts], axis=1), sum(p.n_parameters for p in parts)
        )

    def _rule(
        self, problem: Problem, X: np.ndarray, codes: np.ndarray, fit: Fit, n_outputs: int
    ) -> Fitted:
        """Learn class numbers; a class that the training rows lack is never predicted."""
        y = codes[fit.train]
        if len(np.unique(y)) == 1:
            return Fitted(_one_hot(np.full(len(fit.test), y[0]), n_outputs), 1)
        model = PerceptronClassifier(
            variant="averaged", max_iter=self._max_iter, random_state=problem.seed
        )
        model.fit(X[fit.train], y)
        outputs = _one_hot(model.predict(X[fit.test]), n_outputs)
        return Fitted(outputs, model.network_.n_parameters, network=model.network_)


def _one_hot(codes: np.ndarray, n_outputs: int) -> np.ndarray:
    return np.eye(n_outputs)[codes] if n_outputs > 1 else codes[:, None].astype(float)
