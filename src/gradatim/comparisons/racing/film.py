"""The film of a race: contenders side by side while they learn.

Conventions: those of `gradatim.drawing.film`; all films run at the same pace, frame by frame.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradatim.comparisons.racing.regions import WIDTH, Frame, frame_of
from gradatim.comparisons.racing.result import Race
from gradatim.comparisons.racing.training_frames import (
    FILMED,
    TrainingFrames,
    training_frames_of_race,
)
from gradatim.drawing.film import Area, Film, FilmDisc, Mark, Stroke, Words
from gradatim.drawing.plots._style import COLORS, GRAY, INK, SHADES
from gradatim.errors import SpecError

#: Pixels per unit of a film's picture; space between films, above and below them.
_SCALE, _GAP, _TOP, _FOOT = 2.6, 24, 52, 34
_SECONDS, _REST = 0.18, 2.0


def film_race(race: Race) -> Film:
    """Film a race over one or two inputs: perceptron, logistic regression, shallow and deep net."""
    frame = frame_of(race.task)
    filmed = training_frames_of_race(race, frame)
    if not filmed:
        raise SpecError(f"none of {', '.join(FILMED)} ran; there is nothing to film")
    n = max(len(frames.stills) for frames in filmed)
    width, height = WIDTH * _SCALE, frame.height * _SCALE
    lefts = [_GAP / 2 + k * (width + _GAP) for k in range(len(filmed))]
    return Film(
        title=f"{race.task.title}: contenders while they learn",
        description=_in_words(filmed),
        width=len(filmed) * (width + _GAP),
        height=_TOP + height + _FOOT,
        under=[
            mark
            for x, frames in zip(lefts, filmed, strict=True)
            for mark in _head(frames, x, frame)
        ],
        frames=[
            [
                mark
                for x, frames in zip(lefts, filmed, strict=True)
                for mark in _moment(frames, min(i, len(frames.stills) - 1), x, frame)
            ]
            for i in range(n)
        ],
        over=[mark for x in lefts for mark in _dots(race, frame, x)],
        seconds=_SECONDS,
        rest=_REST,
    )


def _head(frames: TrainingFrames, x: float, frame: Frame) -> Iterator[Mark]:
    yield Words(x, 22, frames.title, 15, INK)
    yield Words(x, 41, frames.caption, 11, GRAY)
    whole = f"M0 0H{WIDTH}V{frame.height}H0Z"
    yield Area(whole, SHADES[0], SHADES[0], (x, _TOP), _SCALE)


def _moment(frames: TrainingFrames, number: int, x: float, frame: Frame) -> Iterator[Mark]:
    still = frames.stills[number]
    for k, region in enumerate(still.regions, 1):
        if region:
            yield Area(region, SHADES[k % len(SHADES)], GRAY, (x, _TOP), _SCALE)
    said = f"{frames.unit} {still.epoch}, accuracy {still.accuracy:.3f}; scored: {frames.counted}"
    yield Words(x, _TOP + frame.height * _SCALE + 22, said, 12.5, INK)


def _dots(race: Race, frame: Frame, left: float) -> Iterator[Mark]:
    places, labels = frame.points(race.task)
    inside = (places >= 1).all(axis=1) & (places <= [WIDTH - 1, frame.height - 1]).all(axis=1)
    for (a, b), label in zip(places[inside] * _SCALE, labels[inside], strict=True):
        x, y, color = left + a, _TOP + b, COLORS[label % len(COLORS)]
        if label % 2:
            yield FilmDisc(x, y, 2.4, color)
        else:
            yield Stroke.cross(x, y, 2, color, 1.4)


def _in_words(filmed: Sequence[TrainingFrames]) -> str:
    return " ".join(
        f"{one.title}, {one.caption}: accuracy {one.stills[0].accuracy:.3f} before training, "
        f"{one.stills[-1].accuracy:.3f} after {one.unit} {one.stills[-1].epoch}; the weights of "
        f"{one.unit} {one.counted} were scored."
        for one in filmed
    )
