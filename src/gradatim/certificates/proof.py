"""A proof: what was checked about a network on a line, point by point and gap by gap.

Conventions: everything checked was computed without rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Proof"]


@dataclass(frozen=True)
class Proof:
    """What was checked about a transformation, without rounding.

    Parameters
    ----------
    n_points : int
        Points whose label was compared with the network's.
    n_gaps : int
        Closed intervals between neighboring points, on each of which the network was compared
        with what lies at its ends.
    failures : tuple of str
        What does not hold; empty if the network is right.
    """

    n_points: int
    n_gaps: int
    failures: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether the network is right everywhere."""
        return not self.failures

    def to_dict(self) -> dict[str, Any]:
        """Return whether it holds, what was checked and what does not hold, as JSON holds them."""
        return {
            "holds": self.holds,
            "n_points": self.n_points,
            "n_intervals": self.n_gaps,
            "failures": list(self.failures),
        }

    def __str__(self) -> str:
        if self.failures:
            return "Wrong: " + "; ".join(self.failures) + "."
        return (
            f"Proved in exact arithmetic: right on all {self.n_points} points and on every one of "
            f"the {self.n_gaps} intervals between them."
        )
