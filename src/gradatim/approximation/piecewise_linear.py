r"""The fewest straight pieces, joined, that stay in a tube.

Conventions: the tube is :math:`f \pm \varepsilon` at sampled points, straight between them. A
*path* is a chain of straight lines that meet; the one found here has the fewest lines of all that
stay in the tube, their knots anywhere, which is the minimum-link path of Imai and Iri [1]_ and
Suri [2]_: each line is the one that reaches farthest of all that begin where the one before can be
left.

References
----------
.. [1] H. Imai, M. Iri, "An optimal algorithm for approximating a piecewise linear function",
   Journal of Information Processing 9, pp. 159-162, 1986.
.. [2] S. Suri, "A linear time algorithm for minimum link paths inside a simple polygon", Computer
   Vision, Graphics, and Image Processing 35, pp. 99-110, 1986.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gradatim.approximation.samples import Samples

# Beyond this many lines, one unit less is not worth the search.
_WORTH_SAVING = 64


@dataclass(frozen=True)
class Path:
    """Straight lines that meet at knots."""

    start: float  # Value at the left end
    slopes: np.ndarray  # (n_lines,): Slope of every line
    knots: np.ndarray  # (n_lines - 1,): Where they meet
    level: int | None = None  # Which line is horizontal, if one was made so

    @property
    def n_units(self) -> int:
        """ReLU units that make it: one per line, or one per knot if a line is horizontal."""
        return len(self.slopes) if self.level is None else max(1, len(self.knots))


@dataclass
class _ChainLine:
    """A straight line through (x, y), its last support."""

    slope: float
    x: float
    y: float

    def at(self, x: float) -> float:
        return self.y + self.slope * (x - self.x)


@dataclass
class _Wall:
    """One wall of the tube, as far as it bounds the current line.

    `first` is the first sample that does, `point` one before it, where the last line left the
    tube, and `limit` the line that, held by both walls, turns towards this one most.
    """

    first: int = 0
    point: tuple[float, float] | None = None
    limit: _ChainLine | None = None


def shortest_path(samples: Samples, tolerance: float) -> Path:
    """Find the chain of the fewest straight lines within a tolerance.

    Examples
    --------
    The best line to x^2 on [0, 1] errs by 1/8:

    >>> from gradatim.approximation.samples import sample
    >>> found = sample(np.square, 0.0, 1.0, 2000)
    >>> [len(shortest_path(found, t).slopes) for t in (0.126, 0.124, 1 / 31, 1 / 33)]
    [1, 2, 2, 3]
    """
    half = np.maximum(tolerance - samples.slack, 0.1 * tolerance)
    tube = _LinkPath(samples.x, samples.y - half, samples.y + half)
    return tube.path()


def fewest_units(samples: Samples, tolerance: float) -> Path:
    """Find a chain of straight lines within a tolerance that few ReLU units make.

    A chain of m lines takes m units: m - 1 knots, and one for the slope at the end. If one of its
    lines is horizontal, units to the left may face left and those to the right face right, and the
    knots are enough. So the shortest chain is compared with the shortest through a horizontal line
    at every highest and lowest point.

    Examples
    --------
    >>> from gradatim.approximation.samples import sample
    >>> found = sample(np.square, 0.0, 1.0, 2000)
    >>> fewest_units(found, 0.1).n_units, len(shortest_path(found, 0.1).slopes)
    (1, 2)
    """
    best = shortest_path(samples, tolerance)
    if len(best.slopes) > _WORTH_SAVING:
        return best
    half = np.maximum(tolerance - samples.slack, 0.1 * tolerance)
    low, high = samples.y - half, samples.y + half
    tube, mirrored = (
        _LinkPath(samples.x, low, high),
        _LinkPath(-samples.x[::-1], low[::-1], high[::-1]),
    )
    for k, side in _turns(samples.y):
        right = tube.from_level(k, side)
        left = mirrored.from_level(len(samples.x) - 1 - k, side)
        if not (left and right) or len(right) + len(left) - 2 >= best.n_units:
            continue
        lines = [_ChainLine(-line.slope, -line.x, line.y) for line in left[:0:-1]] + right
        best = _chain(lines, samples.x, len(left) - 1)
    return best


def _turns(y: np.ndarray) -> list[tuple[int, int]]:
    """Return where samples are highest (1) or lowest (-1) among their neighbors, ends included."""
    rises = np.sign(np.diff(y))
    moving = np.flatnonzero(rises)
    if not len(moving):
        return []
    signs = rises[moving]
    inner = np.flatnonzero(signs[1:] != signs[:-1])
    turns = [(int(moving[i]) + 1, int(signs[i])) for i in inner]
    return [(0, -int(signs[0])), *turns, (len(y) - 1, int(signs[-1]))]


def _chain(lines: list[_ChainLine], x: np.ndarray, level: int | None = None) -> Path:
    slopes = np.array([line.slope for line in lines])
    knots = np.array([_meeting(a, b) for a, b in pairwise(lines)])
    knots = np.maximum.accumulate(np.clip(knots, x[0], x[-1]))
    return Path(lines[0].at(float(x[0])), slopes, knots, level)


class _LinkPath:
    """Walks through the tube from left to right, a line at a time.

    Walls are numbered 1, the ceiling, and -1, the floor: times its number, each is a ceiling.
    """

    def __init__(self, x: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
        self.x, self.y = x, {1: high, -1: low}
        # Single numbers come out of lists several times as fast.
        self._x, self._y = x.tolist(), {side: y.tolist() for side, y in self.y.items()}
        # A line through a point of a wall must not be told from it by rounding.
        self._rounding = 1e-9 * float(np.min(high - low))

    def path(self) -> Path:
        """Return the whole chain."""
        return _chain(self._lines({1: _Wall(), -1: _Wall()}), self.x)

    def from_level(self, k: int, side: int) -> list[_ChainLine]:
        """Return a horizontal line at a turn, and those that follow it to the right.

        The line touches one wall at the turn; if it leaves the tube through that same wall, which
        happens at turns lower than the tube is high, it is of no use and nothing is returned.
        """
        level = _ChainLine(0.0, self._x[k], self._y[-side][k])
        for i in range(k + 1, len(self._x)):
            if side * (self._y[-side][i] - level.y) > self._rounding:
                return []
            if side * (level.y - self._y[side][i]) > self._rounding:
                return [level, *self._lines(self._next(level, side, i))]
        return [level]

    def _lines(self, walls: dict[int, _Wall]) -> list[_ChainLine]:
        """Return the lines that follow."""
        lines: list[_ChainLine] = []
        while walls:
            line, walls = self._farthest(walls)
            lines.append(line)
        return lines

    def _farthest(self, walls: dict[int, _Wall]) -> tuple[_ChainLine, dict[int, _Wall]]:
        """Return the line that reaches farthest, and what bounds the next one, if there is one."""
        for side, wall in walls.items():
            if wall.point is not None:
                self._bound(walls, side, *wall.point, wall.first)
        for i in range(min(wall.first for wall in walls.values()), len(self._x)):
            for side in (1, -1):
                if i < walls[side].first:
                    continue
                x, y = self._x[i], self._y[side][i]
                away = walls[-side].limit
                if away is not None and side * (away.at(x) - y) > self._rounding:
                    return away, self._next(away, side, i)
                self._bound(walls, side, x, y, i)
        return self._between(walls), {}

    def _bound(self, walls: dict[int, _Wall], side: int, x: float, y: float, i: int) -> None:
        """Let a point of a wall turn the line that comes closest to that wall away from it."""
        wall, other = walls[side], walls[-side]
        if wall.limit is not None and side * wall.limit.at(x) <= side * y:
            return
        # Most of the work is done here, in calls: no array is made twice.
        least, slopes = (np.minimum, []) if side == 1 else (np.maximum, [])
        if other.first < i:
            slope = (self.y[-side][other.first : i] - y) / (self.x[other.first : i] - x)
            slopes.append(float(least.reduce(slope)))
        if other.point is not None and other.point[0] < x:
            slopes.append((y - other.point[1]) / (x - other.point[0]))
        if slopes:
            wall.limit = _ChainLine(min(slopes) if side == 1 else max(slopes), x, y)

    def _next(self, line: _ChainLine, side: int, i: int) -> dict[int, _Wall]:
        """Say what bounds the next line when this one leaves the tube through a wall before i."""
        x0, x1 = float(self.x[i - 1]), float(self.x[i])
        before, after = (line.at(x) - float(self.y[side][j]) for x, j in ((x0, i - 1), (x1, i)))
        share = before / (before - after) if before != after else 1.0
        x = max(x0 + min(max(share, 0.0), 1.0) * (x1 - x0), line.x)
        # The last support is on the other wall, which bounds the next line from there on.
        support = int(np.searchsorted(self.x, line.x))
        between = self._x[support] != line.x
        held = (line.x, line.y) if between else None
        return {side: _Wall(i, (x, line.at(x))), -side: _Wall(support, held)}

    def _between(self, walls: dict[int, _Wall]) -> _ChainLine:
        """Return a line half way between the two that turn most."""
        end = float(self.x[-1])
        limits = [wall.limit for wall in walls.values() if wall.limit is not None]
        if not limits:
            [point] = [wall.point for wall in walls.values() if wall.point is not None]
            return _ChainLine(0.0, *point)
        slopes, tops = [line.slope for line in limits], [line.at(end) for line in limits]
        return _ChainLine(sum(slopes) / len(slopes), end, sum(tops) / len(tops))


def _meeting(a: _ChainLine, b: _ChainLine) -> float:
    if a.slope == b.slope:
        return a.x
    return a.x + (b.at(a.x) - a.y) / (a.slope - b.slope)
