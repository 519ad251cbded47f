"""Plots as files.

Conventions: the ending of the name chooses PDF, PNG or SVG; a file is written whole or not at all,
and the same plot gives the same bytes.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from gradatim._files import write_atomically
from gradatim.drawing.figure import figure_bytes
from gradatim.drawing.formats import check_format

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Endings of file names in the order in which messages name them.
PLOT_FORMATS = (".svg", ".pdf", ".png")


def save_plot(figure: Figure, path: str | os.PathLike[str]) -> Path:
    """Write a plot into a file.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        What a ``plot_`` function returned. Its label is the text alternative: the first line the
        title, the rest the description.
    path : path-like
        The file; its ending chooses the format: ``.svg``, ``.pdf`` or ``.png``.

    Returns
    -------
    pathlib.Path
        The absolute path of the written file.

    Raises
    ------
    OutputError
        If the ending is none of these, or the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from gradatim.drawing import plot_activations
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_plot(plot_activations(["relu"]), f"{folder}/relu.svg").name
    'relu.svg'
    """
    suffix = check_format(path, PLOT_FORMATS)
    title, _, description = str(figure.get_label()).partition("\n")
    return write_atomically(
        path, figure_bytes(figure, suffix, title=title, description=description)
    )
