"""From a folder of audio to a table of features, whatever some of its files hold.

Conventions: a file that cannot be read, or that only a reader which is not installed could read, is
a row with the reason and stops nothing; so is a folder without labels. Rows are in the order of the
files' paths.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from gradatim._progress import Progress
from gradatim.collection import Notice
from gradatim.errors import AudioError, SpecError
from gradatim.executors.cluster import Cluster
from gradatim.music.analyses import FileAnalysis
from gradatim.music.cache import FeatureCache
from gradatim.music.cluster_files import analyze_anywhere
from gradatim.music.feature_tables import FeatureTable, Label
from gradatim.music.features import RECIPE, FeatureRecipe
from gradatim.music.fingerprints import N_BANDS, N_STEPS
from gradatim.music.folders import list_folder, oddity_notices
from gradatim.music.grouping import read_groups
from gradatim.music.labeling import AUDIO, Labelled, LabelSource, label_files, refuse_parts
from gradatim.music.listing import Listing, below_root, readable_path
from gradatim.music.plans import InputPlan, plan_inputs

# Sounds that have a row without a label, too.
_KEPT = replace(AUDIO, fate="left without a label")

_NEEDS_MEDIA = "only FFmpeg reads this file; to read it: pip install 'gradatim[media]'"


def extract_table(
    path: str | os.PathLike[str],
    groups: str | os.PathLike[str] | None = None,
    *,
    features: Sequence[str] = ("classical",),
    labels: str | os.PathLike[str] | None = None,
    target: str | Sequence[str] = (),
    path_column: str | None = None,
    label_pattern: str | None = None,
    task: str | None = None,
    follow_links: bool = False,
    recipe: FeatureRecipe = RECIPE,
    n_jobs: int = 2,
    progress: Progress | None = None,
    cache: str | Path | None = None,
    cluster: Cluster | None = None,
    verify: bool = False,
) -> FeatureTable:
    """Compute the features of an audio file or of all that lie below a folder.

    Parameters
    ----------
    path : path-like
        The file or the folder; its sounds need no labels.
    groups : path-like, optional
        Which files belong together, as `read_folder` reads it.
    features : sequence of str
        ``raw``, ``classical``, ``mel``, ``musicnn``, ``cycle``, unions such as ``classical+mel``,
        or ``all``.
    labels : path-like, optional
        Where labels are, as `read_folder` reads them. If nothing is said, the first folder below
        `path` is the label, and sounds that lie in `path` itself have none.
    target : str or sequence of str
        Column of the table of labels.
    path_column : str, optional
        Column of that table which names the files.
    label_pattern : str, optional
        Regular expression with a group ``label``, searched in the path of each file.
    task : {"classification", "multilabel", "regression"}, optional
        Forces how the labels of a table are read.
    follow_links : bool
        Also follow links that lead out of the folder.
    recipe : FeatureRecipe, optional
        How classical features are computed, and of which excerpt and segments all are.
    n_jobs : int
        Worker processes that decode and analyze, at most.
    progress : callable, optional
        Called with the share of the files that are done, and how many these are.
    cache : path or str, optional
        Folder, or URL such as ``s3://bucket/features``, in which features are kept, so that those
        of a file are computed once.
    cluster : Cluster, optional
        Where sounds are analyzed; see `gradatim.executors.connect`.
    verify : bool
        Know files again by the hash of their bytes, not by size and time of change.

    Returns
    -------
    FeatureTable
        A row for each file or piece, also for files that could not be read.

    Raises
    ------
    AudioError
        If there is no such path, or no audio in it.
    LabelError, TableError, SpecError
        As `read_folder` raises them.

    Examples
    --------
    >>> table = extract_table("examples/drums/kick", features=["mel"])
    >>> table.features.shape, table.paths[0], table.labels[0]
    ((20, 256), 'bd_808.flac', None)
    """
    root, listing = _listing(Path(path).expanduser(), follow_links)
    names = (features,) if isinstance(features, str) else features
    plan = InputPlan(plan_inputs(names, recipe))
    files = sorted([*listing.files, *listing.undecoded])
    targets = (target,) if isinstance(target, str) else tuple(target)
    source = LabelSource(labels, targets, path_column, label_pattern, task)
    labelled = _labelled(root, files, source)
    label_of, kind = _labels(labelled)
    group_of, notices = _groups(root, groups, labelled)
    kept = None if cache is None else FeatureCache(cache, root, verify=verify)
    outcomes = analyze_anywhere(
        [os.path.join(root, file) for file in listing.files],
        plan.whole,
        n_jobs=n_jobs,
        progress=progress,
        cache=kept,
        cluster=cluster,
    )
    found = dict(zip(listing.files, outcomes, strict=True))
    heard = {file: one for file, one in found.items() if isinstance(one, FileAnalysis)}
    rows = [row for file in files for row in _rows(root, file, found.get(file))]
    blank = np.full(len(plan.whole.names), np.nan, dtype=np.float32)
    vectors = [blank if vector is None else vector for *_, vector, _ in rows]
    unheard = np.zeros(N_BANDS * N_STEPS, dtype=np.float32)
    shown = {file: readable_path(file) for file in files}
    cut = plan.whole.segment_seconds is not None and groups is None
    # Pieces of one file belong together.
    grouped: Callable[[str], str | None] = shown.get if cut else group_of.get
    return FeatureTable(
        name=readable_path(Path(path).expanduser().resolve().name),
        paths=[shown[file] for file, *_ in rows],
        labels=[label_of.get(file) for file, *_ in rows],
        groups=[grouped(file) for file, *_ in rows],
        errors=[error for _, error, *_ in rows],
        starts=[start for _, _, start, *_ in rows],
        features=np.stack(vectors),
        fingerprints=np.stack([unheard if mark is None else mark for *_, mark in rows]),
        recipes=plan.inputs,
        task=kind,
        notices=(
            *_without_undecoded(listing),
            *labelled.notices,
            *notices,
            *oddity_notices([*map(readable_path, heard)], [*heard.values()], plan.whole),
            *plan.notices,
            *_not_kept(kept),
        ),
    )


def _not_kept(cache: FeatureCache | None) -> list[Notice]:
    if cache is None or cache.failure is None:
        return []
    reason = f"features are not kept, so another run computes them anew: {cache.failure}"
    return [Notice("not-kept", reason)]


def _listing(path: Path, follow_links: bool) -> tuple[Path, Listing]:
    if path.is_file():
        return path.parent, Listing((path.name,))
    return path, list_folder(path, follow_links, undecoded=True)


def _without_undecoded(listing: Listing) -> list[Notice]:
    """Return what is to be said of a listing whose files all have a row."""
    return list(Listing(listing.files, (), listing.n_outside, listing.outside, listing.closed,
                        listing.special).notices)  # fmt: skip


def _labelled(root: Path, files: Sequence[str], source: LabelSource) -> Labelled:
    """Give files their labels; a folder without any is none the worse for it."""
    if source.table is not None or source.fact is not None:
        return label_files(root, files, source, _KEPT)
    # Where features are computed nothing is split.
    refuse_parts(root, files, advise_split=False)
    known = [file for file in files if "/" in file]
    y = np.array([readable_path(file.split("/")[0]) for file in known], dtype=str)
    return Labelled(tuple(known), y, "classification")


def _labels(labelled: Labelled) -> tuple[Mapping[str, Label], str]:
    y, task = labelled.y, labelled.task
    if task == "multilabel":
        tags = np.array(labelled.target_names, dtype=object)
        values: list[Label] = [tags[row != 0].tolist() for row in y]
    elif task == "regression":
        if y.ndim == 2 and y.shape[1] > 1:
            raise SpecError(
                f"a table of features has one column label, not {y.shape[1]} numbers; name one "
                "--target"
            )
        values = [*map(float, y.ravel())]
    else:
        values = [*map(str, y)]
    return dict(zip(labelled.files, values, strict=True)), task


def _groups(
    root: Path, groups: str | os.PathLike[str] | None, labelled: Labelled
) -> tuple[Mapping[str, str], tuple[Notice, ...]]:
    if groups is not None and not labelled.files:
        raise SpecError("groups are read of sounds with labels, and these have none")
    found, notices = read_groups(root, groups, labelled)
    if found is None:
        return {}, tuple(notices)
    return dict(zip(labelled.files, map(readable_path, found.tolist()), strict=True)), notices


_Row = tuple[str, str | None, float | None, np.ndarray | None, np.ndarray | None]


def _rows(root: Path, file: str, outcome: FileAnalysis | AudioError | None) -> list[_Row]:
    """Return file, error, start, features and fingerprint of each row of a file."""
    if outcome is None:
        return [(file, _NEEDS_MEDIA, None, None, None)]
    if isinstance(outcome, AudioError):
        return [(file, below_root(root, outcome), None, None, None)]
    pieces = outcome.pieces
    return [(file, None, one.start, one.features, one.fingerprint) for one in pieces]
