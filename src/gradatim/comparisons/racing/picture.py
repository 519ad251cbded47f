"""The picture of a race: accuracy and share solved at each budget, and every boundary.

Conventions: see `gradatim.drawing.plots`. Networks with one hidden layer are blue, deep ones
orange, polynomials green, kernels purple, perceptron and logistic regression black and gray; each
has its marker too. Whiskers are 95 % intervals. Budgets stand at equal distances, and at each the
contenders side by side, so that none hides another. Small pictures show the median seed; those who
have no choice of size stand in a row of their own, in the chart at the left.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from gradatim.comparisons.racing.candidate_result import CandidateResult
from gradatim.comparisons.racing.contenders import Contender
from gradatim.comparisons.racing.regions import WIDTH, Frame, frame_of
from gradatim.comparisons.racing.result import Race
from gradatim.drawing.figure import settled
from gradatim.drawing.film import rings_of
from gradatim.drawing.plots._style import COLORS, GRAY, INK, SHADES, figure, markers, tidy
from gradatim.drawing.words import shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_points", "draw_regions", "has_boundaries", "plot_race"]

#: Color, marker and dashes of each contender.
_LINES: dict[str, tuple[str, str, Any]] = {
    "perceptron": (COLORS[6], "P", "-"),
    "logistic": (GRAY, ">", "-"),
    "shallow-relu": (COLORS[1], "o", "-"),
    "shallow-tanh": (COLORS[4], "s", "-"),
    "deep-2": (COLORS[5], "^", "-"),
    "deep-3": (COLORS[0], "D", "-"),
    "deep-5": (COLORS[0], "v", (0, (3, 2))),
    "polynomial": (COLORS[2], "X", "-"),
    "kernel": (COLORS[3], "*", "-"),
    "kernel-all": (COLORS[3], "h", "-"),
}

#: A row of few pictures would show them larger than the others.
_LEAST_COLUMNS = 5

#: The share of the distance between two budgets that contenders side by side take.
_BREADTH = 0.8


def has_boundaries(race: Race) -> bool:
    """Say whether a race has boundaries that can be drawn."""
    return race.task.n_features <= 2


def plot_race(race: Race) -> Figure:
    """Plot accuracy and, if there is a bar, the share solved at each budget.

    Below, for one or two inputs, are the boundaries of every contender at every budget, then of
    those that have none.
    """
    heights = [3.9, *(_heights(race) if has_boundaries(race) else ())]
    with settled():
        result = figure(9.0, sum(heights))
        parts: Any = result.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)
        upper, *lower = parts[:, 0]
        _curves(upper, race)
        result.suptitle(f"{race.task.title}: {race.protocol.n_seeds} seeds", fontsize=11)
        if lower:
            frame = frame_of(race.task)
            for part, draw in zip(lower, _drawn(race), strict=True):
                draw(part, race, frame)
            _class_legend(lower[-1], race)
    result.set_label(_in_words(race))
    return result


def _drawn(race: Race) -> list[Callable[[Any, Race, Frame], None]]:
    """Return what draws the boundaries: of those with a choice of size, of those without."""
    budgeted = {contender.budgeted for contender in race.contenders}
    choice = _grid if len(race.protocol.budgets) > 1 else _one_budget
    return [draw for has, draw in ((True, choice), (False, _own_sizes)) if has in budgeted]


def _heights(race: Race) -> list[float]:
    """Return the inches that each of these takes."""
    each = 1.02 if race.task.n_features == 2 else 0.5
    n_budgeted = sum(contender.budgeted for contender in race.contenders)
    n_lines = -(-n_budgeted // _n_columns(race))
    heights: dict[Any, float] = {
        _grid: n_budgeted * each + 0.4,
        _one_budget: n_lines * (each + 0.6) + 0.25,
    }
    drawn = _drawn(race)
    inches = [heights.get(draw, each + 0.85) for draw in drawn]
    # The last has the legend of the classes.
    return [*inches[:-1], inches[-1] + 0.3]


def _n_columns(race: Race) -> int:
    """Return how many small pictures stand side by side where there are no budgets to compare."""
    return max(len(race.protocol.budgets), _LEAST_COLUMNS)


def _curves(upper: Any, race: Race) -> None:
    """Draw both scores at each budget; without a bar there is one."""
    panels = [("mean test accuracy", _accuracy)]
    if race.bar.accuracy is not None:
        panels.append(("share of seeds that solve it", _solved))
    row = upper.subplots(1, len(panels), squeeze=False)[0]
    for axes, (label, score) in zip(row, panels, strict=True):
        _panel(axes, race, label, score)
    if race.bar.accuracy is not None:
        row[0].axhline(race.bar.accuracy, color=GRAY, lw=0.8, ls=(0, (4, 3)), zorder=0)
    handles, names = row[0].get_legend_handles_labels()
    upper.legend(handles, names, loc="outside lower center", ncols=3, frameon=False, fontsize=8)


def _accuracy(result: CandidateResult) -> tuple[float, tuple[float, float]]:
    return result.mean, result.interval


def _solved(result: CandidateResult) -> tuple[float, tuple[float, float]]:
    return result.solved, result.solved_interval


def _panel(axes: Axes, race: Race, label: str, score: Any) -> None:
    tidy(axes)
    places = _places(race)
    for contender in race.contenders:
        results = [e for e in race.results if e.contender is contender]
        x = [places[contender.name, result.budget] for result in results]
        _curve(axes, contender, x, results, score)
    budgets = [f"{budget}" for budget in race.protocol.budgets]
    n_own = sum(not contender.budgeted for contender in race.contenders)
    ticks = [*([-1] if n_own else []), *range(len(budgets) if n_own < len(race.contenders) else 0)]
    names = ["own\nsize" if tick < 0 else budgets[tick] for tick in ticks]
    axes.set_xticks(ticks, names)
    axes.set_xlim(ticks[0] - 0.5, ticks[-1] + 0.5)
    for tick in ticks[1:]:
        axes.axvline(tick - 0.5, color="#e8e4da", lw=0.6, zorder=0)
    axes.set_xlabel("parameters at most", fontsize=9)
    axes.set_ylabel(label, fontsize=9)
    axes.grid(axis="y", color="#e8e4da", lw=0.6)
    axes.set_axisbelow(True)
    axes.set_ylim(top=1.02)


def _places(race: Race) -> dict[tuple[str, int | None], float]:
    """Return where each contender stands at each budget: around 0, 1, ..., own sizes around -1."""
    places: dict[tuple[str, int | None], float] = {}
    numbers: dict[int | None, int] = {b: k for k, b in enumerate(race.protocol.budgets)}
    for budgeted in (False, True):
        names = [one.name for one in race.contenders if one.budgeted is budgeted]
        for k, name in enumerate(names):
            shift = _BREADTH * ((k + 0.5) / len(names) - 0.5)
            for budget, number in numbers.items() if budgeted else ((None, -1),):
                places[name, budget] = number + shift
    return places


def _curve(
    axes: Axes, contender: Contender, x: list[float], results: list[CandidateResult], score: Any
) -> None:
    color, marker, dashes = _LINES[contender.name]
    means = np.array([score(result)[0] for result in results])
    ends = np.array([score(result)[1] for result in results])
    size = "" if contender.budgeted else f", {results[0].n_parameters:.0f} parameters"
    axes.errorbar(
        x,
        means,
        np.abs(ends.T - means),
        color=color,
        marker=marker,
        ls=dashes,
        lw=1.0,
        ms=5,
        elinewidth=0.8,
        mfc="white" if contender.name == "kernel-all" else color,
        label=f"{contender.title}{size}",
    )


def _grid(part: Any, race: Race, frame: Frame) -> None:
    """Draw those with a choice of size, one row per contender and one column per budget."""
    contenders = [contender for contender in race.contenders if contender.budgeted]
    grid = part.subplots(len(contenders), len(race.protocol.budgets), squeeze=False)
    for row, contender in zip(grid, contenders, strict=True):
        row[0].set_ylabel(
            contender.title.replace(" (", "\n("), fontsize=7, rotation=0, ha="right", va="center"
        )
        for axes, budget in zip(row, race.protocol.budgets, strict=True):
            _small(axes, race.result(contender.name, budget), race, frame)
    for axes, budget in zip(grid[0], race.protocol.budgets, strict=True):
        axes.set_title(f"{budget}", fontsize=8, color=INK)


def _own_sizes(part: Any, race: Race, frame: Frame) -> None:
    """Draw those without a choice of size side by side."""
    results = [race.result(one.name) for one in race.contenders if not one.budgeted]
    _strip(part, "no choice of size", results, race, frame)


def _one_budget(part: Any, race: Race, frame: Frame) -> None:
    """Draw those with a choice of size side by side, at the only budget."""
    [budget] = race.protocol.budgets
    results = [race.result(one.name, budget) for one in race.contenders if one.budgeted]
    _strip(part, f"at most {budget} parameters", results, race, frame)


def _strip(
    part: Any, heading: str, results: list[CandidateResult | None], race: Race, frame: Frame
) -> None:
    """Draw results side by side, in as many lines as it takes."""
    n_columns = _n_columns(race)
    n_lines = -(-len(results) // n_columns)
    grid = part.subplots(n_lines, n_columns, squeeze=False).ravel()
    part.suptitle(heading, x=0.02, ha="left", fontsize=8, color=GRAY)
    empty = [None] * (len(grid) - len(results))
    for axes, result in zip(grid, [*results, *empty], strict=True):
        _small(axes, result, race, frame)
        if result is not None:
            said = f"{result.contender.title}\n{result.n_parameters:.0f} parameters"
            axes.set_title(said, fontsize=7, color=INK)


def _class_legend(part: Any, race: Race) -> None:
    """Say which color and marker each class has."""
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], ls="", ms=5, label=shorten(str(name)), **markers(index))
        for index, name in enumerate(race.task.classes)
    ]
    part.legend(
        handles=handles, title="classes of points and regions", loc="outside lower center",
        ncols=7, frameon=False, fontsize=8, title_fontsize=8,
    )  # fmt: skip


def _small(axes: Axes, result: CandidateResult | None, race: Race, frame: Frame) -> None:
    """Draw the median seed's boundary with its accuracy; nothing for nobody."""
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    if result is None:
        axes.patch.set_visible(False)
        return
    draw_regions(axes, frame, frame.regions(result.median_run.decision))
    draw_points(axes, race, frame, 3)
    axes.text(
        0.5, -0.02, f"{result.median_run.accuracy:.3f}", transform=axes.transAxes,
        ha="center", va="top", fontsize=6.5, color=INK,
    )  # fmt: skip


