"""Theory: what can be said about a network and its data before, and instead of, training it.

Conventions: names are loaded when first used, so that importing this part for a margin loads no
grammar and no ball arithmetic.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gradatim.theory.separability import (
    margin,
    mistake_bound,
    multiclass_margin,
    multiclass_mistake_bound,
)
from gradatim.theory.transformation import Proof, Transformation, transform

if TYPE_CHECKING:
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
    "Transformation",
    "approximate",
    "approximate_with_units",
    "certify",
    "margin",
    "mistake_bound",
    "multiclass_margin",
    "multiclass_mistake_bound",
    "parse_formula",
    "transform",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
