"""A line that moves: the perceptron rule as an animated SVG or GIF.

Conventions: a frame is the line after some mistakes, with the point of the last mistake ringed; of
many mistakes the first ones and then ever fewer are shown, the last always. The film runs three
times and stops on its last frame. The SVG is animated by SMIL alone, without any script; the same
film gives the same bytes.
"""

from __future__ import annotations

import io
import os
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np

from gradatim._files import write_atomically
from gradatim.drawing.formats import check_format
from gradatim.drawing.plots._style import COLORS, GRAY, INK
from gradatim.errors import SpecError

__all__ = ["FILM_FORMATS", "Film", "choose_frames", "save_film"]

FILM_FORMATS = (".svg", ".gif")

_WIDTH, _HEIGHT, _EDGE, _FOOT = 420.0, 420.0, 16.0, 34.0
_RUNS = 3
_SECONDS, _HOLD = 0.35, 2.0
_MOST_FRAMES = 60


@dataclass(frozen=True, eq=False)
class Film:
    """What a film shows.

    Parameters
    ----------
    X : array of shape (n_samples, 2)
        Points.
    y : sequence of hashable of length n_samples
        Their labels.
    classes : (hashable, hashable)
        The negative and the positive class.
    weights : array of shape (n_frames, 3)
        Both weights and w0 in each frame; (0, 0, w0) has no line.
    rows : sequence of int
        Row of the last mistake in each frame; -1 for none.
    counts : sequence of int
        Mistakes up to each frame.
    """

    X: np.ndarray
    y: Sequence[Hashable]
    classes: tuple[Hashable, Hashable]
    weights: np.ndarray
    rows: Sequence[int]
    counts: Sequence[int]

    def __post_init__(self) -> None:
        if self.X.ndim != 2 or self.X.shape[1] != 2:
            raise SpecError(
                f"a film shows points of two columns, not {self.X.shape[-1]}; name two with "
                "--columns"
            )

    @property
    def title(self) -> str:
        """Title of the text alternative."""
        return f"The perceptron rule: a line that moves after each of {self.counts[-1]} mistakes"

    @property
    def description(self) -> str:
        """Description of the text alternative: where the line is in the end."""
        w1, w2, w0 = self.weights[-1]
        line = f"{w1:.4g} x1 {_signed(w2)} x2 {_signed(w0)} = 0"
        return (
            f"{len(self.X)} points of the classes {self.classes[0]} and {self.classes[1]}; after "
            f"{self.counts[-1]} mistakes the line is {line}."
        )


def _signed(value: float) -> str:
    return f"{'-' if value < 0 else '+'} {abs(value):.4g}"


def choose_frames(n_mistakes: int) -> list[int]:
    """Choose after how many mistakes to show a frame.

    Parameters
    ----------
    n_mistakes : int
        Mistakes in all, at least 0.

    Returns
    -------
    list of int
        0, the first mistakes, then numbers that grow by a factor, and all mistakes; at most 60.

    Examples
    --------
    >>> choose_frames(4)
    [0, 1, 2, 3, 4]
    >>> frames = choose_frames(100_000)
    >>> len(frames) <= 60, frames[:4], frames[-1]
    (True, [0, 1, 2, 3], 100000)
    """
    if n_mistakes < _MOST_FRAMES:
        return list(range(n_mistakes + 1))
    grown = np.geomspace(1, n_mistakes, _MOST_FRAMES - 1)
    return [0, *np.unique(np.round(grown).astype(int)).tolist()]


def save_film(film: Film, path: str | os.PathLike[str]) -> Path:
    """Write a film into a file.

    Parameters
    ----------
    film : Film
        What it shows.
    path : path-like
        The file; its ending chooses the format: ``.svg`` or ``.gif``.

    Returns
    -------
    pathlib.Path
        The absolute path of the written file.

    Raises
    ------
    OutputError
        If the ending is neither, or the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> film = Film(np.eye(2), [0, 1], (0, 1), np.array([[0, 0, 0.0], [1, -1, 0]]), [-1, 0], [0, 1])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_film(film, f"{folder}/film.svg").name
    'film.svg'
    """
    suffix = check_format(path, FILM_FORMATS)
    return write_atomically(path, _svg(film) if suffix == ".svg" else _gif(film))


