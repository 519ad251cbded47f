"""The curves of ``cost``, drawn by matplotlib on two logarithmic axes.

Conventions: the abscissa is the work, the ordinate the median time, one curve per varied size; the
dashed line is the cheapest cost per unit of work, which a program without fixed costs and caches
would keep. matplotlib is imported when something is drawn.
"""

from __future__ import annotations

import io
from importlib.util import find_spec
from typing import Any

from gradatim.errors import MissingExtraError

__all__ = ["check_drawing", "draw_curves"]


def check_drawing() -> None:
    """Make sure that curves can be drawn.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    if find_spec("matplotlib") is None:
        raise MissingExtraError("the curves are drawn by matplotlib: pip install matplotlib")


def draw_curves(data: dict[str, Any], format: str) -> bytes:
    """Draw what ``cost`` found.

    Parameters
    ----------
    data : dict
        The bench's data.
    format : {"svg", "png", "pdf"}
        What is drawn; the same data give the same file.

    Returns
    -------
    bytes
        Content of the file.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    check_drawing()
    import matplotlib as mpl  # pyright: ignore[reportMissingImports]
    from matplotlib.figure import Figure  # pyright: ignore[reportMissingImports]

    figure = Figure(figsize=(7.0, 4.8), layout="constrained")
    axes = figure.add_subplot()
    points = [p for curve in data["curves"].values() for p in curve["points"]]
    cheapest = min(p["ns_a_visit"] for p in points) / 1e9
    ends = [min(p["work"] for p in points), max(p["work"] for p in points)]
    axes.loglog(ends, [cheapest * w for w in ends], "--", color="0.6", label="as cheap as ever")
    for marker, (axis, curve) in zip("osD^v", data["curves"].items(), strict=False):
        x = [p["work"] for p in curve["points"]]
        y = [p["median"] for p in curve["points"]]
        axes.loglog(x, y, marker=marker, label=f"{axis} (slope {curve['slope']:.2f})")
    axes.set_xlabel("parameters x rows x epochs, over all networks")
    axes.set_ylabel("seconds")
    axes.set_title("Time against work, one size varied at a time")
    axes.grid(True, which="major", color="0.9")
    axes.legend(frameon=False)
    buffer = io.BytesIO()
    dated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(format)
    with mpl.rc_context({"svg.hashsalt": "gradatim", "svg.fonttype": "none"}):
        figure.savefig(buffer, format=format, metadata=dated, dpi=150)
    return buffer.getvalue()
