"""Films as files: SVG that moves by itself, or GIF.

Conventions: all films run side by side, frame by frame, endlessly, with a rest on the last frame.
An SVG plays without scripts; whoever shows it as a still sees its last frame.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np

from gradatim._files import write_atomically
from gradatim.drawing.figure import settled
from gradatim.drawing.formats import check_format
from gradatim.drawing.plots._style import COLORS, figure
from gradatim.errors import SpecError
from gradatim.experiments.racing.films import Film, Still, films_of
from gradatim.experiments.racing.picture import SHADES, draw_points, draw_regions
from gradatim.experiments.racing.regions import WIDTH, Frame, frame_of
from gradatim.experiments.racing.result import Race

__all__ = ["FILM_FORMATS", "film_svg", "save_film"]

#: Endings of film files.
FILM_FORMATS = (".svg", ".gif")

#: Seconds that a frame stands, and the last one.
_STANDS, _RESTS = 0.18, 2.0


def save_film(race: Race, path: str | os.PathLike[str]) -> Path:
    """Write a film of a race: perceptron, shallow and deep network while they learn.

    Parameters
    ----------
    race : Race
        What was found, for one or two inputs.
    path : path-like
        The file; its ending chooses the format: ``.svg`` or ``.gif``.

    Returns
    -------
    pathlib.Path
        The absolute path of the written file.

    Raises
    ------
    OutputError
        If the ending is neither of these, or the file cannot be written.
    SpecError
        If there are more than two inputs, or no network to be filmed.
    """
    suffix = check_format(path, FILM_FORMATS)
    frame = frame_of(race.course)
    films = films_of(race, frame)
    if not films:
        raise SpecError("none of perceptron, shallow-relu and deep-3 ran; there is nothing to film")
    if suffix == ".svg":
        return write_atomically(path, film_svg(race, frame, films))
    return write_atomically(path, _gif(race, frame, films))


def film_svg(race: Race, frame: Frame, films: Sequence[Film]) -> str:
    """Return films side by side as one SVG.

    Parameters
    ----------
    race : Race
        Has the points.
    frame : Frame
        What is shown.
    films : sequence of Film
        What moves.

    Returns
    -------
    str
        The whole document.
    """
    n = max(len(film.stills) for film in films)
    gap, top, bottom = 12, 16, 24
    width, height = len(films) * (WIDTH + gap) - gap, top + frame.height + bottom
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{3 * width}" height="{3 * height}" role="img" aria-labelledby="t d" '
        'font-family="sans-serif" font-size="6">',
        f'<title id="t">{escape(race.course.title)}: networks while they learn</title>',
        f'<desc id="d">{escape(_in_words(films))}</desc>',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<defs><clipPath id="c"><rect width="{WIDTH}" height="{frame.height}"/></clipPath></defs>',
    ]
    dots = _dots(race, frame)
    for k, film in enumerate(films):
        parts.append(f'<g transform="translate({k * (WIDTH + gap)} {top})">')
        parts.append(f'<text y="-9">{escape(film.title)}</text>')
        parts.append(f'<text y="-3" font-size="4" fill="#6a665e">{escape(film.caption)}</text>')
        parts.append(f'<rect width="{WIDTH}" height="{frame.height}" fill="{SHADES[0]}"/>')
        for i in range(n):
            parts.append(_moment(film, i, n, frame.height))
        parts.append(f'<g clip-path="url(#c)">{dots}</g></g>')
    return "\n".join([*parts, "</svg>", ""])


def _moment(film: Film, i: int, n: int, height: int) -> str:
    """Return a frame with the time at which it shows; without time only the last one shows."""
    still = film.stills[min(i, len(film.stills) - 1)]
    total = n * _STANDS + _RESTS
    begin, end = i * _STANDS / total, (i + 1) * _STANDS / total
    if i == n - 1:
        values, times = "hidden;visible", f"0;{begin:.4f}"
    elif i == 0:
        values, times = "visible;hidden", f"0;{end:.4f}"
    else:
        values, times = "hidden;visible;hidden", f"0;{begin:.4f};{end:.4f}"
    paths = "".join(
        f'<path d="{region}" fill="{SHADES[k % len(SHADES)]}" stroke="#6a665e" stroke-width="0.5"/>'
        for k, region in enumerate(still.regions, 1)
        if region
    )
    return (
        f'<g visibility="{"visible" if i == n - 1 else "hidden"}">'
        f'<animate attributeName="visibility" values="{values}" keyTimes="{times}" '
        f'calcMode="discrete" dur="{total:.2f}s" repeatCount="indefinite"/>'
        f'{paths}<text y="{height + 8}" font-size="5">{escape(_says(still))}</text></g>'
    )


def _says(still: Still) -> str:
    return f"epoch {still.epoch}, accuracy {still.accuracy:.3f}"


def _dots(race: Race, frame: Frame) -> str:
    places, labels = frame.points(race.course)
    dots = []
    for (x, y), label in zip(places, labels, strict=True):
        color = COLORS[label % len(COLORS)]
        shape = (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1" fill="{color}"/>'
            if label % 2
            else f'<path d="M{x - 1:.1f} {y - 1:.1f}l2 2m0 -2l-2 2" stroke="{color}" '
            'stroke-width="0.7"/>'
        )
        dots.append(shape)
    return "".join(dots)


def _in_words(films: Sequence[Film]) -> str:
    return " ".join(
        f"{film.title}, {film.caption}: accuracy {film.stills[0].accuracy:.3f} before training, "
        f"{film.stills[-1].accuracy:.3f} after {film.stills[-1].epoch} epochs."
        for film in films
    )


def _gif(race: Race, frame: Frame, films: Sequence[Film]) -> bytes:
    from PIL import Image

    n = max(len(film.stills) for film in films)
    images = [Image.fromarray(_pixels(race, frame, films, i)) for i in range(n)]
    # One palette for all frames, from the last: otherwise shades flicker.
    last = images[-1].quantize(64)
    frames = [image.quantize(palette=last, dither=Image.Dither.NONE) for image in images]
    buffer = io.BytesIO()
    frames[0].save(
        buffer,
        format="GIF",
        save_all=True,
        append_images=frames[1:],
        duration=[int(1000 * _STANDS)] * (n - 1) + [int(1000 * _RESTS)],
        loop=0,
        comment=_in_words(films).encode("ascii", "replace"),
    )
    return buffer.getvalue()


def _pixels(race: Race, frame: Frame, films: Sequence[Film], i: int) -> np.ndarray:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    with settled():
        picture = figure(2.6 * len(films), 3.1 if not frame.is_line else 1.5)
        row = picture.subplots(1, len(films), squeeze=False)[0]
        for axes, film in zip(row, films, strict=True):
            still = film.stills[min(i, len(film.stills) - 1)]
            axes.set(xticks=[], yticks=[])
            draw_regions(axes, frame, list(still.regions))
            draw_points(axes, race, frame, 7)
            axes.set_title(film.title, fontsize=9)
            axes.set_xlabel(f"{film.caption}\n{_says(still)}", fontsize=6.5)
        canvas = FigureCanvasAgg(picture)
        canvas.draw()
        return np.asarray(canvas.buffer_rgba())[:, :, :3].copy()