def draw_regions(axes: Axes, frame: Frame, regions: list[str]) -> None:
    """Draw regions into axes."""
    from matplotlib.patches import PathPatch

    axes.set(xlim=(0, WIDTH), ylim=(frame.height, 0), aspect="equal")
    axes.set_facecolor(SHADES[0])
    for number, text in enumerate(regions, 1):
        if text:
            color = SHADES[number % len(SHADES)]
            axes.add_patch(PathPatch(_path(text), facecolor=color, edgecolor=GRAY, lw=0.6))


def draw_points(axes: Axes, race: Race, frame: Frame, size: float) -> None:
    """Draw scored points into axes."""
    places, labels = frame.points(race.task)
    for label in range(len(race.task.classes)):
        x, y = places[labels == label].T
        axes.scatter(x, y, s=size, lw=0, **markers(label))


def _path(text: str) -> Any:
    from matplotlib.path import Path

    rings = [Path([*ring, ring[-1]], closed=True) for ring in rings_of(text)]
    return Path.make_compound_path(*rings)


def _in_words(race: Race) -> str:
    said = " ".join([*race.verdict.sentences, race.bar.words])
    rows = "; ".join(
        f"{result.contender.title}, {result.n_parameters:.0f} parameters: accuracy "
        f"{result.mean:.3f}, solved by {result.n_solved} of {len(result.runs)}"
        for result in race.results
    )
    return f"Race on {race.task.title}\n{said} {rows}."
