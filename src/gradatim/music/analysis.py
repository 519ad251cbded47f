"""Analysis of one file: it becomes feature vectors and a hash of what it sounds.

Conventions: a pure function of a file's content, so that its result may be cached, or computed
elsewhere (see `gradatim.music.many_files`), file by file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import numpy as np

from gradatim._digest import sha256
from gradatim.errors import AudioError
from gradatim.music.analyses import FileAnalysis, FilePart
from gradatim.music.audio import decode, resample
from gradatim.music.cycles import CycleRecipe, cycle_points
from gradatim.music.features import RECIPE
from gradatim.music.fingerprints import fingerprint
from gradatim.music.recipes import Recipe, SetRecipe, apply_recipe, parts_of


def analyze_file(path: str | os.PathLike[str], recipe: Recipe = RECIPE) -> FileAnalysis:
    """Decode a file and extract its features."""
    parts = parts_of([recipe])
    return join_parts(analyze_parts(path, parts), parts)


def analyze_parts(
    path: str | os.PathLike[str], parts: Sequence[SetRecipe]
) -> dict[SetRecipe, FileAnalysis]:
    """Decode a file and compute several sets of features, which read the same excerpt of it."""
    recipe = parts[0]
    decoded = decode(path, recipe.excerpt)
    y = resample(decoded.y, decoded.sr, recipe.sr)
    if len(y) == 0:
        raise AudioError(f"{path} is shorter than one sample at {recipe.sr} Hz")
    pieces: dict[SetRecipe, list[FilePart]] = {part: [] for part in parts}
    for start, stop in _segments(len(y), recipe):
        piece = y[start:stop]
        try:
            features = [
                # A cycle at its own rate; a file of several pieces is none.
                cycle_points(decoded.y, decoded.sr, part)
                if isinstance(part, CycleRecipe)
                else apply_recipe(piece, part)
                for part in parts
            ]
        except AudioError as error:
            raise AudioError(f"{path} cannot be analyzed: {error}") from error
        about = (sha256(piece), decoded.start + start / recipe.sr, not piece.any())
        mark = fingerprint(piece, recipe.sr)
        for part, own in zip(parts, features, strict=True):
            pieces[part].append(FilePart(own, *about, mark))
    return {
        part: FileAnalysis(tuple(own), decoded.whole, decoded.oddities)
        for part, own in pieces.items()
    }


def join_parts(
    analyses: Mapping[SetRecipe, FileAnalysis], parts: Sequence[SetRecipe]
) -> FileAnalysis:
    """Put the numbers of several sets side by side."""
    first = analyses[parts[0]]
    if len(parts) == 1:
        return first
    columns = [analyses[part].pieces for part in parts]
    pieces = tuple(
        FilePart(
            np.concatenate([part.features for part in row]),
            row[0].sha256,
            row[0].start,
            row[0].silent,
            row[0].fingerprint,
        )
        for row in zip(*columns, strict=True)
    )
    return FileAnalysis(pieces, first.whole, first.oddities)


def _segments(n_points: int, recipe: SetRecipe) -> list[tuple[int, int]]:
    """Cut a sound into segments; a rest of less than half a segment is left out."""
    if recipe.segment_seconds is None:
        return [(0, n_points)]
    length = round(recipe.segment_seconds * recipe.sr)
    n_segments = max(1, int(n_points / length + 0.5))
    return [(k * length, min((k + 1) * length, n_points)) for k in range(n_segments)]
