"""The perceptron: by hand, against a plain loop and scikit-learn, and under Novikoff's bound."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Perceptron

from gradatim.errors import LabelError, SpecError
from gradatim.estimators import PerceptronClassifier

AND = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])


def blobs(seed, n_samples=90, n_classes=3, noise=1.0, n_features=4):
    rng = np.random.default_rng(seed)
    centers = rng.normal(size=(n_classes, n_features))
    y = rng.permutation(np.arange(n_samples) % n_classes)
    return centers[y] + noise * rng.normal(size=(n_samples, n_features)), y


def plain_loop(X, y, n_passes, n_classes):
    """Return the weights after every visit, row by row, as a textbook has it."""
    X = np.column_stack([X, np.ones(len(X))])
    W, history, mistakes = np.zeros((n_classes, X.shape[1])), [], 0
    for _ in range(n_passes):
        for x, own in zip(X, y, strict=True):
            z = W @ x
            if n_classes == 1:
                if own * z[0] <= 0:
                    W[0] += own * x
                    mistakes += 1
            else:
                z[own], score = -np.inf, z[own]
                if score <= z.max():
                    W[own] += x
                    W[z.argmax()] -= x
                    mistakes += 1
            history.append(W.copy())
    return np.array(history), mistakes


def test_and_is_learnt_as_by_hand():
    model = PerceptronClassifier(shuffle=False).fit(AND, [0, 0, 0, 1])
    assert model.mistakes_curve_.tolist() == [2, 3, 3, 2, 2, 3, 2, 1, 0]
    assert model.coef_.tolist() == [[3.0, 2.0]]
    assert model.intercept_.tolist() == [-4.0]
    assert (model.n_mistakes_, model.n_iter_, model.converged_) == (18, 9, True)
    # (3, 2, -4) has squared length 29, the smallest product is 1, and (1, 1, 1) is longest.
    assert model.mistake_bound_ == pytest.approx(3 * 29)
    assert model.network_(AND).ravel().tolist() == [0.0, 0.0, 0.0, 1.0]


def test_xor_is_never_learnt_and_has_no_bound():
    model = PerceptronClassifier(max_iter=30, random_state=0).fit(AND, [0, 1, 1, 0])
    assert not model.converged_
    assert model.n_iter_ == 30
    assert model.mistake_bound_ is None


@pytest.mark.parametrize("n_classes", [2, 3, 6])
def test_rows_taken_in_blocks_give_what_the_plain_loop_gives(n_classes):
    X, y = blobs(1, n_classes=n_classes)
    targets, n_outputs = (2 * y - 1, 1) if n_classes == 2 else (y, n_classes)
    history, mistakes = plain_loop(X, targets, 4, n_outputs)
    last = PerceptronClassifier(max_iter=4, shuffle=False).fit(X, y)
    mean = PerceptronClassifier("averaged", max_iter=4, shuffle=False).fit(X, y)
    assert last.n_mistakes_ == mistakes > 20
    np.testing.assert_allclose(np.c_[last.coef_, last.intercept_], history[-1], atol=1e-9)
    expected = history.mean(axis=0)
    np.testing.assert_allclose(np.c_[mean.coef_, mean.intercept_], expected, atol=1e-9)


def test_two_classes_are_learnt_as_by_scikit_learn():
    X, y = blobs(2, n_classes=2)
    ours = PerceptronClassifier(max_iter=5, shuffle=False).fit(X, y)
    theirs = Perceptron(max_iter=5, tol=None, shuffle=False).fit(X, y)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, atol=1e-9)
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 5), st.booleans())
def test_separable_rows_cost_no_more_mistakes_than_novikoffs_bound(seed, n_classes, shuffle):
    rng = np.random.default_rng(seed)
    X, W = rng.normal(size=(40, 3)), rng.normal(size=(n_classes, 3))
    scores = np.sort(X @ W.T, axis=1)
    clear = scores[:, -1] - scores[:, -2] > 0.3
    X, y = X[clear], (X[clear] @ W.T).argmax(axis=1)
    if len(np.unique(y)) < 2:
        return
    model = PerceptronClassifier(max_iter=3000, shuffle=shuffle, random_state=0).fit(X, y)
    assert model.converged_
    assert model.score(X, y) == 1.0
    assert 0 < model.n_mistakes_ <= model.mistake_bound_


@pytest.mark.parametrize("seed", range(5))
def test_the_pocket_gets_no_fewer_training_rows_right_than_the_last_weights(seed):
    X, y = blobs(seed, noise=2.0)
    last, pocket = (
        PerceptronClassifier(v, max_iter=20, random_state=0).fit(X, y) for v in ("plain", "pocket")
    )
    assert not pocket.converged_
    assert pocket.score(X, y) >= last.score(X, y)


def test_the_pocket_keeps_what_the_last_mistake_spoilt():
    # The last row contradicts the others, so every pass ends on weights just changed for its sake.
    X, y = [[-2.0], [-1.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1, 0]
    last, pocket = (
        PerceptronClassifier(v, max_iter=50, shuffle=False).fit(X, y) for v in ("plain", "pocket")
    )
    assert last.score(X, y) < 0.8
    assert pocket.score(X, y) == pytest.approx(0.8)


def test_separated_rows_end_in_the_pocket():
    model = PerceptronClassifier("pocket", shuffle=False).fit(AND, [0, 0, 0, 1])
    assert model.converged_
    assert model.score(AND, [0, 0, 0, 1]) == 1.0


def test_weights_scale_steps_and_zero_leaves_a_row_out():
    X, y = blobs(3)
    weight = np.ones(90)
    weight[::4] = 0.0
    without = PerceptronClassifier(shuffle=False, max_iter=5).fit(X[weight > 0], y[weight > 0])
    left_out = PerceptronClassifier(shuffle=False, max_iter=5).fit(X, y, sample_weight=weight)
    np.testing.assert_array_equal(left_out.coef_, without.coef_)
    tripled = PerceptronClassifier(shuffle=False, max_iter=5).fit(X, y, sample_weight=3 * weight)
    np.testing.assert_allclose(tripled.coef_, 3 * without.coef_, atol=1e-9)
    heavy = PerceptronClassifier(shuffle=False, max_iter=5, class_weight={0: 2.0}).fit(X, y)
    by_row = np.where(y == 0, 2.0, 1.0)
    same = PerceptronClassifier(shuffle=False, max_iter=5).fit(X, y, sample_weight=by_row)
    np.testing.assert_array_equal(heavy.coef_, same.coef_)


def test_unequal_weights_have_no_bound():
    weight = [1.0, 1.0, 1.0, 2.0]
    model = PerceptronClassifier(shuffle=False).fit(AND, [0, 0, 0, 1], sample_weight=weight)
    assert model.converged_
    assert model.mistake_bound_ is None


@pytest.mark.parametrize("variant", ["plain", "averaged"])
def test_passes_by_partial_fit_are_those_of_fit(variant):
    X, y = blobs(4)
    whole = PerceptronClassifier(variant, max_iter=3, shuffle=False).fit(X, y)
    parts = PerceptronClassifier(variant, shuffle=False)
    for _ in range(3):
        parts.partial_fit(X[:50], y[:50], classes=[0, 1, 2])
        parts.partial_fit(X[50:], y[50:])
        parts = pickle.loads(pickle.dumps(parts))  # what was learnt travels along
    np.testing.assert_allclose(parts.coef_, whole.coef_, atol=1e-9)
    assert parts.n_mistakes_ == whole.n_mistakes_


def test_the_network_computes_what_predict_decides():
    X, y = blobs(5, n_classes=4)
    labels = np.array(["bass", "flute", "piano", "violin"])
    model = PerceptronClassifier(max_iter=5, random_state=0).fit(X, labels[y])
    assert model.network_.output_names == tuple(labels)
    np.testing.assert_array_equal(labels[model.network_(X).argmax(axis=1)], model.predict(X))


@pytest.mark.parametrize(
    ("parameters", "y", "error", "message"),
    [
        ({"variant": "voted"}, [0, 0, 0, 1], SpecError, "variant must be one of"),
        ({"max_iter": 0}, [0, 0, 0, 1], SpecError, "max_iter must be"),
        ({"class_weight": {7: 1.0}}, [0, 0, 0, 1], SpecError, "names 7"),
        ({}, [1, 1, 1, 1], LabelError, "one class"),
        ({}, [[0, 1], [1, 1], [1, 0], [0, 0]], LabelError, "several columns"),
    ],
)
def test_what_cannot_be_learnt_is_refused_in_one_sentence(parameters, y, error, message):
    with pytest.raises(error, match=message):
        PerceptronClassifier(**parameters).fit(AND, y)


def test_classes_must_be_known_before_the_first_part():
    with pytest.raises(LabelError, match="needs classes"):
        PerceptronClassifier().partial_fit(AND, [0, 0, 0, 1])
    model = PerceptronClassifier().partial_fit(AND, [0, 0, 0, 1], classes=[0, 1])
    with pytest.raises(LabelError, match="not among classes"):
        model.partial_fit(AND, [0, 0, 0, 2])
    with pytest.raises(LabelError, match="differ"):
        model.partial_fit(AND, [0, 0, 0, 1], classes=[0, 1, 2])
