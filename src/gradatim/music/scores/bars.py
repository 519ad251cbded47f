"""Where in its bar a note begins, though a score's first and last bars may be short.

Conventions: lengths are in quarter notes. A short bar at the start, or before a full one, is an
upbeat and ends with a bar; one that follows another short bar goes on where that one ended, as
around a repeat sign; any other begins a bar.
"""

from __future__ import annotations

from collections.abc import Sequence

_NEAR = 1e-6


def bar_starts(lengths: Sequence[float], whole: Sequence[float]) -> list[float]:
    """Return how far into a whole bar each bar begins, given its length and that of a whole one.

    Examples
    --------
    >>> bar_starts([1, 4, 3, 1, 4], [4] * 5)
    [3.0, 0.0, 0.0, 3.0, 0.0]
    """
    starts: list[float] = []
    for k, (length, bar) in enumerate(zip(lengths, whole, strict=True)):
        reached = starts[-1] + lengths[k - 1] if k else 0.0
        open_bar = k > 0 and _NEAR < reached < whole[k - 1] - _NEAR
        is_short = length < bar - _NEAR
        before_full = k + 1 < len(lengths) and lengths[k + 1] >= whole[k + 1] - _NEAR
        if not is_short:
            starts.append(0.0)
        elif open_bar and reached + length <= bar + _NEAR:
            starts.append(float(reached))
        elif before_full:
            starts.append(float(bar - length))
        else:
            starts.append(0.0)
    return starts
