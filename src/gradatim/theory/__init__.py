"""Theory: what can be said about a network and its data before, and instead of, training it.

Conventions: names are loaded when first used, so that importing this part for a margin loads no
grammar and no ball arithmetic.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

Conventions: names that need exact linear algebra are loaded when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gradatim.theory.depth import SawtoothError, lower_bound, most_pieces, sawtooth_error
from gradatim.theory.parity import (
    ParityProof,
    parity_layer,
    parity_tree,
    prove_parity,
    truth_table,
)
from gradatim.theory.pieces import LinearPiece, along, count_pieces, linear_pieces
from gradatim.theory.sawtooth import (
    deep_sawtooth,
    prove_sawtooth,
    sawtooth,
    shallow_sawtooth,
)
from gradatim.theory.separability import (
    margin,
    mistake_bound,
    multiclass_margin,
    multiclass_mistake_bound,
)
from gradatim.theory.transformation import Proof, Transformation, transform

if TYPE_CHECKING:
    from gradatim.theory.features import AddedFeatures, Refuted, find_features
    from gradatim.theory.hidden import HiddenLayer, build_hidden
    from gradatim.theory.separation import (
        Capacity,
        ClassSeparations,
        PerceptronRun,
        Separation,
        Widest,
        Witness,
        capacity,
        n_separable_labelings,
        run_perceptron,
        separate,
        separate_classes,
        simulate_capacity,
    )

__all__ = [
    "AddedFeatures",
    "Capacity",
    "ClassSeparations",
    "HiddenLayer",
    "PerceptronRun",
    from gradatim.theory.approximation.approximate import Approximation as Approximation
    from gradatim.theory.approximation.approximate import approximate as approximate
    from gradatim.theory.approximation.approximate import (
        approximate_with_units as approximate_with_units,
    )
    from gradatim.theory.bounds.certify import Bound as Bound
    from gradatim.theory.bounds.certify import certify as certify
    from gradatim.theory.bounds.formulas import Formula as Formula
    from gradatim.theory.bounds.formulas import parse_formula as parse_formula

_HOMES = {
    "Approximation": "approximation.approximate",
    "Bound": "bounds.certify",
    "Formula": "bounds.formulas",
    "approximate": "approximation.approximate",
    "approximate_with_units": "approximation.approximate",
    "certify": "bounds.certify",
    "parse_formula": "bounds.formulas",
}

__all__ = [
    "Approximation",
    "Bound",
    "Formula",
    "Proof",
    "Refuted",
    "Separation",
    "Transformation",
    "Widest",
    "Witness",
    "build_hidden",
    "capacity",
    "find_features",
    "LinearPiece",
    "ParityProof",
    "Proof",
    "SawtoothError",
    "Transformation",
    "along",
    "count_pieces",
    "deep_sawtooth",
    "linear_pieces",
    "lower_bound",
    "approximate",
    "approximate_with_units",
    "certify",
    "margin",
    "mistake_bound",
    "most_pieces",
    "multiclass_margin",
    "multiclass_mistake_bound",
    "n_separable_labelings",
    "run_perceptron",
    "separate",
    "separate_classes",
    "simulate_capacity",
    "parity_layer",
    "parity_tree",
    "prove_parity",
    "prove_sawtooth",
    "sawtooth",
    "sawtooth_error",
    "shallow_sawtooth",
    "parse_formula",
    "transform",
    "truth_table",
]

_HOMES = dict.fromkeys(
    [
        "Capacity",
        "ClassSeparations",
        "PerceptronRun",
        "Separation",
        "Widest",
        "Witness",
        "capacity",
        "n_separable_labelings",
        "run_perceptron",
        "separate",
        "separate_classes",
        "simulate_capacity",
    ],
    "separation",
) | {
    "AddedFeatures": "features",
    "HiddenLayer": "hidden",
    "Refuted": "features",
    "build_hidden": "hidden",
    "find_features": "features",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
