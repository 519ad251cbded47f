"""Films: marks that change from frame to frame, written as a moving SVG or as a GIF.

Conventions: positions are pixels, y downwards, a text's on its baseline. What is under and over the
frames stands still. A film runs three times and stops on its last frame, which is also what shows
where nothing moves. The SVG moves by SMIL alone, without any script; the same film gives the same
bytes.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gradatim._files import write_atomically
from gradatim.drawing.formats import check_format
from gradatim.drawing.svg import escape_xml

__all__ = [
    "FILM_FORMATS",
    "Area",
    "Film",
    "FilmDisc",
    "Mark",
    "Stroke",
    "Words",
    "rings_of",
    "save_film",
]

#: Endings of film files.
FILM_FORMATS = (".svg", ".gif")

_RUNS = 3
#: A GIF is painted this many times as large and then reduced, for smooth edges.
_FINER = 2
_SHADES = 128


@dataclass(frozen=True)
class Area:
    """A filled region, even-odd, with an outline."""

    path: str  # Outlines of M, L, H, V and Z, all absolute
    fill: str  # Colors
    stroke: str
    at: tuple[float, float] = (0.0, 0.0)  # Where the path's origin lies
    scale: float = 1.0  # Pixels per unit of the path

    def svg(self) -> str:
        """Return the element."""
        x, y = self.at
        return (
            f'<path transform="translate({x:g} {y:g}) scale({self.scale:g})" d="{self.path}" '
            f'fill="{self.fill}" fill-rule="evenodd" stroke="{self.stroke}" stroke-width="0.5"/>'
        )

    def paint(self, image: Any, draw: Any, finer: int) -> None:
        """Paint into Pillow's image."""
        from PIL import Image, ImageChops, ImageDraw

        inside = Image.new("1", image.size)
        rings = [
            [tuple(finer * (np.array(self.at) + self.scale * np.array(p))) for p in ring]
            for ring in rings_of(self.path)
        ]
        for ring in rings:
            one = Image.new("1", image.size)
            ImageDraw.Draw(one).polygon(ring, fill=1)
            inside = ImageChops.logical_xor(inside, one)
        image.paste(self.fill, mask=inside)
        for ring in rings:
            draw.line([*ring, ring[0]], fill=self.stroke, width=finer)


@dataclass(frozen=True)
class Stroke:
    """Straight lines."""

    lines: Sequence[tuple[tuple[float, float], tuple[float, float]]]  # Both ends of each
    color: str  # Color
    width: float  # In pixels

    @classmethod
    def cross(cls, x: float, y: float, arm: float, color: str, width: float) -> Stroke:
        """Cross two lines at a point, as the sign of a class."""
        falling = ((x - arm, y - arm), (x + arm, y + arm))
        rising = ((x - arm, y + arm), (x + arm, y - arm))
        return cls([falling, rising], color, width)

    def svg(self) -> str:
        """Return the element."""
        path = "".join(f"M{a:.1f} {b:.1f}L{c:.1f} {d:.1f}" for (a, b), (c, d) in self.lines)
        return f'<path d="{path}" stroke="{self.color}" stroke-width="{self.width:g}"/>'

    def paint(self, image: Any, draw: Any, finer: int) -> None:
        """Paint into Pillow's image."""
        for (a, b), (c, d) in self.lines:
            ends = (finer * a, finer * b, finer * c, finer * d)
            draw.line(ends, fill=self.color, width=round(finer * self.width))


@dataclass(frozen=True)
class FilmDisc:
    """A disc, or a ring."""

    x: float  # Where, and how large
    y: float
    radius: float
    color: str  # Color
    ring: bool = False  # Whether only the outline is drawn

    def svg(self) -> str:
        """Return the element."""
        paint = f'fill="{self.color}"'
        if self.ring:
            paint = f'fill="none" stroke="{self.color}" stroke-width="1.5"'
        return f'<circle cx="{self.x:.1f}" cy="{self.y:.1f}" r="{self.radius:g}" {paint}/>'

    def paint(self, image: Any, draw: Any, finer: int) -> None:
        """Paint into Pillow's image."""
        r = self.radius
        box = tuple(finer * v for v in (self.x - r, self.y - r, self.x + r, self.y + r))
        if self.ring:
            draw.ellipse(box, outline=self.color, width=round(1.5 * finer))
        else:
            draw.ellipse(box, fill=self.color)