class _Page:
    """Places points of the data on a page."""

    def __init__(self, film: Film) -> None:
        low, high = film.X.min(axis=0), film.X.max(axis=0)
        span = np.where(high > low, high - low, 1.0)
        self.low, self.span = low - 0.12 * span, 1.24 * span
        self.size = np.array([_WIDTH - 2 * _EDGE, _HEIGHT - _EDGE - _FOOT])

    def place(self, points: np.ndarray) -> np.ndarray:
        unit = (points - self.low) / self.span
        return np.stack(
            [_EDGE + unit[:, 0] * self.size[0], _EDGE + (1 - unit[:, 1]) * self.size[1]], axis=1
        )

    def line(self, weights: np.ndarray) -> np.ndarray:
        """Return both ends of a line on the page; one point outside where there is none."""
        w = weights[:2] * self.span
        w0 = weights[2] + weights[:2] @ self.low
        scale = np.abs(w).max()
        outside = np.full((2, 2), -1.0)
        if not scale:
            return self.place(self.low + outside * self.span)
        w, w0 = w / scale, w0 / scale
        foot = -w0 * w / (w @ w)
        along = np.array([-w[1], w[0]]) / np.hypot(*w)
        reach = 3.0 + np.abs(foot).max()
        ends = np.stack([foot - reach * along, foot + reach * along])
        clipped = _clip(ends)
        return self.place(self.low + (outside if clipped is None else clipped) * self.span)


def _clip(ends: np.ndarray) -> np.ndarray | None:
    """Cut a segment to the unit square."""
    start, step = ends[0], ends[1] - ends[0]
    first, last = 0.0, 1.0
    for axis in range(2):
        if abs(step[axis]) < 1e-15:
            if not 0 <= start[axis] <= 1:
                return None
            continue
        cuts = sorted((-start[axis] / step[axis], (1 - start[axis]) / step[axis]))
        first, last = max(first, cuts[0]), min(last, cuts[1])
    return None if first >= last else np.stack([start + first * step, start + last * step])


def _times(n_frames: int) -> tuple[list[float], float]:
    """Return when each frame begins, as shares, and the length of one run in seconds."""
    total = (n_frames - 1) * _SECONDS + _HOLD
    return [k * _SECONDS / total for k in range(n_frames)], total


def _svg(film: Film) -> str:
    page = _Page(film)
    lines = [page.line(weights) for weights in film.weights]
    times, total = _times(len(lines))
    keys = ";".join(f"{time:.5f}" for time in times)
    repeat = f'dur="{total:.2f}s" repeatCount="{_RUNS}" fill="freeze" calcMode="discrete"'

    def animate(name: str, values: np.ndarray) -> str:
        joined = ";".join(f"{value:.1f}" for value in values)
        return f'<animate attributeName="{name}" values="{joined}" keyTimes="{keys}" {repeat}/>'

    ends = np.array(lines)
    rings = np.array(
        [page.place(film.X[[row]])[0] if row >= 0 else (-99.0, -99.0) for row in film.rows]
    )
    moving = "".join(
        animate(name, ends[:, i, k])
        for name, i, k in (("x1", 0, 0), ("y1", 0, 1), ("x2", 1, 0), ("y2", 1, 1))
    )
    last = ends[-1]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" '
        f'width="{_WIDTH:g}" height="{_HEIGHT:g}" role="img" '
        f'aria-labelledby="title description" font-family="sans-serif">',
        f'<title id="title">{escape(film.title)}</title>',
        f'<desc id="description">{escape(film.description)}</desc>',
        f'<rect width="{_WIDTH:g}" height="{_HEIGHT:g}" fill="#fff"/>',
        *_points(film, page),
        f'<line x1="{last[0, 0]:.1f}" y1="{last[0, 1]:.1f}" x2="{last[1, 0]:.1f}" '
        f'y2="{last[1, 1]:.1f}" stroke="{INK}" stroke-width="2">{moving}</line>',
        f'<circle r="9" cx="-99" cy="-99" fill="none" stroke="{INK}" stroke-width="1.5">'
        f"{animate('cx', rings[:, 0])}{animate('cy', rings[:, 1])}</circle>",
        *_counters(film, times, repeat),
        "</svg>\n",
    ]
    return "\n".join(parts)


