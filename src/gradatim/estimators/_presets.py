"""Presets: what the parameters of an estimator mean that were left at ``"auto"``.

Conventions: a parameter given by the user is the same for all members; one left at ``"auto"``
follows the preset, whose recipes take turns from member to member.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from numbers import Integral, Real
from typing import Any

import numpy as np

from gradatim.errors import SpecError
from gradatim.training import recipes
from gradatim.training.specs import Augmentation, NetworkSpec

#: Solvers that take small steps, epoch by epoch.
STEPPING = ("adam", "adamw", "sgd")

_SOLVERS = (*STEPPING, "lbfgs", "exact")


@dataclass(frozen=True)
class Recipe:
    """How one member is trained; every field is a parameter of the estimators.

    The defaults are the textbook's: no scaling, no penalty, a constant rate. Networks without a
    hidden layer take them where they are trained step by step.
    """

    hidden_layer_sizes: Any = ()  # Units of each hidden layer
    activation: str = "relu"  # Activation of the hidden layers
    solver: str = "adam"  # How weights are found
    alpha: float | None = None  # Penalty on the sum of a step's losses; None if `decay` says it
    batch_size: int = 200  # Rows per step, if there are as many
    learning_rate: str = "constant"  # How the step size changes
    learning_rate_init: float = 0.01  # Step size at its largest
    max_iter: int = 200  # Epochs
    beta_2: float = 0.999  # Decay of Adam's second moment
    initialization: str = "glorot"  # How first weights are drawn
    # Rate of the inputs' factors, relative to the weights'; 0 for no factors
    input_scale: float = 0.0
    dropout: float = 0.0  # Share of hidden activations set to zero
    label_smoothing: float = 0.0  # Share of a label that is spread over all classes
    scaling: str | None = None  # What is done to the inputs first
    target_scaling: str | None = None  # What is done to real targets first
    # Weight decay a step, whatever the weights of rows; used where `alpha` is None
    decay: float = 0.0
    augmentation: Augmentation | None = None  # What is done at random to the rows of a step
    adapts: bool = False  # Whether a step has fewer rows on small collections

    def rows_a_step(self, n_samples: int) -> int:
        """Return the rows per step for a number of samples."""
        wanted = recipes.choose_batch_size(n_samples) if self.adapts else int(self.batch_size)
        return min(wanted, n_samples)


@dataclass(frozen=True)
class Preset:
    """Recipes that take turns, and how many members are averaged."""

    recipes: tuple[Recipe, ...]  # Member k is trained by recipe k modulo their number
    n_members: int = 1  # Networks whose outputs are averaged


def _from_spec(spec: NetworkSpec) -> Recipe:
    """Write a recipe in the words of the estimators."""
    return Recipe(
        hidden_layer_sizes=spec.hidden_layer_sizes,
        activation=spec.activation,
        solver=spec.optimizer,
        batch_size=recipes.BATCH_SIZE,
        learning_rate=spec.schedule,
        learning_rate_init=spec.learning_rate,
        max_iter=spec.max_epochs or 0,
        beta_2=spec.beta_2,
        initialization=spec.initialization,
        input_scale=spec.input_scale,
        dropout=spec.dropout,
        label_smoothing=spec.label_smoothing,
        scaling="robust",
        target_scaling="standard",
        decay=spec.weight_decay,
        adapts=True,
    )


#: Penalty of classifiers without a preset, that of scikit-learn's MLPClassifier: so small that it
#: is only felt where the likelihood has no maximum.
CLASSIFIER_ALPHA = 1e-4

#: Without a preset and without a hidden layer: solved.
EXACT = Recipe(solver="exact")

#: Without a preset, with hidden layers. Rates and batches were chosen on XOR, moons, a parabola,
#: iris, wine and diabetes; smooth units and a low rate keep a regression from following the noise.
HIDDEN_CLASSIFIER = Recipe(
    batch_size=recipes.BATCH_SIZE,
    learning_rate="cosine",
    learning_rate_init=0.01,
    scaling="standard",
    adapts=True,
)
HIDDEN_REGRESSOR = replace(
    HIDDEN_CLASSIFIER,
    activation="silu",
    learning_rate_init=0.004,
    target_scaling="standard",
)

#: What only training step by step has; whoever sets one of them asks for it.
OF_STEPS = (
    *("batch_size", "learning_rate", "learning_rate_init", "beta_2", "initialization"),
    *("input_scale", "dropout", "augmentation"),
)

#: Every preset by its name.
PRESETS: dict[str, Preset] = {
    "strong": Preset(
        (_from_spec(recipes.STRONG), _from_spec(recipes.GENTLE)),
        n_members=recipes.PRESETS["strong"].n_members,
    ),
}


def choose(estimator: Any, *, stepping: bool = False) -> list[Recipe]:
    """Return the recipe of every member of an estimator, if need be one that takes steps."""
    name = estimator.preset
    if name is not None and (not isinstance(name, str) or name not in PRESETS):
        known = ", ".join(map(repr, (None, *PRESETS)))
        raise SpecError(f"preset must be one of {known}, not {name!r}")
    n_members = estimator.n_members
    if _is_auto(n_members):
        n_members = 1 if name is None else PRESETS[name].n_members
    elif not _is_count(n_members):
        raise SpecError(f"n_members must be 'auto' or a whole number >= 1, not {n_members!r}")
    names = [field.name for field in fields(Recipe) if hasattr(estimator, field.name)]
    given = {name: getattr(estimator, name) for name in names}
    given = {name: value for name, value in given.items() if not _is_auto(value)}
    sizes = given.get("hidden_layer_sizes")
    if isinstance(sizes, Iterable) and not isinstance(sizes, str):
        # Lists and arrays too, as grid searches have them; a recipe is a key.
        given["hidden_layer_sizes"] = tuple(
            sizes.ravel().tolist() if isinstance(sizes, np.ndarray) else sizes
        )
    adapts = {"adapts": False} if "batch_size" in given else {}
    if name is None:
        stepping = stepping or n_members > 1 or estimator.early_stopping or estimator.warm_start
        preset = (_textbook(given, hasattr(estimator, "target_scaling"), stepping),)
    else:
        preset = PRESETS[name].recipes
    members = [replace(recipe, **given, **adapts) for recipe in preset]
    return [members[k % len(members)] for k in range(n_members)]


def _textbook(given: dict[str, Any], regression: bool, stepping: bool) -> Recipe:
    """Return what an estimator without a preset does that was given some parameters."""
    sizes = given.get("hidden_layer_sizes", ())
    if not isinstance(sizes, tuple) or sizes:
        recipe = HIDDEN_REGRESSOR if regression else HIDDEN_CLASSIFIER
    else:
        stepping = stepping or any(
            name in given and given[name] != getattr(EXACT, name) for name in OF_STEPS
        )
        recipe = Recipe() if stepping else EXACT
    return recipe if regression else replace(recipe, alpha=CLASSIFIER_ALPHA)


def _is_auto(value: Any) -> bool:
    return isinstance(value, str) and value == "auto"


def _is_count(value: Any) -> bool:
    return not isinstance(value, bool) and hasattr(value, "__index__") and value >= 1


def check(recipe: Recipe) -> None:
    """Refuse what a `NetworkSpec` would not."""
    if recipe.solver not in _SOLVERS:
        raise SpecError(f"solver must be one of {', '.join(_SOLVERS)}, not {recipe.solver!r}")
    for name in ("alpha", "learning_rate_init"):
        value = getattr(recipe, name)
        missing = name == "alpha" and value is None
        if not missing and (isinstance(value, bool) or not isinstance(value, Real)):
            raise SpecError(f"{name} must be 'auto' or a number, not {value!r}")
    if recipe.alpha is not None and not 0 <= recipe.alpha < np.inf:
        raise SpecError(f"alpha must be finite and >= 0, not {recipe.alpha}")
    for name in ("max_iter", "batch_size"):
        value = getattr(recipe, name)
        if not isinstance(value, Integral) or value < 1:
            raise SpecError(f"{name} must be 'auto' or a whole number >= 1, not {value!r}")
    if recipe.scaling not in (None, "standard", "robust", "signal"):
        raise SpecError(f"scaling must be None, standard, robust or signal, not {recipe.scaling!r}")
    if recipe.target_scaling not in (None, "standard"):
        raise SpecError(f"target_scaling must be None or standard, not {recipe.target_scaling!r}")
    if recipe.solver == "exact" and (_has_layers(recipe) or recipe.dropout > 0):
        raise SpecError(
            "solver 'exact' is for networks without hidden layers: set hidden_layer_sizes=() "
            "and dropout=0"
        )


def _has_layers(recipe: Recipe) -> bool:
    return not isinstance(recipe.hidden_layer_sizes, tuple) or bool(recipe.hidden_layer_sizes)
