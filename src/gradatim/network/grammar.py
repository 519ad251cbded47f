"""Which names mean what in an equation: inputs, letters that need a value, activations.

Conventions: how names are typed is a matter of `gradatim.language`, what they are worth one of
`gradatim.network.scope`.
"""

from __future__ import annotations

import re

from gradatim.activations import get_activation
from gradatim.errors import SpecError
from gradatim.language.names import MINUSES, NAME, NUMBER
from gradatim.network.layer import OPEN_ACTIVATION

#: Names that are inputs without being declared.
IMPLICIT_INPUT = re.compile(r"[xz][0-9]*")

#: Names that are coefficients, and need a value.
COEFFICIENT = re.compile(r"[wbθ][0-9]*(?:_[0-9]+)*(?:\^\([0-9]+\))?|[WB]")

#: A name that is set to a number, as in ``w_0 = 1/3``.
BINDING = re.compile(
    rf"[\s$&]*(?P<name>{NAME})[\s$&]*=[\s$&]*"
    rf"(?P<value>(?:{MINUSES}|\+)?\s*{NUMBER}\s*(?:/\s*{NUMBER})?)[\s$&]*"
)


def activation_of(name: str) -> str | None:
    """Return the standard name of an activation, or None if there is none."""
    if name == OPEN_ACTIVATION:
        return name
    try:
        return get_activation(name).name
    except SpecError:
        return None
