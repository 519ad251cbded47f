"""Loss curves: their mean over members, and whether training ended before it was over.

Conventions: one entry per epoch, (n_epochs,), float64.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

#: Share of all that the loss fell that may be left to the last tenth of the way. A loss that nears
#: its limit as exp(-t) and has come within a twentieth of it is below; a straight line is at .1.
UNFINISHED = 0.02

#: Falls below this share of the loss are noise.
NOISE = 1e-4


def mean_curve(curves: Sequence[np.ndarray]) -> np.ndarray:
    """Average curves of different lengths, the shorter ones held at their last value."""
    longest = max(map(len, curves), default=0)
    if not longest:
        return np.empty(0)
    held = [np.pad(np.asarray(c, np.float64), (0, longest - len(c)), "edge") for c in curves]
    return np.mean(held, axis=0)


def still_falls(curve: np.ndarray, schedule: str) -> bool:
    """Tell whether a loss was far from its end when training ended.

    The way is measured by the step sizes: under ``cosine`` the last tenth of it takes two fifths
    of the epochs.

    Examples
    --------
    >>> epochs = np.arange(200)
    >>> still_falls(2.0 - 0.001 * epochs, "constant"), still_falls(0.9**epochs, "constant")
    (True, False)
    """
    n = len(curve)
    if n < 3:
        return True
    epochs = np.arange(n)
    rate = np.ones(n) if schedule == "constant" else 1.0 + np.cos(np.pi * epochs / n)
    way = np.cumsum(rate) / rate.sum()
    last, before = curve[way > 0.9], curve[(way > 0.8) & (way <= 0.9)]
    if not len(before):
        before = curve[way <= 0.9][-1:]
    late = float(before.mean() - last.mean())
    return late > max(UNFINISHED * float(curve[0] - curve[-1]), NOISE * abs(float(last.mean())))
