"""Folders of scores become a `Collection` of features.

Conventions: labels, groups and folds are found as those of audio (see `gradatim.music.labeling`);
a tune of a book is a sample, and its book the group where every class has several. Ids are those of
`gradatim.music.scores.files`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from gradatim._progress import Progress
from gradatim._text import list_text, plural, show_name
from gradatim.collection import Collection, Notice
from gradatim.errors import LabelError, ScoreError
from gradatim.music.grouping import (
    read_file_parts,
    read_file_weights,
    read_folds,
    read_groups,
)
from gradatim.music.labeling import Labelled, LabelSource, SampleKind, label_files
from gradatim.music.listing import readable_path
from gradatim.music.scores.features import SCORE_RECIPE, ScoreRecipe
from gradatim.music.scores.files import NOUN, ScoreFiles, list_scores, read_score_files
from gradatim.music.scores.melodies import melody_fingerprint
from gradatim.music.scores.ngrams import NGRAM_RECIPE
from gradatim.music.scores.sounds import ScoreSound
from gradatim.music.scores.tags import TEXT_TAGS, require_score_tag

#: Share of unreadable scores above which the folder, not the file, is taken to be at fault.
MAX_BAD_SHARE = 0.5

# The time signature tells the labels if it names this share of what the most frequent label leaves,
# counted over meters that several scores have.
_TELLING = 0.3
_FEWEST_OF_METER = 5


def read_scores(
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
    min_class_size: int = 0,
    follow_links: bool = False,
    lenient: bool = False,
    single_class: bool = False,
    recipe: ScoreRecipe = SCORE_RECIPE,
    n_jobs: int = 2,
    progress: Progress | None = None,
) -> Collection:
    """Read a folder of scores (MIDI, MusicXML, ABC, Humdrum), or a book of tunes.

    Parameters
    ----------
    path : path-like
        A folder with one sub-folder per class, or labels from elsewhere; or one file of several
        tunes, whose labels are a tag.
    groups : path-like, optional
        As `read_folder` reads them; ``tag:NAME`` for a tag of scores, such as ``tag:composer``.
        If left out, the file is the group of its tunes where each class is in several files.
    labels : path-like, optional
        A table with a row for each score or file, by its path, and for the tune of a book by
        ``book.abc#12``; or ``tag:NAME``, ``folder:N``.
    target : str or sequence of str
        Columns of that table to learn.
    path_column : str, optional
        Column of that table which names the scores.
    label_pattern : str, optional
        Regular expression with a group ``label``, searched in what each score is called.
    fold_column : str, optional
        What gives the published fold of each score.
    split_column : str, optional
        What gives ``train`` or ``test`` for each score.
    weights : str, optional
        Column of the table of labels that says how much each file counts, in training and in
        scores: numbers above 0, of which only the ratios matter.
    task : {"classification", "multilabel", "regression"}, optional
        Forces how the targets of a table are read.
    min_class_size : int, default 0
        Leave out the scores of classes that have fewer.
    follow_links : bool
        Also follow links that lead out of the folder.
    lenient : bool
        Go on as long as anything can be read, for whoever only looks: what cannot is left out
        with a notice, however much it is.
    single_class : bool
        Whether one class is enough, for whoever only scores.
    recipe : ScoreRecipe, optional
        Whether the notation counts.
    n_jobs : int
        Processes that read.
    progress : callable, optional
        Called with the share of the scores that are read, and how many these are.

    Returns
    -------
    Collection
        Inputs ``"ngrams"`` (see `score_ngrams`) and ``"scores"`` (see `score_features`) with their
        recipes, targets, ids, sounds, groups and folds if given, and a hash of intervals and
        durations. Notices tell what was left out.

    Raises
    ------
    ScoreError
        If there are no scores, more than half cannot be read, there are no labels, or a class of
        which nothing can be read.
    LabelError
        If there is only one class, unless `single_class`, or the folders look like parts of a
        split.
    SpecError
        If options exclude each other, or a fact of scores makes no sense.
    TableError
        If the manifest or the table of labels names no score, lacks one or contradicts itself.
    MissingExtraError
        If music21 is not installed.

    Examples
    --------
    >>> tunes = read_scores("examples/tunes", labels="tag:rhythm")
    >>> tunes.n_samples, tunes.classes.tolist()
    (48, ['jig', 'reel', 'waltz'])
    """
    targets = (target,) if isinstance(target, str) else tuple(target)
    source = LabelSource(labels, targets, path_column, label_pattern, task, single_class)
    root, listing = list_scores(Path(path).expanduser(), follow_links=follow_links)
    by_folder = source.table is None and source.fact is None
    # Before the work: what is wrong with folders is wrong whatever is in the scores.
    named = [readable_path(file) for file in listing.files]
    wanted = label_files(root, named, source, _kind(root, None)) if by_folder else None
    read = read_score_files(root, listing.files, n_jobs=n_jobs, progress=progress)
    read.require_any(root)
    if not lenient:
        _refuse_many_errors(root, read)
    kind = _kind(root, read)
    labelled = label_files(root, read.ids, source, kind)
    if not lenient:
        _refuse_lost_classes(root, wanted, labelled, read)
    found_groups, group_notices = read_groups(root, groups, labelled, kind)
    folds = read_folds(root, fold_column, labelled, kind)
    parts, part_notices = read_file_parts(root, split_column, labelled, kind)
    file_weights, weight_notices = read_file_weights(weights, labelled)
    place = {name: k for k, name in enumerate(read.ids)}
    rows = np.array([place[name] for name in labelled.files])
    if groups is None:
        found_groups, more = _groups_of_books([read.files[k] for k in rows], labelled)
        group_notices = (*group_notices, *more)
    scores = [read.scores[k] for k in rows]
    told = (*listing.notices, *labelled.notices, *group_notices, *part_notices, *weight_notices)
    collection = Collection(
        name=readable_path(Path(path).expanduser().resolve().name),
        X={"ngrams": read.compute(NGRAM_RECIPE)[rows], "scores": read.compute(recipe)[rows]},
        y=labelled.y,
        task=labelled.task,
        ids=np.array(labelled.files),
        groups=found_groups,
        folds=folds,
        parts=parts,
        weights=file_weights,
        media=tuple(ScoreSound(score.notes) for score in scores),
        feature_names={"ngrams": NGRAM_RECIPE.names, "scores": recipe.names},
        target_names=labelled.target_names,
        recipes={"ngrams": NGRAM_RECIPE.to_dict(), "scores": recipe.to_dict()},
        content_hashes=np.array([score.notes.content_hash for score in scores]),
        fingerprints=np.stack([melody_fingerprint(score.notes) for score in scores]),
        texts={
            f"tag:{name}": np.array([score.tags.get(name, "") for score in scores])
            for name in TEXT_TAGS
            if source.fact != f"tag:{name}" and any(name in score.tags for score in scores)
        },
        notices=(*told, *read.notices, *_telling_meter(read, rows, labelled, recipe)),
    )
    return _without_small_classes(collection, min_class_size)


def _kind(root: Path, read: ScoreFiles | None) -> SampleKind:
    def read_tag(path: Path, name: str) -> str | None:
        return tags.get(str(path), {}).get(name)

    pairs = () if read is None else zip(read.ids, read.scores, strict=True)
    tags = {str(root / name): score.tags for name, score in pairs}
    file_of = (
        {} if read is None else dict(zip(read.ids, map(readable_path, read.files), strict=True))
    )
    return SampleKind(
        NOUN,
        "scores",
        "rhythm",
        ScoreError,
        require_score_tag,
        read_tag,
        lambda sample: file_of.get(sample, sample),
    )


def _refuse_many_errors(root: Path, read: ScoreFiles) -> None:
    n_bad, n_all = len(read.errors), len(read.errors) + len(read.scores)
    if n_bad > MAX_BAD_SHARE * n_all:
        name, reason = next(iter(read.errors.items()))
        raise ScoreError(
            f"{n_bad} of {n_all} scores in {show_name(root)} cannot be read, more than half; the "
            f"first, {show_name(name)}: {reason}"
        )


def _refuse_lost_classes(
    root: Path, wanted: Labelled | None, labelled: Labelled, read: ScoreFiles
) -> None:
    """Refuse to go on without a folder of which no score could be read."""
    lost = [] if wanted is None else sorted(set(wanted.y.tolist()) - set(labelled.y.tolist()))
    if lost:
        below = [name for name in read.errors if name.split("/")[0] == lost[0]]
        raise ScoreError(
            f"of class {show_name(lost[0])} no score can be read; the first, "
            f"{show_name(below[0])}: {read.errors[below[0]]}"
        )


def _groups_of_books(
    files: Sequence[str], labelled: Labelled
) -> tuple[np.ndarray | None, tuple[Notice, ...]]:
    """Keep the tunes of a book together, unless a class has but one book."""
    books, index, sizes = np.unique(files, return_inverse=True, return_counts=True)
    if len(books) == 1 or sizes.max() == 1:
        return None, ()
    if labelled.task == "classification":
        alone = [c for c in np.unique(labelled.y) if len(np.unique(index[labelled.y == c])) == 1]
        if alone:
            named = list_text(str(label) for label in alone)
            return None, (
                Notice(
                    "few-groups",
                    f"all scores of {named} lie in one file each, so that files cannot be the "
                    "groups: what tells the books apart may pass for what tells the classes apart",
                ),
            )
    return np.array([readable_path(file) for file in files]), ()


def _telling_meter(
    read: ScoreFiles, rows: np.ndarray, labelled: Labelled, recipe: ScoreRecipe
) -> tuple[Notice, ...]:
    """Warn where the time signature nearly gives the label away."""
    if labelled.task != "classification" or not recipe.notation:
        return ()
    meters = np.array([str(read.scores[k].notes.meter) for k in rows])
    _, codes, counts = np.unique(labelled.y, return_inverse=True, return_counts=True)
    most = int(counts.argmax())
    n_right = 0
    for meter in np.unique(meters):
        inside = np.bincount(codes[meters == meter], minlength=len(counts))
        n_right += int(inside.max() if inside.sum() >= _FEWEST_OF_METER else inside[most])
    share, usual = n_right / len(rows), counts.max() / len(rows)
    if usual == 1 or (share - usual) / (1 - usual) < _TELLING:
        return ()
    return (
        Notice(
            "given-away",
            f"the time signature alone names {share:.0%} of the labels (the most frequent label is "
            f"{usual:.0%}): what is learnt may be the notation; --ignore-notation leaves it out",
        ),
    )


def _without_small_classes(collection: Collection, least: int) -> Collection:
    if collection.task != "classification" or least < 2:
        return collection
    labels, codes, counts = np.unique(collection.y, return_inverse=True, return_counts=True)
    small = labels[counts < least].tolist()
    if not small:
        return collection
    if len(labels) - len(small) < 2:
        raise LabelError(
            f"{plural(len(labels) - len(small), 'class has', 'classes have')} {least} scores or "
            "more, and two are needed; choose a smaller --min-class-size"
        )
    left = collection.take(counts[codes] >= least)
    n_left = collection.n_samples - left.n_samples
    notice = Notice(
        "small-classes",
        f"{plural(n_left, 'score')} of {plural(len(small), 'class', 'classes')} of fewer than "
        f"{least} left out: {list_text(small)}",
    )
    return replace(left, notices=(*left.notices, notice))
