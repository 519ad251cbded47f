"""``gradatim capacity``: how many points a hyperplane can label, by Cover's theorem and by trial.

Conventions: hyperplanes have a bias, so the capacity is 2 (d + 1) points in d dimensions. Results
are on standard output, progress on standard error; the picture is checked before the trials.
"""

from __future__ import annotations

from typing import Annotated

from cyclopts import Group, Parameter
from cyclopts.validators import Number

from gradatim._progress import under
from gradatim.cli import _output_files
from gradatim.cli._json import header
from gradatim.cli._options import FLAG, OUTPUT, Debug, Output
from gradatim.cli._progress_bar import work
from gradatim.presentation import pictures

_INPUT = Group("What is counted", sort_key=1)


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
    output: Output = None,
    json: Annotated[bool, FLAG, Parameter(group=OUTPUT)] = False,
    debug: Debug = False,
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
    """
    _output_files.check_targets({"--output": (output, _output_files.plot)})
    from gradatim.presentation.capacity import capacity_in_words
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

    protocol = {"points": "normal", "trials": trials, "seed": seed}
    _output_files.deliver_words(
        json,
        lambda: header() | {"protocol": protocol, "rows": [one.to_dict() for one in found]},
        lambda: capacity_in_words(found),
        _output_files.plot_writer(output, lambda: pictures.plot_capacity(found)),
    )
