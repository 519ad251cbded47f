"""Text that people read: counts with their nouns.

Conventions: numbers have thousands separated by commas.
"""

from __future__ import annotations

__all__ = ["plural"]


def plural(count: int, noun: str, many: str = "") -> str:
    """Write a count with its noun; an irregular plural is given.

    Examples
    --------
    >>> plural(1, "pair"), plural(1200, "row"), plural(2, "class", "classes")
    ('1 pair', '1,200 rows', '2 classes')
    """
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"
