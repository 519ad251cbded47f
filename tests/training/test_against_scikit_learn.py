"""The same start, the same batches: the same losses and weights as scikit-learn.

scikit-learn divides its penalty by the rows of a batch, so its alpha is `weight_decay` times the
batch size here. For several real targets its curve is the mean over them, but its gradient that
of their sum, which is gradatim's loss.
"""

import warnings

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor

from gradatim import NetworkSpec, fit_many
from gradatim.network import Layer, Network

pytestmark = pytest.mark.usefixtures("engine")

BATCH, EPOCHS, HIDDEN = 40, 20, (8, 6)
SOLVERS = {
    "adam": {"solver": "adam", "learning_rate_init": 0.02},
    "sgd": {"solver": "sgd", "learning_rate_init": 0.05, "nesterovs_momentum": False},
    "nesterov": {"solver": "sgd", "learning_rate_init": 0.05, "nesterovs_momentum": True},
}


def _reference(kind, y, X, activation, solver, alpha):
    """Train scikit-learn's; return it, its initial network, and its loss curve."""
    model = (MLPRegressor if kind == "regression" else MLPClassifier)(
        hidden_layer_sizes=HIDDEN,
        activation=activation,
        alpha=alpha,
        batch_size=BATCH,
        shuffle=False,
        random_state=1,
        warm_start=True,
        tol=0.0,
        n_iter_no_change=1000,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        # An epoch at no learning rate draws the initial weights and leaves them alone.
        model.set_params(**{**SOLVERS[solver], "learning_rate_init": 1e-30, "max_iter": 1})
        model.fit(X, y)
        layers = [
            Layer(w.T, b, activation) for w, b in zip(model.coefs_, model.intercepts_, strict=True)
        ]
        model.set_params(**SOLVERS[solver], max_iter=EPOCHS).fit(X, y)
    return model, Network(layers), np.array(model.loss_curve_[-EPOCHS:])


@pytest.mark.parametrize(
    ("kind", "activation", "solvers"),
    [
        ("multiclass", "tanh", ("adam",)),
        ("binary", "relu", ("sgd",)),
        ("multilabel", "logistic", ("nesterov",)),
        ("regression", "tanh", ("adam",)),
    ],
)
def test_losses_and_weights_of_twenty_epochs_agree(rows, kind, activation, solvers):
    X, y = rows.X.astype(float), getattr(rows, kind)
    alpha = 0.0 if kind == "regression" else 0.12
    references = [_reference(kind, y, X, activation, solver, alpha) for solver in solvers]
    specs = [
        NetworkSpec(
            HIDDEN,
            activation,
            optimizer=SOLVERS[solver]["solver"],
            nesterov=solver == "nesterov",
            learning_rate=SOLVERS[solver]["learning_rate_init"],
            weight_decay=alpha / BATCH,
        )
        for solver in solvers
    ]
    results = fit_many(
        specs,
        X,
        y,
        task="regression" if kind == "regression" else "classification",
        max_epochs=EPOCHS,
        batch_size=BATCH,
        shuffle=False,
        initial=[start for _, start, _ in references],
    )
    for result, (model, _, curve) in zip(results, references, strict=True):
        expected = curve * 2 if kind == "regression" else curve
        assert expected[-1] < 0.9 * expected[0]
        np.testing.assert_allclose(result.loss_curve, expected, atol=1e-4)
        for layer, weight, bias in zip(
            result.network.layers, model.coefs_, model.intercepts_, strict=True
        ):
            np.testing.assert_allclose(layer.weight, weight.T, atol=5e-3)
            np.testing.assert_allclose(layer.bias, bias, atol=5e-3)
        if kind == "regression":
            np.testing.assert_allclose(result.predict(X), model.predict(X), atol=2e-3)
        else:
            np.testing.assert_allclose(
                result.predict_proba(X)[:, -1], model.predict_proba(X)[:, -1], atol=2e-3
            )
