"""Text that people read: counts with their nouns, and names for inputs that have none.

Conventions: numbers have thousands separated by commas; inputs are counted from 1.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["name_inputs", "plural"]


def name_inputs(given: Sequence[str], n_inputs: int) -> tuple[str, ...]:
    """Return the given names of inputs, or x1, x2, ... where none are given.

    Examples
    --------
    >>> name_inputs((), 2)
    ('x1', 'x2')
    """
    return tuple(given) or tuple(f"x{i + 1}" for i in range(n_inputs))


def plural(count: int, noun: str, many: str = "") -> str:
    """Write a count with its noun; an irregular plural is given.

    Examples
    --------
    >>> plural(1, "pair"), plural(1200, "row"), plural(2, "class", "classes")
    ('1 pair', '1,200 rows', '2 classes')
    """
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"
