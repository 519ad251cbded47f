"""The classifier: against scikit-learn from the same start, its laws, and where it refuses."""

import copy
import pickle
import warnings

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from gradatim.errors import LabelError, ShapeError, SpecError
from gradatim.estimators import NetworkClassifier
from gradatim.network import Layer, Network

# Short trainings are meant here.
pytestmark = [
    pytest.mark.filterwarnings("ignore:the loss was still falling"),
    pytest.mark.filterwarnings("ignore:the network is "),
]


@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_training_follows_scikit_learns_from_the_same_weights_and_order(three_classes, solver):
    X, y = three_classes
    shared = {"solver": solver, "alpha": 0.5, "batch_size": 20, "shuffle": False, "momentum": 0.8}
    theirs = MLPClassifier(
        (5,), activation="tanh", max_iter=1, learning_rate_init=1e-12, random_state=0, **shared
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        theirs.fit(X, y)
        start = Network(
            [
                Layer(w.T, b, activation)
                for w, b, activation in zip(
                    theirs.coefs_, theirs.intercepts_, ("tanh", "softmax"), strict=True
                )
            ]
        )
        rate = {"learning_rate_init": 0.02, "max_iter": 20, "warm_start": True}
        theirs.set_params(tol=0.0, n_iter_no_change=99, **rate)
        # One curve a fit: a warm start appends to the old one.
        theirs.loss_curve_ = []
        theirs.fit(X, y)
    ours = NetworkClassifier((5,), "tanh", scaling=None, learning_rate="constant", **shared, **rate)
    ours.networks_ = [start]
    ours.fit(X, y)
    np.testing.assert_allclose(ours.loss_curve_, theirs.loss_curve_[-20:], atol=1e-4)
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=1e-3)
    assert [w.shape for w in ours.coefs_] == [w.shape for w in theirs.coefs_]


@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_without_a_hidden_layer_every_solver_is_logistic_regression(three_classes, alpha):
    X, y = three_classes
    C = 1.0 / alpha if alpha else np.inf
    theirs = LogisticRegression(C=C, tol=1e-10, max_iter=10_000).fit(X, y).predict_proba(X)
    exact = NetworkClassifier(solver="exact", alpha=alpha).fit(X, y)
    np.testing.assert_allclose(exact.predict_proba(X), theirs, atol=1e-4)
    lbfgs = NetworkClassifier(solver="lbfgs", alpha=alpha).fit(X, y)
    np.testing.assert_allclose(lbfgs.predict_proba(X), theirs, atol=1e-2)
    adam = NetworkClassifier(alpha=alpha, learning_rate_init=0.1, max_iter=300, random_state=0)
    np.testing.assert_allclose(adam.fit(X, y).predict_proba(X), theirs, atol=1e-2)


