"""A rung of the climb in scikit-learn: pipelines in GridSearchCV, then the chosen one in joblib.

Conventions: every model is preceded by StandardScaler. Inputs carry the row's number in their first
column, by which the scorer tells the two folds of a pair apart: one fit then judges a candidate for
both, as in the climb. Networks are MLPClassifier with the recipe's widths, rates, batches and
epochs; what it has no name for (dropout, label smoothing, schedules, SiLU) is left out.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from joblib import delayed
from sklearn.base import BaseEstimator, clone
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier, SGDClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC

from benchmarks.peer_rung import PeerRung, count_epochs, specs_of
from benchmarks.peers import run_parallel
from gradatim.climb.task import ClimbTask
from gradatim.models.families.base import Family
from gradatim.training import NetworkSpec
from gradatim.training.recipes import choose_batch_size

__all__ = ["climb_rung", "make_models", "make_pipeline"]

#: The perceptron rung's passes over the rows.
PASSES = 10


def climb_rung(problem: ClimbTask, family: Family, input: str) -> PeerRung:
    """Choose and score one rung on one input.

    Parameters
    ----------
    problem : ClimbTask
        Rows, classes and folds.
    family : Family
        The rung, for its candidates.
    input : str
        Which input; empty for a rung that reads none.

    Returns
    -------
    PeerRung
        Time, scores, and the work done.

    Raises
    ------
    RuntimeError
        If networks were not trained for as many epochs as the recipe asks.
    """
    start = time.perf_counter()
    candidates = list(family.candidates(problem, input))
    X = _numbered(problem, input)
    chosen, choosing = _choose(problem, family, input, candidates, X)
    fits = _final_fits(problem, family, input, [candidates[c] for c in chosen], X)
    found = run_parallel(fits)
    epochs = count_epochs(problem, family)
    if sum(n for _, n in found) != epochs:
        raise RuntimeError(f"scikit-learn trained other than the {epochs} epochs of {family.name}")
    return PeerRung(
        rung=family.name,
        input=input,
        seconds=time.perf_counter() - start,
        scores=tuple(score for score, _ in found),
        choosing=choosing,
        training=max(1, len(specs_of(problem, family))) * len(found),
        epochs=epochs,
    )


def _choose(
    problem: ClimbTask, family: Family, input: str, candidates: Sequence[Any], X: np.ndarray
) -> tuple[list[int], int]:
    """Choose a candidate for every outer fold; also count the fits."""
    folds = problem.folds
    if len(candidates) == 1:
        return [0] * len(folds.outer), 0
    pairs = folds.pairs(family.thorough)
    totals = []
    for r in range(folds.repeats):
        search = _search(problem, family, input, candidates, r)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # folds that a pair does not have are scored NaN
            search.fit(X, problem.collection.y)
        totals.append(_read_search(search, pairs, folds.folds))
    chosen = [int(np.argmax(totals[r][k])) for r, k in folds.outer]
    return chosen, folds.repeats * len(pairs) * len(candidates)


def _final_fits(
    problem: ClimbTask, family: Family, input: str, chosen: Sequence[Any], X: np.ndarray
) -> list[Any]:
    fits = []
    for (r, k), candidate in zip(problem.folds.outer, chosen, strict=True):
        train, test = problem.folds.rows_without(r, k), problem.folds.rows(r, k)
        models = [
            _pipeline(model) for model in make_models(problem, family, candidate, input, len(train))
        ]
        fits.append(delayed(_fit_members)(models, X, problem.collection.y, train, test))
    return fits


def _search(
    problem: ClimbTask, family: Family, input: str, candidates: Sequence[Any], repeat: int
) -> GridSearchCV:
    folds = problem.folds
    splits = [
        (folds.rows_without(repeat, i, j), folds.rows(repeat, i, j))
        for i, j in folds.pairs(family.thorough)
    ]
    models = [
        make_models(problem, family, candidate, input, len(splits[0][0]))[0]
        for candidate in candidates
    ]
    return GridSearchCV(
        _pipeline(models[0]),
        [{"model": [model]} for model in models],
        scoring=_FoldScores(folds.fold_of[repeat], folds.folds),
        cv=splits,
        refit=False,
    )


def _read_search(
    search: GridSearchCV, pairs: Sequence[tuple[int, int]], n_folds: int
) -> np.ndarray:
    """Average each candidate's scores for an outer fold over the folds that judge for it."""
    results = search.cv_results_
    total = np.zeros((n_folds, len(results["params"])))
    for s, (i, j) in enumerate(pairs):
        for outer, judge in ((i, j), (j, i)):
            total[outer] += results[f"split{s}_test_fold{judge}"]
    return total / np.bincount(np.ravel(pairs), minlength=n_folds)[:, None]