def _points(film: Film, page: _Page) -> list[str]:
    parts = []
    for (x, y), label in zip(page.place(film.X), film.y, strict=True):
        if label == film.classes[1]:
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{COLORS[1]}"/>')
        else:
            parts.append(
                f'<path d="M{x - 3.5:.1f} {y - 3.5:.1f}l7 7m0 -7l-7 7" stroke="{COLORS[0]}" '
                f'stroke-width="2.4"/>'
            )
    return parts


def _counters(film: Film, times: Sequence[float], repeat: str) -> list[str]:
    """Write one text a frame, each shown in its time only."""
    parts = []
    for k, count in enumerate(film.counts):
        start, is_last = times[k], k == len(times) - 1
        values, keys = ["hidden", "visible"], [0.0, start]
        if k == 0:
            values, keys = ["visible"], [0.0]
        if not is_last:
            values, keys = [*values, "hidden"], [*keys, times[k + 1]]
        shown = "visible" if is_last else "hidden"
        animation = (
            f'<animate attributeName="visibility" values="{";".join(values)}" '
            f'keyTimes="{";".join(f"{key:.5f}" for key in keys)}" {repeat}/>'
            if len(film.counts) > 1
            else ""
        )
        parts.append(
            f'<text x="{_EDGE:g}" y="{_HEIGHT - 12:g}" font-size="14" fill="{GRAY}" '
            f'visibility="{shown}">{_counter(count)}{animation}</text>'
        )
    return parts


def _counter(count: int) -> str:
    return "1 mistake" if count == 1 else f"{count} mistakes"


def _gif(film: Film) -> bytes:
    """Draw every frame by Pillow's own lines, twice as large and then halved, for smooth edges."""
    from PIL import Image

    frames = [_raster(film, k) for k in range(len(film.counts))]
    frames = [frame.quantize(64, dither=Image.Dither.NONE) for frame in frames]
    durations = [int(1000 * _SECONDS)] * (len(frames) - 1) + [int(1000 * _HOLD)]
    buffer = io.BytesIO()
    frames[0].save(
        buffer,
        format="GIF",
        save_all=True,
        append_images=frames[1:],
        duration=durations,
        # Of repetitions after the first run.
        loop=_RUNS - 1,
        comment=f"{film.title}. {film.description}".encode(),
        optimize=False,
        disposal=1,
    )
    return buffer.getvalue()


def _raster(film: Film, k: int) -> Any:
    from PIL import Image, ImageDraw, ImageFont

    scale = 2
    image = Image.new("RGB", (int(_WIDTH * scale), int(_HEIGHT * scale)), "white")
    draw, page = ImageDraw.Draw(image), _Page(film)
    for (x, y), label in zip(page.place(film.X) * scale, film.y, strict=True):
        if label == film.classes[1]:
            draw.ellipse((x - 8, y - 8, x + 8, y + 8), fill=COLORS[1])
        else:
            draw.line((x - 7, y - 7, x + 7, y + 7), fill=COLORS[0], width=5)
            draw.line((x - 7, y + 7, x + 7, y - 7), fill=COLORS[0], width=5)
    draw.line([tuple(end) for end in (page.line(film.weights[k]) * scale)], fill=INK, width=4)
    if film.rows[k] >= 0:
        x, y = page.place(film.X[[film.rows[k]]])[0] * scale
        draw.ellipse((x - 18, y - 18, x + 18, y + 18), outline=INK, width=3)
    font = ImageFont.load_default(28)
    place = (_EDGE * scale, (_HEIGHT - 28) * scale)
    draw.text(place, _counter(film.counts[k]), fill=GRAY, font=font)
    return image.resize((int(_WIDTH), int(_HEIGHT)), Image.Resampling.LANCZOS)
