"""N-grams of a score: which intervals and rhythms follow each other, and how often.

Conventions: an n-gram counts along a melodic line (see `lines`), all lines together. Its number is
the square root of its share among all of its kind, so that rare ones are not lost beside common
ones; 0 where there is none. None depends on the key or on written note values.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from gradatim.errors import InputError, SpecError
from gradatim.music.scores.lines import RHYTHMS, melodic_lines, rhythms
from gradatim.music.scores.notes import NoteList

#: Semitones of the widest interval; wider ones are counted as this one.
WIDEST = 8


@dataclass(frozen=True)
class NgramRecipe:
    """Everything that the n-grams of a score depend on, apart from the score.

    Examples
    --------
    >>> names = NgramRecipe().names
    >>> len(names), names[0], names[144], names[-1]
    (505, 'steps_-8_-8', 'steps_+0_+0', 'rhythm_other_other_other')
    """

    version: int = 1  # 1; raised when the same notes come to give other values

    def __post_init__(self) -> None:
        if self.version != 1:
            raise SpecError(
                f"n-grams of scores of version {self.version} are not known here, only those of "
                "version 1; use the version of gradatim that made them"
            )

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the n-grams, in the order of `score_ngrams`."""
        steps = range(-WIDEST, WIDEST + 1)
        return (
            *(f"steps_{a:+d}_{b:+d}" for a, b in itertools.product(steps, repeat=2)),
            *(f"rhythm_{'_'.join(kinds)}" for kinds in itertools.product(RHYTHMS, repeat=3)),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the recipe as a JSON object, marked as one of n-grams."""
        return {"kind": "ngrams", **asdict(self)}

    @classmethod
    def from_dict(cls, held: Mapping[str, Any]) -> NgramRecipe:
        """Return the recipe that `to_dict` wrote."""
        if set(held) != {"kind", "version"} or held["kind"] != "ngrams":
            raise SpecError("a recipe of n-grams has kind, version")
        if type(held["version"]) is not int:
            raise SpecError("a recipe of n-grams has a whole version")
        return cls(held["version"])


#: The recipe that is used unless another is given.
NGRAM_RECIPE = NgramRecipe()


def score_ngrams(notes: NoteList) -> np.ndarray:
    """Count pairs of successive intervals, and triples of successive rhythms.

    Square roots of shares (505,): 17 x 17 pairs of intervals from -8 to 8 semitones, wider ones
    counted as these; 6 x 6 x 6 triples of what two successive distances of onsets are.

    Examples
    --------
    >>> held = {"onset": [0, 1, 2], "duration": [1, 1, 1], "pitch": [60, 62, 61], "part": [0, 0, 0]}
    >>> notes = NoteList.from_dict({**held, "position": [0, 0, 0], "meter": None, "tonic": None})
    >>> found = score_ngrams(notes)
    >>> [(NGRAM_RECIPE.names[k], found[k].item()) for k in np.flatnonzero(found)]
    [('steps_+2_-1', 1.0)]
    """
    if notes.n_notes == 0:
        raise InputError("a score without notes has no n-grams")
    n_steps, n_rhythms = 2 * WIDEST + 1, len(RHYTHMS)
    steps = np.zeros((n_steps,) * 2)
    kinds = np.zeros((n_rhythms,) * 3)
    for onset, pitch in melodic_lines(notes):
        moves = np.clip(np.diff(pitch), -WIDEST, WIDEST) + WIDEST
        np.add.at(steps, (moves[:-1], moves[1:]), 1)
        follow = rhythms(onset)
        np.add.at(kinds, (follow[:-2], follow[1:-1], follow[2:]), 1)
    return np.sqrt(np.concatenate([_shares(steps), _shares(kinds)]))


def _shares(counts: np.ndarray) -> np.ndarray:
    return counts.ravel() / max(1.0, float(counts.sum()))
