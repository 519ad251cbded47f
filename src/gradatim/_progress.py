"""How far long work is: one contract for everybody who tells and everybody who hears.

Conventions: a share is in [0, 1], or None where nobody knows it; the words say what is being done.
What a person gives is wrapped once with `steady`; a part of the work tells it through `scaled` or
`under`. An exception that the hearer raises ends the work.
"""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Progress", "scaled", "silent", "steady", "under"]

#: Called with (finished share, what is being done).
Progress = Callable[[float | None, str], None]


def silent(share: float | None, doing: str) -> None:
    """Tell nobody."""


def steady(progress: Progress | None) -> Progress:
    """Tell shares that never fall and stay within [0, 1]; one that is no number counts as none."""
    if progress is None:
        return silent
    reached = 0.0

    def tell(share: float | None, doing: str) -> None:
        nonlocal reached
        if share is not None:
            # In this order a NaN leaves what was reached.
            share = reached = max(reached, min(share, 1.0))
        progress(share, doing)

    return tell


def scaled(progress: Progress, start: float, stop: float, doing: str = "") -> Progress:
    """Scale the shares of a part into [start, stop] of the whole; `doing` stands for its words."""

    def tell(share: float | None, words: str) -> None:
        whole = None if share is None else start + (stop - start) * share
        progress(whole, doing or words)

    return tell


def under(progress: Progress, heading: str) -> Progress:
    """Put a heading before the words."""
    return lambda share, doing: progress(share, f"{heading}: {doing}")
