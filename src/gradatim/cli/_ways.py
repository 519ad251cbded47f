"""``gradatim separate --degree --kernels --hidden``: ways to make classes separable, as a table.

Conventions: the table wraps at the terminal's width; equations follow below it. What is proved and
what was only trained is said in the row.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradatim.cli._points import Points
    from gradatim.comparisons.separable import Way, Ways

__all__ = ["in_words", "make_separable", "write_ways"]

_SAYS = {True: "yes", False: "no", None: "undecided"}
_PROOF_WIDTH = 44
_ADDED_WIDTH = 26
_LONGEST_EQUATION = 400


def make_separable(
    points: Points,
    positive: str | None,
    degree: int | None,
    kernels: bool,
    hidden: bool,
    folds: int,
    seeds: int,
    seed: int,
) -> Ways:
    """Find what was asked for, with its progress on the terminal."""
    from gradatim.cli._working import work
    from gradatim.comparisons.separable import find_ways
    from gradatim.errors import LabelError

    labels = points.labels
    if positive is not None:
        if positive not in labels:
            known = ", ".join(sorted(set(labels))[:8])
            raise LabelError(f"no row is labeled {positive}; the labels are {known}")
        labels = [label if label == positive else "others" for label in labels]
    return work(
        "making separable",
        lambda told: find_ways(
            points.X,
            labels,
            degree=degree,
            kernels=kernels,
            hidden=hidden,
            folds=folds,
            n_seeds=seeds,
            random_state=seed,
            input_names=points.names,
            progress=told,
        ),
    )


def in_words(ways: Ways) -> list[str]:
    """Return the table of ways and the equations of what was found, line by line."""
    rows = [["way", "adds", "separates", "proof", "size", "margin"]]
    for way in ways.rows():
        rows += _wrapped(way)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["Made separable:", ""]
    lines += [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    for title, text in _equations(ways):
        lines += ["", f"{title}:", "", *(f"    {line}" for line in text.splitlines())]
    proved = "all that the rows say is proved holds" if ways.verify() else "a proof failed"
    return [*lines, "", f"Checked in exact arithmetic: {proved}. Margins are in the plane's space."]


def _wrapped(way: Way) -> Iterator[list[str]]:
    proof = textwrap.wrap(way.proof, _PROOF_WIDTH) or [""]
    added = textwrap.wrap(way.added, _ADDED_WIDTH) or [""]
    margin = "" if way.margin is None else f"{way.margin:.4g}"
    for k in range(max(len(proof), len(added))):
        first = [way.name, _SAYS[way.separable], way.size, margin] if k == 0 else [""] * 4
        adds = added[k] if k < len(added) else ""
        proves = proof[k] if k < len(proof) else ""
        yield [first[0], adds, first[1], proves, first[2], first[3]]


def _equations(ways: Ways) -> Iterator[tuple[str, str]]:
    if ways.features is not None and ways.features.added:
        for one in ways.features.separations:
            whose = f" of {one.classes[1]}" if len(ways.features.separations) > 1 else ""
            yield f"The plane{whose} in the features", _short(str(one.hyperplane))
    if ways.built is not None:
        yield "The hidden layer that was built", _short(str(ways.built.network))


def _short(equation: str) -> str:
    if len(equation) <= _LONGEST_EQUATION:
        return equation
    return f"too long to print ({len(equation):,} characters); see --json or --graph"


def write_ways(ways: Ways, output: Path | None, graph: Path | None, *, quiet: bool) -> None:
    """Write the pictures that were asked for."""
    from gradatim.comparisons.separable import plot_ways
    from gradatim.drawing import draw, save_plot

    written = []
    if output is not None:
        written.append(save_plot(plot_ways(ways), output))
    if graph is not None and ways.built is not None:
        written.append(draw(ways.built.network, graph))
    for path in written if not quiet else ():
        print(f"wrote {path}")
