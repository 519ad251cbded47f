"""Analysis of many files: each one alone becomes feature vectors and a hash of what it sounds.

Conventions: `analyze_file` is a pure function of a file's content, so that its result may be
cached, or computed elsewhere, file by file; `analyze_files` only runs it over many files, keeps
their order, `analyze_each` yields them as they come; both ask a `FeatureCache` first if there is
one. A file that cannot be read becomes an
`AudioError` in the list and stops nothing.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

import numpy as np

from gradatim._digest import sha256
from gradatim._progress import Progress, steady
from gradatim.errors import AudioError, MissingExtraError, SpecError
from gradatim.music.analyses import FileAnalysis, FilePart
from gradatim.music.audio import decode, resample
from gradatim.music.cache import FeatureCache, FileIdentity, KeptFile, identify
from gradatim.music.features import RECIPE
from gradatim.music.fingerprints import fingerprint
from gradatim.music.recipes import (
    Recipe,
    SetRecipe,
    apply_recipe,
    hears_million_songs,
    parts_of,
)

__all__ = ["analyze_each", "analyze_file", "analyze_files"]

# Files in hand or next, so that no thread waits for one.
_BEGUN_PER_THREAD = 4

#: Files, and seconds, after which what was computed is kept.
CHUNK_FILES = 256
CHUNK_SECONDS = 10.0

_Analyses = dict[SetRecipe, FileAnalysis]  # Of one file, by the recipe of a set


def analyze_file(path: str | os.PathLike[str], recipe: Recipe = RECIPE) -> FileAnalysis:
    """Decode a file and extract its features."""
    parts = parts_of([recipe])
    return _joined(_analyze(path, parts), parts)


def _analyze(path: str | os.PathLike[str], parts: Sequence[SetRecipe]) -> _Analyses:
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
            features = [apply_recipe(piece, part) for part in parts]
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


def _joined(analyses: _Analyses, parts: Sequence[SetRecipe]) -> FileAnalysis:
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


def analyze_files(
    paths: Sequence[str | os.PathLike[str]],
    recipe: Recipe = RECIPE,
    *,
    n_jobs: int = 2,
    progress: Progress | None = None,
    cache: FeatureCache | None = None,
) -> list[FileAnalysis | AudioError]:
    """Analyze files side by side, those that are not kept already."""
    tell = steady(progress)
    parts = parts_of([recipe])
    known = _known(cache, parts)
    stored = [_stored(cache, known, path) for path in paths]
    missing = [k for k, found in enumerate(stored) if len(found) < len(parts)]
    n_done = len(paths) - len(missing)
    tell(0.0 if missing else 1.0, f"{n_done}/{len(paths)}")
    found = {k: _joined(own, parts) for k, own in enumerate(stored) if len(own) == len(parts)}
    outcomes: dict[int, FileAnalysis | AudioError] = {**found}
    jobs = ((k, paths[k], stored[k]) for k in missing)
    with contextlib.closing(_analyze_jobs(jobs, parts, n_jobs, cache)) as each:
        for n, (place, outcome) in enumerate(each, start=1):
            outcomes[place] = outcome
            tell(n / len(missing), f"{n_done + n}/{len(paths)}")
    return [outcomes[place] for place in range(len(paths))]


def analyze_each(
    paths: Iterable[str | os.PathLike[str]],
    recipe: Recipe = RECIPE,
    *,
    n_jobs: int = 2,
    cache: FeatureCache | None = None,
) -> Generator[tuple[int, FileAnalysis | AudioError], None, None]:
    """Analyze files side by side, and yield each with its place as soon as it is there.

    However many there are take no more memory, but for what is kept of them.
    """
    parts = parts_of([recipe])
    known = _known(cache, parts)
    jobs = ((k, path, _stored(cache, known, path)) for k, path in enumerate(paths))
    yield from _analyze_jobs(jobs, parts, n_jobs, cache)


def _analyze_jobs(
    jobs: Iterable[tuple[int, str | os.PathLike[str], _Analyses]],
    parts: Sequence[SetRecipe],
    n_jobs: int,
    cache: FeatureCache | None,
) -> Generator[tuple[int, FileAnalysis | AudioError], None, None]:
    """Complete what is kept of files: place, path, and that of each; yields places and wholes.

    Threads do it: they need no guarded ``__main__``, share imports and filter banks, and much of
    the work releases the interpreter's lock. A few files per thread are begun at a time.
    """
    if n_jobs < 1:
        raise SpecError(f"n_jobs is the number of threads, at least 1, not {n_jobs}")
    executor = ThreadPoolExecutor(max_workers=n_jobs, thread_name_prefix="gradatim-audio")
    keeper = None if cache is None else _Keeper(cache)
    begun: _Begun = {}
    loaded: set[SetRecipe] = set()
    try:
        with _one_thread_each(parts, n_jobs):
            for place, path, own in jobs:
                todo = [part for part in parts if part not in own]
                if not todo:
                    yield place, _joined(own, parts)
                    continue
                if new := [part for part in todo if part not in loaded]:
                    _load_libraries(new)
                    loaded.update(new)
                future = executor.submit(_analyze_or_error, path, todo, keeper)
                begun[future] = place, path, own
                if len(begun) == _BEGUN_PER_THREAD * n_jobs:
                    yield from _take_done(begun, parts, keeper)
            while begun:
                yield from _take_done(begun, parts, keeper)
    finally:
        # After Ctrl-C only the files in hand are finished, not all that were asked for.
        executor.shutdown(cancel_futures=True)
        if keeper is not None:
            keeper.flush()
    if cache is not None and loaded:
        cache.prune()


_Outcome = AudioError | tuple[FileIdentity | None, _Analyses]
_Begun = dict[Future[_Outcome], tuple[int, str | os.PathLike[str], _Analyses]]


def _take_done(
    begun: _Begun, parts: Sequence[SetRecipe], keeper: _Keeper | None
) -> Iterator[tuple[int, FileAnalysis | AudioError]]:
    """Wait for a file at least, and take those that are done out of `begun`."""
    for future in wait(begun, return_when=FIRST_COMPLETED).done:
        place, path, own = begun.pop(future)
        outcome = future.result()
        if keeper is not None and not isinstance(outcome, AudioError):
            keeper.add(path, *outcome)
        yield place, _finished(path, outcome, own, parts)


def _finished(
    path: str | os.PathLike[str], outcome: _Outcome, kept: _Analyses, parts: Sequence[SetRecipe]
) -> FileAnalysis | AudioError:
    if isinstance(outcome, AudioError):
        return outcome
    analyses = kept | outcome[1]
    if len({_sounds(analysis) for analysis in analyses.values()}) > 1:
        return AudioError(f"{path} was changed while it was read")
    return _joined(analyses, parts)


def _sounds(analysis: FileAnalysis) -> tuple[str, ...]:
    return tuple(piece.sha256 for piece in analysis.pieces)


_Known = Mapping[SetRecipe, Mapping[bytes, KeptFile]]


def _known(cache: FeatureCache | None, parts: Sequence[SetRecipe]) -> _Known:
    return {} if cache is None else {part: cache.read(part) for part in parts}


def _stored(cache: FeatureCache | None, known: _Known, path: str | os.PathLike[str]) -> _Analyses:
    """Return what is kept of a file, as far as the file is still the same."""
    if cache is None:
        return {}
    name = cache.name(path)
    files = {part: file for part, all_ in known.items() if (file := all_.get(name))}
    if not files or (now := identify(path, content=cache.verify)) is None:
        return {}
    own = {part: file.analysis for part, file in files.items() if cache.is_same(file, now)}
    # Pieces that disagree are of two versions of the file: all are computed anew.
    return own if len({_sounds(analysis) for analysis in own.values()}) == 1 else {}


class _Keeper:
    """Hands what was computed to the cache, a chunk of files at a time."""

    def __init__(self, cache: FeatureCache) -> None:
        self._cache = cache
        self._chunk: dict[SetRecipe, dict[bytes, KeptFile]] = {}
        self._n_files = 0
        self._since = time.monotonic()

    def add(
        self,
        path: str | os.PathLike[str],
        identity: FileIdentity | None,
        analyses: _Analyses,
    ) -> None:
        """Keep a file that did not change while it was read."""
        if identity is None:
            return
        for part, analysis in analyses.items():
            chunk = self._chunk.setdefault(part, {})
            chunk[self._cache.name(path)] = KeptFile(identity, analysis)
        self._n_files += 1
        if self._n_files >= CHUNK_FILES or time.monotonic() - self._since > CHUNK_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write the chunk, however large."""
        for part, files in self._chunk.items():
            self._cache.write(part, files)
        self._chunk, self._n_files, self._since = {}, 0, time.monotonic()


def _analyze_or_error(
    path: str | os.PathLike[str], parts: Sequence[SetRecipe], keeper: _Keeper | None
) -> _Outcome:
    try:
        before = None if keeper is None else identify(path, content=True)
        analyses = _analyze(path, parts)
        after = None if before is None else identify(path, content=False)
        same = before is not None and after is not None and before.stamp == after.stamp
        return before if same else None, analyses
    except AudioError as error:
        return error
    except MissingExtraError as error:
        return AudioError(str(error))


@contextlib.contextmanager
def _one_thread_each(parts: Sequence[SetRecipe], n_jobs: int) -> Iterator[None]:
    """Keep the net's products of matrices from taking every core in every thread."""
    if n_jobs == 1 or not any(map(hears_million_songs, parts)):
        yield
        return
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield


def _load_libraries(parts: Sequence[SetRecipe]) -> None:
    # What is loaded on first use, such as the net, is then loaded once and not by every thread.
    silence = np.zeros(1, dtype=np.float32)
    for part in parts:
        apply_recipe(silence, part)
    fingerprint(silence, parts[0].sr)
