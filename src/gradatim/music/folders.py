"""Folders of audio: one folder per class becomes a `Collection` of features and playable sounds.

Conventions: the class of a file is the first folder below the root, however deep the file lies;
ids are paths below the root with forward slashes, in sorted order. Hidden files and folders, and
files of other kinds, are passed over.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gradatim._progress import Progress
from gradatim._stems import find_stems
from gradatim._text import option, plural
from gradatim.collection import Collection, Notice
from gradatim.errors import AudioError, LabelError
from gradatim.music.analysis import FileAnalysis, analyze_files
from gradatim.music.audio import AUDIO_SUFFIXES, FileSound
from gradatim.music.features import RECIPE, FeatureRecipe
from gradatim.music.manifests import read_manifest

__all__ = ["list_audio_files", "read_folder"]

#: Share of unreadable files above which the folder, not the file, is taken to be at fault.
MAX_BAD_SHARE = 0.1

# What is typed for the groups that the files' names give; a manifest that may lie in the folder
_STEM = "stem:name"
_MANIFEST = "groups.csv"


def read_folder(
    path: str | os.PathLike[str],
    groups: str | os.PathLike[str] | None = None,
    *,
    recipe: FeatureRecipe = RECIPE,
    n_jobs: int = 2,
    progress: Progress | None = None,
) -> Collection:
    """Read a folder of audio with one sub-folder per class.

    Parameters
    ----------
    path : path-like
        The folder. ``path/piano/any/depth/take1.wav`` is a sound of class ``piano``.
    groups : path-like, optional
        A manifest: a table with columns ``path`` (relative to the folder or to the manifest) and
        ``group`` (artist, kit, session). A column ``label`` must agree with the folders. Or
        ``stem:name``: files whose names share a stem, as song.0001.3.wav and song.0001.4.wav do.
    recipe : FeatureRecipe, optional
        How features are computed.
    n_jobs : int
        Threads that decode and analyze.
    progress : callable, optional
        Called with the share of the files that are done, and how many these are.

    Returns
    -------
    Collection
        Input ``"features"`` (see `extract_features`) with its recipe, class labels, ids, media,
        groups if given, and a hash of each sound. Notices tell of files that were skipped, cut
        or silent.

    Raises
    ------
    AudioError
        If there is no such folder, no audio in it, audio but no folder per class, or more than a
        tenth of the files cannot be read.
    LabelError
        If there is only one class.
    TableError
        If the manifest cannot be read, lacks a file or contradicts the folders.

    Examples
    --------
    >>> drums = read_folder("examples/drums")
    >>> drums.n_samples, drums.classes.tolist()
    (67, ['cymbal', 'hihat', 'kick', 'snare', 'tom'])
    """
    root = Path(path).expanduser()
    labels, notices = _label_files(root)
    file_groups = None
    if groups is not None and os.fspath(groups) == _STEM:
        file_groups = _stem_groups(root, labels)
    elif groups is not None:
        file_groups, strays = read_manifest(Path(groups).expanduser(), root, labels)
        notices += strays
    elif (root / _MANIFEST).is_file():
        notices.append(_unused_manifest(root))
    files = list(labels)
    paths = [root / file for file in files]
    outcomes = analyze_files(paths, recipe, n_jobs=n_jobs, progress=progress)
    good = np.array([isinstance(outcome, FileAnalysis) for outcome in outcomes])
    errors = [outcome for outcome in outcomes if isinstance(outcome, AudioError)]
    notices += _skip_notices(root, errors, len(files))
    analyses = [outcome for outcome in outcomes if isinstance(outcome, FileAnalysis)]
    y = np.array(list(labels.values()))[good]
    _require_classes(root, y)
    ids = np.array(files)[good]
    kept_groups = None if file_groups is None else file_groups[good]
    notices += _oddity_notices(analyses, ids, recipe.max_seconds)
    return Collection(
        name=root.resolve().name,
        X={"features": np.stack([analysis.features for analysis in analyses])},
        y=y,
        task="classification",
        ids=ids,
        groups=kept_groups,
        media=tuple(FileSound(root / file) for file in ids.tolist()),
        feature_names={"features": recipe.names},
        recipes={"features": recipe.to_dict()},
        content_hashes=np.array([analysis.sha256 for analysis in analyses]),
        fingerprints=np.stack([analysis.fingerprint for analysis in analyses]),
        notices=tuple(notices),
    )


def _stem_groups(root: Path, labels: dict[str, str]) -> np.ndarray:
    stems = find_stems(list(labels), np.array(list(labels.values())))
    if stems is None:
        raise AudioError(
            f"the names of the files in {root} share no stems, such as the song.0001 of "
            f"song.0001.3.wav; the first is {next(iter(labels))}"
        )
    return stems


def _unused_manifest(root: Path) -> Notice:
    typed = option("--groups", str(root / _MANIFEST))
    return Notice(
        "groups-proposed",
        f"{_MANIFEST} lies in the folder and was not used; if it says which files belong together, "
        f"keep them together with {typed}",
    )


def list_audio_files(root: Path) -> list[str]:
    """List the audio files below a folder."""
    found, seen = [], set()
    for folder, subfolders, names in os.walk(root, followlinks=True):
        real = os.path.realpath(folder)
        if real in seen:
            subfolders.clear()
            continue
        seen.add(real)
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        paths = [Path(folder, name) for name in names if not name.startswith(".")]
        # A pipe or socket of that name would block whoever opens it.
        audio = [p for p in paths if p.suffix.lower() in AUDIO_SUFFIXES and p.is_file()]
        found += [p.relative_to(root).as_posix() for p in audio]
    return sorted(found)


def _label_files(root: Path) -> tuple[dict[str, str], list[Notice]]:
    """Map every audio file below the root to its class."""
    if not root.is_dir():
        what = "is a file, not a folder" if root.exists() else "does not exist"
        raise AudioError(f"{root} {what}; give a folder with a sub-folder of audio for each class")
    files = list_audio_files(root)
    kinds = ", ".join(sorted(AUDIO_SUFFIXES))
    if not files:
        raise AudioError(
            f"{root} holds no audio ({kinds}); give a folder with one sub-folder per class"
        )
    loose = [file for file in files if "/" not in file]
    if len(loose) == len(files):
        raise AudioError(
            f"the audio files lie in {root} itself; put those of each class into a sub-folder "
            f"with the class's name, such as {root / 'piano' / loose[0]}"
        )
    labels = {file: file.split("/")[0] for file in files if "/" in file}
    _require_classes(root, np.array(list(labels.values())))
    return labels, _loose_notices(loose)


def _require_classes(root: Path, y: np.ndarray) -> None:
    classes = np.unique(y)
    if len(classes) < 2:
        raise LabelError(
            f"{root} has audio of a single class, {str(classes[0])!r}; there must be a sub-folder "
            "for each of two or more classes"
        )


def _loose_notices(loose: Sequence[str]) -> list[Notice]:
    if not loose:
        return []
    message = (
        f"{plural(len(loose), 'audio file')} in no class's sub-folder left out, such as {loose[0]}"
    )
    return [Notice("file-without-class", message)]


def _skip_notices(root: Path, errors: Sequence[AudioError], n_files: int) -> list[Notice]:
    """Name every skipped file, or give up if there are too many."""
    # Below the root a path says enough, and the report should not tell where a person's files lie.
    reasons = [str(error).replace(f"{root}{os.sep}", "") for error in errors]
    if len(errors) > MAX_BAD_SHARE * n_files:
        raise AudioError(
            f"{len(errors)} of {n_files} audio files in {root} cannot be used, more than a tenth; "
            f"the first: {reasons[0]}"
        )
    return [Notice("skipped-file", f"{reason}; it was skipped") for reason in reasons]


def _oddity_notices(
    analyses: Sequence[FileAnalysis], ids: np.ndarray, max_seconds: float
) -> list[Notice]:
    """Tell of files that were cut, and of files in which nothing sounds."""
    notices = []
    cut = ids[[not analysis.whole for analysis in analyses]]
    if len(cut):
        message = f"longer than {max_seconds:g} s, of which only the start was analyzed"
        notices.append(Notice("cut-file", f"{_count_and_name(cut)} {message}"))
    silent = ids[[analysis.silent for analysis in analyses]]
    if len(silent):
        notices.append(Notice("silent-file", f"{_count_and_name(silent)} silent throughout"))
    return notices


def _count_and_name(ids: np.ndarray) -> str:
    return f"{plural(len(ids), 'file')} (such as {ids[0]}) {'is' if len(ids) == 1 else 'are'}"
