"""What the classifier and the regressor have in common: parameters, training, what is learnt.

Conventions: `fit` trains networks through the engine of `gradatim.training`, or solves one
exactly; arrays of data are float64 until the engine reads them. Networks read scaled inputs where
`scaling` is set, and predict in the targets' own units. Losses are means a row, penalty included.
"""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Sequence
from numbers import Integral
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
from gradatim.estimators._curves import mean_curve, still_falls
from gradatim.estimators._models import network_model
from gradatim.estimators._presets import STEPPING, Recipe, check, choose
from gradatim.estimators._rows import bucket, hold_out
from gradatim.estimators._stream import Moments, Pass, pass_over
from gradatim.models.learners import AveragedNetworks
from gradatim.models.model import Model
from gradatim.network.graph import Layer, Network
from gradatim.network.initialize import initialize
from gradatim.scalers import Scaler, fit_scaler
from gradatim.training.fit import fit_jobs
from gradatim.training.jobs import FitJob
from gradatim.training.result import FitResult
from gradatim.training.specs import NetworkSpec
from gradatim.training.target_units import TargetUnits
from gradatim.training.targets import Targets

__all__ = ["NetworkEstimator", "Sample", "can_step", "warn_unconverged"]


class Sample(NamedTuple):
    """Rows to learn from, all of weight above 0."""

    X: np.ndarray  # (n_samples, n_features): Inputs, float64
    Y: np.ndarray  # (n_samples, n_outputs): The matrix of `targets`, float64
    targets: Targets  # What to learn
    sample_weight: np.ndarray  # (n_samples,): Weights, class weights included
    codes: np.ndarray | None  # (n_samples,): Number of each row's class; None without classes


def can_step(estimator: NetworkEstimator) -> bool:
    """Tell scikit-learn whether an estimator has `partial_fit`."""
    try:
        recipes = choose(estimator, stepping=True)
    except SpecError:  # for fit to tell
        return True
    if recipes[0].solver not in STEPPING:
        raise AttributeError(
            f"partial_fit needs solver adam, adamw or sgd, not {recipes[0].solver}"
        )
    if len(recipes) > 1 or recipes[0].input_scale:
        raise AttributeError("partial_fit needs n_members=1 and input_scale=0")
    return True


