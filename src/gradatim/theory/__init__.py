"""Theory: what can be said about a network and its data before, and instead of, training it.

Conventions: names are loaded when first used, so that importing this part for a margin loads no
grammar, no linear program and no exact arithmetic.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

# Not later: the module would take the place of its function of the same name.
from gradatim.theory.sawtooth import deep_sawtooth, prove_sawtooth, sawtooth, shallow_sawtooth

if TYPE_CHECKING:
    from gradatim.theory.approximation.approximate import (
        Approximation,
        approximate,
        approximate_with_units,
    )
    from gradatim.theory.bounds.certify import Bound, certify
    from gradatim.theory.bounds.formulas import Formula, parse_formula
    from gradatim.theory.depth import SawtoothError, lower_bound, most_pieces, sawtooth_error
    from gradatim.theory.features import AddedFeatures, Refuted, find_features
    from gradatim.theory.hidden import HiddenLayer, build_hidden
    from gradatim.theory.parity import (
        ParityProof,
        parity_layer,
        parity_tree,
        prove_parity,
        truth_table,
    )
    from gradatim.theory.pieces import LinearPiece, along, count_pieces, linear_pieces
    from gradatim.theory.separability import (
        margin,
        mistake_bound,
        multiclass_margin,
        multiclass_mistake_bound,
    )
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
    from gradatim.theory.transformation import Proof, Transformation, transform

__all__ = [
    "AddedFeatures",
    "Approximation",
    "Bound",
    "Capacity",
    "ClassSeparations",
    "Formula",
    "HiddenLayer",
    "LinearPiece",
    "ParityProof",
    "PerceptronRun",
    "Proof",
    "Refuted",
    "SawtoothError",
    "Separation",
    "Transformation",
    "Widest",
    "Witness",
    "along",
    "approximate",
    "approximate_with_units",
    "build_hidden",
    "capacity",
    "certify",
    "count_pieces",
    "deep_sawtooth",
    "find_features",
    "linear_pieces",
    "lower_bound",
    "margin",
    "mistake_bound",
    "most_pieces",
    "multiclass_margin",
    "multiclass_mistake_bound",
    "n_separable_labelings",
    "parity_layer",
    "parity_tree",
    "parse_formula",
    "prove_parity",
    "prove_sawtooth",
    "run_perceptron",
    "sawtooth",
    "sawtooth_error",
    "separate",
    "separate_classes",
    "shallow_sawtooth",
    "simulate_capacity",
    "transform",
    "truth_table",
]

#: Where each name is defined.
_HOMES = {
    name: home
    for home, names in {
        "approximation.approximate": "Approximation approximate approximate_with_units",
        "bounds.certify": "Bound certify",
        "bounds.formulas": "Formula parse_formula",
        "depth": "SawtoothError lower_bound most_pieces sawtooth_error",
        "features": "AddedFeatures Refuted find_features",
        "hidden": "HiddenLayer build_hidden",
        "parity": "ParityProof parity_layer parity_tree prove_parity truth_table",
        "pieces": "LinearPiece along count_pieces linear_pieces",
        "separability": "margin mistake_bound multiclass_margin multiclass_mistake_bound",
        "separation": "Capacity ClassSeparations PerceptronRun Separation Widest Witness capacity "
        "n_separable_labelings run_perceptron separate separate_classes simulate_capacity",
        "transformation": "Proof Transformation transform",
    }.items()
    for name in names.split()
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
