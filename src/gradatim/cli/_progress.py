"""How far a climb is, for whoever stops it on the way.

Conventions: an observer that passes on what it hears.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gradatim.climb.result import Observer, RungResult

if TYPE_CHECKING:
    from gradatim.training.store import Store

__all__ = ["Progress"]


class Progress(Observer):
    """Counts the rungs that are finished, and ends a climb that nobody waits for any more."""

    def __init__(self, other: Observer) -> None:
        self._other = other
        self._planned = self._finished = 0
        self._stopped = False

    def planned(self, rows: Sequence[tuple[str, str]]) -> None:
        """Hear how many rungs there are."""
        self._planned = len(rows)
        self._other.planned(rows)

    def progressed(self, rung: str, input: str, fraction: float, doing: str, total: float) -> None:
        """Pass progress on, or end the climb."""
        if self._stopped:
            raise KeyboardInterrupt
        self._other.progressed(rung, input, fraction, doing, total)

    def finished(self, result: RungResult, total: float) -> None:
        """Count a rung."""
        self._finished += 1
        self._other.finished(result, total)

    def stop(self) -> None:
        """End the climb at its next report."""
        self._stopped = True

    def sentence(self, store: Store | None) -> str:
        """Say what is finished, and whether it is kept; `store` has been written."""
        finished = f"{self._finished} of {self._planned} rungs" if self._planned else "no rung"
        n_networks = 0 if store is None else store.count()["network"]
        if n_networks:
            finished += f" and {n_networks} network{'s' if n_networks > 1 else ''}"
        said = f"stopped by Ctrl-C with {finished} finished"
        if store is None:
            return f"{said} and nothing kept, since GRADATIM_CACHE turns the cache off"
        if store.failure is not None:
            return f"{said}, which could not be kept: {store.failure}"
        return f"{said} and kept" if len(store) else said
