"""Features of a score: pitches, intervals, rhythm, texture and what its notation says of meter.

Conventions: a feature is a plain number that is computed from the notes alone; where there is
nothing to count, it is 0. All but ``pitch_mean`` stay the same when a score is transposed. A
*melodic interval* goes from one note of a part to the next one of the same part; of notes that
begin together the highest counts. Two vectors are comparable if and only if their recipes are
equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from gradatim._text import plural
from gradatim.errors import InputError, SpecError
from gradatim.music.scores.lines import RHYTHMS, melodic_lines, rhythms
from gradatim.music.scores.notes import NoteList, find_key

#: What each feature is, by its name; those of the last three groups depend on the notation.
SCORE_FEATURES: dict[str, str] = {
    **{
        f"pitch_class_{k}": "share of the sounding time whose pitch class is "
        f"{plural(k, 'semitone')} above the tonic"
        for k in range(12)
    },
    "pitch_mean": "mean pitch as a MIDI number, weighted by duration",
    "pitch_std": "standard deviation of the pitches in semitones, weighted by duration",
    "pitch_range": "semitones from the lowest note to the highest",
    "pitch_class_entropy": "entropy of the twelve shares, in bits",
    "key_clarity": "correlation of the twelve shares with the ratings of the best key",
    "third_major": "major third above the tonic, of the time of both thirds; a half without any",
    "sixth_major": "major sixth above the tonic, of the time of both sixths; a half without any",
    "seventh_major": "major seventh above the tonic, of the time of both; a half without any",
    **{
        f"interval_{k}": f"share of the melodic intervals of {plural(k, 'semitone')}, up or down"
        for k in range(13)
    },
    "interval_wider": "share of the melodic intervals wider than an octave",
    "interval_mean": "mean size of the melodic intervals in semitones",
    "interval_up": "share that rises of the melodic intervals, repetitions left out",
    "interval_turns": "share of neighbours among these that differ in direction",
    **{
        f"duration_{name}": f"share of the notes that last {text} of the most common duration"
        for name, text in (
            ("quarter", "up to 3/8"),
            ("half", "more, up to 3/4"),
            ("same", "more, up to 5/4"),
            ("dotted", "more, up to 7/4"),
            ("double", "more, up to 5/2"),
            ("triple", "more, up to 7/2"),
            ("longer", "more than 7/2"),
        )
    },
    "duration_entropy": "entropy of the durations, in bits",
    **{
        f"rhythm_{name}": f"share of the pairs of successive distances of onsets in a part {text}"
        for name, text in (
            ("even", "that are equal"),
            ("long_short", "with the first twice the second"),
            ("short_long", "with the second twice the first"),
            ("dotted", "with the first three times the second"),
            ("snap", "with the second three times the first"),
            ("other", "in another ratio"),
        )
    },
    "rest_share": "share of the time from the first onset to the last end in which nothing sounds",
    "length": "number of notes, as its logarithm to the base 2",
    "parts": "number of parts that have notes",
    "polyphony_mean": "mean number of notes that sound together, while any does",
    "polyphony_most": "largest number of notes that sound together",
    "polyphony_share": "share of the sounding time in which two or more notes do",
    "meter_numerator": "numerator of the first time signature",
    "meter_denominator": "denominator of the first time signature",
    "meter_compound": "1 where a beat has three parts (6/8, 9/8, 12/8), else 0",
    "notes_per_bar": "notes in the length of a bar",
    "notes_per_quarter": "notes in the length of a quarter note",
    **{
        f"onset_{k}": f"share of the onsets in cell {k + 1} of twelve equal ones of the bar"
        for k in range(12)
    },
    **{
        f"value_{name}": f"share of the notes whose written value is nearest to a {text}"
        for name, text in (
            ("32nd", "thirty-second or shorter"),
            ("16th", "sixteenth"),
            ("8th", "eighth"),
            ("quarter", "quarter"),
            ("half", "half"),
            ("whole", "whole or longer"),
        )
    },
    "value_dotted": "share of the notes with a dot (one and a half of a plain value)",
}

_OF_NOTATION = ("meter_", "notes_per_", "onset_", "value_")
_DURATION_EDGES = (0.375, 0.75, 1.25, 1.75, 2.5, 3.5)
_NEAR = 1e-3


@dataclass(frozen=True)
class ScoreRecipe:
    """Everything that the features of a score depend on, apart from the score.

    Parameters
    ----------
    version : int
        1; raised when the same notes come to give other values.
    notation : bool
        Whether what depends on the notation alone counts: time signature, bar lines, note values
        and the key that is named. Without it the tonic is the one that fits the notes best.

    Raises
    ------
    SpecError
        If the version is not known.

    Examples
    --------
    >>> len(ScoreRecipe().names), len(ScoreRecipe(notation=False).names)
    (81, 57)
    """

    version: int = 1
    notation: bool = True

    def __post_init__(self) -> None:
        if self.version != 1:
            raise SpecError(
                f"features of scores of version {self.version} are not known here, only those of "
                "version 1; use the version of gradatim that made them"
            )

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the features, in the order of `score_features`."""
        return tuple(
            name for name in SCORE_FEATURES if self.notation or not name.startswith(_OF_NOTATION)
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the recipe as a JSON object, marked as one of scores."""
        return {"kind": "scores", **asdict(self)}

    @classmethod
    def from_dict(cls, held: Mapping[str, Any]) -> ScoreRecipe:
        """Return the recipe that `to_dict` wrote.

        Raises
        ------
        SpecError
            If it is none of scores, or a value is missing, unknown, or of another kind.
        """
        version, notation = held.get("version"), held.get("notation")
        known = {"kind", "version", "notation"}
        if set(held) != known or held["kind"] != "scores":
            raise SpecError(f"a recipe of scores has {', '.join(sorted(known))}")
        if type(version) is not int or not isinstance(notation, bool):
            raise SpecError(
                "a recipe of scores has a whole version and a notation of true or false"
            )
        return cls(version, notation)


#: The recipe that is used unless another is given.
SCORE_RECIPE = ScoreRecipe()


def score_features(notes: NoteList, recipe: ScoreRecipe = SCORE_RECIPE) -> np.ndarray:
    """Describe a score by numbers, float64; `SCORE_FEATURES` says what each is.

    Examples
    --------
    >>> held = {"onset": [0, 1], "duration": [1, 1], "pitch": [60, 67], "part": [0, 0]}
    >>> notes = NoteList.from_dict({**held, "position": [0, 0.5], "meter": [2, 4], "tonic": 0})
    >>> named = dict(zip(SCORE_RECIPE.names, score_features(notes).tolist()))
    >>> named["pitch_class_7"], named["interval_7"], named["onset_6"], named["pitch_range"]
    (0.5, 1.0, 0.5, 7.0)
    """
    if notes.n_notes == 0:
        raise InputError("a score without notes has no features")
    named = {
        **_pitches(notes, recipe.notation),
        **_intervals(notes),
        **_durations(notes),
        **_rhythms(notes),
        **_texture(notes),
    }
    if recipe.notation:
        named |= {**_meter(notes), **_values(notes)}
    return np.array([named[name] for name in recipe.names], dtype=np.float64)


def _pitches(notes: NoteList, notation: bool) -> dict[str, float]:
    weight = notes.duration / notes.duration.sum()
    shares = np.bincount(notes.pitch % 12, weight, minlength=12)
    key = find_key(shares)
    tonic = notes.tonic if notation and notes.tonic is not None else key.tonic
    shares = np.roll(shares, -tonic)
    mean = float(weight @ notes.pitch)
    return {
        **{f"pitch_class_{k}": share for k, share in enumerate(shares.tolist())},
        "pitch_mean": mean,
        "pitch_std": float(np.sqrt(weight @ (notes.pitch - mean) ** 2)),
        "pitch_range": float(np.ptp(notes.pitch)),
        "pitch_class_entropy": _entropy(shares),
        "key_clarity": key.clarity,
        "third_major": _of_both(shares[4], shares[3]),
        "sixth_major": _of_both(shares[9], shares[8]),
        "seventh_major": _of_both(shares[11], shares[10]),
    }


def _of_both(one: float, other: float) -> float:
    return float(one / (one + other)) if one + other > 0 else 0.5


def _entropy(shares: np.ndarray) -> float:
    held = shares[shares > 0]
    return float(-(held * np.log2(held)).sum()) + 0.0


def _intervals(notes: NoteList) -> dict[str, float]:
    lines = [np.diff(pitch) for _, pitch in melodic_lines(notes)]
    steps = np.concatenate(lines)
    sizes = np.abs(steps)
    counts = np.bincount(np.minimum(sizes, 13), minlength=14) / max(1, len(sizes))
    moving = [np.sign(line[line != 0]) for line in lines]
    rising = np.concatenate(moving)
    turns = np.concatenate([line[1:] != line[:-1] for line in moving])
    return {
        **{f"interval_{k}": float(counts[k]) for k in range(13)},
        "interval_wider": float(counts[13]),
        "interval_mean": _mean(sizes),
        "interval_up": _mean(rising > 0),
        "interval_turns": _mean(turns),
    }


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else 0.0


def _durations(notes: NoteList) -> dict[str, float]:
    relative = notes.duration / notes.unit
    bins = np.bincount(
        np.searchsorted(_DURATION_EDGES, np.round(relative, 4)), minlength=len(_DURATION_EDGES) + 1
    )
    shares = (bins / notes.n_notes).tolist()
    names = ("quarter", "half", "same", "dotted", "double", "triple", "longer")
    _, counts = np.unique(np.round(relative, 3), return_counts=True)
    return {
        **{f"duration_{name}": share for name, share in zip(names, shares, strict=True)},
        "duration_entropy": _entropy(counts / notes.n_notes),
    }


def _rhythms(notes: NoteList) -> dict[str, float]:
    kinds = np.concatenate([rhythms(onset) for onset, _ in melodic_lines(notes)])
    shares = np.bincount(kinds, minlength=len(RHYTHMS)) / max(1, len(kinds))
    return {f"rhythm_{name}": share for name, share in zip(RHYTHMS, shares.tolist(), strict=True)}


def _texture(notes: NoteList) -> dict[str, float]:
    """Sweep over the moments at which a note begins or ends."""
    ends = notes.onset + notes.duration
    times = np.round(np.concatenate([notes.onset, ends]), 4)
    moments, at = np.unique(times, return_inverse=True)
    changes = np.bincount(at, np.repeat([1, -1], notes.n_notes), minlength=len(moments))
    sounding = np.cumsum(changes)[:-1]
    spans = np.diff(moments)
    heard = float(spans[sounding > 0].sum())
    return {
        "rest_share": 1.0 - heard / float(spans.sum()),
        "length": float(np.log2(notes.n_notes)),
        "parts": float(len(np.unique(notes.part))),
        "polyphony_mean": float(spans @ sounding) / heard,
        "polyphony_most": float(sounding.max()),
        "polyphony_share": float(spans[sounding > 1].sum()) / heard,
    }


def _meter(notes: NoteList) -> dict[str, float]:
    numerator, denominator = notes.meter or (0, 0)
    quarters = float(np.max(notes.onset + notes.duration) - notes.onset[0])
    bar = 4.0 * numerator / denominator if denominator else 0.0
    known = notes.position[~np.isnan(notes.position)]
    # A third of a bar is not exactly 4 of 12 cells in floating-point numbers.
    cells = np.floor(known * 12 + _NEAR).astype(int) % 12
    shares = np.bincount(cells, minlength=12) / max(1, len(cells))
    return {
        "meter_numerator": float(numerator),
        "meter_denominator": float(denominator),
        "meter_compound": float(numerator > 3 and numerator % 3 == 0),
        "notes_per_bar": notes.n_notes * bar / quarters,
        "notes_per_quarter": notes.n_notes / quarters,
        **{f"onset_{k}": share for k, share in enumerate(shares.tolist())},
    }


def _values(notes: NoteList) -> dict[str, float]:
    log = np.log2(notes.duration)
    # A dotted note counts as the plain one that it is made of.
    dotted = np.abs(log - np.log2(1.5) - np.round(log - np.log2(1.5))) < _NEAR
    plain = np.round(np.where(dotted, log - np.log2(1.5), log))
    bins = np.bincount(np.clip(plain + 3, 0, 5).astype(int), minlength=6) / notes.n_notes
    names = ("32nd", "16th", "8th", "quarter", "half", "whole")
    return {
        **{f"value_{name}": share for name, share in zip(names, bins.tolist(), strict=True)},
        "value_dotted": float(dotted.mean()),
    }
