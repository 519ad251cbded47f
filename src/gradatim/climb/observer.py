"""Who hears how a climb goes on.

Conventions: calls come from the thread that climbs.
"""

from __future__ import annotations

from collections.abc import Sequence

from gradatim.climb.result import RungResult, ShortLook


class Observer:
    """Told how a climb goes on; the base class ignores everything.

    Called from the thread that climbs. `total` is the finished share of the whole climb's
    expected work, in [0, 1], so that time left is about elapsed * (1 - total) / total.
    """

    def planned(self, rows: Sequence[tuple[str, str]]) -> None:
        """Hear the (rung, input) pairs of the ladder, simplest first; again after a short look."""

    def looked(self, look: ShortLook) -> None:
        """Hear what a short look showed, before all samples are climbed on; `planned` follows."""

    def progressed(self, rung: str, input: str, fraction: float, doing: str, total: float) -> None:
        """Hear that a rung is done to `fraction`, and what it is doing, in a few words."""

    def finished(self, result: RungResult, total: float) -> None:
        """Hear a rung's result."""
