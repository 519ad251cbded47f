"""Tables of text: cells under each other in columns.

Conventions: columns are two spaces apart, and no line ends in a space.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["align"]


def align(
    rows: Sequence[Sequence[str]], right_from: int | None = None, *, indent: int = 0
) -> list[str]:
    """Write rows of cells as lines, columns from `right_from` on aligned to the right.

    Examples
    --------
    >>> align([["", "units"], ["deep", "4"]], right_from=1)
    ['      units', 'deep      4']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    n_left = len(widths) if right_from is None else right_from
    form = " " * indent + "  ".join(
        f"{{:{'<' if j < n_left else '>'}{width}}}" for j, width in enumerate(widths)
    )
    return [form.format(*row).rstrip() for row in rows]
