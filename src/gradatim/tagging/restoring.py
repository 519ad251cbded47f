"""The tags from before gradatim wrote any, given back to the files.

Conventions: a file that has changed since is left, unless forced. Files are restored before their
sidecar forgets them, so that whoever is interrupted can begin again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from gradatim._progress import Progress
from gradatim._text import show_name
from gradatim.errors import GradatimError, InputError
from gradatim.music.listing import readable_path
from gradatim.tagging.changes import LeftFile, TagsRestored, reason_of, require_changeable, steps
from gradatim.tagging.containers import Values
from gradatim.tagging.fields import TagField, require_mutagen, tag_field
from gradatim.tagging.sidecars import SIDECAR, SidecarEntry, read_sidecar, write_sidecar
from gradatim.tagging.tagged_audio import audio_hash, read_tags, rewrite_tags

__all__ = ["restore_tags"]

_Outcome = Literal["restored", "same", "forgotten"]


def restore_tags(
    path: str | os.PathLike[str],
    *,
    force: bool = False,
    follow_links: bool = False,
    progress: Progress | None = None,
) -> TagsRestored:
    """Give files the tags that they had before gradatim wrote any, as sidecars hold them.

    `path` is a folder, with all folders below it, or one audio file. `force` also restores where
    the sound or the tag has changed since, and forgets files that are gone. What is restored leaves
    its sidecar, and an empty sidecar is removed. Needs mutagen, the extra ``tags``.
    """
    require_mutagen()
    where = Path(path).expanduser()
    if where.is_dir():
        folders, only = list(_folders_with_sidecar(where, follow_links)), None
    elif os.path.lexists(where):
        folders, only = [where.parent] if (where.parent / SIDECAR).is_file() else [], where.name
    else:
        raise InputError(f"there is no file or folder {show_name(where)}")
    left: list[LeftFile] = []
    found: dict[Path, dict[str, SidecarEntry]] = {}
    root = where if only is None else where.parent
    for folder in folders:
        try:
            found[folder] = read_sidecar(folder)
        except InputError as error:
            left.append(_left(root, folder / SIDECAR, error))
    if not left and not any(only is None or only in entries for entries in found.values()):
        raise InputError(
            f"no {SIDECAR} {'at or below' if only is None else 'names'} {show_name(where)}, so "
            "there is nothing to take back"
        )
    step = steps(progress, sum(map(len, found.values())))
    counts: dict[_Outcome, int] = {"restored": 0, "same": 0, "forgotten": 0}
    for folder, entries in found.items():
        kept = dict(entries)
        for name, entry in entries.items():
            if only not in (None, name):
                continue
            step()
            try:
                counts[_restore(folder / name, entry, force)] += 1
                del kept[name]
            except GradatimError as error:
                left.append(_left(root, folder / name, error))
        if kept != entries:
            try:
                write_sidecar(folder, kept)
            except OSError as error:
                left.append(_left(root, folder / SIDECAR, error))
    return TagsRestored(
        source=readable_path(where.name or str(where)),
        n_restored=counts["restored"],
        n_same=counts["same"],
        n_forgotten=counts["forgotten"],
        left=left,
    )


def _restore(file: Path, entry: SidecarEntry, force: bool) -> _Outcome:
    """Restore a file, and say what that was."""
    if not os.path.lexists(file):
        if force:
            return "forgotten"
        raise InputError(f"{file} is gone; --force forgets it")
    require_changeable(file)
    fields = {tag_field(name): one for name, one in entry.fields.items()}
    now = read_tags(file, fields)
    if not force and audio_hash(file) != entry.sound:
        raise InputError(f"{file} has another sound since; --force restores its tags all the same")
    for field, one in fields.items():
        if not force and now[field] != one.before and now[field] not in one.written:
            said = "no " + field.name if now[field] is None else f"another {field.name}"
            raise InputError(f"{file} has {said} since; --force restores it all the same")
    changes: Mapping[TagField, Values] = {
        field: one.before for field, one in fields.items() if now[field] != one.before
    }
    if not changes:
        return "same"
    rewrite_tags(file, changes, entry.size)
    return "restored"


def _folders_with_sidecar(root: Path, follow_links: bool) -> Iterator[Path]:
    seen: set[str] = set()
    for folder, subfolders, names in os.walk(root, followlinks=follow_links):
        real = os.path.realpath(folder)
        if real in seen:
            subfolders.clear()
            continue
        seen.add(real)
        subfolders.sort()
        if SIDECAR in names:
            yield Path(folder)


def _left(root: Path, file: Path, error: Exception) -> LeftFile:
    below = Path(os.path.relpath(file, root)).as_posix()
    return LeftFile(readable_path(below), reason_of(error, file))
