"""What moved a decision: a bar for each input, to the right where it speaks for it.

Conventions: the first input stands on top. Bars for are blue, those against orange and hatched, so
that no color has to be seen. Math signs in names are shown as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from gradatim.drawing.figure import settled
from gradatim.drawing.plots._style import COLORS, GRAY, INK, figure, tidy
from gradatim.drawing.words import format_number, shorten
from gradatim.errors import ShapeError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_contributions"]


def plot_contributions(
    names: Sequence[str], contributions: ArrayLike, *, title: str = "", axis: str = ""
) -> Figure:
    """Plot contributions (n_bars,) of inputs to a decision, a horizontal bar each.

    A name is an input and its value; what is negative speaks against the decision. `title` says
    what was decided, `axis` what contributions are measured in.
    """
    values = np.asarray(contributions, dtype=float)
    if not len(names) or values.shape != (len(names),):
        raise ShapeError(
            f"{len(names)} names and contributions of shape {values.shape} make no bars"
        )
    with settled():
        result = figure(6.4, 1.1 + 0.28 * len(names))
        axes = result.subplots()
        places = np.arange(len(names))
        for k, value in zip(places, values, strict=True):
            color, hatch = (COLORS[1], "") if value >= 0 else (COLORS[0], "////")
            axes.barh(k, value, height=0.66, color=color, hatch=hatch, edgecolor="white", lw=0)
        axes.axvline(0, color=GRAY, lw=1.0)
        axes.set_yticks(places, [shorten(name, 48) for name in names], parse_math=False)
        axes.set(ylim=(len(names) - 0.5, -0.5))
        # Names of inputs may take half of the width, which the words above and below need whole.
        result.supxlabel(axis, fontsize=9, color=INK, parse_math=False, wrap=True)
        result.suptitle(title, fontsize=10, color=INK, parse_math=False, wrap=True)
        tidy(axes)
    pairs = zip(names, values, strict=True)
    said = "; ".join(f"{shorten(name, 48)} {format_number(value)}" for name, value in pairs)
    result.set_label(f"{title or 'Contributions of inputs'}\n{said}.")
    return result
