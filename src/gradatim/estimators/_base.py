"""What the classifier and the regressor have in common: parameters, training, what is learnt.

Conventions: `fit` trains one network through the engine of `gradatim.training`, or solves it
exactly; arrays of data are float64 until the engine reads them. `network_` reads scaled inputs
where `scaling` is set. Losses are means a row, penalty included.
"""

from __future__ import annotations

import dataclasses
import warnings
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, validate_data

from gradatim.errors import SpecError
from gradatim.estimators import exact
from gradatim.estimators._rows import bucket, hold_out
from gradatim.estimators._stream import Moments, Rows, pass_over
from gradatim.network.evaluate import forward
from gradatim.network.graph import Layer, Network
from gradatim.network.initialize import initialize
from gradatim.scalers import Scaler, fit_scaler
from gradatim.training.fit import fit_jobs
from gradatim.training.jobs import FitJob
from gradatim.training.specs import NetworkSpec
from gradatim.training.targets import Targets

__all__ = ["NetworkEstimator", "Sample", "can_step"]

#: Solvers that take small steps, epoch by epoch.
STEPPING = ("adam", "adamw", "sgd")

SOLVERS = (*STEPPING, "lbfgs", "exact")


class Sample(NamedTuple):
    """Rows to learn from, all of weight above 0.

    Parameters
    ----------
    X : array of shape (n_samples, n_features)
        Inputs, float64.
    Y : array of shape (n_samples, n_outputs)
        The matrix of `targets`, float64.
    targets : Targets
        What to learn.
    sample_weight : array of shape (n_samples,)
        Weights, class weights included.
    codes : array of shape (n_samples,) or None
        Number of each row's class; None without classes.
    """

    X: np.ndarray
    Y: np.ndarray
    targets: Targets
    sample_weight: np.ndarray
    codes: np.ndarray | None


def can_step(estimator: NetworkEstimator) -> bool:
    """Tell scikit-learn whether an estimator has `partial_fit`.

    Parameters
    ----------
    estimator : NetworkEstimator
        Any.

    Returns
    -------
    bool
        True.

    Raises
    ------
    AttributeError
        If its solver needs all rows at once.
    """
    if estimator.solver not in STEPPING:
        raise AttributeError(f"partial_fit needs solver adam, adamw or sgd, not {estimator.solver}")
    return True


