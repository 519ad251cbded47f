"""Margins and bounds: worked by hand, against Kesler's vectors, and as laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.errors import InputError, LabelError, NotSeparableError, ShapeError
from gradatim.separability import margin, mistake_bound, multiclass_margin, multiclass_mistake_bound

# The lecture's AND with a one for the bias, and weights that separate it.
AND = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
LABELS = np.array([-1, -1, -1, 1])


def test_the_margin_of_and_is_that_of_its_nearest_point_by_hand():
    # 2 * (1 + 1) - 3 = 1 and 3 - 2 = 1 are the smallest products; the normal has length sqrt(17).
    assert margin(AND, LABELS, [2, 2, -3]) == pytest.approx(1 / np.sqrt(17))


def test_novikoffs_bound_of_and_by_hand():
    # The longest row (1, 1, 1) has squared length 3.
    assert mistake_bound(AND, LABELS, [2, 2, -3]) == pytest.approx(3 * 17)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(1e-3, 1e3), st.floats(1e-3, 1e3))
def test_the_bound_depends_on_neither_the_unit_of_x_nor_the_length_of_w(seed, unit, length):
    rng = np.random.default_rng(seed)
    X, w = rng.normal(size=(9, 3)), rng.normal(size=3)
    y = np.where(X @ w > 0, 1, -1)
    assert margin(unit * X, y, length * w) == pytest.approx(unit * margin(X, y, w))
    bound = mistake_bound(X, y, w)
    assert bound >= 1
    assert mistake_bound(unit * X, y, length * w) == pytest.approx(bound)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 5))
def test_several_classes_are_two_classes_of_keslers_vectors(seed, n_classes):
    rng = np.random.default_rng(seed)
    X, W = rng.normal(size=(7, 3)), rng.normal(size=(n_classes, 3))
    y = (X @ W.T).argmax(axis=1)
    vectors = []
    for x, own in zip(X, y, strict=True):
        for other in set(range(n_classes)) - {own}:
            blocks = np.zeros((n_classes, 3))
            blocks[own], blocks[other] = x, -x
            vectors.append(blocks.ravel())
    ones = np.ones(len(vectors))
    assert multiclass_margin(X, y, W) == pytest.approx(margin(vectors, ones, W.ravel()))
    bound = mistake_bound(vectors, ones, W.ravel())
    assert multiclass_mistake_bound(X, y, W) == pytest.approx(bound)


def test_weights_that_misclassify_a_sample_bound_nothing():
    with pytest.raises(NotSeparableError, match="misclassify"):
        mistake_bound(AND, LABELS, [1, 1, -1])
    with pytest.raises(NotSeparableError, match="misclassify"):
        multiclass_mistake_bound(AND, [0, 0, 0, 1], [[1, 1, 0], [0, 0, 0]])


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((AND, LABELS[:3], [1, 1, 1]), ShapeError),
        ((AND, LABELS, [1, 1]), ShapeError),
        ((np.empty((0, 3)), [], [1, 1, 1]), ShapeError),
        ((AND, [0, 0, 0, 1], [1, 1, 1]), LabelError),
        ((AND, LABELS, [0, 0, 0]), InputError),
    ],
)
def test_arrays_without_a_margin_are_refused(arguments, error):
    with pytest.raises(error):
        margin(*arguments)


@pytest.mark.parametrize(
    ("y", "W", "error"),
    [
        ([0, 0, 1, 2], np.ones((2, 3)), LabelError),
        ([0, 0, 1, 0.5], np.ones((2, 3)), LabelError),
        ([0, 0, 1, 1], np.ones((2, 2)), ShapeError),
        ([0, 0, 0, 0], np.ones((1, 3)), ShapeError),
    ],
)
def test_classes_without_a_margin_are_refused(y, W, error):
    with pytest.raises(error):
        multiclass_margin(AND, y, W)
