"""Approximation (L16): networks of one hidden layer built to a function within a tolerance.

Conventions: names are loaded when first used, so that importing this part for one name loads
neither a grammar nor a linear program nor exact arithmetic that it does not need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from gradatim.approximation.build import Approximation as Approximation
    from gradatim.approximation.build import approximate as approximate
    from gradatim.approximation.build import approximate_with_units as approximate_with_units

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "build": ["Approximation", "approximate", "approximate_with_units"],
    },
)
