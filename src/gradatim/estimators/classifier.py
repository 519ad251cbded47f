"""A network that tells classes apart, or says which of several labels hold.

Conventions: those of scikit-learn; two classes take one logistic unit, more take a softmax layer,
and a two-dimensional `y` of 0 and 1 one logistic unit a column. Classes are sorted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import ClassifierMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d

from gradatim.errors import LabelError, SpecError
from gradatim.estimators import exact
from gradatim.estimators._base import NetworkEstimator, Sample, can_step, warn_unconverged
from gradatim.estimators._presets import Recipe
from gradatim.estimators._rows import (
    check_sample_weight,
    number_classes,
    promised_classes,
    weigh_classes,
)
from gradatim.losses import LOSSES
from gradatim.models.learners import AveragedNetworks
from gradatim.training.specs import Augmentation
from gradatim.training.targets import Targets, probabilities

__all__ = ["NetworkClassifier"]

Auto = Literal["auto"]


class NetworkClassifier(ClassifierMixin, NetworkEstimator):
    r"""Classification by a network; without a hidden layer, logistic regression.

    A parameter left at ``"auto"`` follows `preset`, and a parameter that is given overrides it:

    ==================  ===============  =============  =======================================
    parameter           no hidden layer  hidden layers  ``preset="strong"``: even / odd members
    ==================  ===============  =============  =======================================
    hidden_layer_sizes  ()               as given       (256, 256, 256)
    activation          relu             relu           silu
    solver              exact            adam           adamw
    alpha               0.0001           0.0001         weight decay 0.01 a step
    batch_size          200              128            128
    learning_rate       constant         cosine         cosine
    learning_rate_init  0.01             0.01           0.012 / 0.004
    max_iter            200              200            60 / 30
    beta_2              0.999            0.999          0.95
    initialization      glorot           glorot         variance
    input_scale         0                0              6
    dropout             0                0              0.15 / 0.4
    label_smoothing     0                0              0.1
    scaling             None             standard       robust
    n_members           1                1              8
    ==================  ===============  =============  =======================================

    Without a hidden layer the network is solved, unless a parameter is set that only steps have
    (from `batch_size` to `dropout`, `augmentation`, `early_stopping`, `warm_start`, several
    members); ``adam`` then takes the steps. ``alpha=0`` is maximum likelihood. ``strong`` is a
    recipe for small tables that needs no tuning, close to RealMLP [1]_; docs/accuracy.md holds it
    against others.

    A `ConvergenceWarning` says what to do where the loss was still falling at the end of `max_iter`
    epochs (those of ``strong`` are part of its recipe), where it left the finite numbers, and where
    the most frequent class alone would be right more often.

    Parameters
    ----------
    hidden_layer_sizes : sequence of int or "auto", default "auto"
        Units of each hidden layer.
    activation : str, default "auto"
        Activation of the hidden layers.
    preset : {"strong"} or None, default None
        What parameters mean that are left at ``"auto"``.
    n_members : int or "auto", default "auto"
        Networks to train from different weights; predictions average their probabilities.
    solver : {"auto", "adam", "adamw", "sgd", "lbfgs", "exact"}, default "auto"
        ``adam``, ``adamw`` and ``sgd`` step along minibatches, ``lbfgs`` along all rows, all in
        float32. ``exact`` is for networks without a hidden layer: it maximizes the likelihood
        to the last digits of float64 by Newton's method, whose cost grows with the cube of the
        number of features.
    alpha : float or "auto", default "auto"
        Penalty, as scikit-learn has it: :math:`\tfrac\alpha2 \lVert W \rVert^2` is added to the
        *sum* of the losses of the rows of a step, each times its weight, and biases go free. So
        ``alpha`` is that of its MLPClassifier and Ridge, and 1 / C of its LogisticRegression.
        ``adamw`` shrinks weights by the same measure, apart from the gradient.
    batch_size : int or "auto", default "auto"
        Rows per step, or all if there are fewer; left at ``"auto"``, presets and networks with
        hidden layers take a sixth of fewer than 768 rows, but at least 16.
    learning_rate : {"auto", "constant", "cosine"}, default "auto"
        How the step size changes: ``cosine`` rises for a twentieth of the steps, then falls to 0.
    learning_rate_init : float or "auto", default "auto"
        Step size at its largest.
    max_iter : int or "auto", default "auto"
        Epochs; iterations of ``lbfgs`` and ``exact``.
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
        Share of the rows to hold out, of every class alike.
    n_iter_no_change : int, default 10
        Epochs without a new best after which to stop.
    class_weight : dict, "balanced" or None, default None
        Factor of the weights of each class's rows; ``balanced`` gives all classes the same total.
    initialization : {"auto", "glorot", "he", "variance", "zeros"}, default "auto"
        How the first weights are drawn, as in `NetworkSpec`.
    input_scale : float or "auto", default "auto"
        If > 0, every input has a learnable factor whose step size is this many times the
        weights'; it ends up in the first layer.
    dropout : float or "auto", default "auto"
        Share of hidden activations set to zero in training.
    label_smoothing : float or "auto", default "auto"
        Share of each label that is spread over all classes in training.
    augmentation : Augmentation or None, default None
        What is done at random to the rows of each step. For rows that are signals give `scaling`
        ``"signal"`` too, so that a shifted row is scaled as it was.
    scaling : {"auto", "standard", "robust", "signal"} or None, default "auto"
        What is done to the inputs first (`gradatim.scalers`), learnt from the training rows only.

    Attributes
    ----------
    classes_ : array of shape (n_classes,)
        Class labels, sorted; the numbers of the columns for labels.
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
    coef_ : array of shape (1, n_features) or (n_classes, n_features)
        Weights, if there is no hidden layer.
    intercept_ : array of shape (1,) or (n_classes,)
        Biases likewise.
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
    NetworkRegressor : The same for real values.
    PerceptronClassifier : The network that learns from mistakes alone.
    gradatim.training.fit_many : Many networks at once.

    References
    ----------
    .. [1] D. Holzmueller et al., "Better by default: strong pre-tuned MLPs and boosted trees on
       tabular data", NeurIPS 2024.

    Examples
    --------
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["low", "high", "low", "high"]
    >>> odds = NetworkClassifier().fit(X, y)
    >>> odds.predict([[-1.0], [4.0]])
    array(['low', 'high'], dtype='<U4')
    """

    class_weight: Any

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
        class_weight: Mapping[Any, float] | Literal["balanced"] | None = None,
        initialization: Literal["auto", "glorot", "he", "variance", "zeros"] = "auto",
        input_scale: float | Auto = "auto",
        dropout: float | Auto = "auto",
        label_smoothing: float | Auto = "auto",
        augmentation: Augmentation | None = None,
        scaling: Literal["auto", "standard", "robust", "signal"] | None = "auto",
    ) -> None:
        self._store(locals())

    @available_if(can_step)
    def partial_fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Go on learning with one pass over more rows, which are as in `fit`.

        The learning rate stays at `learning_rate_init`. With `scaling`, the scaler is learnt from
        the rows of the first call, which needs all `classes` there will be (n_classes,), unless `y`
        has labels.
        """
        [recipe] = self._check_parameters()
        new = self._is_new()
        given = promised_classes(self, classes, new, needed=np.ndim(y) == 1)
        if given is not None:
            self.classes_ = given
        sample = self._sample(X, y, sample_weight, reset=new, keep_classes=True)
        return self._continue(sample, recipe)

    def _sample(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None,
        reset: bool,
        keep_classes: bool = False,
    ) -> Sample:
        inputs, given = self._inputs(X, y=y, reset=reset, multi_output=True)
        return self._weighed(inputs, np.asarray(given), sample_weight, keep_classes)

    def _weighed(
        self, X: np.ndarray, y: np.ndarray, sample_weight: ArrayLike | None, keep_classes: bool
    ) -> Sample:
        """Read the labels, and leave out rows without weight."""
        check_classification_targets(y)
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        weight = check_sample_weight(sample_weight, len(y))
        if y.ndim == 2:
            targets, codes = self._labels(y), None
        else:
            if not keep_classes:
                self.classes_ = np.unique(y)
            targets, codes = self._classes(y)
            weight = weigh_classes(self.class_weight, self.classes_, codes, weight)
            if not keep_classes and len(np.unique(codes[weight > 0])) < 2:
                raise LabelError(
                    f"all rows of weight above 0 are of one class, {y[weight > 0][0]!s}; "
                    "give at least two"
                )
        self._flat = y.ndim == 1
        counted = weight > 0
        targets = Targets(targets.matrix[counted], targets.loss, targets.classes, targets.flat)
        codes = None if codes is None else codes[counted]
        Y = targets.matrix.astype(np.float64)
        return Sample(X[counted], Y, targets, weight[counted], codes)

    def _labels(self, y: np.ndarray) -> Targets:
        """Read one label per column."""
        if self.class_weight is not None:
            raise SpecError("class_weight is for classes, but y has one column per label")
        self.classes_ = np.arange(y.shape[1])
        return Targets.from_y(y, "classification")

    def _classes(self, y: np.ndarray) -> tuple[Targets, np.ndarray]:
        """Read one class per row, and number the rows' classes."""
        classes = self.classes_
        codes = number_classes(y, classes)
        if len(classes) == 2:
            matrix = codes[:, None].astype(np.float32)
            return Targets(matrix, LOSSES["binary"], classes, True), codes
        matrix = np.eye(len(classes), dtype=np.float32)[codes]
        return Targets(matrix, LOSSES["multiclass"], classes, True), codes

    def _compare_with_constant(self, sample: Sample) -> None:
        # Whoever weighs classes gives accuracy away for the rare ones.
        if sample.codes is None or self.class_weight is not None:
            return
        learner = AveragedNetworks(tuple(self.networks_), True)
        chosen = probabilities(learner.outputs(sample.X), self.classes_).argmax(axis=1)
        weight = sample.sample_weight / sample.sample_weight.sum()
        right = float(weight @ (chosen == sample.codes))
        totals = np.bincount(sample.codes, weights=weight)
        if right < totals.max() - 1e-9:  # a sum's rounding
            warn_unconverged(
                f"the network is right on {right:.1%} of its training rows, and the most frequent "
                f"class alone, {self.classes_[totals.argmax()]!s:.80}, would be right on "
                f"{totals.max():.1%}: train longer (max_iter, learning_rate_init), set scaling or "
                "hidden_layer_sizes, or weigh rare classes with class_weight='balanced'"
            )

    def _exact_solution(self, sample: Sample, recipe: Recipe) -> exact.Solution:
        Y, share, alpha = sample.Y, recipe.label_smoothing, recipe.alpha or 0.0
        several = sample.targets.loss.name == "multiclass"
        totals = Y.sum(axis=0)
        if share == 0.0 and (totals.min() == 0.0 or totals.max() == len(Y)):
            raise LabelError(
                "a class without a row of weight above 0 has no likelihood to maximize: leave it "
                "out, or set label_smoothing"
            )
        Y = Y * (1.0 - share) + share / (Y.shape[1] if several else 2)
        columns = [Y] if several else [Y[:, [k]] for k in range(Y.shape[1])]
        parts = [
            exact.solve_logistic(sample.X, column, sample.sample_weight, alpha, recipe.max_iter)
            for column in columns
        ]
        longest = max(len(part.loss_curve) for part in parts)
        curves = [np.pad(p.loss_curve, (0, longest - len(p.loss_curve)), "edge") for p in parts]
        return exact.Solution(
            np.concatenate([part.weight for part in parts]),
            np.concatenate([part.bias for part in parts]),
            np.sum(curves, axis=0),
            all(part.converged for part in parts),
        )

    def decision_function(self, X: ArrayLike) -> np.ndarray:
        """Compute what the output units see before their activation.

        Rows of shape (n_samples, n_features) give the log-odds of the second of two
        classes, or one column per class or label.
        """
        return self.model_.decision_function(self._known(X))

    def predict_proba(self, X: ArrayLike) -> np.ndarray:
        """Predict the probability of each class, in the order of `classes_`, or label.

        Rows of shape (n_samples, n_features) give (n_samples, n_classes).
        """
        return self.model_.predict_proba(self._known(X))

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Predict the class of each row (n_samples, n_features), or 0 and 1 for each label."""
        return self.model_.predict(self._known(X))

    @property
    def coef_(self) -> np.ndarray:
        """Weights of the only layer."""
        return self._only_layer().weight

    @property
    def intercept_(self) -> np.ndarray:
        """Biases of the only layer."""
        return self._only_layer().bias

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
