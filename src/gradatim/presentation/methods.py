"""Ways to make classes separable, as a table.

Conventions: long cells are wrapped, and equations follow below the table. What is proved and what
was only trained is said in the row.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING

from gradatim._text import show_name
from gradatim.presentation.lines import align
from gradatim.presentation.networks import equation_of, marked

if TYPE_CHECKING:
    from gradatim.comparisons.separable import Method, MethodComparison

__all__ = ["ways_in_words"]

_SAYS = {True: "yes", False: "no", None: "undecided"}
_PROOF_WIDTH = 44
_ADDED_WIDTH = 26
_LONGEST_EQUATION = 400


def ways_in_words(methods: MethodComparison) -> list[str]:
    """Return the table of methods and the equations of what was found, line by line."""
    rows = [["way", "adds", "separates", "proof", "size", "widest margin"]]
    for method in methods.rows():
        rows += _wrapped(method)
    lines = ["Made separable:", "", *align(rows)]
    for title, text in _equations(methods):
        lines += ["", f"{title}:", "", *(f"    {line}" for line in text.splitlines())]
    proved = "all that the rows say is proved holds" if methods.verify() else "a proof failed"
    return [*lines, "", f"Checked in exact arithmetic: {proved}. Margins are in the plane's space."]


def _wrapped(method: Method) -> Iterator[list[str]]:
    margin = "" if method.margin is None else marked(method.margin)
    first = method.name, _SAYS[method.separable], method.size, margin
    added = textwrap.wrap(method.added, _ADDED_WIDTH) or [""]
    proof = textwrap.wrap(method.proof, _PROOF_WIDTH)
    for k, (adds, proves) in enumerate(zip_longest(added, proof, fillvalue="")):
        name, separates, size, gap = first if k == 0 else [""] * 4
        yield [name, adds, separates, proves, size, gap]


def _equations(methods: MethodComparison) -> Iterator[tuple[str, str]]:
    if methods.features is not None and methods.features.added:
        for one in methods.features.separations:
            if one.hyperplane is None:
                continue
            several = len(methods.features.separations) > 1
            whose = f" of {show_name(one.classes[1])}" if several else ""
            size = f"margin {marked(one.hyperplane_margin)}"
            equation = _short(equation_of(one.hyperplane))
            yield f"The plane{whose} in the features, {size}", equation
    if methods.built is not None:
        yield "The hidden layer that was built", _short(equation_of(methods.built.network))


def _short(equation: str) -> str:
    if len(equation) <= _LONGEST_EQUATION:
        return equation
    return f"too long to print ({len(equation):,} characters); see --json or --graph"
