"""The perceptron rung: Rosenblatt's rule with averaged weights (L5, L9).

Conventions: what `gradatim.estimators.PerceptronClassifier` learns of standardized inputs; one
perceptron per label in multi-label tasks.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from gradatim._progress import Progress
from gradatim.models.families.base import SCALING, SCALING_AT_ONCE, Family, Fit, Fitted, make_model
from gradatim.models.learners import Perceptrons
from gradatim.models.training_set import Plan, TrainingSet
from gradatim.network.graph import Layer, Network
from gradatim.training.perceptron import learn_rule

#: Passes over the rows, and how many visits in all are enough: of many rows there are fewer passes.
_MOST_PASSES, _ENOUGH_VISITS = 10, 100_000


def _passes(n_rows: int) -> int:
    return min(_MOST_PASSES, max(2, round(_ENOUGH_VISITS / n_rows)))


class Perceptron(Family):
    """The perceptron rule, averaged over all its steps."""

    name = "perceptron"
    title = "the perceptron"
    tasks = ("classification", "multilabel")

    def candidates(self, data: TrainingSet, input: str) -> Sequence[str]:
        """There is nothing to choose: the rule has no rate that matters."""
        return ["averaged"]

    def describe(self, candidate: str) -> str:
        """Name the variant."""
        return "averaged weights"

    def seconds(self, data: TrainingSet, input: str, plan: Plan) -> float:
        """Guess from the steps."""
        n, d = data.collection.X[input].shape
        work = plan.n_scored * n * _passes(plan.n_train)
        return 0.1 + work * (1e-5 + d * data.targets.n_outputs / 1e10)

    def bytes(self, data: TrainingSet, input: str, plan: Plan) -> int:
        """Estimate the copies of every thread: raw, scaled, and in double precision."""
        n, d = data.collection.X[input].shape
        return data.n_jobs * (20 * n * d + min(SCALING * n * d, SCALING_AT_ONCE))

    def fit(
        self, data: TrainingSet, input: str, fits: Sequence[Fit], progress: Progress
    ) -> list[Fitted]:
        """Fit in threads."""
        fitted = []
        with ThreadPoolExecutor(data.n_jobs) as pool:
            models = pool.map(lambda fit: self._one(data, input, fit), fits)
            for fit, model in zip(fits, models, strict=True):
                fitted.append(model)
                fit.keep(model)
                progress(len(fitted) / len(fits), "fitting")
        return fitted

    def _one(self, data: TrainingSet, input: str, fit: Fit) -> Fitted:
        X, scaler = data.collection.X[input], data.scaler(input, fit.train, "standard")
        Z = scaler.transform(X[fit.train])
        labels = [data.codes] if data.task == "classification" else data.targets.matrix.T
        weights = data.weights(fit.train)
        step = np.ones(len(Z)) if weights is None else weights
        units = tuple(self._unit(data, Z, codes[fit.train].astype(int), step) for codes in labels)
        learner = Perceptrons(units, data.targets.n_outputs)
        outputs = learner.outputs(scaler.transform(X[fit.test]).astype(np.float64))
        return Fitted(make_model(self, data, input, learner, scaler), outputs)

    def _unit(
        self, data: TrainingSet, Z: np.ndarray, codes: np.ndarray, step: np.ndarray
    ) -> tuple[Network | None, tuple[int, ...]]:
        """Learn class numbers by a `step` per row; a class that they lack is never predicted."""
        present = tuple(np.unique(codes).tolist())
        if len(present) == 1:
            return None, present
        binary = len(present) == 2
        targets = np.searchsorted(present, codes)
        rows = np.column_stack([Z.astype(np.float64), np.ones(len(Z))])
        rule, _ = learn_rule(
            rows,
            2 * targets - 1 if binary else targets,
            step,
            n_outputs=1 if binary else len(present),
            max_iter=_passes(len(rows)),
            rng=np.random.RandomState(data.seed),
        )
        weights = rule.average
        layer = Layer(weights[:, :-1], weights[:, -1], "heaviside" if binary else "identity")
        return Network([layer]), present
