"""Presets: what the parameters of an estimator mean that were left at ``"auto"``.

Conventions: a parameter given by the user is the same for all members; one left at ``"auto"``
follows the preset, whose recipes take turns from member to member.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from gradatim.errors import SpecError
from gradatim.training import recipes
from gradatim.training.specs import NetworkSpec

__all__ = ["PRESETS", "Preset", "Recipe", "choose"]


@dataclass(frozen=True)
class Recipe:
    """How one member is trained; every field is a parameter of the estimators.

    The defaults are the textbook's: no scaling, no penalty, a constant rate.
    """

    hidden_layer_sizes: Any = ()  # Units of each hidden layer
    activation: str = "relu"  # Activation of the hidden layers
    solver: str = "adam"  # How weights are found
    alpha: float | None = None  # Penalty on the sum of a step's losses; None if `decay` says it
    batch_size: int = 200  # Rows per step, if there are as many
    learning_rate: str = "constant"  # How the step size changes
    learning_rate_init: float = 1e-3  # Step size at its largest
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


#: Every preset by its name; None is the textbook.
PRESETS: dict[str | None, Preset] = {
    None: Preset((Recipe(),)),
    "strong": Preset(
        (_from_spec(recipes.STRONG), _from_spec(recipes.GENTLE)),
        n_members=recipes.PRESETS["strong"].n_members,
    ),
}


def choose(estimator: Any) -> list[Recipe]:
    """Return the recipe of every member of an estimator."""
    name = estimator.preset
    if not (name is None or isinstance(name, str)) or name not in PRESETS:
        known = ", ".join(repr(name) for name in PRESETS)
        raise SpecError(f"preset must be one of {known}, not {name!r}")
    preset = PRESETS[name]
    n_members = estimator.n_members
    if _is_auto(n_members):
        n_members = preset.n_members
    elif not _is_count(n_members):
        raise SpecError(f"n_members must be 'auto' or a whole number >= 1, not {n_members!r}")
    names = [field.name for field in fields(Recipe) if hasattr(estimator, field.name)]
    given = {name: getattr(estimator, name) for name in names}
    given = {name: value for name, value in given.items() if not _is_auto(value)}
    sizes = given.get("hidden_layer_sizes")
    if isinstance(sizes, Iterable) and not isinstance(sizes, str):
        # Lists and arrays too, as grid searches have them; a recipe is a key.
        given["hidden_layer_sizes"] = tuple(np.asarray(sizes).tolist())
    adapts = {"adapts": False} if "batch_size" in given else {}
    members = [replace(recipe, **given, **adapts) for recipe in preset.recipes]
    return [members[k % len(members)] for k in range(n_members)]


def _is_auto(value: Any) -> bool:
    return isinstance(value, str) and value == "auto"


def _is_count(value: Any) -> bool:
    return not isinstance(value, bool) and hasattr(value, "__index__") and value >= 1
