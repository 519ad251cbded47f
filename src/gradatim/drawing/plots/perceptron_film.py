"""A line that moves: the perceptron rule as a film.

Conventions: a frame is the line after some mistakes, with the point of the last mistake ringed; of
many mistakes the first ones and then ever fewer are shown, the last always.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

import numpy as np

from gradatim.drawing.film import Film, FilmDisc, Mark, Stroke, Words
from gradatim.drawing.plots._style import COLORS, GRAY, INK
from gradatim.drawing.words import zero_equation
from gradatim.errors import SpecError

__all__ = ["choose_frames", "film_perceptron"]

_WIDTH, _HEIGHT, _EDGE, _FOOT = 420.0, 420.0, 16.0, 34.0
_MOST_FRAMES = 60


def choose_frames(n_mistakes: int) -> list[int]:
    """Choose after how many mistakes to show a frame: 0, the first ones, then growing by a factor.

    Examples
    --------
    >>> choose_frames(4)
    [0, 1, 2, 3, 4]
    >>> frames = choose_frames(100_000)
    >>> len(frames) <= 60, frames[:4], frames[-1]
    (True, [0, 1, 2, 3], 100000)
    """
    if n_mistakes < _MOST_FRAMES:
        return list(range(n_mistakes + 1))
    grown = np.geomspace(1, n_mistakes, _MOST_FRAMES - 1)
    return [0, *np.unique(np.round(grown).astype(int)).tolist()]


def film_perceptron(
    X: np.ndarray,
    y: Sequence[Hashable],
    classes: tuple[Hashable, Hashable],
    weights: np.ndarray,
    rows: Sequence[int],
    counts: Sequence[int],
) -> Film:
    """Film the perceptron rule on points (n_samples, 2) of a negative and a positive class.

    `weights` (n_frames, 3) has both weights and w0 in each frame, (0, 0, w0) for no line; `rows`
    the row of the last mistake in each frame, -1 for none; `counts` the mistakes up to each frame.
    """
    if X.ndim != 2 or X.shape[1] != 2:
        raise SpecError(
            f"a film shows points of two columns, not {X.shape[-1]}; name two with --columns"
        )
    page = _Page(X)
    frames = [list(_frame(page, X, weights[k], rows[k], counts[k])) for k in range(len(counts))]
    return Film(
        title=f"The perceptron rule: a line that moves after each of {counts[-1]} mistakes",
        description=_describe(X, classes, weights[-1], counts[-1]),
        width=_WIDTH,
        height=_HEIGHT,
        under=list(_points(page, X, y, classes[1])),
        frames=frames,
    )


def _describe(
    X: np.ndarray, classes: tuple[Hashable, Hashable], weights: np.ndarray, count: int
) -> str:
    w1, w2, w0 = weights.tolist()
    line = zero_equation([(w1, "x1"), (w2, "x2"), (w0, "")], digits=6)
    return (
        f"{len(X)} points of the classes {classes[0]} and {classes[1]}; after {count} mistakes the "
        f"line is {line}."
    )


def _points(
    page: _Page, X: np.ndarray, y: Sequence[Hashable], positive: Hashable
) -> Iterator[Mark]:
    for (a, b), label in zip(page.place(X), y, strict=True):
        if label == positive:
            yield FilmDisc(a, b, 4, COLORS[1])
        else:
            yield Stroke.cross(a, b, 3.5, COLORS[0], 2.4)


def _frame(page: _Page, X: np.ndarray, weights: np.ndarray, row: int, count: int) -> Iterator[Mark]:
    ends = page.line(weights)
    if ends is not None:
        (a, b), (c, d) = ends
        yield Stroke([((a, b), (c, d))], INK, 2)
    if row >= 0:
        [(a, b)] = page.place(X[[row]])
        yield FilmDisc(a, b, 9, INK, ring=True)
    said = "1 mistake" if count == 1 else f"{count} mistakes"
    yield Words(_EDGE, _HEIGHT - 12, said, 14, GRAY)


class _Page:
    """Places points of the data on a page."""

    def __init__(self, X: np.ndarray) -> None:
        low, high = X.min(axis=0), X.max(axis=0)
        span = np.where(high > low, high - low, 1.0)
        self.low, self.span = low - 0.12 * span, 1.24 * span
        self.size = np.array([_WIDTH - 2 * _EDGE, _HEIGHT - _EDGE - _FOOT])

    def place(self, points: np.ndarray) -> np.ndarray:
        unit = (points - self.low) / self.span
        return np.stack(
            [_EDGE + unit[:, 0] * self.size[0], _EDGE + (1 - unit[:, 1]) * self.size[1]], axis=1
        )

    def line(self, weights: np.ndarray) -> np.ndarray | None:
        """Return both ends of a line on the page; None where there is no line."""
        w = weights[:2] * self.span
        w0 = weights[2] + weights[:2] @ self.low
        scale = np.abs(w).max()
        if not scale:
            return None
        w, w0 = w / scale, w0 / scale
        foot = -w0 * w / (w @ w)
        along = np.array([-w[1], w[0]]) / np.hypot(*w)
        reach = 3.0 + np.abs(foot).max()
        clipped = _clip(np.stack([foot - reach * along, foot + reach * along]))
        return None if clipped is None else self.place(self.low + clipped * self.span)


def _clip(ends: np.ndarray) -> np.ndarray | None:
    """Cut a segment to the unit square."""
    start, step = ends[0], ends[1] - ends[0]
    first, last = 0.0, 1.0
    for axis in range(2):
        if abs(step[axis]) < 1e-15:
            if not 0 <= start[axis] <= 1:
                return None
            continue
        cuts = sorted((-start[axis] / step[axis], (1 - start[axis]) / step[axis]))
        first, last = max(first, cuts[0]), min(last, cuts[1])
    return None if first >= last else np.stack([start + first * step, start + last * step])
