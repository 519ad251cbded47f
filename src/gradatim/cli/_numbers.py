"""Numbers of options, as people type them: with a point, or with a comma before the decimals.

Conventions: ``0,01`` and ``1/3`` are numbers; ``1,250`` may be two, and is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cyclopts import Token


def to_float(type_: Any, tokens: Sequence[Token]) -> float:
    """Return the number that an option was given."""
    return read_number(tokens[0].value)


def to_floats(type_: Any, tokens: Sequence[Token]) -> tuple[float, ...]:
    """Return the numbers that an option was given."""
    return tuple(read_number(token.value) for token in tokens)


def read_number(text: str) -> float:
    """Return the number that a text stands for."""
    try:
        return float(text)
    except ValueError:
        pass
    from gradatim.network import numbers

    return numbers.to_float(text)
