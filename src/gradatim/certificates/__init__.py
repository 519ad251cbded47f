"""Certificates: what is proved about networks and formulas, in rationals, intervals and balls.

Conventions: names are loaded when first used, so that importing this part for one name loads
neither a grammar nor a linear program nor exact arithmetic that it does not need.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradatim.certificates.bound import Bound as Bound
    from gradatim.certificates.bound import certify as certify
    from gradatim.certificates.formulas import Formula as Formula
    from gradatim.certificates.formulas import parse_formula as parse_formula
    from gradatim.certificates.proof import Proof as Proof

_HOMES = {
    "Bound": "bound",
    "Formula": "formulas",
    "Proof": "proof",
    "certify": "bound",
    "parse_formula": "formulas",
}

__all__ = [*_HOMES]  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
