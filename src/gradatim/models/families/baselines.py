"""The first rungs: the majority guess, and linear regression by least squares.

Conventions: for classes, linear regression fits one-hot targets and the largest output wins; a
ridge penalty, chosen like any hyperparameter, keeps it defined with more features than rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from gradatim._progress import Progress
from gradatim.models.axes import principal_axes, solve_ridge
from gradatim.models.families.base import SCALING, Family, Fit, Fitted, by_rows, make_model
from gradatim.models.learners import AveragedNetworks, Constant
from gradatim.models.training_set import Plan, TrainingSet
from gradatim.network.graph import Layer, Network


class Majority(Family):
    """Always answer the most frequent class of the training rows, or their mean."""

    name = "majority"
    title = "the majority guess"
    needs_input = False

    def title_for(self, task: str) -> str:
        """Call it the mean where values are predicted."""
        return "the mean" if task == "regression" else self.title

    def candidates(self, data: TrainingSet, input: str) -> Sequence[None]:
        """There is nothing to choose."""
        return [None]

    def describe(self, candidate: None) -> str:
        """Say what is answered."""
        return "one answer for all"

    def seconds(self, data: TrainingSet, input: str, plan: Plan) -> float:
        """Take no time to speak of."""
        return 0.01

    def fit(
        self, data: TrainingSet, input: str, fits: Sequence[Fit], progress: Progress
    ) -> list[Fitted]:
        """Average the targets of the training rows."""
        fitted = []
        for fit in fits:
            # The mean of one-hot rows is largest for the most frequent class.
            learner = Constant(data.mean(fit.train))
            model = make_model(self, data, input, learner, None)
            fitted.append(Fitted(model, learner.outputs(fit.test)))
        return fitted


class Linear(Family):
    """Least squares on the targets, ridge penalty relative to the number of rows."""

    name = "linear"
    title = "linear regression"
    _penalties = (0.0, 1e-3, 1e-2, 1e-1, 1.0, 10.0)

    def candidates(self, data: TrainingSet, input: str) -> Sequence[float]:
        """List ridge penalties, the plain least squares first."""
        return self._penalties

    def describe(self, candidate: float) -> str:
        """Name the penalty."""
        return f"ridge {candidate:g}" if candidate else "least squares"

    def seconds(self, data: TrainingSet, input: str, plan: Plan) -> float:
        """Guess from the size of the factorizations."""
        n, d = data.collection.X[input].shape
        n_splits = plan.n_choosing + plan.n_scored
        return 0.1 + n_splits * min(n, d) * (min(n, d) ** 2 * 6 + n * d * 2) / 2e10

    def bytes(self, data: TrainingSet, input: str, plan: Plan) -> int:
        """Estimate scaled copies, factorizations, and the axes that the logistic rung reuses."""
        n, d = data.collection.X[input].shape
        rank = min(plan.n_train, d)
        return 8 * plan.n_scored * d * rank + data.n_jobs * ((SCALING + 4) * n * d + 24 * rank**2)

    def fit(
        self, data: TrainingSet, input: str, fits: Sequence[Fit], progress: Progress
    ) -> list[Fitted]:
        """Solve every split once for all its penalties."""
        fitted: dict[int, Fitted] = {}
        splits = by_rows(fits)
        with ThreadPoolExecutor(data.n_jobs) as pool:
            solved = pool.map(lambda s: self._solve(data, input, [fits[i] for i in s]), splits)
            for split, models in zip(splits, solved, strict=True):
                for i, model in zip(split, models, strict=True):
                    fitted[i] = model
                    fits[i].keep(model)
                progress(len(fitted) / len(fits), "fitting")
        return [fitted[i] for i in range(len(fits))]

    def _solve(self, data: TrainingSet, input: str, fits: Sequence[Fit]) -> list[Fitted]:
        """Solve fits with the same training and test rows, and penalties of their own."""
        train, test = fits[0].train, fits[0].test
        X, scaler = data.collection.X[input], data.scaler(input, train, "standard")
        Z, judged = (scaler.transform(X[rows]).astype(np.float64) for rows in (train, test))
        y = data.targets.matrix[train].astype(np.float64)
        center, level = np.zeros(Z.shape[1]), y.mean(axis=0)
        if (weights := data.weights(train)) is None:
            axes = data.axes(input, train)
        else:
            # Rows times the root of their weight, about weighted means, are rows that count alike.
            center, level = weights @ Z / len(Z), weights @ y / len(Z)
            Z = np.sqrt(weights)[:, None] * (Z - center)
            axes = principal_axes(Z)
        right = y - level if weights is None else np.sqrt(weights)[:, None] * (y - level)
        found = []
        for weight in solve_ridge(Z, right, [fit.candidate for fit in fits], *axes):
            layer = Layer(weight, level - weight @ center)
            network = Network([layer], output_names=data.targets.output_names)
            learner = AveragedNetworks((network,), probabilistic=False)
            model = make_model(self, data, input, learner, scaler)
            found.append(Fitted(model, learner.outputs(judged)))
        return found
