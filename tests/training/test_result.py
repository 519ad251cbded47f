"""Results: what predictions look like for every kind of target."""

import dataclasses

import numpy as np
import pytest

from gradatim import NetworkSpec, fit_many
from gradatim.errors import ShapeError, SpecError
from gradatim.network import evaluate


def _fit(rows, y, task="classification"):
    # L-BFGS without a hidden layer is compiled the quickest.
    spec = NetworkSpec(optimizer="lbfgs", max_epochs=200, weight_decay=0.01)
    return fit_many([spec], rows.X, y, task=task)[0]


@pytest.mark.parametrize(
    ("kind", "classes"),
    [
        ("binary", np.array(["drone", "song"])),
        ("binary", np.array([False, True])),
        ("multiclass", np.array(["flute", "harp", "tuba"])),
        ("multiclass", np.array([-5, 0, 40])),
    ],
)
def test_labels_come_back_in_their_own_dtype_with_a_column_a_class(rows, kind, classes):
    y = classes[getattr(rows, kind)]
    result = _fit(rows, y)
    labels, p = result.predict(rows.X), result.predict_proba(rows.X)
    assert labels.shape == (120,)
    assert labels.dtype == classes.dtype
    assert p.shape == (120, len(classes))
    np.testing.assert_allclose(p.sum(axis=1), 1.0, rtol=1e-6)
    assert (labels == classes[p.argmax(axis=1)]).all()
    assert (labels == y).mean() > 0.7


def test_several_labels_are_indicators_with_a_probability_each(rows):
    result = _fit(rows, rows.multilabel)
    labels, p = result.predict(rows.X), result.predict_proba(rows.X)
    assert labels.shape == p.shape == (120, 2)
    assert (labels == (p >= 0.5)).all()
    assert (labels == rows.multilabel).mean() > 0.7
    assert result.network.layers[-1].activation == "logistic"


@pytest.mark.parametrize("n_targets", [None, 2])
def test_real_targets_keep_their_shape_and_have_no_probabilities(rows, n_targets):
    y = rows.regression[:, 0] if n_targets is None else rows.regression[:, :n_targets]
    result = _fit(rows, y, "regression")
    assert result.predict(rows.X).shape == y.shape
    assert result.predict(rows.X[:1]).shape == y[:1].shape
    assert np.corrcoef(result.predict(rows.X).ravel(), y.ravel())[0, 1] > 0.7
    with pytest.raises(SpecError, match="no probabilities"):
        result.predict_proba(rows.X)


def test_predictions_are_those_of_the_network(rows):
    result = _fit(rows, rows.multiclass)
    np.testing.assert_array_equal(result.predict_proba(rows.X), evaluate(result.network, rows.X))
    assert result.network.output_names == ("0", "1", "2")
    assert result.network.input_names == ("x1", "x2", "x3", "x4", "x5")
    assert result.n_epochs == len(result.loss_curve)


def test_other_columns_than_those_learnt_are_refused(rows):
    result = _fit(rows, rows.multiclass)
    for predict in (result.predict, result.predict_proba):
        with pytest.raises(ShapeError, match="reads 5 inputs"):
            predict(rows.X[:, :4])


def test_a_result_cannot_be_changed(rows):
    with pytest.raises(dataclasses.FrozenInstanceError):
        _fit(rows, rows.multiclass).diverged = True
