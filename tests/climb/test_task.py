from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import hamming_loss, r2_score

from gradatim.climb.task import ClimbTask
from gradatim.evaluation.folds import make_folds


def task_of(made, metric="accuracy"):
    return ClimbTask(made, seed=0, n_jobs=1, folds=make_folds(made, 3, 1, 0), metric=metric)


def test_accuracy_is_the_share_of_right_labels(blobs):
    task = task_of(blobs)
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(3), len(blobs.y))
    rows = np.arange(0, 90, 2)
    labels = blobs.classes[p[rows].argmax(axis=1)]
    assert task.judge(p[rows], rows) == pytest.approx(np.mean(labels == blobs.y[rows]))


def test_r2_of_several_targets_is_scikit_learns(make_collection):
    rng = np.random.default_rng(0)
    y = rng.normal(size=(30, 2)).astype(np.float32)
    task = task_of(make_collection(rng.normal(size=(30, 2)), y, "regression"), "r2")
    outputs = y + 0.1 * rng.normal(size=y.shape)
    assert task.judge(outputs, np.arange(30)) == pytest.approx(r2_score(y, outputs))


def test_losses_are_judged_with_a_minus_and_what_is_undefined_by_another_metric(make_collection):
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, (30, 4))
    made = make_collection(rng.normal(size=(30, 2)), y, "multilabel")
    outputs = rng.random((30, 4))
    expected = -hamming_loss(y, (outputs >= 0.5).astype(int))
    assert task_of(made, "hamming").judge(outputs, np.arange(30)) == pytest.approx(expected)
    one = np.arange(1)
    expected = -hamming_loss(y[:1], (outputs[:1] >= 0.5).astype(int))
    assert task_of(made, "macro_auc").judge(outputs[:1], one) == pytest.approx(expected)


def test_scaling_learns_from_the_given_rows_alone(blobs):
    task = task_of(blobs)
    rows = np.arange(30)
    X = task.scaler("features", rows, "standard").transform(blobs.X["features"])
    assert np.allclose(X[rows].mean(axis=0), 0, atol=1e-5)
    assert not np.allclose(X.mean(axis=0), 0, atol=0.1)
