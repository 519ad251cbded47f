"""Analysis of many files, in worker processes: what is kept already is not computed again.

Conventions: `analyze_files` keeps the order of the files, `analyze_each` yields them as they come;
both ask a `FeatureCache` first if there is one, and write what they computed chunk by chunk. A file
that cannot be read, that crashes its decoder, or that takes longer than a minute, and one more for
each megabyte, becomes an `AudioError` in the list and stops nothing.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from gradatim._progress import Progress, steady
from gradatim.errors import AudioError, SpecError
from gradatim.executors.processes import UnansweredError, WorkerPool
from gradatim.music.analyses import FileAnalysis
from gradatim.music.analysis import join_parts
from gradatim.music.cache import CachedFile, FeatureCache
from gradatim.music.features import RECIPE
from gradatim.music.file_identity import FileIdentity, identify
from gradatim.music.recipes import Recipe, SetRecipe, parts_of
from gradatim.music.worker import question, read_answer

_WORKER = "gradatim.music.worker"

# Files in hand or next, so that no worker waits for one.
_BEGUN_PER_WORKER = 4

#: Files, and seconds, after which what was computed is kept.
CHUNK_FILES = 256
CHUNK_SECONDS = 10.0

#: Seconds that a file may take: some, and more for each megabyte of it. A megabyte is 6 seconds of
#: a CD or 4 minutes of poor mp3, and takes from 0.05 to 4 seconds.
MOST_SECONDS = 60.0
MOST_SECONDS_PER_MEGABYTE = 60.0

# Seconds after which whoever waits may say that the work is to end.
_HEARTBEAT = 0.2

_Path = str | os.PathLike[str]
_Analyses = dict[SetRecipe, FileAnalysis]  # Of one file, by the recipe of a set
_Outcome = AudioError | tuple[FileIdentity | None, _Analyses]


def analyze_files(
    paths: Sequence[_Path],
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
    n_known, n_done = len(paths) - len(missing), 0

    def report() -> None:
        share = n_done / len(missing) if missing else 1.0
        tell(share, f"{n_known + n_done}/{len(paths)}")

    report()
    found = {k: join_parts(own, parts) for k, own in enumerate(stored) if len(own) == len(parts)}
    outcomes: dict[int, FileAnalysis | AudioError] = {**found}
    jobs = ((k, paths[k], stored[k]) for k in missing)
    with contextlib.closing(_analyze_jobs(jobs, parts, n_jobs, cache, report)) as each:
        for place, outcome in each:
            outcomes[place] = outcome
            n_done += 1
            report()
    return [outcomes[place] for place in range(len(paths))]


def analyze_each(
    paths: Iterable[_Path],
    recipe: Recipe = RECIPE,
    *,
    n_jobs: int = 2,
    cache: FeatureCache | None = None,
    waiting: Callable[[], None] = lambda: None,
) -> Generator[tuple[int, FileAnalysis | AudioError], None, None]:
    """Analyze files side by side, and yield each with its place as soon as it is there.

    However many there are take no more memory, but for what is kept of them. `waiting` is called
    while none comes; an exception that it raises ends the work.
    """
    parts = parts_of([recipe])
    known = _known(cache, parts)
    jobs = ((k, path, _stored(cache, known, path)) for k, path in enumerate(paths))
    yield from _analyze_jobs(jobs, parts, n_jobs, cache, waiting)


def _analyze_jobs(
    jobs: Iterable[tuple[int, _Path, _Analyses]],
    parts: Sequence[SetRecipe],
    n_jobs: int,
    cache: FeatureCache | None,
    waiting: Callable[[], None],
) -> Generator[tuple[int, FileAnalysis | AudioError], None, None]:
    """Complete what is kept of files: place, path, and that of each; yields places and wholes.

    A few files per worker are begun at a time.
    """
    if n_jobs < 1:
        raise SpecError(f"n_jobs is the number of worker processes, at least 1, not {n_jobs}")
    keeper = None if cache is None else _Keeper(cache)
    begun: _Begun = {}
    executor = ThreadPoolExecutor(max_workers=n_jobs, thread_name_prefix="gradatim-audio")
    try:
        with WorkerPool(_WORKER) as pool:
            for place, path, own in jobs:
                todo = [part for part in parts if part not in own]
                if not todo:
                    yield place, join_parts(own, parts)
                    continue
                future = executor.submit(_analyze, pool, path, todo, keeper is not None)
                begun[future] = place, path, own
                if len(begun) == _BEGUN_PER_WORKER * n_jobs:
                    yield from _take_done(begun, parts, keeper, waiting)
            while begun:
                yield from _take_done(begun, parts, keeper, waiting)
    finally:
        # Before the threads are awaited, on which the end of the process waits.
        if keeper is not None:
            keeper.flush()
        executor.shutdown(cancel_futures=True)
    if cache is not None and keeper is not None and keeper.has_written:
        cache.tidy(parts)


def _analyze(
    pool: WorkerPool, path: _Path, parts: Sequence[SetRecipe], with_identity: bool
) -> _Outcome:
    """Let a worker analyze a file."""
    name = os.fspath(path)
    try:
        found = pool.ask(question(name, parts, with_identity=with_identity), _most_seconds(name))
        return read_answer(found, parts)
    except AudioError as error:
        return error
    except UnansweredError as error:
        return AudioError(f"{name} cannot be analyzed: {error}")


def _most_seconds(path: str) -> float:
    try:
        size = os.stat(path).st_size
    except OSError:
        size = 0
    return MOST_SECONDS + MOST_SECONDS_PER_MEGABYTE * size / 1e6


_Begun = dict[Future[_Outcome], tuple[int, _Path, _Analyses]]


def _take_done(
    begun: _Begun,
    parts: Sequence[SetRecipe],
    keeper: _Keeper | None,
    waiting: Callable[[], None],
) -> Iterator[tuple[int, FileAnalysis | AudioError]]:
    """Wait for a file at least, and take those that are done out of `begun`."""
    while not (done := wait(begun, _HEARTBEAT, FIRST_COMPLETED).done):
        waiting()
    for future in done:
        place, path, own = begun.pop(future)
        outcome = future.result()
        if keeper is not None and not isinstance(outcome, AudioError):
            keeper.add(path, *outcome)
        yield place, _finished(path, outcome, own, parts)


def _finished(
    path: _Path, outcome: _Outcome, kept: _Analyses, parts: Sequence[SetRecipe]
) -> FileAnalysis | AudioError:
    if isinstance(outcome, AudioError):
        return outcome
    analyses = kept | outcome[1]
    if len({_sounds(analysis) for analysis in analyses.values()}) > 1:
        return AudioError(f"{path} was changed while it was read")
    return join_parts(analyses, parts)


def _sounds(analysis: FileAnalysis) -> tuple[str, ...]:
    return tuple(piece.sha256 for piece in analysis.pieces)


def find_missing(paths: Sequence[_Path], recipe: Recipe, cache: FeatureCache | None) -> list[int]:
    """Return the places of the files that are not kept as they are now."""
    parts = parts_of([recipe])
    known = _known(cache, parts)
    return [k for k, path in enumerate(paths) if len(_stored(cache, known, path)) < len(parts)]


_Known = Sequence[tuple[SetRecipe, Mapping[bytes, CachedFile]]]


def _known(cache: FeatureCache | None, parts: Sequence[SetRecipe]) -> _Known:
    return [] if cache is None else [(part, cache.read(part)) for part in parts]


def _stored(cache: FeatureCache | None, known: _Known, path: _Path) -> _Analyses:
    """Return what is kept of a file, as far as the file is still the same."""
    if cache is None:
        return {}
    name = cache.name(path)
    files = [(part, file) for part, all_ in known if (file := all_.get(name))]
    if not files or (now := identify(path, content=cache.verify)) is None:
        return {}
    own = {part: file.analysis for part, file in files if cache.is_same(file, now)}
    # Pieces that disagree are of two versions of the file: all are computed anew.
    agree = len(own) == 1 or len({_sounds(analysis) for analysis in own.values()}) == 1
    return own if agree else {}


class _Keeper:
    """Hands what was computed to the cache, a chunk of files at a time."""

    def __init__(self, cache: FeatureCache) -> None:
        self._cache = cache
        self._chunk: dict[SetRecipe, dict[bytes, CachedFile]] = {}
        self._n_files = 0
        self._since = time.monotonic()
        self.has_written = False

    def add(
        self,
        path: _Path,
        identity: FileIdentity | None,
        analyses: _Analyses,
    ) -> None:
        """Keep a file that did not change while it was read."""
        if identity is None:
            return
        for part, analysis in analyses.items():
            chunk = self._chunk.setdefault(part, {})
            chunk[self._cache.name(path)] = CachedFile(identity, analysis)
        self._n_files += 1
        if self._n_files >= CHUNK_FILES or time.monotonic() - self._since > CHUNK_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write the chunk, however large."""
        for part, files in self._chunk.items():
            self.has_written |= self._cache.write(part, files)
        self._chunk, self._n_files, self._since = {}, 0, time.monotonic()
