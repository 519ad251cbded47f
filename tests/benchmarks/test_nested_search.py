"""The peer as it is usually written: GridSearchCV inside cross-validation."""

import numpy as np
import pytest
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import GridSearchCV, PredefinedSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.nested_search import NestedLadder
from gradatim.models.families.registry import FAMILIES

LINEAR = next(family for family in FAMILIES.values() if family.name == "linear")


def test_each_call_climbs_the_next_outer_folds_and_tells_the_time_of_all(problem):
    ladder = NestedLadder(problem, ["majority", "linear"], n_shares=3)
    first, second = ladder(), ladder()
    assert ladder.outer == problem.folds.outer[:4]
    assert [len(rung.scores) for rung in first] == [2, 2]
    assert [rung.scores[:2] for rung in second] == [rung.scores for rung in first]
    assert ladder.factor == 3.0


def test_scores_are_those_of_a_grid_search_written_by_hand(problem):
    [rung] = NestedLadder(problem, ["linear"], n_shares=1)()
    X, y = problem.collection.X["features"], problem.collection.y
    for score, (r, k) in zip(rung.scores, problem.folds.outer, strict=True):
        train, test = problem.folds.rows_without(r, k), problem.folds.rows(r, k)
        models = [
            RidgeClassifier(alpha=c * len(train), solver="auto" if c else "svd")
            for c in LINEAR.candidates(problem, "features")
        ]
        search = GridSearchCV(
            make_pipeline(StandardScaler(), RidgeClassifier()),
            {"ridgeclassifier": models},
            cv=PredefinedSplit(problem.folds.fold_of[r, train]),
        )
        assert score == pytest.approx(search.fit(X[train], y[train]).score(X[test], y[test]))


def test_of_networks_one_of_two_recipes_is_chosen(problem):
    [rung] = NestedLadder(problem, ["shallow"], n_shares=6)()
    assert rung.training == 1
    assert rung.choosing == 4 * (problem.folds.folds - 1)
    assert np.isfinite(rung.scores).all()
