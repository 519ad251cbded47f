"""``gradatim capacity``: how many points a hyperplane can label, by Cover's theorem and by trial.

Conventions: hyperplanes have a bias, so the capacity is 2 (d + 1) points in d dimensions. Results
are on standard output, progress on standard error; the picture is checked before the trials.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Group, Parameter
from cyclopts.validators import Number

from gradatim._progress import under
from gradatim.cli import _output_files

if TYPE_CHECKING:
    from gradatim.separability import Capacity

__all__ = ["capacity"]


_INPUT = Group("What is counted", sort_key=1)
_OUTPUT = Group("What comes out", sort_key=2)
_Flag = Parameter(negative=(), show_default=False)


def _numbers(metavar: str, **bounds: float) -> Parameter:
    return Parameter(
        group=_INPUT,
        metavar=metavar,
        consume_multiple=(1, None),
        negative=(),
        validator=Number(**bounds),
    )


def capacity(
    *,
    dimensions: Annotated[list[int] | None, _numbers("D...", gte=1, lte=100)] = None,
    points: Annotated[list[int] | None, _numbers("N...", gte=1, lte=1000)] = None,
    trials: Annotated[
        int, Parameter(group=_INPUT, metavar="N", validator=Number(gte=0, lte=100_000))
    ] = 100,
    seed: Annotated[int, Parameter(group=_INPUT, metavar="N", validator=Number(gte=0))] = 0,
    output: Annotated[
        Path | None, Parameter(name=("--output", "-o"), group=_OUTPUT, metavar="FILE")
    ] = None,
    json: Annotated[bool, _Flag, Parameter(group=_OUTPUT)] = False,
    debug: Annotated[bool, _Flag, Parameter(group=_OUTPUT)] = False,
) -> None:
    """Compute the chance that random labels are separable, and try it out.

    Of n points in general position in d dimensions, a hyperplane separates
    2 (C(n-1, 0) + ... + C(n-1, d)) of the 2^n labelings (Cover 1965): all of them up to d + 1
    points, half of them at 2 (d + 1), next to none beyond. The trials label random points at
    random and decide each labeling with a proof.

    Parameters
    ----------
    dimensions
        Numbers of dimensions; 1, 2, 5 and 10 if not given.
    points
        Numbers of points; 1 to 4 times d + 1 if not given.
    trials
        Random labelings per row; 0 for the theorem alone.
    seed
        Seed of points and labels.
    output
        Picture of chances against points: .svg, .pdf or .png.
    json
        Print JSON instead of a table.
    debug
        Show the traceback of an error.
    """
    if output is not None:
        _output_files.check_targets({"--output": (output, _output_files.plot)})
    from gradatim.cli._working import work
    from gradatim.separability import capacity as compute

    task = "trying labelings"
    found = work(
        task,
        lambda progress: compute(
            dimensions or (1, 2, 5, 10),
            points or (),
            n_trials=trials,
            seed=seed,
            progress=under(progress, task),
        ),
    )
    if json:
        from json import dumps

        print(dumps(_to_dict(found, trials, seed), indent=2, allow_nan=False))
    else:
        print("\n".join(_table(found)))
    if output is not None:
        from gradatim.drawing import plot_capacity, save_plot

        rows = [
            (one.n_features, one.n_points, float(one.chance), one.share, _interval(one))
            for one in found
        ]
        path = save_plot(plot_capacity(rows), output)
        if not json:
            print(f"wrote {path}")


def _interval(found: Capacity) -> tuple[float, float]:
    return found.interval if found.n_trials else (float("nan"), float("nan"))


def _table(found: Sequence[Capacity]) -> list[str]:
    tried = found[0].n_trials > 0
    rows = [["d", "points", "n/(d+1)", "theory", *(["trials", "95 % interval"] if tried else [])]]
    for one in found:
        ratio = one.n_points / (one.n_features + 1)
        row = [str(one.n_features), str(one.n_points), f"{ratio:.2f}", f"{float(one.chance):.4f}"]
        if tried:
            low, high = one.interval
            row += [f"{one.share:.4f}", f"{low:.4f} to {high:.4f}{'' if one.agrees else '  *'}"]
        rows.append(row)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    lines += [
        "",
        "Chance that n points with random labels are separable by a hyperplane with bias.",
    ]
    if tried:
        outside = sum(not one.agrees for one in found)
        undecided = sum(one.n_undecided for one in found)
        lines.append(
            f"{found[0].n_trials} trials per row, each decided with a proof, {undecided} "
            f"undecided. {len(found) - outside} of {len(found)} intervals hold the theory"
            + ("; of 95 % intervals one in twenty need not (*)." if outside else ".")
        )
    return lines


def _to_dict(found: Sequence[Capacity], trials: int, seed: int) -> dict[str, Any]:
    from gradatim.cli._json import header

    return {
        **header(),
        "protocol": {"points": "normal", "trials": trials, "seed": seed},
        "rows": [
            {
                "dimensions": one.n_features,
                "points": one.n_points,
                "chance": str(one.chance),
                "separable": one.n_separable,
                "undecided": one.n_undecided,
                "interval": list(one.interval) if one.n_trials else None,
            }
            for one in found
        ],
    }