class _FoldScores:
    """Accuracy on each fold of the rows that are judged; NaN for folds that are not there."""

    def __init__(self, fold_of: np.ndarray, n_folds: int) -> None:
        self.fold_of, self.n_folds = fold_of, n_folds

    def __call__(self, model: Any, X: np.ndarray, y: np.ndarray) -> dict[str, float]:
        right = model.predict(X) == y
        fold = self.fold_of[X[:, 0].astype(int)]
        present = [fold == k for k in range(self.n_folds)]
        return {
            f"fold{k}": float(right[mine].mean()) if mine.any() else np.nan
            for k, mine in enumerate(present)
        }


def _numbered(problem: ClimbTask, input: str) -> np.ndarray:
    n = problem.collection.n_samples
    X = problem.collection.X[input] if input else np.zeros((n, 1))
    return np.column_stack([np.arange(n), X])


def _without_number(X: np.ndarray) -> np.ndarray:
    return X[:, 1:]


def _pipeline(model: BaseEstimator) -> Pipeline:
    rows = ("rows", FunctionTransformer(_without_number))
    return Pipeline([rows, *make_pipeline(model).steps])


def make_pipeline(model: BaseEstimator) -> Pipeline:
    """Put a StandardScaler before a model.

    Parameters
    ----------
    model : estimator
        The model.

    Returns
    -------
    sklearn.pipeline.Pipeline
        Steps ``scale`` and ``model``.
    """
    return Pipeline([("scale", StandardScaler()), ("model", model)])


def make_models(
    problem: ClimbTask, family: Family, candidate: Any, input: str, n_train: int
) -> list[BaseEstimator]:
    """Return scikit-learn's counterparts of a candidate.

    Parameters
    ----------
    problem : ClimbTask
        What is climbed.
    family : Family
        The rung.
    candidate : object
        The candidate.
    input : str
        Which input is read; empty for none.
    n_train : int
        Rows that are learnt from.

    Returns
    -------
    list of estimator
        Not fitted; those of networks are to be averaged.
    """
    members = specs_of(problem, family)
    if members:
        batch_size = choose_batch_size(problem.collection.n_samples)
        return [_network(spec, min(batch_size, n_train)) for spec in members]
    return [_convex(problem, family.name, candidate, input, n_train)]


def _convex(
    problem: ClimbTask, rung: str, candidate: Any, input: str, n_train: int
) -> BaseEstimator:
    if rung == "majority":
        return DummyClassifier(strategy="most_frequent")
    if rung == "linear":
        solver = "auto" if candidate else "svd"
        return RidgeClassifier(alpha=candidate * n_train, solver=solver)
    if rung == "logistic":
        return LogisticRegression(C=candidate, max_iter=100)
    if rung == "perceptron":
        return SGDClassifier(
            "perceptron",
            penalty=None,  # pyright: ignore[reportArgumentType] - its default is text
            learning_rate="constant",
            eta0=1.0,
            average=True,
            max_iter=PASSES,
            tol=None,  # pyright: ignore[reportArgumentType] - its default is a number
            random_state=problem.seed,
        )
    gamma = candidate.gamma / problem.collection.X[input].shape[1]
    kernel = {"kernel": "poly", "degree": candidate.degree, "coef0": 1.0}
    return SVC(C=candidate.C, gamma=gamma, cache_size=500, **kernel if candidate.degree else {})


def _network(spec: NetworkSpec, batch_size: int) -> MLPClassifier:
    return MLPClassifier(
        spec.hidden_layer_sizes,
        batch_size=batch_size,  # pyright: ignore[reportArgumentType]
        learning_rate_init=spec.learning_rate,
        max_iter=spec.max_epochs or 0,
        n_iter_no_change=10**9,
        tol=0.0,
        random_state=spec.seed,
    )


def _fit_members(
    models: Sequence[Pipeline], X: np.ndarray, y: np.ndarray, train: np.ndarray, test: np.ndarray
) -> tuple[float, int]:
    """Fit, average the members' probabilities, and score; also count the epochs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = [cast("Pipeline", clone(model)).fit(X[train], y[train]) for model in models]
    if len(fitted) == 1:
        predicted = fitted[0].predict(X[test])
    else:
        mean = np.mean([model.predict_proba(X[test]) for model in fitted], axis=0)
        predicted = fitted[0].classes_[mean.argmax(axis=1)]
    last: list[Any] = [model[-1] for model in fitted]
    epochs = sum(int(model.n_iter_) for model in last if isinstance(model, MLPClassifier))
    return float(np.mean(predicted == y[test])), epochs