@dataclass(frozen=True)
class Words:
    """A line of text."""

    x: float  # Where its baseline begins
    y: float
    text: str  # What it says
    size: float  # Height of the letters, in pixels
    color: str  # Color

    def svg(self) -> str:
        """Return the element."""
        return (
            f'<text x="{self.x:g}" y="{self.y:g}" font-size="{self.size:g}" fill="{self.color}">'
            f"{escape_xml(self.text)}</text>"
        )

    def paint(self, image: Any, draw: Any, finer: int) -> None:
        """Paint into Pillow's image."""
        from PIL import ImageFont

        font = ImageFont.load_default(finer * self.size)
        draw.text((finer * self.x, finer * self.y), self.text, self.color, font, anchor="ls")


Mark = Area | Stroke | FilmDisc | Words


@dataclass(frozen=True)
class Film:
    """Frames, what stands still under and over them, and what they show in words."""

    title: str  # The text alternative, with `description`
    description: str
    width: float  # Pixels
    height: float
    under: Sequence[Mark]  # What stands still under the frames
    frames: Sequence[Sequence[Mark]]  # What changes; at least one frame
    over: Sequence[Mark] = ()  # What stands still over the frames
    seconds: float = 0.35  # How long a frame stands
    rest: float = 2.0  # How long the last frame stands


def save_film(film: Film, path: str | os.PathLike[str]) -> Path:
    """Write a film into a ``.svg`` or ``.gif`` file; return its absolute path."""
    suffix = check_format(path, FILM_FORMATS)
    return write_atomically(path, _svg(film) if suffix == ".svg" else _gif(film))


def _svg(film: Film) -> str:
    size = f"{film.width:g} {film.height:g}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" width="{film.width:g}" '
        f'height="{film.height:g}" role="img" aria-labelledby="title description" '
        'font-family="sans-serif">',
        f'<title id="title">{escape_xml(film.title)}</title>',
        f'<desc id="description">{escape_xml(film.description)}</desc>',
        f'<rect width="{film.width:g}" height="{film.height:g}" fill="#fff"/>',
        *(mark.svg() for mark in film.under),
        *(_moment(film, k) for k in range(len(film.frames))),
        *(mark.svg() for mark in film.over),
        "</svg>\n",
    ]
    return "\n".join(parts)


def _moment(film: Film, k: int) -> str:
    """Return a frame with the time in which it shows; where nothing moves, only the last shows."""
    marks = "".join(mark.svg() for mark in film.frames[k])
    last = len(film.frames) - 1
    total = last * film.seconds + film.rest
    begin, end = (i * film.seconds / total for i in (k, k + 1))
    times = [("hidden", 0.0)] * (k > 0) + [("visible", begin)] + [("hidden", end)] * (k < last)
    moves = (
        f'<animate attributeName="visibility" values="{";".join(value for value, _ in times)}" '
        f'keyTimes="{";".join(f"{time:.5f}" for _, time in times)}" dur="{total:.2f}s" '
        f'repeatCount="{_RUNS}" fill="freeze" calcMode="discrete"/>'
        if last
        else ""
    )
    return f'<g visibility="{"visible" if k == last else "hidden"}">{moves}{marks}</g>'


def _gif(film: Film) -> bytes:
    from PIL import Image

    images = [_image(film, frame) for frame in film.frames]
    # One palette for all frames, from the last: otherwise shades flicker.
    last = images[-1].quantize(_SHADES)
    frames = [image.quantize(palette=last, dither=Image.Dither.NONE) for image in images]
    buffer = io.BytesIO()
    frames[0].save(
        buffer,
        format="GIF",
        save_all=True,
        append_images=frames[1:],
        duration=[int(1000 * film.seconds)] * (len(frames) - 1) + [int(1000 * film.rest)],
        # Of repetitions after the first run.
        loop=_RUNS - 1,
        comment=f"{film.title}. {film.description}".encode("ascii", "replace"),
        optimize=False,
        disposal=1,
    )
    return buffer.getvalue()


def _image(film: Film, frame: Sequence[Mark]) -> Any:
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (round(film.width * _FINER), round(film.height * _FINER)), "white")
    draw = ImageDraw.Draw(image)
    for mark in (*film.under, *frame, *film.over):
        mark.paint(image, draw, _FINER)
    return image.resize((round(film.width), round(film.height)), Image.Resampling.LANCZOS)


def rings_of(path: str) -> list[list[tuple[float, float]]]:
    """Read the corners of every outline of a path of M, L, H, V and Z, all absolute."""
    rings: list[list[tuple[float, float]]] = []
    for letter, numbers in re.findall(r"([MLHVZ])([^MLHVZ]*)", path):
        values = [float(number) for number in numbers.split()]
        if letter == "M":
            rings.append([])
        if letter in "ML":
            rings[-1].append((values[0], values[1]))
        elif letter in "HV":
            x, y = rings[-1][-1]
            rings[-1].append((values[0], y) if letter == "H" else (x, values[0]))
    return rings
