"""A network that predicts real values.

Conventions: those of scikit-learn; targets are learnt in their own units, one or several a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import RegressorMixin

from gradatim.estimators import exact
from gradatim.estimators._base import NetworkEstimator, Sample, warn_unconverged
from gradatim.estimators._presets import Recipe
from gradatim.estimators._rows import check_sample_weight
from gradatim.models.learners import AveragedNetworks
from gradatim.training.specs import Augmentation
from gradatim.training.target_units import TargetUnits
from gradatim.training.targets import Targets

__all__ = ["NetworkRegressor"]

Auto = Literal["auto"]


class NetworkRegressor(RegressorMixin, NetworkEstimator):
    """Regression by a network; without a hidden layer, linear regression.

    The loss is half the squared error, summed over the targets of a row. A parameter left at
    ``"auto"`` is chosen as in `NetworkClassifier`: without a hidden layer the default is the exact
    solution. But `alpha` is 0, and with hidden layers the activation is ``silu``, the rate 0.004,
    and `target_scaling` ``standard``, as it is with ``preset="strong"``. Warnings are alike, with
    the mean of the targets in the place of the most frequent class.

    Parameters
    ----------
    hidden_layer_sizes : sequence of int or "auto", default "auto"
        Units of each hidden layer.
    activation : str, default "auto"
        Activation of the hidden layers.
    preset : {"strong"} or None, default None
        What parameters mean that are left at ``"auto"``.
    n_members : int or "auto", default "auto"
        Networks to train from different weights; predictions are their mean.
    solver : {"auto", "adam", "adamw", "sgd", "lbfgs", "exact"}, default "auto"
        As in `NetworkClassifier`; ``exact`` is least squares or, with `alpha`, ridge regression
        in closed form.
    alpha : float or "auto", default "auto"
        Penalty, as scikit-learn's Ridge and MLPRegressor have it; see `NetworkClassifier`.
    batch_size : int or "auto", default "auto"
        Rows per step, or all if there are fewer; left at ``"auto"``, presets and networks with
        hidden layers take a sixth of fewer than 768 rows, but at least 16.
    learning_rate : {"auto", "constant", "cosine"}, default "auto"
        How the step size changes in training.
    learning_rate_init : float or "auto", default "auto"
        Step size at its largest.
    max_iter : int or "auto", default "auto"
        Epochs; iterations of ``lbfgs``.
    shuffle : bool, default True
        Whether rows are drawn in a new order each epoch.
    random_state : int, RandomState or None, default None
        Source of the initial weights, the order of rows, dropout and the rows held out.
    warm_start : bool, default False
        Whether `fit` goes on from the networks of the last one.
    momentum : float, default 0.9
        Momentum of ``sgd``.
    nesterovs_momentum : bool, default True
        Whether it is Nesterov's.
    beta_2 : float or "auto", default "auto"
        Decay of the second moment in ``adam`` and ``adamw``.
    early_stopping : bool, default False
        Whether to hold out rows, stop when their loss no longer falls, and keep the best weights.
    validation_fraction : float, default 0.1
        Share of the rows to hold out.
    n_iter_no_change : int, default 10
        Epochs without a new best after which to stop.
    initialization : {"auto", "glorot", "he", "variance", "zeros"}, default "auto"
        How the first weights are drawn, as in `NetworkSpec`.
    input_scale : float or "auto", default "auto"
        If > 0, every input has a learnable factor whose step size is this many times the
        weights'; it ends up in the first layer.
    dropout : float or "auto", default "auto"
        Share of hidden activations set to zero in training.
    augmentation : Augmentation or None, default None
        What is done at random to the rows of each step. For rows that are signals give `scaling`
        ``"signal"`` too, so that a shifted row is scaled as it was.
    scaling : {"auto", "standard", "robust", "signal"} or None, default "auto"
        What is done to the inputs first (`gradatim.scalers`), learnt from the training rows only.
    target_scaling : {"auto", "standard"} or None, default "auto"
        Whether targets are learnt in units of their mean and standard deviation, which `alpha`
        and the losses then refer to; the exact solution is the same in any units.

    Attributes
    ----------
    networks_ : list of Network
        What was learnt, one network per member that did not diverge; they read scaled inputs.
    network_ : Network
        The first of them.
    model_ : Model
        The same as a model: it predicts what the estimator does, and can be saved.
    scaler_ : Scaler or None
        What scales them.
    coefs_, intercepts_ : list of array
        Weights (n_in, n_out) and biases of every layer of `network_`.
    coef_ : array of shape (n_features,) or (n_targets, n_features)
        Weights, if there is no hidden layer.
    intercept_ : float or array of shape (n_targets,)
        Bias likewise.
    loss_curve_, validation_curve_ : array of shape (n_iter_,)
        Mean training loss in and validation loss after each epoch, averaged over members; the
        latter is empty without early stopping.
    n_iter_ : int
        Epochs or iterations taken.
    loss_, best_loss_ : float
        Last training loss; smallest validation loss, or training loss without early stopping.
    n_features_in_ : int
        Number of inputs.
    feature_names_in_ : array of shape (n_features_in_,)
        Names of the columns, if all are text.

    See Also
    --------
    NetworkClassifier : The same for classes.
    gradatim.training.fit_many : Many networks at once.

    Examples
    --------
    >>> line = NetworkRegressor().fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0])
    >>> line.coef_.round(6), round(line.intercept_, 6)
    (array([2.]), 1.0)
    """

    target_scaling: Any

    def __init__(
        self,
        hidden_layer_sizes: Sequence[int] | int | Auto = "auto",
        activation: str = "auto",
        *,
        preset: Literal["strong"] | None = None,
        n_members: int | Auto = "auto",
        solver: Literal["auto", "adam", "adamw", "sgd", "lbfgs", "exact"] = "auto",
        alpha: float | Auto = "auto",
        batch_size: int | Auto = "auto",
        learning_rate: Literal["auto", "constant", "cosine"] = "auto",
        learning_rate_init: float | Auto = "auto",
        max_iter: int | Auto = "auto",
        shuffle: bool = True,
        random_state: int | np.random.RandomState | None = None,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        beta_2: float | Auto = "auto",
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        initialization: Literal["auto", "glorot", "he", "variance", "zeros"] = "auto",
        input_scale: float | Auto = "auto",
        dropout: float | Auto = "auto",
        augmentation: Augmentation | None = None,
        scaling: Literal["auto", "standard", "robust", "signal"] | None = "auto",
        target_scaling: Literal["auto", "standard"] | None = "auto",
    ) -> None:
        self._store(locals())

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Predict the targets of rows (n_samples, n_features), in the form of the `y` of `fit`."""
        return self.model_.predict(self._known(X))

    @property
    def coef_(self) -> np.ndarray:
        """Weights of the only layer."""
        weight = self._only_layer().weight
        return weight[0] if self._flat else weight

    @property
    def intercept_(self) -> Any:
        """Bias of the only layer."""
        bias = self._only_layer().bias
        return float(bias[0]) if self._flat else bias

    def _sample(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None, reset: bool
    ) -> Sample:
        inputs, given = self._inputs(X, y=y, reset=reset, multi_output=True, y_numeric=True)
        values = np.asarray(given, dtype=np.float64)
        self._flat = values.ndim == 1
        weight = check_sample_weight(sample_weight, len(values))
        counted = weight > 0
        values = values[counted]
        Y = values.reshape(len(values), -1)
        targets = Targets.from_y(values, "regression")
        return Sample(inputs[counted], Y, targets, weight[counted], None)

    def _learn_units(self, sample: Sample, weight: np.ndarray, recipe: Recipe) -> TargetUnits:
        if recipe.target_scaling is None:
            return super()._learn_units(sample, weight, recipe)
        return TargetUnits.learn(sample.Y, weight)

    def _compare_with_constant(self, sample: Sample) -> None:
        share = sample.sample_weight / sample.sample_weight.sum()
        spread = float(share @ ((sample.Y - share @ sample.Y) ** 2).sum(axis=1))
        outputs = AveragedNetworks(tuple(self.networks_), False).outputs(sample.X)
        error = float(share @ ((sample.Y - outputs) ** 2).sum(axis=1))
        # Of targets that are all the same, any error is rounding.
        if spread > 0 and not error <= spread * (1 + 1e-6) + 1e-12 * float(sample.Y.max() ** 2):
            warn_unconverged(
                "the network is further from its training targets than their mean is: lower "
                "learning_rate_init, train longer (max_iter), or set scaling and target_scaling"
            )

    def _exact_solution(self, sample: Sample, recipe: Recipe) -> exact.Solution:
        alpha = recipe.alpha or 0.0
        return exact.solve_least_squares(sample.X, sample.Y, sample.sample_weight, alpha)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
