"""Folders of audio become a `Collection` of features and playable sounds.

Conventions: the class of a file is the first folder below the root, however deep the file lies,
unless labels come from elsewhere (see `labeling`); ids are paths below the root with forward
slashes, in sorted order, and bytes that are no UTF-8 escaped; a segment's id ends with the second
at which it begins. Hidden files and folders, and files of other kinds, are passed over.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from gradatim._progress import Progress
from gradatim._text import plural, show_name
from gradatim.collection import Collection, Notice
from gradatim.errors import AudioError, SpecError
from gradatim.executors.cluster import Cluster
from gradatim.music.analyses import FileAnalysis
from gradatim.music.audio import FileSound
from gradatim.music.cache import FeatureCache
from gradatim.music.cluster_files import analyze_anywhere
from gradatim.music.features import RECIPE, FeatureRecipe
from gradatim.music.formats import AUDIO_SUFFIXES
from gradatim.music.grouping import (
    read_file_parts,
    read_file_weights,
    read_folds,
    read_groups,
)
from gradatim.music.labeling import Labelled, LabelSource, label_files
from gradatim.music.listing import Listing, below_root, list_audio_files, readable_path
from gradatim.music.plans import InputPlan, plan_inputs
from gradatim.music.recipes import Recipe
from gradatim.music.scores.files import notice_scores_beside

#: Share of unreadable files above which the folder, not the file, is taken to be at fault.
MAX_BAD_SHARE = 0.1

_SKIPPED_SHOWN = 5

# What is odd about files that were read, as it is said after their number.
_ODDITIES = {
    "truncated": ("truncated-file", "shorter than the header says, and perhaps broken off"),
    "cancelled": ("cancelled-channels", "nearly silent once the channels are averaged: they "
                  "cancel each other out"),
    "loud": ("loud-file", "far above full scale: samples beyond 4"),
}  # fmt: skip


def read_folder(
    path: str | os.PathLike[str],
    groups: str | os.PathLike[str] | None = None,
    *,
    labels: str | os.PathLike[str] | None = None,
    target: str | Sequence[str] = (),
    path_column: str | None = None,
    label_pattern: str | None = None,
    fold_column: str | None = None,
    split_column: str | None = None,
    weights: str | None = None,
    task: str | None = None,
    follow_links: bool = False,
    lenient: bool = False,
    single_class: bool = False,
    recipe: FeatureRecipe | Mapping[str, Recipe] = RECIPE,
    features: Sequence[str] = (),
    n_jobs: int = 2,
    progress: Progress | None = None,
    cache: str | Path | None = None,
    cluster: Cluster | None = None,
) -> Collection:
    """Read a folder of audio, with one sub-folder per class or labels from elsewhere.

    Parameters
    ----------
    path : path-like
        The folder. ``path/piano/any/depth/take1.wav`` is a sound of class ``piano``.
    groups : path-like, optional
        Which files belong together (artist, kit, session): a manifest, which is a table with
        columns ``path`` (relative to the folder or to the manifest) and ``group``; or a column of
        the table of labels, ``tag:NAME``, ``folder:N``, ``pattern:REGEX`` or ``stem:name``, which
        joins files whose names share a stem, as song.0001.3.wav and song.0001.4.wav do. A column
        ``label`` of a manifest must agree with the folders.
    labels : path-like, optional
        A table with a row for each file (CSV or Parquet), or ``tag:NAME`` or ``folder:N``.
    target : str or sequence of str
        Columns of the table of labels to learn, read as `read_table` reads them.
    path_column : str, optional
        Column of that table which names the files, with or without folders and suffix; by default
        the one that names most of them.
    label_pattern : str, optional
        Regular expression with a group ``label``, searched in the path of each file.
    fold_column : str, optional
        A column of the table of labels, ``folder:N`` or ``pattern:REGEX`` that gives the fold of
        each file, by which it is split then.
    split_column : str, optional
        The same for ``train`` or ``test``, a published split; ``valid`` files are learnt from.
    weights : str, optional
        Column of the table of labels that says how much each file counts, in training and in
        scores: numbers above 0, of which only the ratios matter.
    task : {"classification", "multilabel", "regression"}, optional
        Forces how the targets of a table are read.
    follow_links : bool
        Also follow links that lead out of the folder.
    lenient : bool
        Go on as long as anything can be read, for whoever only looks: what cannot is left out
        with a notice, however much it is.
    single_class : bool
        Whether one class is enough, for whoever only scores.
    recipe : FeatureRecipe or mapping of str to recipe, optional
        How features are computed, of which excerpt, and in how long segments; those of a file
        are a group. A mapping names inputs with the recipe of each.
    features : sequence of str
        Inputs to compute: ``raw``, ``classical``, ``mel``, ``musicnn``, ``cycle``, unions of
        them such as ``classical+mel``, or ``all``. If empty, the one input ``features``, which is
        classical.
    n_jobs : int
        Worker processes that decode and analyze, at most.
    progress : callable, optional
        Called with the share of the files that are done, and how many these are.
    cache : path or str, optional
        Folder, or URL such as ``s3://bucket/features``, in which features are kept, so that those
        of a file are computed once.
    cluster : Cluster, optional
        Where sounds are analyzed; see `gradatim.executors.connect`.

    Returns
    -------
    Collection
        Input ``"features"`` (see `extract_features`), or those that `features` names, with the
        recipe of each, targets, ids, media, groups and folds if given, and a hash of each sound.
        Notices tell of files that were left out, cut, odd or silent.

    Raises
    ------
    AudioError
        If there is no such folder, no audio in it, audio but no labels, a class of which nothing
        can be read, or more than a tenth of the files cannot be read.
    LabelError
        If there is only one class, unless `single_class`, or the folders look like parts of a
        split.
    SpecError
        If options exclude each other, or a fact of files makes no sense.
    TableError
        If the manifest or the table of labels cannot be read, names no file, lacks one or
        contradicts itself.

    Examples
    --------
    >>> drums = read_folder("examples/drums")
    >>> drums.n_samples, drums.classes.tolist()
    (67, ['cymbal', 'hihat', 'kick', 'snare', 'tom'])
    """
    root = Path(path).expanduser()
    inputs = _plan(recipe, features)
    targets = (target,) if isinstance(target, str) else tuple(target)
    source = LabelSource(labels, targets, path_column, label_pattern, task, single_class)
    listing = list_folder(root, follow_links)
    labelled = label_files(root, listing.files, source)
    _refuse_lost_classes(root, source, labelled, listing)
    file_groups, group_notices = read_groups(root, groups, labelled)
    file_folds = read_folds(root, fold_column, labelled)
    file_parts, part_notices = read_file_parts(root, split_column, labelled)
    file_weights, weight_notices = read_file_weights(weights, labelled)
    outcomes = analyze_anywhere(
        [root / file for file in labelled.files],
        inputs.whole,
        n_jobs=n_jobs,
        progress=progress,
        cache=None if cache is None else FeatureCache(cache, root),
        cluster=cluster,
    )
    good = [k for k, outcome in enumerate(outcomes) if isinstance(outcome, FileAnalysis)]
    errors = {
        labelled.files[k]: outcome
        for k, outcome in enumerate(outcomes)
        if isinstance(outcome, AudioError)
    }
    if not (lenient and good):
        _refuse_lost_labels(root, labelled, good, errors)
        _refuse_many_errors(root, errors, len(outcomes))
    skipped = _skip_notices(root, errors)
    analyses = {k: outcome for k in good if isinstance(outcome := outcomes[k], FileAnalysis)}
    file_of = np.repeat(good, [len(analysis.pieces) for analysis in analyses.values()])
    pieces = [piece for analysis in analyses.values() for piece in analysis.pieces]
    shown = [readable_path(file) for file in labelled.files]
    odd = oddity_notices([shown[k] for k in good], list(analyses.values()), inputs.whole)
    seconds = inputs.whole.segment_seconds
    if seconds is None:
        ids = [shown[k] for k in file_of]
    else:
        ids = [f"{shown[k]} {piece.start:.6g} s" for k, piece in zip(file_of, pieces, strict=True)]
        if file_groups is None:
            file_groups = np.array(shown)
    beside = notice_scores_beside(root, follow_links=follow_links)
    told = (
        *beside,
        *group_notices,
        *part_notices,
        *weight_notices,
        *skipped,
        *odd,
        *inputs.notices,
    )
    return Collection(
        name=readable_path(root.resolve().name),
        X=inputs.cut(np.stack([piece.features for piece in pieces])),
        y=labelled.y[file_of],
        task=labelled.task,
        ids=np.array(ids),
        groups=None if file_groups is None else file_groups[file_of],
        folds=None if file_folds is None else file_folds[file_of],
        parts=None if file_parts is None else file_parts[file_of],
        weights=None if file_weights is None else file_weights[file_of],
        media=tuple(
            FileSound(root / labelled.files[k], start=piece.start, seconds=seconds)
            for k, piece in zip(file_of.tolist(), pieces, strict=True)
        ),
        feature_names=inputs.feature_names,
        target_names=labelled.target_names,
        recipes=inputs.to_dict(),
        cycles=inputs.cycles,
        content_hashes=np.array([piece.sha256 for piece in pieces]),
        fingerprints=np.stack([piece.fingerprint for piece in pieces]),
        notices=(*listing.notices, *labelled.notices, *told),
    )


def _plan(recipe: FeatureRecipe | Mapping[str, Recipe], features: Sequence[str]) -> InputPlan:
    if isinstance(recipe, FeatureRecipe):
        names = (features,) if isinstance(features, str) else features
        return InputPlan(plan_inputs(names, recipe) if names else {"features": recipe})
    if features:
        raise SpecError("features go with the recipe of the classical ones, not with several")
    return InputPlan(recipe)


def list_folder(root: Path, follow_links: bool, *, undecoded: bool = False) -> Listing:
    """List the audio below a folder in which there is some; `undecoded` is some, too, if said."""
    if not root.is_dir():
        what = "is a file, not a folder" if root.exists() else "does not exist"
        raise AudioError(
            f"{show_name(root)} {what}; give a folder with a sub-folder of audio for each class"
        )
    listing = list_audio_files(root, follow_links=follow_links)
    if not (listing.files or (undecoded and listing.undecoded)):
        reasons = "; ".join(notice.message for notice in listing.notices)
        kinds = ", ".join(sorted(AUDIO_SUFFIXES))
        raise AudioError(
            f"{show_name(root)} holds no audio that can be read: {reasons}"
            if reasons
            else f"{show_name(root)} holds no audio ({kinds}); give a folder with one sub-folder "
            "per class"
        )
    return listing


def _refuse_lost_classes(
    root: Path, source: LabelSource, labelled: Labelled, listing: Listing
) -> None:
    """Refuse to learn all classes but those whose files cannot be decoded."""
    if source.labels is not None or source.pattern is not None:
        return
    known = {str(label) for label in labelled.y}
    lost = [f for f in listing.undecoded if "/" in f and f.split("/")[0] not in known]
    if lost:
        name = lost[0].split("/")[0]
        same = [file for file in lost if file.split("/")[0] == name]
        suffix = Path(same[0]).suffix
        raise AudioError(
            f"class {show_name(name)} has only {plural(len(same), 'file')} that FFmpeg alone "
            f"reads ({suffix}); pip install 'gradatim[media]' reads them, or move the folder away"
        )


def _refuse_lost_labels(
    root: Path, labelled: Labelled, good: Sequence[int], errors: dict[str, AudioError]
) -> None:
    """Refuse to go on without a class of which no file could be read."""
    if labelled.task != "classification":
        return
    lost = sorted(set(labelled.y.tolist()) - set(labelled.y[good].tolist()))
    if lost:
        first = labelled.files[int(np.argmax(labelled.y == lost[0]))]
        raise AudioError(
            f"of class {show_name(lost[0])} no file can be read; the first: "
            f"{below_root(root, errors[first])}"
        )


def _refuse_many_errors(root: Path, errors: dict[str, AudioError], n_files: int) -> None:
    if len(errors) > MAX_BAD_SHARE * n_files:
        raise AudioError(
            f"{len(errors)} of {n_files} audio files in {show_name(root)} cannot be used, more "
            f"than a tenth; the first: {below_root(root, next(iter(errors.values())))}"
        )


def _skip_notices(root: Path, errors: dict[str, AudioError]) -> list[Notice]:
    """Name the first skipped files."""
    reasons = [below_root(root, error) for error in errors.values()]
    told = [Notice("left-out", f"{reason}; it was skipped") for reason in reasons[:_SKIPPED_SHOWN]]
    if more := reasons[_SKIPPED_SHOWN:]:
        text = f"{plural(len(more), 'more file')} skipped in the same way"
        told.append(Notice("left-out", text))
    return told


def oddity_notices(
    files: Sequence[str], analyses: Sequence[FileAnalysis], recipe: Recipe
) -> list[Notice]:
    """Tell of files that were cut or are odd, and of those in which nothing sounds."""
    notices = []

    def tell(code: str, which: list[bool], what: str) -> None:
        named = [file for file, one in zip(files, which, strict=True) if one]
        if named:
            notices.append(Notice(code, f"{_count_and_name(named)} {what}"))

    where = f"the {recipe.place}" if isinstance(recipe.place, str) else "a part"
    tell(
        "cut-file",
        [not analysis.whole for analysis in analyses],
        f"longer than {recipe.max_seconds:g} s, of which only {where} was analyzed",
    )
    for oddity, (code, what) in _ODDITIES.items():
        tell(code, [oddity in analysis.oddities for analysis in analyses], what)
    silent = [all(piece.silent for piece in analysis.pieces) for analysis in analyses]
    tell("silent-file", silent, "silent throughout")
    return notices


def _count_and_name(files: Sequence[str]) -> str:
    verb = "is" if len(files) == 1 else "are"
    return f"{plural(len(files), 'file')} (such as {show_name(files[0])}) {verb}"
