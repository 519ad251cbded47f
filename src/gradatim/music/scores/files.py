"""Score files become scores: every tune of every file, and what could not be read.

Conventions: a score is called by the path of its file below the root; where a file holds several,
``#`` and the number of the score in the file follow, from 1. What cannot be read costs only itself.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gradatim._progress import Progress
from gradatim._text import plural, show_name
from gradatim.collection import Notice
from gradatim.errors import InputError, ScoreError
from gradatim.music.listing import Listing, list_audio_files, list_files, readable_path
from gradatim.music.scores.features import ScoreRecipe, score_features
from gradatim.music.scores.formats import SCORE_SUFFIXES, score_format, split_scores
from gradatim.music.scores.ngrams import NgramRecipe, score_ngrams
from gradatim.music.scores.parsing import ReadScore, parse_scores

NOUN = "score"
_SHOWN = 5


@dataclass(frozen=True, eq=False)
class ScoreFiles:
    """What was read of score files."""

    ids: tuple[str, ...]  # What each score is called
    files: tuple[str, ...]  # The file of each score, below the root
    scores: tuple[ReadScore, ...]
    errors: Mapping[str, str]  # What could not be read, and why

    def compute(self, recipe: ScoreRecipe | NgramRecipe) -> np.ndarray:
        """Compute what a recipe makes of every score, (n_scores, n_features)."""
        if isinstance(recipe, NgramRecipe):
            return np.stack([score_ngrams(score.notes) for score in self.scores])
        return np.stack([score_features(score.notes, recipe) for score in self.scores])

    @property
    def notices(self) -> list[Notice]:
        """Tell what was left out."""
        told = [
            Notice("left-out", f"{show_name(name)}: {reason}; it was left out")
            for name, reason in list(self.errors.items())[:_SHOWN]
        ]
        if more := len(self.errors) - len(told):
            told.append(Notice("left-out", f"{plural(more, f'more {NOUN}')} left out like that"))
        return told

    def require_any(self, root: Path) -> None:
        """Refuse to go on with nothing."""
        if not self.scores:
            name, reason = next(iter(self.errors.items()))
            raise ScoreError(
                f"no score of {show_name(root)} can be read; the first, {show_name(name)}: {reason}"
            )


def is_score_path(text: str) -> bool:
    """Tell whether a text names a score, or a folder that holds scores and no audio."""
    path = Path(text).expanduser()
    if path.is_file():
        return _is_score(str(path))
    if not path.is_dir():
        return False
    found = list_files(path, _is_score, SCORE_SUFFIXES, NOUN)
    if not found.files:
        return False
    audio = list_audio_files(path)
    return not audio.files and not audio.undecoded


def list_scores(path: Path, *, follow_links: bool = False) -> tuple[Path, Listing]:
    """Return the root and the scores below it; of a file the folder that it lies in."""
    if path.is_file():
        return path.parent, Listing((path.name,), noun=NOUN)
    listing = list_files(path, _is_score, SCORE_SUFFIXES, NOUN, follow_links=follow_links)
    if not listing.files:
        kinds = ", ".join(sorted(SCORE_SUFFIXES))
        raise ScoreError(f"{show_name(path)} holds no scores ({kinds})")
    return path, listing


def notice_scores_beside(root: Path, *, follow_links: bool = False) -> tuple[Notice, ...]:
    """Tell of scores that lie beside audio and are not read with it."""
    found = list_files(root, _is_score, SCORE_SUFFIXES, NOUN, follow_links=follow_links).files
    if not found:
        return ()
    text = f"{plural(len(found), NOUN)} beside the audio left out, such as {show_name(found[0])}"
    return (Notice("left-out", f"{text}; scores are read from a folder without audio"),)


def _is_score(path: str) -> bool:
    # Most files of a folder of audio are not opened.
    return Path(path).suffix.lower() in SCORE_SUFFIXES and score_format(path) is not None


def read_score_files(
    root: Path, files: Sequence[str], *, n_jobs: int | None, progress: Progress | None
) -> ScoreFiles:
    """Read all scores of files, given by their paths below the root."""
    errors: dict[str, str] = {}
    texts, places = [], []
    for file in files:
        try:
            found = split_scores(root / file)
        except InputError as error:
            errors[readable_path(file)] = str(error)
            continue
        shown = readable_path(file)
        for k, text in enumerate(found, start=1):
            texts.append(text)
            places.append((file, shown if len(found) == 1 else f"{shown}#{k}"))
    outcomes = parse_scores(texts, n_jobs=n_jobs or os.cpu_count() or 1, progress=progress)
    ids, of_file, scores = [], [], []
    for (file, name), outcome in zip(places, outcomes, strict=True):
        if isinstance(outcome, ScoreError):
            errors[name] = str(outcome)
            continue
        for k, score in enumerate(outcome, start=1):
            ids.append(name if len(outcome) == 1 else f"{name}#{k}")
            of_file.append(file)
            scores.append(score)
    return ScoreFiles(tuple(ids), tuple(of_file), tuple(scores), errors)