@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs", "exact"])
def test_a_weight_of_two_is_two_rows_and_of_zero_is_none(three_classes, solver):
    X, y = three_classes
    weight = np.random.default_rng(1).integers(0, 4, 60)
    model = NetworkClassifier(
        solver=solver, alpha=1.0, learning_rate_init=0.05, max_iter=50, random_state=0
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        weighted = copy.deepcopy(model).fit(X, y, sample_weight=weight)
        repeated = copy.deepcopy(model).fit(X.repeat(weight, axis=0), y.repeat(weight))
    # Both are one minibatch, so even the stepping solvers see the same loss; lbfgs stops where
    # the gradient is 1e-4, on either way to the minimum.
    tolerance = {"exact": 1e-8, "lbfgs": 1e-3}.get(solver, 1e-4)
    np.testing.assert_allclose(weighted.coef_, repeated.coef_, atol=tolerance)
    np.testing.assert_allclose(weighted.loss_, repeated.loss_, atol=tolerance)


def test_balanced_classes_weigh_the_same(three_classes):
    X, y = three_classes
    few = np.r_[np.flatnonzero(y == 0), np.flatnonzero(y == 1)[:5]]
    model = NetworkClassifier(solver="exact", alpha=1.0)
    balanced = copy.deepcopy(model).set_params(class_weight="balanced").fit(X[few], y[few])
    # 25 rows, two classes: 12.5 in all for each.
    by_hand = copy.deepcopy(model).set_params(class_weight={0: 12.5 / 20, 1: 12.5 / 5})
    np.testing.assert_allclose(balanced.coef_, by_hand.fit(X[few], y[few]).coef_, rtol=1e-9)
    theirs = LogisticRegression(class_weight="balanced", tol=1e-10, max_iter=10_000)
    np.testing.assert_allclose(balanced.coef_, theirs.fit(X[few], y[few]).coef_, rtol=1e-4)


def test_early_stopping_holds_out_rows_and_keeps_the_best_weights(three_classes):
    X, y = three_classes
    model = NetworkClassifier(
        (8,),
        learning_rate_init=0.1,
        max_iter=200,
        early_stopping=True,
        validation_fraction=0.3,
        n_iter_no_change=5,
        random_state=0,
    ).fit(X, y)
    assert model.n_iter_ == len(model.validation_curve_) == len(model.loss_curve_) < 200
    assert model.n_iter_ - 1 - int(np.argmin(model.validation_curve_)) == 5
    assert model.best_loss_ == model.validation_curve_.min()


def test_the_scaler_sees_training_rows_only(three_classes):
    X, y = three_classes
    X = X.copy()
    X[:5] = 1e6
    weight = np.where(np.arange(60) < 5, 0.0, 1.0)
    model = NetworkClassifier(solver="exact", alpha=1.0, scaling="standard")
    model.fit(X, y, sample_weight=weight)
    np.testing.assert_allclose(model.scaler_.center, X[5:].mean(axis=0))
    np.testing.assert_array_equal(
        model.predict(X[5:]), copy.deepcopy(model).fit(X[5:], y[5:]).predict(X[5:])
    )


def test_a_scaler_fills_in_missing_values_and_without_one_they_are_refused(three_classes):
    X, y = three_classes
    X = X.copy()
    X[3, 1] = np.nan
    model = NetworkClassifier(solver="exact", alpha=1.0, scaling="robust").fit(X, y)
    assert np.isfinite(model.predict_proba(X)).all()
    with pytest.raises(ValueError, match="NaN"):
        model.set_params(scaling=None).fit(X, y)


def test_one_pass_of_partial_fit_is_one_epoch_of_fit(three_classes):
    X, y = three_classes
    settings = {"learning_rate_init": 0.05, "batch_size": 20, "shuffle": False, "random_state": 0}
    whole = NetworkClassifier(max_iter=3, alpha=0.1, **settings).fit(X, y)
    parts = NetworkClassifier(alpha=0.1, **settings)
    for first in 3 * (0, 20, 40):
        # The moments of the optimizer go on from call to call, through a copy too.
        rows = slice(first, first + 20)
        parts.partial_fit(X[rows], y[rows], classes=[0, 1, 2])
        parts = pickle.loads(pickle.dumps(parts))
    np.testing.assert_allclose(parts.coef_, whole.coef_, atol=1e-5)
    assert parts.n_iter_ == 9


def test_labels_are_learnt_each_for_itself(three_classes):
    X, y = three_classes
    Y = np.stack([y == 0, y != 1, X[:, 0] + X[:, 1] > np.sin(9 * y)], axis=1).astype(int)
    model = NetworkClassifier(solver="exact", alpha=1.0).fit(X, Y)
    assert model.predict(X).shape == model.predict_proba(X).shape == (60, 3)
    for k in range(3):
        alone = NetworkClassifier(solver="exact", alpha=1.0).fit(X, Y[:, k])
        np.testing.assert_allclose(model.predict_proba(X)[:, k], alone.predict_proba(X)[:, 1])
    stepping = NetworkClassifier(learning_rate_init=0.1, random_state=0, alpha=1.0).fit(X, Y)
    np.testing.assert_allclose(stepping.predict_proba(X), model.predict_proba(X), atol=0.05)


def test_label_smoothing_gives_separable_classes_a_maximum():
    X, y = [[-1.0], [1.0]], [0, 1]
    model = NetworkClassifier(alpha=0.0, label_smoothing=0.2).fit(X, y)
    # A tenth of each label is spread to the other class.
    np.testing.assert_allclose(model.predict_proba(X), [[0.9, 0.1], [0.1, 0.9]], atol=1e-8)


def test_it_works_in_a_pipeline_a_grid_search_and_cross_validation(three_classes):
    X, y = three_classes
    labels = np.array(["flute", "oboe", "viola"])[y]
    model = NetworkClassifier(solver="exact", random_state=0)
    pipeline = make_pipeline(StandardScaler(), model)
    search = GridSearchCV(pipeline, {"networkclassifier__alpha": [0.1, 10.0]}, cv=3)
    search.fit(X, labels)
    assert set(search.predict(X)) <= set(labels)
    scores = cross_val_score(search.best_estimator_, X, labels, cv=3)
    assert scores.mean() > 0.5
    network = search.best_estimator_[-1].network_
    assert network.output_names == ("flute", "oboe", "viola")
    assert network.layers[-1].activation == "softmax"


def test_the_network_gives_the_probabilities(three_classes):
    X, y = three_classes
    model = NetworkClassifier((5,), "tanh", scaling=None, max_iter=20, random_state=0).fit(X, y)
    np.testing.assert_allclose(model.network_(X), model.predict_proba(X), atol=1e-12)
    with pytest.raises(AttributeError, match="hidden layers"):
        _ = model.coef_


def test_solvers_that_stop_too_early_say_so(three_classes):
    X, y = three_classes
    with pytest.warns(ConvergenceWarning, match="exact solver did not converge in 1"):
        NetworkClassifier(solver="exact", alpha=0.1, max_iter=1).fit(X, y)
    with pytest.warns(ConvergenceWarning, match="lbfgs did not converge in 1"):
        NetworkClassifier(solver="lbfgs", max_iter=1).fit(X, y)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"solver": "newton"}, "solver must be one of"),
        ({"alpha": -1.0}, "alpha must be"),
        ({"alpha": "0.1"}, "alpha must be 'auto' or a number"),
        ({"learning_rate_init": "0.1"}, "learning_rate_init must be"),
        ({"solver": ["adam"]}, "solver must be one of"),
        ({"hidden_layer_sizes": [3, [4]]}, "hidden_layer_sizes must be"),
        ({"early_stopping": True, "validation_fraction": "0.1"}, "validation_fraction must be"),
        ({"max_iter": 0}, "max_iter must be"),
        ({"batch_size": 0}, "batch_size must be"),
        ({"batch_size": "all"}, "batch_size must be"),
        ({"scaling": "minmax"}, "scaling must be"),
        ({"activation": "softmax"}, "softmax"),
        ({"learning_rate": "adaptive"}, "schedule must be one of"),
        ({"solver": "exact", "hidden_layer_sizes": (3,)}, "without hidden layers"),
        ({"solver": "exact", "dropout": 0.5}, "without hidden layers"),
        ({"solver": "lbfgs", "early_stopping": True}, "early_stopping needs epochs"),
        ({"early_stopping": True, "validation_fraction": 1.5}, "validation_fraction must be"),
        ({"class_weight": "even"}, "class_weight must be"),
        ({"class_weight": {5: 1.0}}, "names 5"),
        ({"class_weight": {0: -1.0}}, "not negative"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused(three_classes, parameters, message):
    with pytest.raises(SpecError, match=message):
        NetworkClassifier(**parameters).fit(*three_classes)


def test_labels_from_which_nothing_can_be_learnt_are_refused(three_classes):
    X, y = three_classes
    with pytest.raises(LabelError, match="of one class, 1"):
        NetworkClassifier().fit(X, np.ones(60, dtype=int))
    with pytest.raises(LabelError, match="class without a row"):
        NetworkClassifier(solver="exact").fit(X, y, sample_weight=(y != 1) * 1.0)
    with pytest.raises(SpecError, match="one column per label"):
        NetworkClassifier(class_weight="balanced").fit(X, np.eye(3, dtype=int)[y])
    with pytest.raises(ShapeError, match="sample_weight must be of shape"):
        NetworkClassifier().fit(X, y, sample_weight=np.ones(59))


def test_parts_must_be_of_the_classes_that_were_announced(three_classes):
    X, y = (array[:20] for array in three_classes)
    with pytest.raises(LabelError, match="needs classes"):
        NetworkClassifier().partial_fit(X, y)
    model = NetworkClassifier().partial_fit(X, y, classes=[0, 1, 2])
    with pytest.raises(LabelError, match="not among classes"):
        model.partial_fit(X, y + 1)
    with pytest.raises(SpecError, match="give class_weight as a dict"):
        NetworkClassifier(class_weight="balanced").partial_fit(X, y, classes=[0, 1, 2])
    assert not hasattr(NetworkClassifier(solver="exact"), "partial_fit")
