"""Depth on the sawtooth: networks over x, and errors against numbers of parameters (L23).

Conventions: deep networks are orange with crosses, shallow ones blue with discs, as classes are
elsewhere; the target is gray. Bars are the intervals that were handed over, hollow markers the best
of all seeds. The shaded region below the line of the theorem holds no shallow network at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike

from gradatim.drawing.figure import settled
from gradatim.drawing.plots._style import COLORS, GRAY, INK, MARKERS, figure, tidy
from gradatim.drawing.words import format_number
from gradatim.errors import ShapeError, SpecError
from gradatim.network.graph import Network

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["ErrorBar", "plot_depth"]

Kind = Literal["deep", "shallow"]

_INDEX = {"deep": 0, "shallow": 1}
_LEAST_POINTS = 1024


@dataclass(frozen=True)
class ErrorBar:
    """Errors of many networks of one number of parameters, or of one that was built."""

    kind: Kind
    n_parameters: int
    median: float  # Median error, or the error of the one network
    interval: tuple[float, float] | None = None  # Around the median; None for one network
    best: float | None = None  # Smallest error; None for one network


def plot_depth(
    target: Network,
    networks: Mapping[str, Network],
    errors: Sequence[ErrorBar],
    bound: tuple[ArrayLike, ArrayLike],
) -> Figure:
    """Plot a sawtooth with networks that are to be it, and their errors against their sizes.

    Each network has a panel with its title over x in [0, 1] on the left; titles that begin with
    "deep" are orange. `bound` is numbers of parameters (n,), ascending, and the least error (n,) of
    a shallow network with that many.
    """
    if not networks:
        raise SpecError("there is no network to show; give at least one")
    if any((net.n_inputs, net.n_outputs) != (1, 1) for net in [target, *networks.values()]):
        raise SpecError("only networks of one input and one output can be shown over x")
    sizes, least = (np.asarray(values, dtype=float) for values in bound)
    if sizes.ndim != 1 or sizes.shape != least.shape:
        raise ShapeError(f"{sizes.shape} sizes and {least.shape} errors; give each size one")
    with settled():
        result = figure(10.0, max(3.4, 1.35 * len(networks) + 0.6))
        grid = result.add_gridspec(len(networks), 2, width_ratios=[6, 5])
        over = [result.add_subplot(grid[i, 0]) for i in range(len(networks))]
        for axes, (title, network) in zip(over, networks.items(), strict=True):
            _over_x(axes, target, title, network)
            axes.tick_params(labelbottom=axes is over[-1])
        over[-1].set_xlabel("x", fontsize=9)
        beside = result.add_subplot(grid[:, 1])
        _against_size(beside, errors, sizes, least)
        handles, names = beside.get_legend_handles_labels()
        result.legend(
            handles, names, loc="outside lower center", ncols=3, frameon=False, fontsize=8.5
        )
    result.set_label(_in_words(networks, errors, sizes, least))
    return result


def _over_x(axes: Axes, target: Network, title: str, network: Network) -> None:
    # Dyadic, to meet the turning points of every sawtooth that can be seen.
    x = np.linspace(0, 1, 4 * _LEAST_POINTS + 1)[:, None]
    axes.plot(x, target(x), color=GRAY, lw=2.4, alpha=0.35)
    index = _INDEX["deep" if title.startswith("deep") else "shallow"]
    axes.plot(x, network(x), color=COLORS[index], lw=1.1)
    tidy(axes)
    axes.set_title(title, fontsize=9, loc="left")
    axes.set(xlim=(0, 1), ylim=(-0.12, 1.12), yticks=[0, 0.5, 1])


def _against_size(
    axes: Axes, errors: Sequence[ErrorBar], sizes: np.ndarray, least: np.ndarray
) -> None:
    axes.fill_between(sizes, least, color=COLORS[1], alpha=0.12, lw=0)
    axes.plot(sizes, least, color=INK, lw=1.4, label="no shallow network lies below (theorem)")
    for kind in ("shallow", "deep"):
        index = _INDEX[kind]
        color, marker = COLORS[index], MARKERS[index]
        trained = [bar for bar in errors if bar.kind == kind and bar.interval is not None]
        built = [bar for bar in errors if bar.kind == kind and bar.interval is None]
        if trained:
            _bars(axes, trained, color, marker, f"{kind}, trained: median, interval, best")
        axes.plot(
            [bar.n_parameters for bar in built],
            [bar.median for bar in built],
            "*",
            color=color,
            ms=13,
            mec=INK,
            mew=0.6,
            zorder=4,
            clip_on=False,
            label=f"{kind}, built",
        )
    tidy(axes)
    axes.set_xscale("log")
    axes.set_ylim(0, None)
    axes.set_xlabel("parameters", fontsize=9)
    axes.set_ylabel("mean absolute error", fontsize=9)
    axes.set_title("error and size", fontsize=9, loc="left")
    _plain_ticks(axes, errors)


def _bars(axes: Axes, bars: Sequence[ErrorBar], color: str, marker: str, label: str) -> None:
    x = [bar.n_parameters for bar in bars]
    median = np.array([bar.median for bar in bars])
    ends = np.array([bar.interval for bar in bars]).T
    spread = np.abs(ends - median)
    axes.errorbar(
        x, median, spread, color=color, marker=marker, ms=5.5, lw=1.3, capsize=3, label=label
    )
    best = [np.nan if bar.best is None else bar.best for bar in bars]
    axes.plot(x, best, marker, mfc="white", mec=color, ms=5, ls=":", color=color, lw=0.8)


def _plain_ticks(axes: Axes, errors: Sequence[ErrorBar]) -> None:
    """Write the numbers of parameters that occur, but for those too close to another."""
    shown: list[int] = []
    for size in sorted({4, *(bar.n_parameters for bar in errors)}):
        if not shown or size > 1.4 * shown[-1]:
            shown.append(size)
    if shown:
        axes.set_xticks(shown, [f"{size:,}" for size in shown])
        axes.minorticks_off()


def _in_words(
    networks: Mapping[str, Network],
    errors: Sequence[ErrorBar],
    sizes: np.ndarray,
    least: np.ndarray,
) -> str:
    said = []
    for bar in errors:
        what = f"{bar.kind}, {bar.n_parameters} parameters"
        if bar.interval is None or bar.best is None:
            said.append(f"{what}, built: {format_number(bar.median)}")
        else:
            low, high = map(format_number, bar.interval)
            said.append(
                f"{what}, trained: median {format_number(bar.median)} ({low} to {high}), best "
                f"{format_number(bar.best)}"
            )
    text = "A sawtooth, and networks built and trained to be it\n"
    text += f"Over x: {'; '.join(networks)}. Mean absolute errors: {'; '.join(said)}."
    if sizes.size:
        text += (
            f" No shallow network of {sizes[0]:.0f} parameters has less than "
            f"{format_number(least[0])}."
        )
    return text
