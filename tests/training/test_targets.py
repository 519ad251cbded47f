"""Targets: labels of any kind to a matrix and back."""

import numpy as np
import pytest

from gradatim.errors import LabelError, ShapeError, SpecError
from gradatim.training.targets import Targets, probabilities


@pytest.mark.parametrize(
    "labels",
    [
        ["snare", "kick", "hat", "kick"],
        [3, -1, 7, -1],
        [2.0, 0.0, 9.0, 0.0],
        np.array(["b", "a", "c", "a"], dtype=object),
        np.array([2, 0, 5, 0], dtype=np.uint8),
        np.array(["2024-02-01", "2024-01-01", "2024-03-01", "2024-01-01"], dtype="M8[D]"),
    ],
)
def test_labels_of_any_dtype_are_one_hot_and_come_back(labels):
    targets = Targets.from_y(labels, "classification")
    y = np.asarray(labels)
    assert targets.loss.name == "multiclass"
    assert (targets.classes[targets.matrix.argmax(axis=1)] == y).all()
    assert (targets.matrix.sum(axis=1) == 1).all()
    assert targets.matrix.dtype == np.float32
    decided = targets.decide(targets.matrix)
    assert (decided == y).all()
    assert decided.dtype == y.dtype


@pytest.mark.parametrize(
    "labels", [[False, True, True], ["no", "yes", "yes"], [-1, 1, 1], [0, 9, 9]]
)
def test_two_classes_share_one_output_that_is_the_greater_ones_probability(labels):
    targets = Targets.from_y(labels, "classification")
    assert targets.loss.name == "binary"
    assert targets.matrix.tolist() == [[0.0], [1.0], [1.0]]
    outputs = np.array([[0.1], [0.6]])
    np.testing.assert_allclose(probabilities(outputs, targets.classes), [[0.9, 0.1], [0.4, 0.6]])
    assert targets.decide(outputs).tolist() == [labels[0], labels[1]]
    assert targets.output_names == (str(targets.classes[1]),)


def test_indicators_are_one_label_a_column():
    targets = Targets.from_y([[0, 1], [1, 1], [0, 0]], "classification")
    assert (targets.loss.name, targets.n_outputs, targets.classes) == ("binary", 2, None)
    assert targets.output_names == ()
    outputs = np.array([[0.2, 0.5], [0.7, 0.49]])
    assert probabilities(outputs, targets.classes) is outputs
    assert targets.decide(outputs).tolist() == [[0, 1], [1, 0]]


@pytest.mark.parametrize(("y", "shape"), [([1.5, 2.0], (2,)), ([[1.5, 2.0], [0.0, -1e6]], (2, 2))])
def test_real_targets_keep_their_units_and_their_shape(y, shape):
    targets = Targets.from_y(y, "regression")
    assert targets.loss.name == "squared"
    assert targets.matrix.shape == (2, targets.n_outputs)
    assert targets.decide(targets.matrix).shape == shape
    np.testing.assert_array_equal(targets.decide(targets.matrix), y)


def test_one_class_alone_cannot_be_learnt():
    with pytest.raises(LabelError, match="all samples are of one class, 'kick'"):
        Targets.from_y(["kick", "kick"], "classification")


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_missing_or_infinite_real_target_is_refused(bad):
    with pytest.raises(LabelError, match="missing or infinite"):
        Targets.from_y([1.0, bad], "regression")


@pytest.mark.parametrize(
    "labels",
    [
        [0.0, 1.0, np.nan],
        np.array(["a", "b", None], dtype=object),
        np.array(["a", "b", np.nan], dtype=object),
    ],
)
def test_a_missing_class_label_is_refused(labels):
    with pytest.raises(LabelError, match="label is missing"):
        Targets.from_y(labels, "classification")


def test_labels_that_cannot_be_sorted_are_refused():
    with pytest.raises(LabelError, match="one kind"):
        Targets.from_y(np.array(["a", 1, 2], dtype=object), "classification")


def test_text_is_no_real_target():
    with pytest.raises(LabelError, match="numbers"):
        Targets.from_y(["low", "high"], "regression")


def test_indicators_other_than_zero_and_one_are_refused():
    with pytest.raises(LabelError, match="only 0 and 1"):
        Targets.from_y([[0, 2], [1, 1]], "classification")


@pytest.mark.parametrize("y", [1.0, [], np.zeros((2, 2, 2)), np.empty((0, 3))])
@pytest.mark.parametrize("task", ["classification", "regression"])
def test_no_rows_and_more_than_two_axes_are_refused(y, task):
    with pytest.raises(ShapeError, match="y must be"):
        Targets.from_y(y, task)


def test_an_unknown_task_is_refused():
    with pytest.raises(SpecError, match="classification or regression"):
        Targets.from_y([0, 1], "ranking")
