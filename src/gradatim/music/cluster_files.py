"""Analysis of many files, on a cluster if there is one: a chunk of files is a task.

Conventions: a task asks the cache first and writes the rest into it, as a part or several, so that
it may be repeated, anywhere and at any time; what travels back is why files could not be read. So
nodes and this machine see the files, and the place of the parts, under the same names.
"""

from __future__ import annotations

import math
import os
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from gradatim._progress import Progress, steady
from gradatim._text import plural, show_name
from gradatim.errors import AudioError, ExecutorError, SpecError
from gradatim.executors.cluster import Cluster
from gradatim.music.analyses import FileAnalysis
from gradatim.music.cache import FeatureCache
from gradatim.music.many_files import analyze_files, find_missing
from gradatim.music.recipes import Recipe, read_recipe

#: Files of a task at most: half a minute of clips.
MOST_FILES = 256

# Tasks per processor at least, so that they end together.
_TASKS_PER_CPU = 4


def analyze_anywhere(
    paths: Sequence[str | os.PathLike[str]],
    recipe: Recipe,
    *,
    n_jobs: int,
    progress: Progress | None,
    cache: FeatureCache | None,
    cluster: Cluster | None,
) -> list[FileAnalysis | AudioError]:
    """Analyze files that are not kept already: on a cluster, or else by worker processes here."""
    if cluster is None:
        return analyze_files(paths, recipe, n_jobs=n_jobs, progress=progress, cache=cache)
    if cache is None:
        raise SpecError(
            "on a cluster features need a place where they are kept; name it with --cache, or turn "
            "the cache on again (GRADATIM_CACHE)"
        )
    errors = _analyze_on(cluster, paths, recipe, steady(progress), cache)
    rest = [path for k, path in enumerate(paths) if k not in errors]
    # All is kept by now, but for files that were changed meanwhile.
    found = iter(analyze_files(rest, recipe, n_jobs=n_jobs, cache=cache))
    return [errors[k] if k in errors else next(found) for k in range(len(paths))]


class _Place(NamedTuple):
    """Where files lie and parts go, for a task."""

    folder: str
    root: str
    verify: bool


def _analyze_on(
    cluster: Cluster,
    paths: Sequence[str | os.PathLike[str]],
    recipe: Recipe,
    progress: Progress,
    cache: FeatureCache,
) -> dict[int, AudioError]:
    """Let a cluster analyze what is missing; return what cannot be read, by its place."""
    missing, errors = find_missing(paths, recipe, cache), {}
    n_done = len(paths) - len(missing)

    def report() -> None:
        progress(n_done / max(1, len(paths)), f"{n_done}/{len(paths)}")

    report()
    size = min(MOST_FILES, math.ceil(len(missing) / (_TASKS_PER_CPU * cluster.n_cpus)))
    chunks = [missing[k : k + size] for k in range(0, len(missing), max(1, size))]
    folder = cache.folder if "://" in str(cache.folder) else os.path.abspath(cache.folder)
    place = _Place(str(folder), str(cache.root), cache.verify)
    calls = (
        ([os.path.abspath(paths[k]) for k in chunk], recipe.to_dict(), place) for chunk in chunks
    )
    for number, told in cluster.run(_analyze_chunk, calls, report):
        for n, reason in told.items():
            k = chunks[number][n]
            given = os.fspath(paths[k])
            errors[k] = AudioError(reason.replace(os.path.abspath(given), given))
        n_done += len(chunks[number])
        report()
    _require_parts(paths, recipe, cache, missing, errors)
    return errors


def _require_parts(
    paths: Sequence[str | os.PathLike[str]],
    recipe: Recipe,
    cache: FeatureCache,
    missing: Sequence[int],
    errors: Mapping[int, AudioError],
) -> None:
    """Refuse a place of parts that the nodes and this machine do not share."""
    wanted = [paths[k] for k in missing if k not in errors]
    if wanted and len(find_missing(wanted, recipe, cache)) == len(wanted):
        raise ExecutorError(
            f"what the cluster computed of {plural(len(wanted), 'file')} is not seen here; name a "
            "folder or a URL that all nodes share with --cache, and use the same versions there"
        )


def _analyze_chunk(
    paths: Sequence[str], recipe: Mapping[str, Any], place: _Place
) -> dict[int, str]:
    """Analyze a chunk of files on a node; return why files could not be read, by their number."""
    if not Path(place.root).is_dir():
        raise ExecutorError(
            f"the folder {show_name(place.root)} is not there on the node {socket.gethostname()}; "
            "put it where all nodes see it under the same name"
        )
    cache = FeatureCache(place.folder, Path(place.root), verify=place.verify)
    found = analyze_files(paths, read_recipe(recipe), n_jobs=1, cache=cache)
    return {n: str(error) for n, error in enumerate(found) if isinstance(error, AudioError)}
