"""Timing: contestants take turns, so that what else the machine does falls on all of them.

Conventions: a round is one call of every contestant, in the same order; the first calls, which
compile and start worker processes, are made before and not counted. Seconds of wall clock.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.result import Report

__all__ = ["Timing", "alternate", "seconds_of", "spread"]


@dataclass(frozen=True)
class Timing:
    """What one contestant took.

    Parameters
    ----------
    seconds : tuple of float
        One a round.
    value : Any
        What its last call returned.
    """

    seconds: tuple[float, ...]
    value: Any

    @property
    def median(self) -> float:
        """Median over the rounds, in seconds."""
        return statistics.median(self.seconds)


def seconds_of(function: Callable[[], Any]) -> tuple[float, Any]:
    """Call a function and time it.

    Parameters
    ----------
    function : callable
        What is timed.

    Returns
    -------
    float
        Seconds.
    Any
        What it returned.
    """
    gc.collect()
    start = time.perf_counter()
    value = function()
    return time.perf_counter() - start, value


def alternate(
    contestants: Mapping[str, Callable[[], Any]],
    rounds: int,
    report: Report = lambda share, doing: None,
) -> dict[str, Timing]:
    """Time contestants in turns.

    Parameters
    ----------
    contestants : mapping of str to callable
        What is timed, in the order of the turns.
    rounds : int
        Turns of each, at least 1.
    report : callable, optional
        Hears the finished share of all turns, and whose turn it is.

    Returns
    -------
    dict of str to Timing
        Times of each.

    Examples
    --------
    >>> turns = []
    >>> names = {"ours": lambda: turns.append(1), "peer": lambda: turns.append(2)}
    >>> len(alternate(names, rounds=2)["peer"].seconds), turns
    (2, [1, 2, 1, 2])
    """
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    values: dict[str, Any] = {}
    turns = [(k, name) for k in range(rounds) for name in contestants]
    for i, (k, name) in enumerate(turns):
        report(i / len(turns), f"round {k + 1} of {rounds}: {name}")
        taken, values[name] = seconds_of(contestants[name])
        seconds[name].append(taken)
    return {name: Timing(tuple(seconds[name]), values[name]) for name in contestants}


def spread(peer: Timing, ours: Timing, factor: float = 1.0) -> dict[str, Any]:
    """Divide a peer's times by ours, round by round and in the median.

    Parameters
    ----------
    peer, ours : Timing
        Times of as many rounds.
    factor : float, default 1
        What the peer's times are multiplied with, if it did a share of the work.

    Returns
    -------
    dict
        ``ratio`` of the medians and ``ratio_rounds``.
    """
    pairs = zip(peer.seconds, ours.seconds, strict=True)
    return {
        "ratio": factor * peer.median / ours.median,
        "ratio_rounds": [factor * p / o for p, o in pairs],
    }
