r"""Units that cut off rows of one class, one after the other, and the output that listens to them.

Conventions: the first unit that is on decides; if none is, the class that is left over at the end.
That is a decision list of half spaces, and it always ends [1]_. The output's weights are whole:
each outweighs all later ones that speak against it.

References
----------
.. [1] M. Marchand, M. Golea and P. Rujan, "A convergence theorem for sequential learning in
   two-layer perceptrons", Europhysics Letters, vol. 11, pp. 487-492, 1990.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from gradatim._progress import Progress, scaled
from gradatim.network.graph import Layer, Network
from gradatim.separability.hidden.directions import Directions, in_chunks
from gradatim.separability.hidden.layer import step_layer

__all__ = ["Cut", "cut_off", "cuts_network", "round_between"]

_GRIDS = (1, 2, 3, 5, 10, 30, 100, 1000, 1_000_000)
# Gaps narrower than this share of the extent are not looked at.
_NARROW = 1e-9
# Further attempts, fewer for more rows, and the directions each of their cuts looks at.
_MOST_TRIES, _ROWS_TRIED, _CUTS_TRIED, _FEW = 40, 6000, 1000, 30


@dataclass(frozen=True)
class Cut:
    """A half space whose remaining rows are of one class."""

    weights: tuple[Fraction, ...]  # One weight per input
    bias: Fraction  # w0
    code: int  # Number of the class


def cut_off(
    rows: Sequence[Sequence[Fraction]], directions: Directions, most: int, progress: Progress
) -> tuple[list[Cut], int] | None:
    """Cut off rows of one class by a half space until one class is left, in few cuts.

    The first attempt takes the half space with the most rows each time; some more look among few
    directions only, which often needs fewer cuts in the end.
    """
    best = None
    n_tries = 1 + min(_MOST_TRIES, _ROWS_TRIED // len(rows), _CUTS_TRIED // max(most, 1))
    for k in range(n_tries):
        found = _attempt(
            rows,
            directions,
            most,
            _FEW if k else None,
            scaled(progress, k / n_tries, (k + 1) / n_tries),
        )
        if found is not None:
            best, most = found, len(found[0]) - 1
    return best


def _attempt(
    rows: Sequence[Sequence[Fraction]],
    directions: Directions,
    most: int,
    few: int | None,
    progress: Progress,
) -> tuple[list[Cut], int] | None:
    left, cuts = np.arange(len(rows)), []
    codes = directions.codes
    while len(set(codes[left].tolist())) > 1:
        found = _largest(rows, directions, left, few) if len(cuts) < most else None
        if found is None:
            return None
        cut, off = found
        cuts.append(cut)
        left = np.setdiff1d(left, off)
        progress(1 - len(left) / len(rows), "cutting rows off")
    return cuts, int(codes[left[0]])


def _largest(
    rows: Sequence[Sequence[Fraction]], directions: Directions, left: np.ndarray, few: int | None
) -> tuple[Cut, np.ndarray] | None:
    Z, codes = directions.Z[left], directions.codes[left]
    candidates = directions.candidates(left)
    candidates = np.vstack([candidates, -candidates])
    if few is not None:
        candidates = directions.rng.choice(candidates, few)

    def run_lengths(part: np.ndarray) -> np.ndarray:
        return _pure_runs(part, Z, codes)

    lengths = in_chunks(run_lengths, candidates, len(Z))
    best = candidates[np.lexsort((np.arange(len(candidates)), -lengths))[:5]]
    for spread in (0.1, 0.02):
        near = np.vstack([best, *(directions.near(one, spread, 50) for one in best)])
        best = near[np.argsort(-in_chunks(run_lengths, near, len(Z)), kind="stable")[:5]]
    for direction in best:
        found = _exactly(rows, directions, left, direction, float(run_lengths(direction[None])[0]))
        if found is not None:
            return found
    return None


def _pure_runs(directions: np.ndarray, Z: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Count the rows from the low end on that are of one class, and add the share of the gap."""
    along = directions @ Z.T
    order = np.argsort(along, axis=1, kind="stable")
    labels, along = codes[order], np.take_along_axis(along, order, axis=1)
    lengths = (labels != labels[:, :1]).argmax(axis=1)
    last = np.arange(len(along))
    gap = (along[last, lengths] - along[last, lengths - 1]) / (along[:, -1] - along[:, 0] + 1e-300)
    return np.where(gap > _NARROW, lengths + 0.9 * gap, 0.0)


def _exactly(
    rows: Sequence[Sequence[Fraction]],
    directions: Directions,
    left: np.ndarray,
    direction: np.ndarray,
    wanted: float,
) -> tuple[Cut, np.ndarray] | None:
    """Return the cut along a direction in as few digits as cut off as many rows."""
    codes = directions.codes
    for grid in _GRIDS:
        weights = directions.weights(direction, grid)
        if weights is None:
            continue
        about = directions.standardized(weights)[None]
        if _pure_runs(about, directions.Z[left], codes[left])[0] < int(wanted) or wanted < 1:
            continue
        along = {int(i): _product(weights, rows[i]) for i in left}
        order = sorted(along, key=lambda i: along[i])
        n = next(k for k, i in enumerate(order) if codes[i] != codes[order[0]])
        if along[order[n - 1]] == along[order[n]]:
            continue
        threshold = round_between(along[order[n - 1]], along[order[n]])
        cut = Cut(tuple(-w for w in weights), threshold, int(codes[order[0]]))
        return cut, np.array(order[:n])
    return None


def _product(weights: Sequence[Fraction], row: Sequence[Fraction]) -> Fraction:
    return sum((w * x for w, x in zip(weights, row, strict=True) if w), start=Fraction(0))


def round_between(low: Fraction, high: Fraction) -> Fraction:
    """Return a decimal of few digits in the middle half of an interval.

    Examples
    --------
    >>> [str(round_between(Fraction(a), Fraction(b))) for a, b in [("1", "2"), ("40", "60")]]
    ['3/2', '50']
    """
    quarter = (high - low) / 4
    inner, outer = low + quarter, high - quarter
    if inner <= 0 <= outer:
        return Fraction(0)
    # One step of this size, at least, lies inside.
    length = len(str(int(outer - inner))) if outer - inner >= 1 else 0
    step = Fraction(10) ** max(length, len(str(int(max(abs(inner), abs(outer))))))
    while True:
        multiple = round((low + high) / 2 / step) * step
        if inner <= multiple <= outer:
            return multiple
        step /= 10


def cuts_network(
    cuts: Sequence[Cut],
    left_over: int,
    classes: Sequence[Hashable],
    names: tuple[Sequence[str], Sequence[str]],
) -> Network:
    """Make the network of a decision list of half spaces."""
    hidden = step_layer([cut.weights for cut in cuts], [cut.bias for cut in cuts])
    wanted = [1] if len(classes) == 2 else range(len(classes))
    rows, biases = [], []
    for code in wanted:
        signs = [1 if cut.code == code else -1 for cut in cuts]
        rows.append(_outweighing(signs))
        biases.append(0.5 if left_over == code else -0.5)
    return Network([hidden, Layer(np.array(rows), np.array(biases), "heaviside")], *names)


def _outweighing(signs: Sequence[int]) -> list[float]:
    """Return weights of which each outweighs all later ones of the other sign."""
    against = {1: 0, -1: 0}
    weights = []
    for sign in reversed(signs):
        size = against[-sign] + 1
        against[sign] += size
        weights.append(float(sign * size))
    return weights[::-1]
