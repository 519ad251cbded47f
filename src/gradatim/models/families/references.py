"""Reference rungs: what others' tools reach on the same folds, beside the ladder.

Conventions: scikit-learn's random forest and LightGBM as they come, nothing chosen. A reference is
no rung on which a verdict stops: it is fitted to say what else there is, judged at once, and its
trees are let go, so that one fit per core is in memory. Each has one thread: LightGBM's own wait
for each other by spinning, and took ninety times as long on two cores that other work shared.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np

from gradatim._progress import Progress
from gradatim.errors import GradatimError, MissingExtraError
from gradatim.models.families.base import SCALING, Family, Fit, Fitted, make_model
from gradatim.models.training_set import Plan, TrainingSet


@dataclass(frozen=True, eq=False)
class Gone:
    """What is left of a learner that was judged where it was fitted: what it was."""

    title: str
    n_parameters: int
    probabilistic: bool
    networks = ()

    def describe(self) -> str:
        """Name the learner."""
        return self.title

    def outputs(self, Z: np.ndarray) -> np.ndarray:
        """Refuse: it is gone."""
        raise GradatimError(f"{self.title} was let go once it had been scored; fit it anew")

    scores = outputs


class ReferenceFamily(Family):
    """A model of another library, as it comes."""

    reference = True
    thorough = False
    # A node of a tree, with what it answers
    bytes_per_parameter = 100
    n_trees: int

    def candidates(self, data: TrainingSet, input: str) -> Sequence[Any]:
        """There is nothing to choose."""
        return [None]

    @abstractmethod
    def answer(
        self,
        data: TrainingSet,
        y: np.ndarray,
        Z: np.ndarray,
        asked: np.ndarray,
        weights: np.ndarray | None = None,
    ) -> tuple[list[np.ndarray], int]:
        """Learn (n_rows,) or (n_rows, n_columns) and answer; say how many nodes that took.

        Answers are values by column, or probabilities of the classes among `y` by column.
        """

    @abstractmethod
    def n_nodes(self, data: TrainingSet, n_train: int) -> int:
        """Estimate the nodes of a fit."""

    def fit(
        self, data: TrainingSet, input: str, fits: Sequence[Fit], progress: Progress
    ) -> list[Fitted]:
        """Fit one per core, and judge each at once."""
        self.require()
        found = []
        with ThreadPoolExecutor(data.n_jobs) as pool:
            waiting = [pool.submit(self._fit, data, input, fit) for fit in fits]
            try:
                for future in waiting:
                    found.append(future.result())
                    progress(len(found) / len(fits), "fitting")
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return found

    def _fit(self, data: TrainingSet, input: str, fit: Fit) -> Fitted:
        scaler, X = data.scaler(input, fit.train, "standard"), data.collection.X[input]
        Z, asked = (scaler.transform(X[rows]) for rows in (fit.train, fit.test))
        outputs, n_nodes = self._outputs(data, fit.train, Z, asked)
        gone = Gone(self.describe(fit.candidate), n_nodes, data.task != "regression")
        return Fitted(make_model(self, data, input, gone, scaler), outputs)

    def _outputs(
        self, data: TrainingSet, train: np.ndarray, Z: np.ndarray, asked: np.ndarray
    ) -> tuple[np.ndarray, int]:
        matrix, weights = data.targets.matrix[train], data.weights(train)
        if data.task == "regression":
            answers, n_nodes = self.answer(data, matrix.astype(np.float64), Z, asked, weights)
            return np.stack(answers, axis=1), n_nodes
        columns = [data.codes[train]] if data.task == "classification" else list(matrix.T > 0.5)
        n_classes = max(2, data.targets.n_outputs) if data.task == "classification" else 2
        # One class needs no tree, and LightGBM grows none.
        learnt = [j for j, y in enumerate(columns) if (y != y[0]).any()]
        shares = [np.eye(n_classes)[np.full(len(asked), int(y[0]))] for y in columns]
        n_nodes = 1
        if learnt:
            y = np.stack([columns[j].astype(int) for j in learnt], axis=1)
            answers, n_nodes = self.answer(data, y, Z, asked, weights)
            for j, answer in zip(learnt, answers, strict=True):
                shares[j] = np.zeros((len(asked), n_classes))
                shares[j][:, np.unique(columns[j]).astype(int)] = answer
        if data.targets.n_outputs == n_classes and data.task == "classification":
            return shares[0], n_nodes
        return np.stack([share[:, 1] for share in shares], axis=1), n_nodes

    def bytes(self, data: TrainingSet, input: str, plan: Plan) -> int:
        """Estimate scaled copies, and the trees of one fit."""
        n, d = data.collection.X[input].shape
        trees = self.bytes_per_parameter * self.n_nodes(data, plan.n_train)
        return data.n_jobs * (SCALING * n * d + trees)

    def describe(self, candidate: Any) -> str:
        """Name the number of trees."""
        return f"{self.n_trees} trees, as it comes"


class Forest(ReferenceFamily):
    """Random forest of scikit-learn."""

    name, title = "forest", "the random forest"
    n_trees = 200

    def seconds(self, data: TrainingSet, input: str, plan: Plan) -> float:
        """Guess from the splits that are looked for."""
        n, d = plan.n_train, data.collection.X[input].shape[1]
        looked_at = d if data.task == "regression" else d**0.5
        return 0.5 + plan.n_scored * self.n_trees * n * np.log2(n + 1) * looked_at / 2e8

    def n_nodes(self, data: TrainingSet, n_train: int) -> int:
        """Estimate from one leaf per row that was drawn, and as many branches."""
        return self.n_trees * 2 * n_train

    def answer(
        self,
        data: TrainingSet,
        y: np.ndarray,
        Z: np.ndarray,
        asked: np.ndarray,
        weights: np.ndarray | None = None,
    ) -> tuple[list[np.ndarray], int]:
        """Grow trees that answer all columns at once."""
        from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

        kind = RandomForestRegressor if data.task == "regression" else RandomForestClassifier
        y = y[:, 0] if y.shape[1] == 1 else y
        model = kind(self.n_trees, random_state=data.seed).fit(Z, y, weights)
        n_nodes = sum(tree.tree_.node_count for tree in model.estimators_)
        if data.task == "regression":
            return list(model.predict(asked).reshape(len(asked), -1).T), n_nodes
        answers: Any = model.predict_proba(asked)
        return answers if isinstance(answers, list) else [answers], n_nodes


class LightGBM(ReferenceFamily):
    """Gradient boosted trees of LightGBM, an extra; a model per label or target."""

    name, title = "lightgbm", "LightGBM"
    n_trees = 100
    # Of each tree, and histograms; where classes are many, a tree for each is expensive, and
    # on `world` (33 classes) smaller ones cost a fifth and are no worse
    _usual, _many_classes = (31, 255), (15, 63)
    _MANY = 10

    def candidates(self, data: TrainingSet, input: str) -> Sequence[tuple[int, int]]:
        """List the one size of trees; smaller ones for many classes."""
        many = data.task == "classification" and data.targets.n_outputs > self._MANY
        return [self._many_classes if many else self._usual]

    def describe(self, candidate: tuple[int, int]) -> str:
        """Name the number of trees, and their size where it is not the usual one."""
        if candidate == self._usual:
            return f"{self.n_trees} trees, as it comes"
        return f"{self.n_trees} trees of {candidate[0]} leaves, {candidate[1]} bins"

    def require(self) -> None:
        """Refuse where it is not installed."""
        if find_spec("lightgbm") is None:
            raise MissingExtraError(
                "the rung lightgbm needs LightGBM, which is not installed; install it with: "
                "pip install 'gradatim[lightgbm]'"
            )

    def seconds(self, data: TrainingSet, input: str, plan: Plan) -> float:
        """Guess from the histograms."""
        n, d = plan.n_train, data.collection.X[input].shape[1]
        rounds = self.n_trees * data.targets.n_outputs
        return 0.5 + plan.n_scored * rounds * (0.002 + n * d * 5 / 1e9)

    def n_nodes(self, data: TrainingSet, n_train: int) -> int:
        """Count the most that trees may have."""
        return self.n_trees * data.targets.n_outputs * (2 * self.candidates(data, "")[0][0] - 1)

    def answer(
        self,
        data: TrainingSet,
        y: np.ndarray,
        Z: np.ndarray,
        asked: np.ndarray,
        weights: np.ndarray | None = None,
    ) -> tuple[list[np.ndarray], int]:
        """Boost trees for one column after the other."""
        import lightgbm

        regression = data.task == "regression"
        [(n_leaves, n_bins)] = self.candidates(data, "")
        kind = lightgbm.LGBMRegressor if regression else lightgbm.LGBMClassifier
        answers, n_nodes = [], 0
        for column in y.T:
            model: Any = kind(
                n_estimators=self.n_trees,
                num_leaves=n_leaves,
                max_bin=n_bins,
                random_state=data.seed,
                n_jobs=1,
                deterministic=True,
                force_row_wise=True,
                verbosity=-1,
            ).fit(Z, column, sample_weight=weights)
            said = np.asarray((model.predict if regression else model.predict_proba)(asked))
            answers.append(said)
            n_nodes += sum(2 * tree["num_leaves"] - 1 for tree in _trees(model))
        return answers, n_nodes


def _trees(model: Any) -> list[dict[str, Any]]:
    return model.booster_.dump_model()["tree_info"]
