"""Certificates: what is proved about networks and formulas, in rationals, intervals and balls.

Conventions: names are loaded when first used, so that importing this part for one name loads
neither a grammar nor a linear program nor exact arithmetic that it does not need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from gradatim.certificates.bound import Bound as Bound
    from gradatim.certificates.bound import certify as certify
    from gradatim.certificates.formulas import Formula as Formula
    from gradatim.certificates.formulas import parse_formula as parse_formula
    from gradatim.certificates.proof import Proof as Proof

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "bound": ["Bound", "certify"],
        "formulas": ["Formula", "parse_formula"],
        "proof": ["Proof"],
    },
)
