"""A fitted estimator holds a model, which predicts the same and can be saved."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV

from gradatim import load_model
from gradatim.errors import InputError
from gradatim.estimators import NetworkClassifier, NetworkRegressor, PerceptronClassifier

# Short trainings are meant here.
pytestmark = [
    pytest.mark.filterwarnings("ignore:the loss was still falling"),
    pytest.mark.filterwarnings("ignore:the network is "),
]


@pytest.mark.parametrize(
    ("estimator", "kind"),
    [
        (NetworkClassifier((8,), max_iter=20, random_state=0), "two"),
        (
            NetworkClassifier((8,), max_iter=20, n_members=3, random_state=0, scaling="robust"),
            "three",
        ),
        (NetworkClassifier((), solver="exact", alpha=0.1), "three"),
        (NetworkClassifier((8,), max_iter=20, random_state=0), "labels"),
        (NetworkRegressor((8,), max_iter=20, random_state=0, scaling="standard"), "values"),
        (NetworkRegressor((8,), max_iter=20, n_members=2, random_state=0), "value"),
        (PerceptronClassifier(random_state=0), "two"),
        (PerceptronClassifier(random_state=0), "three"),
    ],
)
def test_the_model_of_an_estimator_predicts_the_same_after_a_reload(estimator, kind, tmp_path):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3))
    y = {
        "two": np.where(X[:, 0] > 0, "a", "b"),
        "three": np.digitize(X[:, 0], [-0.5, 0.5]),
        "labels": (X[:, :2] > 0).astype(int),
        "value": X[:, 0] * 2 + 5,
        "values": X[:, :2] * 100 - 7,
    }[kind]
    fitted = estimator.fit(X, y)
    model = load_model(fitted.model_.save(tmp_path / "e.gradatim"))
    assert model.rung == type(estimator).__name__
    for name in ("predict", "predict_proba", "decision_function"):
        if hasattr(fitted, name):
            np.testing.assert_array_equal(getattr(model, name)(X), getattr(fitted, name)(X))
    if fitted.model_.network is not None and kind == "value":
        np.testing.assert_allclose(model.network(X)[:, 0], fitted.predict(X), atol=1e-9)


def test_a_missing_value_is_an_error_where_none_was_learnt(tmp_path):
    X, y = np.arange(8.0)[:, None], np.arange(8.0)
    model = load_model(
        NetworkRegressor((), solver="exact").fit(X, y).model_.save(tmp_path / "e.gradatim")
    )
    with pytest.raises(InputError, match=r"row 1 of X has no value in column 1, and the model was"):
        model.predict([[1.0], [np.nan]])


@pytest.mark.parametrize("sizes", [[4], np.array([4]), (4,), 4, np.int64(4)])
def test_sizes_of_layers_may_be_a_list_an_array_or_one_number(sizes):
    X, y = np.arange(12.0)[:, None], np.arange(12) % 2
    fitted = NetworkClassifier(sizes, max_iter=2, random_state=0).fit(X, y)
    assert fitted.network_.layer_sizes == (1, 4, 1)
    assert clone(fitted).fit(X, y).network_ == fitted.network_


def test_a_grid_search_takes_lists_of_sizes():
    X, y = np.arange(12.0)[:, None], np.arange(12.0)
    grid = {"hidden_layer_sizes": [[2], [3, 2]]}
    search = GridSearchCV(NetworkRegressor(max_iter=2), grid, cv=2, error_score="raise").fit(X, y)
    assert search.best_params_["hidden_layer_sizes"] in grid["hidden_layer_sizes"]


def test_texts_as_pandas_has_them_are_classes_that_can_be_saved(tmp_path):
    X, y = np.arange(8.0)[:, None], np.array(list("abababab"), dtype=object)
    fitted = NetworkClassifier((), solver="exact", alpha=1.0).fit(X, y)
    model = load_model(fitted.model_.save(tmp_path / "e.gradatim"))
    assert model.predict(X).tolist() == fitted.predict(X).tolist()


def test_an_estimator_that_is_not_fitted_has_no_model():
    with pytest.raises(NotFittedError):
        NetworkClassifier().model_.save("e.gradatim")