class NetworkEstimator(BaseEstimator):
    """A network to be trained; the parameters are those of `NetworkClassifier`.

    Attributes
    ----------
    network_ : Network
        What was learnt.
    scaler_ : Scaler or None
        What is done to the inputs before.
    """

    hidden_layer_sizes: Any
    activation: str
    solver: str
    alpha: float
    batch_size: Any
    learning_rate: str
    learning_rate_init: float
    max_iter: int
    shuffle: bool
    random_state: Any
    warm_start: bool
    momentum: float
    nesterovs_momentum: bool
    early_stopping: bool
    validation_fraction: float
    n_iter_no_change: int
    dropout: float
    scaling: str | None
    label_smoothing: float = 0.0

    network_: Network
    scaler_: Scaler | None
    loss_curve_: np.ndarray
    validation_curve_: np.ndarray

    # -- what a subclass knows --------------------------------------------------------------

    def _sample(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None, reset: bool
    ) -> Sample:
        """Read the user's arrays."""
        raise NotImplementedError

    # -- learning ----------------------------------------------------------------------------

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Learn from rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Inputs; NaN marks a missing value if `scaling` is set.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            What to learn.
        sample_weight : array-like of shape (n_samples,), optional
            Weight of each row, >= 0; 0 leaves it out.

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
        sample = self._sample(X, y, sample_weight, reset=True)
        rng = check_random_state(self.random_state)
        seeds = rng.randint(np.iinfo(np.int32).max, size=2)
        training, validation = np.arange(len(sample.X)), np.empty(0, dtype=int)
        if self.early_stopping:
            training, validation = hold_out(
                sample.codes, len(sample.X), self.validation_fraction, rng
            )
        self.scaler_ = fit_scaler(sample.X[training], self.scaling) if self.scaling else None
        sample = sample._replace(X=self._scaled(sample.X))
        if self.solver == "exact":
            self._solve(sample)
        else:
            self._train(sample, training, validation, seeds)
        self._moments: Moments | None = None
        return self

    @available_if(can_step)
    def partial_fit(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> Self:
        """Go on learning with one pass over more rows.

        The learning rate stays at `learning_rate_init`. With `scaling`, the scaler is learnt from
        the rows of the first call.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Inputs.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            What to learn.
        sample_weight : array-like of shape (n_samples,), optional
            Weight of each row, >= 0.

        Returns
        -------
        Self
            The estimator.

        Raises
        ------
        InputError
            If the data or a parameter cannot be used.
        """
        self._check_parameters()
        return self._continue(self._sample(X, y, sample_weight, reset=self._is_new()))

    def _is_new(self) -> bool:
        return not hasattr(self, "network_")

    def _continue(self, sample: Sample) -> Self:
        if self.early_stopping:
            raise SpecError("partial_fit sees no validation rows: set early_stopping to False")
        new = self._is_new()
        if new:
            self.scaler_ = fit_scaler(sample.X, self.scaling) if self.scaling else None
            self._rng = check_random_state(self.random_state)
            self._moments = None
            self.loss_curve_, self.validation_curve_ = np.empty(0), np.empty(0)
        elif not hasattr(self, "_rng"):
            self._rng = check_random_state(self.random_state)
        batch_size = self._batch_size(len(sample.X))
        spec = self._spec(self._rng.randint(np.iinfo(np.int32).max), self.alpha / batch_size)
        network = self._drawn(sample, spec) if new else self.network_
        n = len(sample.X)
        order = self._rng.permutation(n) if self.shuffle else np.arange(n)
        X = self._scaled(sample.X)
        rows = Rows(X, sample.targets, sample.sample_weight, order, batch_size)
        self.network_, self._moments, loss = pass_over(rows, spec, network, self._moments)
        self.loss_curve_ = np.append(self.loss_curve_, loss)
        self._sum_up()
        return self

    def _train(
        self, sample: Sample, training: np.ndarray, validation: np.ndarray, seeds: np.ndarray
    ) -> None:
        n_samples = len(sample.X)
        weight, watched = sample.sample_weight.copy(), None
        if len(validation):
            watched = np.zeros(n_samples)
            watched[validation] = weight[validation]
            weight[validation] = 0.0
        full = self.solver == "lbfgs"
        batch_size = n_samples if full else self._batch_size(n_samples)
        # The engine's loss is a mean over rows of mean weight 1, alpha is for a sum of rows.
        total = weight.sum() * batch_size / n_samples
        spec = self._spec(int(seeds[0]), self.alpha / total)
        warm = self.warm_start and not self._is_new()
        initial = [self.network_] if warm else None
        job = FitJob([spec], sample.X, sample.targets, weight, watched, initial)
        [[result]] = fit_jobs(
            [job],
            max_epochs=self.max_iter,
            # All rows at once: as large as the padding, so that its shape is one for many sizes.
            batch_size=batch_size if batch_size < n_samples else bucket(n_samples),
            early_stopping=self.n_iter_no_change if self.early_stopping else None,
            shuffle=self.shuffle,
            random_state=int(seeds[1]),
            pad_rows=bucket(n_samples),
            n_jobs=1,
        )
        self.network_ = self._named(result.network)
        self.loss_curve_ = result.loss_curve.astype(np.float64)
        self.validation_curve_ = result.validation_curve.astype(np.float64)
        self._sum_up()
        if result.diverged:
            _warn(
                f"the loss left the finite numbers in epoch {self.n_iter_}: lower "
                "learning_rate_init, or set scaling"
            )
        elif full and self.n_iter_ >= self.max_iter:
            _warn(f"lbfgs did not converge in {self.max_iter} iterations: set scaling or max_iter")

    def _solve(self, sample: Sample) -> None:
        solution = self._exact_solution(sample)
        activation = sample.targets.loss.output_activation
        names = sample.targets.output_names
        layer = Layer(solution.weight, solution.bias, activation)
        self.network_ = self._named(Network([layer], output_names=names))
        self.loss_curve_, self.validation_curve_ = solution.loss_curve, np.empty(0)
        self._sum_up()
        if not solution.converged:
            _warn(f"the exact solver did not converge in {self.max_iter} iterations: set alpha > 0")

    def _exact_solution(self, sample: Sample) -> exact.Solution:
        """Solve the network without a hidden layer."""
        raise NotImplementedError

    # -- parameters --------------------------------------------------------------------------

    def _check_parameters(self) -> None:
        if self.solver not in SOLVERS:
            raise SpecError(f"solver must be one of {', '.join(SOLVERS)}, not {self.solver!r}")
        if not self.alpha >= 0 or not np.isfinite(self.alpha):
            raise SpecError(f"alpha must be finite and >= 0, not {self.alpha}")
        for name in ("max_iter", "n_iter_no_change"):
            value = getattr(self, name)
            if not isinstance(value, int | np.integer) or value < 1:
                raise SpecError(f"{name} must be a whole number of at least 1, not {value!r}")
        if self.scaling not in (None, "standard", "robust"):
            raise SpecError(f"scaling must be None, standard or robust, not {self.scaling!r}")
        self._batch_size(1)
        spec = self._spec(0, 0.0)
        if self.solver not in STEPPING and self.early_stopping:
            raise SpecError(f"early_stopping needs epochs, which {self.solver} does not have")
        if self.solver == "exact" and (spec.hidden_layer_sizes or self.dropout > 0):
            raise SpecError(
                "solver 'exact' is for networks without hidden layers: set hidden_layer_sizes=() "
                "and dropout=0"
            )

    def _batch_size(self, n_samples: int) -> int:
        """Return how many rows make a step."""
        size = self.batch_size
        if isinstance(size, str) and size == "auto":
            return min(200, n_samples)
        if not isinstance(size, int | np.integer) or size < 1:
            raise SpecError(f"batch_size must be 'auto' or a whole number >= 1, not {size!r}")
        return min(int(size), n_samples)

    def _spec(self, seed: int, weight_decay: float) -> NetworkSpec:
        return NetworkSpec(
            hidden_layer_sizes=self.hidden_layer_sizes,
            activation=self.activation,
            optimizer=self.solver if self.solver != "exact" else "adam",  # pyright: ignore[reportArgumentType]
            learning_rate=self.learning_rate_init,
            weight_decay=float(weight_decay),
            momentum=self.momentum,
            nesterov=self.nesterovs_momentum,
            schedule=self.learning_rate,  # pyright: ignore[reportArgumentType]
            label_smoothing=self.label_smoothing,
            dropout=self.dropout,
            seed=int(seed),
        )

    def _drawn(self, sample: Sample, spec: NetworkSpec) -> Network:
        """Draw a network to start from."""
        sizes = (sample.X.shape[1], *spec.hidden_layer_sizes, sample.targets.n_outputs)
        layers = initialize(sizes, spec.initialization, spec.seed, spec.activation)
        names = [spec.activation] * len(spec.hidden_layer_sizes)
        names.append(sample.targets.loss.output_activation)
        network = Network(
            [Layer(w, b, name) for (w, b), name in zip(layers, names, strict=True)],
            output_names=sample.targets.output_names,
        )
        return self._named(network)

    # -- what was learnt ---------------------------------------------------------------------

    def _named(self, network: Network) -> Network:
        """Give the inputs the names of the columns, where these have any."""
        names = tuple(str(name) for name in getattr(self, "feature_names_in_", ()))
        return dataclasses.replace(network, input_names=names)

    def _sum_up(self) -> None:
        self.n_iter_ = len(self.loss_curve_)
        self.loss_ = float(self.loss_curve_[-1])
        watched = self.validation_curve_ if len(self.validation_curve_) else self.loss_curve_
        self.best_loss_ = float(np.min(watched))

    def _inputs(self, X: Any, **options: Any) -> Any:
        """Check inputs, and `y` if it is among the options, as scikit-learn does."""
        finite = "allow-nan" if self.scaling else True
        return validate_data(self, X, dtype=np.float64, ensure_all_finite=finite, **options)

    def _scaled(self, X: np.ndarray) -> np.ndarray:
        return X if self.scaler_ is None else self.scaler_.transform(X)

    def _pre_activations(self, X: ArrayLike) -> np.ndarray:
        """Compute what the output units see: (n_samples, n_outputs)."""
        check_is_fitted(self, "network_")
        return forward(self.network_, self._scaled(self._inputs(X, reset=False))).pre_activations[
            -1
        ]

    @property
    def coefs_(self) -> list[np.ndarray]:
        """Weights of every layer, transposed to (n_in, n_out) as scikit-learn has them."""
        return [layer.weight.T for layer in self.network_.layers]

    @property
    def intercepts_(self) -> list[np.ndarray]:
        """Biases of every layer."""
        return [layer.bias for layer in self.network_.layers]

    def _only_layer(self) -> Layer:
        if self.network_.depth > 1:
            raise AttributeError("a network with hidden layers has coefs_ and intercepts_")
        return self.network_.layers[0]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = self.scaling is not None
        return tags


def _warn(message: str) -> None:
    warnings.warn(message, ConvergenceWarning, stacklevel=4)
