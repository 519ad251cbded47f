"""Analysis of many files: each one alone becomes a feature vector and a hash of what it sounds.

Conventions: `analyze_file` is a pure function of a file's content, so that its result may be
cached, or computed elsewhere, file by file; `analyze_files` only runs it over many files and
keeps their order, `analyze_each` yields them as they come. A file that cannot be read becomes an
`AudioError` in its place and stops nothing.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice

import numpy as np

from gradatim._digest import sha256
from gradatim._progress import Progress, steady
from gradatim.errors import AudioError, MissingExtraError, SpecError
from gradatim.music.audio import decode, resample
from gradatim.music.features import RECIPE, FeatureRecipe, extract_features
from gradatim.music.fingerprints import fingerprint

__all__ = ["FileAnalysis", "FilePart", "analyze_each", "analyze_file", "analyze_files"]

# Files in hand or next, so that no thread waits for one.
_BEGUN_PER_THREAD = 4


@dataclass(frozen=True, eq=False)
class FilePart:
    """A sample of a file: all that is read of it, or one of its segments."""

    features: np.ndarray  # (n_features,), as `extract_features` returns them
    # Hash of the decoded mono samples: pieces that sound the same agree in it, whatever the name
    # or lossless format of their files
    sha256: str
    start: float  # Where in the file it begins, in seconds
    silent: bool  # Whether every sample is zero
    fingerprint: np.ndarray  # As `fingerprint` returns it


@dataclass(frozen=True, eq=False)
class FileAnalysis:
    """What is known of one audio file."""

    pieces: tuple[FilePart, ...]  # At least one
    whole: bool  # Whether nothing of the file was left out (see `FeatureRecipe`'s ``max_seconds``)
    oddities: tuple[str, ...] = ()  # As `decode` tells them


def analyze_file(path: str | os.PathLike[str], recipe: FeatureRecipe = RECIPE) -> FileAnalysis:
    """Decode a file and extract its features."""
    decoded = decode(path, recipe.excerpt)
    y = resample(decoded.y, decoded.sr, recipe.sr)
    if len(y) == 0:
        raise AudioError(f"{path} is shorter than one sample at {recipe.sr} Hz")
    pieces = []
    for start, stop in _segments(len(y), recipe):
        part = y[start:stop]
        try:
            features = extract_features(part, recipe.sr, recipe)
        except AudioError as error:
            raise AudioError(f"{path} cannot be analyzed: {error}") from error
        begins = decoded.start + start / recipe.sr
        mark = fingerprint(part, recipe.sr)
        pieces.append(FilePart(features, sha256(part), begins, not part.any(), mark))
    return FileAnalysis(tuple(pieces), decoded.whole, decoded.oddities)


def _segments(n_points: int, recipe: FeatureRecipe) -> list[tuple[int, int]]:
    """Cut a sound into segments; a rest of less than half a segment is left out."""
    if recipe.segment_seconds is None:
        return [(0, n_points)]
    length = round(recipe.segment_seconds * recipe.sr)
    n_segments = max(1, int(n_points / length + 0.5))
    return [(k * length, min((k + 1) * length, n_points)) for k in range(n_segments)]


def analyze_files(
    paths: Sequence[str | os.PathLike[str]],
    recipe: FeatureRecipe = RECIPE,
    *,
    n_jobs: int = 2,
    progress: Progress | None = None,
) -> list[FileAnalysis | AudioError]:
    """Analyze files side by side."""
    tell = steady(progress)
    tell(0.0, f"0/{len(paths)}")
    found: dict[int, FileAnalysis | AudioError] = {}
    with contextlib.closing(analyze_each(paths, recipe, n_jobs=n_jobs)) as each:
        for place, outcome in each:
            found[place] = outcome
            tell(len(found) / len(paths), f"{len(found)}/{len(paths)}")
    return [found[place] for place in range(len(paths))]


def analyze_each(
    paths: Iterable[str | os.PathLike[str]], recipe: FeatureRecipe = RECIPE, *, n_jobs: int = 2
) -> Generator[tuple[int, FileAnalysis | AudioError], None, None]:
    """Analyze files side by side, and yield each with its place as soon as it is there.

    Threads do it: they need no guarded ``__main__``, share one import of librosa (3 s), and much
    of the work releases the interpreter's lock. A few files per thread are begun at a time, so
    that however many there are take no more memory.
    """
    if n_jobs < 1:
        raise SpecError(f"n_jobs is the number of threads, at least 1, not {n_jobs}")
    _load_librosa(recipe)
    executor = ThreadPoolExecutor(max_workers=n_jobs, thread_name_prefix="gradatim-audio")
    begun: dict[Future[FileAnalysis | AudioError], int] = {}
    waiting = enumerate(paths)
    try:
        while True:
            for place, path in islice(waiting, _BEGUN_PER_THREAD * n_jobs - len(begun)):
                begun[executor.submit(_analyze_or_error, path, recipe)] = place
            if not begun:
                return
            done, _ = wait(begun, return_when=FIRST_COMPLETED)
            for future in done:
                yield begun.pop(future), future.result()
    finally:
        # After Ctrl-C only the files in hand are finished, not all that were asked for.
        executor.shutdown(cancel_futures=True)


def _analyze_or_error(
    path: str | os.PathLike[str], recipe: FeatureRecipe
) -> FileAnalysis | AudioError:
    try:
        return analyze_file(path, recipe)
    except AudioError as error:
        return error
    except MissingExtraError as error:
        return AudioError(str(error))


def _load_librosa(recipe: FeatureRecipe) -> None:
    # librosa loads its parts on first use, which must not happen in two threads at once.
    extract_features(np.zeros(1, dtype=np.float32), recipe.sr, recipe)
