"""How many labelings a hyperplane can make, as a table: theory beside trials.

Conventions: chances are rounded to four decimals, and that is said; a star marks an interval that
does not hold the theory.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gradatim.presentation.lines import align

if TYPE_CHECKING:
    from gradatim.separability import Capacity

__all__ = ["capacity_in_words"]


def capacity_in_words(found: Sequence[Capacity]) -> list[str]:
    """Return a row per number of points, and what the trials say of the theory."""
    tried = found[0].n_trials > 0
    rows = [["d", "points", "n/(d+1)", "theory", *(["trials", "95 % interval"] if tried else [])]]
    for one in found:
        ratio = one.n_points / (one.n_features + 1)
        row = [str(one.n_features), str(one.n_points), f"{ratio:.2f}", f"{float(one.chance):.4f}"]
        if tried:
            low, high = one.interval
            row += [f"{one.share:.4f}", f"{low:.4f} to {high:.4f}{'' if one.agrees else '  *'}"]
        rows.append(row)
    said = (
        "Chance that n points with random labels are separable by a hyperplane with bias, rounded "
        "to 4 decimals."
    )
    return [*align(rows, right_from=0), "", said, *([_trials(found)] if tried else [])]


def _trials(found: Sequence[Capacity]) -> str:
    outside = sum(not one.agrees for one in found)
    undecided = sum(one.n_undecided for one in found)
    return (
        f"{found[0].n_trials} trials per row, each decided with a proof, {undecided} undecided. "
        f"{len(found) - outside} of {len(found)} intervals hold the theory"
        + ("; of 95 % intervals one in twenty need not (*)." if outside else ".")
    )
