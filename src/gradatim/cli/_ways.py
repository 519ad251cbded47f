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
    from gradatim.comparisons.separable import Method, MethodComparison
    from gradatim.sources.points import Points

__all__ = ["in_words", "make_separable", "write_methods"]

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
) -> MethodComparison:
    """Find what was asked for, with its progress on the terminal."""
    from gradatim.cli._working import work
    from gradatim.comparisons.separable import find_methods
    from gradatim.errors import LabelError

    labels = points.labels
    if positive is not None:
        if positive not in labels:
            known = ", ".join(sorted(set(labels))[:8])
            raise LabelError(f"no row is labeled {positive}; the labels are {known}")
        labels = [label if label == positive else "others" for label in labels]
    return work(
        "making separable",
        lambda progress: find_methods(
            points.X,
            labels,
            degree=degree,
            kernels=kernels,
            hidden=hidden,
            folds=folds,
            n_seeds=seeds,
            random_state=seed,
            input_names=points.names,
            progress=progress,
        ),
    )


def in_words(methods: MethodComparison) -> list[str]:
    """Return the table of methods and the equations of what was found, line by line."""
    rows = [["way", "adds", "separates", "proof", "size", "margin"]]
    for method in methods.rows():
        rows += _wrapped(method)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["Made separable:", ""]
    lines += [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    for title, text in _equations(methods):
        lines += ["", f"{title}:", "", *(f"    {line}" for line in text.splitlines())]
    proved = "all that the rows say is proved holds" if methods.verify() else "a proof failed"
    return [*lines, "", f"Checked in exact arithmetic: {proved}. Margins are in the plane's space."]


def _wrapped(method: Method) -> Iterator[list[str]]:
    proof = textwrap.wrap(method.proof, _PROOF_WIDTH) or [""]
    added = textwrap.wrap(method.added, _ADDED_WIDTH) or [""]
    margin = "" if method.margin is None else f"{method.margin:.4g}"
    for k in range(max(len(proof), len(added))):
        first = [method.name, _SAYS[method.separable], method.size, margin] if k == 0 else [""] * 4
        adds = added[k] if k < len(added) else ""
        proves = proof[k] if k < len(proof) else ""
        yield [first[0], adds, first[1], proves, first[2], first[3]]


def _equations(methods: MethodComparison) -> Iterator[tuple[str, str]]:
    if methods.features is not None and methods.features.added:
        for one in methods.features.separations:
            whose = f" of {one.classes[1]}" if len(methods.features.separations) > 1 else ""
            yield f"The plane{whose} in the features", _short(str(one.hyperplane))
    if methods.built is not None:
        yield "The hidden layer that was built", _short(str(methods.built.network))


def _short(equation: str) -> str:
    if len(equation) <= _LONGEST_EQUATION:
        return equation
    return f"too long to print ({len(equation):,} characters); see --json or --graph"


def write_methods(
    methods: MethodComparison, output: Path | None, graph: Path | None, *, quiet: bool
) -> None:
    """Write the pictures that were asked for."""
    from gradatim.comparisons.separable import plot_methods
    from gradatim.drawing import draw, save_plot

    written = []
    if output is not None:
        written.append(save_plot(plot_methods(methods), output))
    if graph is not None and methods.built is not None:
        written.append(draw(methods.built.network, graph))
    for path in written if not quiet else ():
        print(f"wrote {path}")
