"""Text that people read: counts with their nouns.

Conventions: numbers have thousands separated by commas.
"""

from __future__ import annotations

__all__ = ["plural"]


def plural(count: int, noun: str) -> str:
    """Write a count with its noun.

    Examples
    --------
    >>> plural(1, "pair"), plural(1200, "row")
    ('1 pair', '1,200 rows')
    """
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
