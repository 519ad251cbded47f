"""Regions: where a decision names which class, as outlines for pictures of one or two inputs.

Conventions: a picture is 100 wide; y grows downwards, as in SVG. With two inputs it is 100 high,
with one a strip of 24. A region is the text of an SVG path, closed; class k is where its decision
is the largest, for two classes class 1 where the decision is above 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from gradatim.comparisons.racing.runs import Decision
from gradatim.comparisons.racing.task import RaceTask
from gradatim.errors import SpecError

#: Width of every picture, and height of a strip.
WIDTH, STRIP = 100, 24

#: Points per side at which a decision is looked at.
_FINE = 97

#: Points of a line at which a decision is looked at.
_LINE = 1601

#: Scored points that are shown.
_MOST_POINTS = 150


@dataclass(frozen=True, eq=False)
class Frame:
    """The part of the inputs' space that pictures show."""

    low: np.ndarray  # (n_features,): Its corners
    high: np.ndarray

    @property
    def is_line(self) -> bool:
        """Whether there is one input only."""
        return len(self.low) == 1

    @property
    def height(self) -> int:
        """Height of the picture."""
        return STRIP if self.is_line else WIDTH

    def place(self, X: np.ndarray) -> np.ndarray:
        """Return where rows lie in the picture. `X` (n_rows, n_features); returns (n_rows, 2)."""
        share = (X - self.low) / (self.high - self.low)
        if self.is_line:
            rows = np.arange(len(X)) % 3
            return np.column_stack([WIDTH * share[:, 0], STRIP * (rows + 1) / 4])
        return np.column_stack([WIDTH * share[:, 0], WIDTH * (1 - share[:, 1])])

    def regions(self, decision: Decision) -> list[str]:
        """Return the outline of every class but the one that is left as background."""
        grid = self._grid()
        with np.errstate(over="ignore", invalid="ignore"):
            leads = _leads(np.asarray(decision(grid)))
        if self.is_line:
            return [_bars(grid[:, 0], lead, self) for lead in leads[1:]]
        return [_outline(lead.reshape(_FINE, _FINE)) for lead in leads[1:]]

    def _grid(self) -> np.ndarray:
        if self.is_line:
            return np.linspace(self.low, self.high, _LINE)
        axes = [np.linspace(a, b, _FINE) for a, b in zip(self.low, self.high, strict=True)]
        # The second input falls from row to row, since y grows downwards.
        x, y = np.meshgrid(axes[0], axes[1][::-1])
        return np.column_stack([x.ravel(), y.ravel()])

    def points(self, task: RaceTask) -> tuple[np.ndarray, np.ndarray]:
        """Return some scored points of the first seed, and their labels.

        Returns (n_points, 2); returns (n_points,).
        """
        split = task.splits[0]
        return self.place(split.X_test[:_MOST_POINTS]), split.y_test[:_MOST_POINTS]


def frame_of(task: RaceTask) -> Frame:
    """Return the frame that holds all points of a task."""
    if task.n_features > 2:
        raise SpecError(
            f"boundaries can be drawn for one or two inputs; {task.name} has {task.n_features}"
        )
    rows = np.concatenate([part for split in task.splits for part in (split.X, split.X_test)])
    low, high = rows.min(axis=0), rows.max(axis=0)
    if task.is_problem:
        middle, half = (low + high) / 2, (high - low).max() / 2
        low, high = middle - half, middle + half
    margin = np.where(high > low, 0.05 * (high - low), 1.0)
    return Frame(low - margin, high + margin)


def _leads(decision: np.ndarray) -> list[np.ndarray]:
    """Return by how much each class leads, one array per class."""
    values = np.nan_to_num(decision, nan=0.0, posinf=1e9, neginf=-1e9)
    if values.ndim == 1:
        return [-values, values]
    leads = []
    for k in range(values.shape[1]):
        others = np.delete(values, k, axis=1).max(axis=1)
        leads.append(values[:, k] - others)
    return leads


def _bars(x: np.ndarray, lead: np.ndarray, frame: Frame) -> str:
    """Return a bar over every stretch of the line on which a class leads."""
    inside = np.concatenate([[False], lead > 0, [False]])
    starts = np.flatnonzero(inside[1:] & ~inside[:-1])
    ends = np.flatnonzero(~inside[1:] & inside[:-1])
    step = WIDTH / (len(x) - 1)
    bars = []
    for a, b in zip(starts, ends, strict=True):
        left, right = max(0.0, (a - 0.5) * step), min(float(WIDTH), (b - 0.5) * step)
        bars.append(f"M{_number(left)} 0H{_number(right)}V{STRIP}H{_number(left)}Z")
    return "".join(bars)


def _outline(lead: np.ndarray) -> str:
    """Return the outline of where a class leads on a grid, its first row on top."""
    from contourpy import FillType, contour_generator

    places = np.linspace(0, WIDTH, _FINE)
    scale = float(np.median(np.abs(lead))) or 1.0
    # Steep decisions would otherwise cost the outline its digits.
    tamed = np.clip(lead / scale, -1e3, 1e3)
    generator = contour_generator(places, places, tamed, fill_type=FillType.OuterOffset)
    found: Any = generator.filled(0.0, np.inf)
    polygons: Sequence[np.ndarray] = found[0]
    offsets: Sequence[np.ndarray] = found[1]
    parts = []
    for points, ends in zip(polygons, offsets, strict=True):
        for a, b in pairwise(ends):
            parts.append(_polygon(points[a : b - 1]))
    return "".join(parts)


def _polygon(points: np.ndarray) -> str:
    """Return the path of a polygon; nothing if rounding leaves no area of it."""
    corners = _straightened(np.round(points, 1))
    if len(corners) < 3:
        return ""
    return "M" + "L".join(f"{_number(x)} {_number(y)}" for x, y in corners) + "Z"


def _straightened(points: np.ndarray) -> np.ndarray:
    """Leave out points that lie on the line between their neighbors."""
    # A point that rounding has put on its neighbor would take the corner with it.
    points = points[(points != np.roll(points, 1, axis=0)).any(axis=1)]
    if len(points) < 4:
        return points
    before, after = np.roll(points, 1, axis=0), np.roll(points, -1, axis=0)
    a, b = points - before, after - points
    bent = np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) > 0.02
    return points[bent] if bent.sum() >= 3 else points


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