class NetworkEstimator(BaseEstimator):
    """A network to be trained; the parameters are those of `NetworkClassifier`.

    Attributes
    ----------
    networks_ : list of Network
        What was learnt, one network per member.
    scaler_ : Scaler or None
        What is done to the inputs before.
    """

    preset: str | None
    n_members: Any
    hidden_layer_sizes: Any
    activation: str
    solver: str
    alpha: Any
    batch_size: Any
    learning_rate: str
    learning_rate_init: Any
    max_iter: Any
    shuffle: bool
    random_state: Any
    warm_start: bool
    momentum: float
    nesterovs_momentum: bool
    early_stopping: bool
    validation_fraction: float
    n_iter_no_change: int
    dropout: Any
    scaling: str | None
    beta_2: Any
    initialization: str
    input_scale: Any
    augmentation: Any
    # No parameter of the regressor, whose targets are not smoothed.
    label_smoothing: Any = 0.0

    _flat: bool
    networks_: list[Network]
    scaler_: Scaler | None
    loss_curve_: np.ndarray
    validation_curve_: np.ndarray

    def _store(self, given: dict[str, Any]) -> None:
        """Keep the arguments of the constructor and nothing else, as scikit-learn asks."""
        for name in self._get_param_names():
            setattr(self, name, given[name])

    def _sample(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None, reset: bool
    ) -> Sample:
        """Read the user's arrays."""
        raise NotImplementedError

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
        recipes = self._check_parameters()
        sample = self._sample(X, y, sample_weight, reset=True)
        rng = check_random_state(self.random_state)
        seeds = rng.randint(np.iinfo(np.int32).max, size=1 + len(recipes))
        training, validation = np.arange(len(sample.X)), np.empty(0, dtype=int)
        if self.early_stopping:
            training, validation = hold_out(
                sample.codes, len(sample.X), self.validation_fraction, rng
            )
        self._units = TargetUnits.none(sample.Y.shape[1])
        scaling = recipes[0].scaling
        self.scaler_ = fit_scaler(sample.X[training], scaling) if scaling else None
        sample = sample._replace(X=self._scaled(sample.X))
        if recipes[0].solver == "exact":
            self._solve(sample, recipes[0])
        else:
            self._train(sample, recipes, (training, validation), seeds)
        self._compare_with_constant(sample)
        self._moments: Moments | None = None
        return self

    @available_if(can_step)
    def partial_fit(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> Self:
        """Go on learning with one pass over more rows, which are as in `fit`.

        The learning rate stays at `learning_rate_init`. With `scaling`, the scaler is learnt from
        the rows of the first call.
        """
        [recipe] = self._check_parameters(stepping=True)
        return self._continue(self._sample(X, y, sample_weight, reset=self._is_new()), recipe)

    def _compare_with_constant(self, sample: Sample) -> None:
        """Warn if what was learnt is worse than one answer for all rows."""
        raise NotImplementedError

    def _is_new(self) -> bool:
        return not hasattr(self, "networks_")

    def _continue(self, sample: Sample, recipe: Recipe) -> Self:
        if self.early_stopping:
            raise SpecError("partial_fit sees no validation rows: set early_stopping to False")
        new = self._is_new()
        if new:
            self.scaler_ = fit_scaler(sample.X, recipe.scaling) if recipe.scaling else None
            self._units = self._learn_units(sample, sample.sample_weight, recipe)
            self._rng = check_random_state(self.random_state)
            self._moments = None
            self.loss_curve_, self.validation_curve_ = np.empty(0), np.empty(0)
        elif not hasattr(self, "_rng"):
            self._rng = check_random_state(self.random_state)
        n = len(sample.X)
        batch_size = recipe.rows_a_step(n)
        seed = self._rng.randint(np.iinfo(np.int32).max)
        spec = self._spec(recipe, seed, batch_size)
        network = self._drawn(sample, spec) if new else self._units.reduce(self.network_)
        order = self._rng.permutation(n) if self.shuffle else np.arange(n)
        targets = self._units.standard(sample.Y, sample.targets)
        rows = Pass(self._scaled(sample.X), targets, sample.sample_weight, order, batch_size)
        network, moments, loss = pass_over(rows, spec, network, self._moments)
        if moments is None:
            warn_unconverged(
                "the loss left the finite numbers, and these rows changed nothing any more: lower "
                "learning_rate_init, or set scaling"
            )
        self._moments = moments or self._moments
        self.networks_ = [self._units.restore(network)]
        self._sum_up([np.append(self.loss_curve_, loss)])
        return self

    def _train(
        self,
        sample: Sample,
        recipes: Sequence[Recipe],
        split: tuple[np.ndarray, np.ndarray],
        seeds: np.ndarray,
    ) -> None:
        n_samples, (_, validation) = len(sample.X), split
        weight, watched = sample.sample_weight.copy(), None
        if len(validation):
            watched = np.zeros(n_samples)
            watched[validation] = weight[validation]
            weight[validation] = 0.0
        full = recipes[0].solver == "lbfgs"
        batch_size = n_samples if full else recipes[0].rows_a_step(n_samples)
        # The engine's loss is a mean over rows of mean weight 1, alpha is for a sum of rows.
        total = weight.sum() * batch_size / n_samples
        first, order, *others = (int(seed) for seed in seeds)
        specs = [
            self._spec(recipe, seed, total)
            for recipe, seed in zip(recipes, [first, *others], strict=True)
        ]
        self._units = self._learn_units(sample, weight, recipes[0])
        targets = self._units.standard(sample.Y, sample.targets)
        job = FitJob(specs, sample.X, targets, weight, watched, self._initial(len(specs)))
        [results] = fit_jobs(
            [job],
            # All rows at once: as large as the padding, so that its shape is one for many sizes.
            batch_size=batch_size if batch_size < n_samples else bucket(n_samples),
            early_stopping=self.n_iter_no_change if self.early_stopping else None,
            shuffle=self.shuffle,
            random_state=order,
            pad_rows=bucket(n_samples),
            n_jobs=1,
        )
        self._keep(results)
        most = max(recipe.max_iter for recipe in recipes)
        if self.n_iter_ < most or any(result.diverged for result in results):
            return
        if full:
            warn_unconverged(
                f"lbfgs did not converge in {most} iterations: set scaling or max_iter"
            )
        # The epochs of a preset are part of its recipe; without one they are only a limit.
        elif self.preset is None and still_falls(self.loss_curve_, recipes[0].learning_rate):
            warn_unconverged(
                f"the loss was still falling when max_iter={most} epochs were over: raise "
                "max_iter or learning_rate_init, or set scaling='standard'"
            )

    def _initial(self, n_members: int) -> list[Network] | None:
        """Return the networks to start from, if training goes on."""
        if not self.warm_start or self._is_new():
            return None
        if len(self.networks_) != n_members:
            raise SpecError(
                f"a warm start needs as many networks as there are, {len(self.networks_)}, but "
                f"n_members is {n_members}"
            )
        return [self._units.reduce(network) for network in self.networks_]

    def _keep(self, results: Sequence[FitResult]) -> None:
        """Take over what was learnt; a network that diverged only if all did."""
        sound = [result for result in results if not result.diverged]
        kept = sound or results
        self.networks_ = [self._named(self._units.restore(result.network)) for result in kept]
        self._sum_up(
            [result.loss_curve for result in kept], [result.validation_curve for result in kept]
        )
        if not sound:
            warn_unconverged(
                f"the loss left the finite numbers in epoch {self.n_iter_}: lower "
                "learning_rate_init, or set scaling",
                stacklevel=5,
            )
        elif len(sound) < len(results):
            warn_unconverged(
                f"the loss of {len(results) - len(sound)} of {len(results)} networks left the "
                "finite numbers, and they were left out: lower learning_rate_init, or set scaling",
                stacklevel=5,
            )

    def _learn_units(self, sample: Sample, weight: np.ndarray, recipe: Recipe) -> TargetUnits:
        """Learn the units of real targets; those of classes are none."""
        return TargetUnits.none(sample.Y.shape[1])

    def _solve(self, sample: Sample, recipe: Recipe) -> None:
        solution = self._exact_solution(sample, recipe)
        activation = sample.targets.loss.output_activation
        names = sample.targets.output_names
        layer = Layer(solution.weight, solution.bias, activation)
        self.networks_ = [self._named(Network([layer], output_names=names))]
        self._sum_up([solution.loss_curve])
        if not solution.converged:
            warn_unconverged(
                f"the exact solver did not converge in {recipe.max_iter} iterations: set alpha > 0"
            )

    def _exact_solution(self, sample: Sample, recipe: Recipe) -> exact.Solution:
        """Solve the network without a hidden layer."""
        raise NotImplementedError

    def _check_parameters(self, *, stepping: bool = False) -> list[Recipe]:
        """Return the recipe of every member; refuse what makes no sense."""
        recipes = choose(self, stepping=stepping)
        if not isinstance(self.n_iter_no_change, Integral) or self.n_iter_no_change < 1:
            raise SpecError(
                f"n_iter_no_change must be a whole number of at least 1, not "
                f"{self.n_iter_no_change!r}"
            )
        for name in ("shuffle", "warm_start", "nesterovs_momentum", "early_stopping"):
            value = getattr(self, name)
            if not isinstance(value, bool | np.bool_):
                raise SpecError(f"{name} must be True or False, not {value!r}")
        for recipe in recipes:
            check(recipe)
            self._spec(recipe, 0, 1.0)
        solver = recipes[0].solver
        if solver not in STEPPING and self.early_stopping:
            raise SpecError(f"early_stopping needs epochs, which {solver} does not have")
        if solver == "exact" and len(recipes) > 1:
            raise SpecError("the exact solution is one: set n_members=1")
        return recipes

    def _spec(self, recipe: Recipe, seed: int, total: float) -> NetworkSpec:
        """Write a recipe out for the engine, where `total` is the weight of a step's rows."""
        decay = recipe.decay if recipe.alpha is None else recipe.alpha / total
        return NetworkSpec(
            hidden_layer_sizes=recipe.hidden_layer_sizes,
            activation=recipe.activation,
            optimizer=recipe.solver if recipe.solver != "exact" else "adam",  # pyright: ignore[reportArgumentType]
            learning_rate=recipe.learning_rate_init,
            weight_decay=float(decay),
            momentum=self.momentum,
            nesterov=self.nesterovs_momentum,
            beta_2=recipe.beta_2,
            schedule=recipe.learning_rate,  # pyright: ignore[reportArgumentType]
            label_smoothing=recipe.label_smoothing,
            dropout=recipe.dropout,
            input_scale=recipe.input_scale,
            initialization=recipe.initialization,  # pyright: ignore[reportArgumentType]
            max_epochs=int(recipe.max_iter),
            augmentation=recipe.augmentation,
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

    def _named(self, network: Network) -> Network:
        """Give the inputs the names of the columns, where these have any."""
        names = tuple(str(name) for name in getattr(self, "feature_names_in_", ()))
        return dataclasses.replace(network, input_names=names)

    def _sum_up(
        self, losses: Sequence[np.ndarray], validation_losses: Sequence[np.ndarray] = ()
    ) -> None:
        """Keep the curves: means over the members, each of which stays where it ended."""
        self.loss_curve_ = mean_curve(losses)
        self.validation_curve_ = mean_curve(validation_losses)
        self.n_iter_ = len(self.loss_curve_)
        self.loss_ = float(self.loss_curve_[-1])
        watched = self.validation_curve_ if len(self.validation_curve_) else self.loss_curve_
        self.best_loss_ = float(np.min(watched))

    def _inputs(self, X: Any, **options: Any) -> Any:
        """Check inputs, and `y` if it is among the options, as scikit-learn does."""
        finite = "allow-nan" if choose(self)[0].scaling else True
        return validate_data(self, X, dtype=np.float64, ensure_all_finite=finite, **options)

    def _scaled(self, X: np.ndarray) -> np.ndarray:
        return X if self.scaler_ is None else self.scaler_.transform(X)

    @property
    def model_(self) -> Model:
        """The fitted model, which predicts the same and can be saved: ``model_.save(path)``."""
        check_is_fitted(self, "networks_")
        classes = getattr(self, "classes_", None)
        task = "regression" if classes is None else "classification" if self._flat else "multilabel"
        return network_model(
            self,
            task,
            AveragedNetworks(tuple(self.networks_), task != "regression"),
            self.scaler_,
            classes if task == "classification" else None,
            self._flat,
        )

    def _known(self, X: ArrayLike) -> np.ndarray:
        """Check the rows that are to be predicted."""
        check_is_fitted(self, "networks_")
        return self._inputs(X, reset=False)

    @property
    def network_(self) -> Network:
        """The first network, the only one unless `n_members` is larger."""
        return self.networks_[0]

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
        try:
            tags.input_tags.allow_nan = choose(self)[0].scaling is not None
        except SpecError:  # for fit to tell
            tags.input_tags.allow_nan = False
        return tags


def warn_unconverged(message: str, stacklevel: int = 4) -> None:
    """Warn whoever called `fit`, two calls above the caller."""
    warnings.warn(message, ConvergenceWarning, stacklevel=stacklevel)
