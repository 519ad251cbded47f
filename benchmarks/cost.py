"""``cost``: time against work, one size varied at a time.

Conventions: work is counted in weight-row visits: weights and biases x rows x epochs, over all
networks; every visit is a few multiplications in each direction. Time *follows the work* from the
size where the cost of a visit is within a quarter of its least: below, fixed costs weigh; above,
something no longer fits (a cache, most often). The slope is that of log time on log work by least
squares; 1 is a straight line through the origin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchmarks.result import Options, Report, Result, Table
from benchmarks.timing import seconds_of
from benchmarks.workloads import count_parameters, make_data

__all__ = ["Size", "measure", "read_curve"]

N_CLASSES = 10
BATCH_SIZE = 50
EPOCHS = 4

#: How much more expensive than at its cheapest a visit may be where time follows the work.
STRAIGHT = 1.25


@dataclass(frozen=True)
class Size:
    """What a call of ``fit_many`` is given.

    Parameters
    ----------
    nets, rows, features, width, depth : int
        Networks, rows, inputs, units a hidden layer, hidden layers.
    """

    nets: int = 112
    rows: int = 1_000
    features: int = 32
    width: int = 32
    depth: int = 2

    @property
    def work(self) -> float:
        """Weight-row visits of the whole call."""
        shape = (self.width,) * self.depth
        parameters = count_parameters(self.features, shape, N_CLASSES)
        return float(self.nets) * self.rows * EPOCHS * parameters


AXES: dict[str, tuple[int, ...]] = {
    "nets": (7, 14, 28, 56, 112, 224, 448, 896),
    "rows": (125, 250, 500, 1_000, 2_000, 4_000, 8_000),
    "features": (2, 8, 32, 128, 512),
    "width": (2, 4, 8, 16, 32, 64, 128),
    "depth": (1, 2, 4, 8),
}

_SMALL: dict[str, tuple[int, ...]] = {"nets": (2, 4), "rows": (50, 100)}


def measure(options: Options, report: Report) -> Result:
    """Measure a curve along each size.

    Parameters
    ----------
    options : Options
        How to measure.
    report : callable
        Hears how far it is.

    Returns
    -------
    Result
        Curves, slopes, and where time follows the work.
    """
    base = Size(4, 100, 4, 4, 1) if options.quick else Size()
    axes = _SMALL if options.quick else AXES
    plan = [(axis, replace(base, **{axis: value})) for axis in axes for value in axes[axis]]
    whole = sum(size.work for _, size in plan)
    done, points = 0.0, []
    for axis, size in plan:
        report(done / whole, f"{axis} {getattr(size, axis):,}")
        seconds = _times(size, options)
        points.append({"axis": axis, "value": getattr(size, axis), "work": size.work, **seconds})
        done += size.work
    curves = {axis: read_curve([p for p in points if p["axis"] == axis]) for axis in axes}
    return _result(base, curves)


def read_curve(points: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Find the slope of a curve, and the stretch where time follows the work.

    Parameters
    ----------
    points : sequence of dict
        ``value``, ``work`` and ``median`` of each, ascending.

    Returns
    -------
    dict
        ``points``, ``slope`` and ``straight``: the first and the last value at which a visit costs
        at most `STRAIGHT` times its least.

    Examples
    --------
    A fixed second beside one second per unit of work:

    >>> work = [1.0, 10.0, 100.0]
    >>> points = [{"value": w, "work": w, "median": 1.0 + w} for w in work]
    >>> read_curve(points)["straight"]
    [10.0, 100.0]
    """
    work = np.array([p["work"] for p in points])
    seconds = np.array([p["median"] for p in points])
    cost = seconds / work
    slope = float(np.polyfit(np.log(work), np.log(seconds), 1)[0])
    cheap = np.flatnonzero(cost <= STRAIGHT * cost.min())
    listed = [{**p, "ns_a_visit": 1e9 * c} for p, c in zip(points, cost.tolist(), strict=True)]
    return {
        "slope": slope,
        "straight": [points[cheap[0]]["value"], points[cheap[-1]]["value"]],
        "points": listed,
    }


def _times(size: Size, options: Options) -> dict[str, Any]:
    from gradatim.training import NetworkSpec, fit_many

    X, y = make_data(size.rows, size.features, N_CLASSES, options.seed)
    specs = [NetworkSpec((size.width,) * size.depth, seed=seed) for seed in range(size.nets)]

    def call() -> None:
        fit_many(specs, X, y, max_epochs=EPOCHS, batch_size=BATCH_SIZE)

    first = seconds_of(call)[0]
    seconds = [seconds_of(call)[0] for _ in range(options.rounds)]
    return {"first_call": first, "seconds": seconds, "median": float(np.median(seconds))}


def _result(base: Size, curves: dict[str, Any]) -> Result:
    slopes = ", ".join(f"{axis} {curve['slope']:.2f}" for axis, curve in curves.items())
    cheapest = min(p["ns_a_visit"] for curve in curves.values() for p in curve["points"])
    return Result(
        name="cost",
        headline=f"slope of time on work: {slopes}; at best {cheapest:.3g} ns per weight and row",
        target="",
        met=None,
        tables=(
            _slopes_table(curves),
            *(_points_table(axis, curve) for axis, curve in curves.items()),
        ),
        notes=(
            f"beside the varied size: {base.nets} networks, {base.rows:,} rows, {base.features} "
            f"features, {base.depth} hidden layers of {base.width} relu units; {N_CLASSES} "
            f"classes, {EPOCHS} epochs, minibatches of {BATCH_SIZE}, Adam, warm calls",
            "work is parameters x rows x epochs x networks; time follows it where a unit costs at "
            f"most {STRAIGHT:g} times its least",
        ),
        data={"base": vars(base), "epochs": EPOCHS, "curves": curves},
    )


def _slopes_table(curves: dict[str, Any]) -> Table:
    rows = tuple(
        (axis, f"{c['slope']:.2f}", "{:,} to {:,}".format(*c["straight"]), _words(c))
        for axis, c in curves.items()
    )
    return Table("Where time follows the work", ("varied", "slope", "it does at", "outside"), rows)


def _words(curve: dict[str, Any]) -> str:
    """Say what happens outside the straight stretch."""
    points, (first, last) = curve["points"], curve["straight"]
    least = min(p["ns_a_visit"] for p in points)
    said = []
    if points[0]["value"] < first:
        said.append(
            f"{points[0]['ns_a_visit'] / least:.1f} times as expensive at {points[0]['value']:,}"
        )
    if points[-1]["value"] > last:
        ratio = points[-1]["ns_a_visit"] / least
        said.append(f"{ratio:.1f} times as expensive at {points[-1]['value']:,}")
    return ", ".join(said) or "nothing"


def _points_table(axis: str, curve: dict[str, Any]) -> Table:
    rows = tuple(
        (
            f"{p['value']:,}",
            f"{p['work']:.2e}",
            f"{p['median']:.3g}",
            f"{p['ns_a_visit']:.3g}",
            f"{p['first_call']:.3g}",
        )
        for p in curve["points"]
    )
    columns = (axis, "work", "seconds (median)", "ns per unit", "first call (s)")
    return Table(f"Against {axis}", columns, rows)
