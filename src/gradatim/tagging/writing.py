"""Predictions as tags of the files: planned, and written after what was there is kept.

Conventions: to plan is to read only. The sidecars of all folders are written before the first audio
file is touched. A file that cannot be changed is named with the reason and costs no others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from gradatim._progress import Progress
from gradatim._text import show_name
from gradatim.errors import GradatimError, InputError, SpecError
from gradatim.tagging.changes import (
    LeftFile,
    TagChange,
    TagChanges,
    reason_of,
    require_changeable,
    steps,
)
from gradatim.tagging.fields import TagField, bpm_text, check_labels, require_mutagen, tag_field
from gradatim.tagging.predictions import Predictions
from gradatim.tagging.sidecars import SIDECAR, SidecarEntry, read_sidecar, write_sidecar
from gradatim.tagging.tagged_audio import audio_hash, read_tags, rewrite_tags

__all__ = ["plan_tags", "write_tags"]

_DIGITS = 6


def plan_tags(
    predictions: Predictions, field: str, *, progress: Progress | None = None
) -> TagChanges:
    """Compare predictions with the tags that files have, and write nothing.

    `field` is ``genre``, ``mood``, ``bpm``, or a name of your own, which is TXXX in ID3, a comment
    in FLAC and Ogg, and a free atom in MP4. Files of which the model predicts nothing stay as they
    are. Needs mutagen, the extra ``tags``.
    """
    chosen = tag_field(field)
    require_mutagen()
    if not predictions.files and predictions.n_samples:
        raise SpecError(f"{show_name(predictions.source)} is no audio, so it has no tags")
    if predictions.task != "regression":
        check_labels(chosen, predictions.names)
    elif len(predictions.names) > 1:
        raise SpecError("a tag holds one number, and several are predicted for each file")
    changes, left, n_same, n_silent = [], [], 0, 0
    rows = zip(predictions.paths, predictions.files, _values(predictions, chosen), strict=True)
    step = steps(progress, len(predictions.files))
    for path, file, after in rows:
        step()
        if after == ():
            n_silent += 1
            continue
        try:
            if after is None:
                raise InputError(f"{file} has no tempo that a tag could hold")
            require_changeable(file)
            before = read_tags(file, [chosen])[chosen]
        except GradatimError as error:
            left.append(LeftFile(path, reason_of(error, file)))
            continue
        if before == after:
            n_same += 1
        else:
            changes.append(TagChange(path, file, before, after))
    return TagChanges(chosen.name, changes, False, n_same, n_silent, left)


def write_tags(plan: TagChanges, *, progress: Progress | None = None) -> TagChanges:
    """Write what was planned into the files, and what was there into a sidecar of each folder.

    The sidecar ``.gradatim-tags.json`` of every folder is written before any audio file is
    touched; values that stand there from an earlier run stay. Each file is replaced by a copy with
    the new tag, once the copy was found to hold the same sound and the same other tags.

    Files that could not be changed are among those that were left. Needs mutagen, the extra
    ``tags``.
    """
    require_mutagen()
    left = list(plan.left)
    chosen = tag_field(plan.field)
    folders: dict[Path, list[TagChange]] = defaultdict(list)
    for change in plan.changes:
        folders[change.file.parent].append(change)
    # To hash a file takes about as long as to write it.
    step = steps(progress, len(plan.changes), 2)
    ready: list[TagChange] = []
    for folder, changes in folders.items():
        ready += _keep_before(folder, changes, chosen, left, step)
    written = []
    for change in ready:
        step()
        try:
            require_changeable(change.file)
            rewrite_tags(change.file, {chosen: change.after})
        except GradatimError as error:
            left.append(LeftFile(change.path, reason_of(error, change.file)))
        else:
            written.append(change)
    return replace(plan, changes=written, applied=True, left=left)


def _values(predictions: Predictions, field: TagField) -> Iterator[tuple[str, ...] | None]:
    """Yield the values of each file: none where nothing is predicted, None for no tempo."""
    if predictions.task == "regression":
        for number in predictions.values.reshape(predictions.n_samples).tolist():
            text = bpm_text(number) if field.name == "bpm" else f"{number:.{_DIGITS}g}"
            yield None if text is None else (text,)
        return
    names = [bpm_text(n) or n if field.name == "bpm" else n for n in predictions.names]
    for row in predictions.holds.tolist():
        yield tuple(name for name, holds in zip(names, row, strict=True) if holds)


def _keep_before(
    folder: Path,
    changes: Sequence[TagChange],
    field: TagField,
    left: list[LeftFile],
    step: Callable[[], None],
) -> list[TagChange]:
    """Write the sidecar of a folder; return the files whose values from before are kept there."""
    ready = []
    try:
        entries = read_sidecar(folder)
        for change in changes:
            step()
            try:
                sound = audio_hash(change.file)
                size = change.file.stat().st_size
            except (GradatimError, OSError) as error:
                left.append(LeftFile(change.path, reason_of(error, change.file)))
                continue
            known = entries.get(change.file.name)
            if known is None or known.sound != sound:
                # Another recording under an old name has other values from before.
                known = SidecarEntry(size, sound)
            entries[change.file.name] = known.with_written(field.name, change.before, change.after)
            ready.append(change)
        if ready:
            write_sidecar(folder, entries)
    except (GradatimError, OSError) as error:
        why = f"stays, since the {SIDECAR} beside it {reason_of(error, folder / SIDECAR)}"
        left += [LeftFile(change.path, why) for change in ready or changes]
        return []
    return ready
