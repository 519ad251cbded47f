r"""The perceptron: weights that move after mistakes, and stand still once there are none.

Conventions: two classes have one unit with the heaviside activation, ``classes_[1]`` where
:math:`w \cdot x + w_0 \ge 0`; more have one linear unit each, and the largest output wins. A score
of exactly zero, or a tie, counts as a mistake while learning. NumPy, float64.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data

from gradatim.errors import LabelError, NotSeparableError, SpecError
from gradatim.estimators._models import network_model
from gradatim.estimators._rows import (
    check_sample_weight,
    number_classes,
    promised_classes,
    weigh_classes,
)
from gradatim.models.learners import Perceptrons
from gradatim.models.model import Model
from gradatim.network.graph import Layer, Network
from gradatim.separability.margins import mistake_bound, multiclass_mistake_bound
from gradatim.training.perceptron import PerceptronRule, learn_rule

__all__ = ["PerceptronClassifier"]

VARIANTS = ("plain", "averaged", "pocket")


def _has_no_pocket(estimator: PerceptronClassifier) -> bool:
    if estimator.variant == "pocket":
        raise AttributeError("the pocket compares weights on all rows, so it has no partial_fit")
    return True


class PerceptronClassifier(ClassifierMixin, BaseEstimator):
    r"""Classification by the perceptron rule.

    Weights start at zero. After every mistake on a row :math:`x` of two classes,
    :math:`\pm x` is added to them [1]_; of several classes, :math:`x` is added to the weights of
    the right class and taken from those of the strongest wrong one, which is the same rule on
    Kesler's vectors [2]_. Passes over the rows end with the first that has no mistake.

    Parameters
    ----------
    variant : {"plain", "averaged", "pocket"}, default "plain"
        Which weights are the result: the last; the mean over all visits of rows [3]_; or those
        that got most training rows right, looked at after each pass and whenever weights had
        gone longer without a mistake than any before, after [4]_.
    max_iter : int, default 100
        Passes at most.
    shuffle : bool, default True
        Whether each pass has a new order.
    random_state : int, RandomState or None, default None
        Source of the orders.
    class_weight : dict, "balanced" or None, default None
        Factor of the weights of each class's rows. A weight is how much of a row is added after
        a mistake on it.

    Attributes
    ----------
    classes_ : array of shape (n_classes,)
        Class labels, sorted.
    network_ : Network
        The units.
    coef_ : array of shape (1, n_features) or (n_classes, n_features)
        Weights.
    intercept_ : array of shape (1,) or (n_classes,)
        Biases.
    n_mistakes_ : int
        Mistakes made while learning.
    mistakes_curve_ : array of shape (n_iter_,)
        Mistakes of each pass.
    converged_ : bool
        Whether the last pass was without mistake: the rows are then separated by the last weights.
    mistake_bound_ : float or None
        Novikoff's bound on `n_mistakes_`, from the margin of the last weights
        (`gradatim.separability`); None if the rows were not separated, have different weights, or
        came by `partial_fit`.
    n_iter_ : int
        Passes.
    n_features_in_ : int
        Number of inputs.
    feature_names_in_ : array of shape (n_features_in_,)
        Names of the columns, if all are text.

    See Also
    --------
    NetworkClassifier : Learns from all rows, by how much they are wrong.
    gradatim.separability.mistake_bound : Why the number of mistakes is bounded.

    References
    ----------
    .. [1] F. Rosenblatt, "The perceptron: a probabilistic model for information storage and
       organization in the brain", Psychological Review, vol. 65, pp. 386-408, 1958.
    .. [2] R. O. Duda, P. E. Hart, "Pattern Classification and Scene Analysis", Wiley, 1973,
       section 5.12.
    .. [3] Y. Freund, R. E. Schapire, "Large margin classification using the perceptron algorithm",
       Machine Learning, vol. 37, pp. 277-296, 1999.
    .. [4] S. I. Gallant, "Perceptron-based learning algorithms", IEEE Transactions on Neural
       Networks, vol. 1, pp. 179-191, 1990.

    Examples
    --------
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> conjunction = PerceptronClassifier(shuffle=False).fit(X, [0, 0, 0, 1])
    >>> conjunction.predict(X), conjunction.converged_
    (array([0, 0, 0, 1]), True)
    >>> conjunction.n_mistakes_ <= conjunction.mistake_bound_
    True
    """

    network_: Network
    classes_: np.ndarray

    def __init__(
        self,
        variant: Literal["plain", "averaged", "pocket"] = "plain",
        *,
        max_iter: int = 100,
        shuffle: bool = True,
        random_state: int | np.random.RandomState | None = None,
        class_weight: Mapping[Any, float] | Literal["balanced"] | None = None,
    ) -> None:
        self.variant = variant
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.class_weight = class_weight

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Pass over the rows until none is misclassified.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Inputs.
        y : array-like of shape (n_samples,)
            Classes.
        sample_weight : array-like of shape (n_samples,), optional
            How much of a row is added after a mistake on it, >= 0; 0 leaves it out.

        Returns
        -------
        Self
            The fitted estimator.

        Raises
        ------
        InputError
            If the data or a parameter cannot be used.
        """
        self._check_parameters()
        inputs, labels = self._read(X, y, reset=True)
        self.classes_ = np.unique(labels)
        rows, targets, weight = self._rows(inputs, labels, sample_weight)
        if len(np.unique(targets)) < 2:
            raise LabelError("all rows of weight above 0 are of one class; give at least two")
        rng = check_random_state(self.random_state)
        rule, counts = learn_rule(
            rows,
            targets,
            weight,
            n_outputs=self._n_outputs,
            max_iter=self.max_iter,
            rng=rng if self.shuffle else None,
            pocket=self.variant == "pocket",
        )
        self._keep(rule, counts)
        equal = bool((weight == weight[0]).all())
        if self.converged_ and equal:
            self.mistake_bound_ = self._bound(rows, targets, rule.weights)
        return self

    @available_if(_has_no_pocket)
    def partial_fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Go on learning with one pass over more rows, which are as in `fit`.

        The first call needs all `classes` there will be (n_classes,).
        """
        self._check_parameters()
        new = not hasattr(self, "network_")
        given = promised_classes(self, classes, new)
        inputs, labels = self._read(X, y, reset=new)
        if given is not None:
            self.classes_ = given
        rows, targets, weight = self._rows(inputs, labels, sample_weight)
        if new:
            self._rule = PerceptronRule.start(self._n_outputs, rows.shape[1], pocket=False)
        if not hasattr(self, "_rng"):
            self._rng = check_random_state(self.random_state)
        order = self._rng.permutation(len(rows)) if self.shuffle else np.arange(len(rows))
        counts = [] if new else self.mistakes_curve_.tolist()
        self._keep(self._rule, [*counts, self._rule.visit(rows, targets, weight, order)])
        return self

    def _check_parameters(self) -> None:
        if self.variant not in VARIANTS:
            raise SpecError(f"variant must be one of {', '.join(VARIANTS)}, not {self.variant!r}")
        if not isinstance(self.max_iter, int | np.integer) or self.max_iter < 1:
            raise SpecError(f"max_iter must be a whole number of at least 1, not {self.max_iter!r}")

    def _read(self, X: Any, y: Any, reset: bool) -> tuple[np.ndarray, np.ndarray]:
        X, y = validate_data(self, X, y, dtype=np.float64, reset=reset, multi_output=True)
        y = np.asarray(y)
        check_classification_targets(y)
        if y.ndim == 2 and y.shape[1] > 1:
            raise LabelError("a perceptron learns one class per row, but y has several columns")
        return np.asarray(X), column_or_1d(y, warn=True)

    def _rows(
        self, X: np.ndarray, y: np.ndarray, sample_weight: ArrayLike | None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Append a one to rows of weight above 0; return them with their targets and weights."""
        classes = self.classes_
        codes = number_classes(y, classes)
        weight = check_sample_weight(sample_weight, len(y))
        weight = weigh_classes(self.class_weight, classes, codes, weight)
        counted = weight > 0
        targets = 2 * codes - 1 if len(classes) == 2 else codes
        X = np.column_stack([X[counted], np.ones(counted.sum())])
        return X, targets[counted], weight[counted]

    @property
    def _n_outputs(self) -> int:
        return 1 if len(self.classes_) == 2 else len(self.classes_)

    def _keep(self, rule: PerceptronRule, counts: list[int]) -> None:
        """Take over what was learnt."""
        weights = rule.weights
        if self.variant == "averaged":
            weights = rule.average
        elif rule.pocket is not None:
            weights = rule.pocket
        names = tuple(str(label) for label in self.classes_)
        binary = len(names) == 2
        layer = Layer(weights[:, :-1], weights[:, -1], "heaviside" if binary else "identity")
        inputs = tuple(str(name) for name in getattr(self, "feature_names_in_", ()))
        self.network_ = Network([layer], inputs, names[1:] if binary else names)
        self._rule = rule
        self.mistakes_curve_ = np.array(counts)
        self.n_iter_, self.n_mistakes_ = len(counts), int(sum(counts))
        self.converged_ = counts[-1] == 0
        self.mistake_bound_: float | None = None

    def _bound(self, X: np.ndarray, targets: np.ndarray, weights: np.ndarray) -> float | None:
        try:
            if len(weights) == 1:
                return mistake_bound(X, targets, weights[0])
            return multiclass_mistake_bound(X, targets, weights)
        except NotSeparableError:  # a margin within rounding of zero
            return None

    def decision_function(self, X: ArrayLike) -> np.ndarray:
        """Compute a score per row (n_samples, n_features); of more than two classes, one each."""
        return self.model_.decision_function(self._known(X))

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Predict the classes (n_samples,) of rows (n_samples, n_features)."""
        return self.model_.predict(self._known(X))

    @property
    def model_(self) -> Model:
        """The fitted model, which predicts the same and can be saved: ``model_.save(path)``."""
        check_is_fitted(self, "network_")
        learner = Perceptrons(((self.network_, tuple(range(len(self.classes_)))),), self._n_outputs)
        return network_model(self, "classification", learner, None, self.classes_, True)

    def _known(self, X: ArrayLike) -> np.ndarray:
        """Check the rows that are to be predicted."""
        check_is_fitted(self, "network_")
        given: Any = X
        return np.asarray(validate_data(self, given, dtype=np.float64, reset=False))

    @property
    def coef_(self) -> np.ndarray:
        """Weights."""
        return self.network_.layers[0].weight

    @property
    def intercept_(self) -> np.ndarray:
        """Biases."""
        return self.network_.layers[0].bias
