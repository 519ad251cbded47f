"""The sidecar of a folder: what the tags of its files were before gradatim wrote any.

Conventions: a JSON file beside the audio, written before the first audio file is touched. Files are
called by their names in the folder. What stands there first stays: later runs add fields, files
and values that were written, and change no value from before.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gradatim._files import open_regular, write_atomically
from gradatim._text import show_name
from gradatim.errors import InputError, SpecError
from gradatim.tagging.fields import tag_field

#: Name of the sidecar.
SIDECAR = ".gradatim-tags.json"

SCHEMA = 1

# A folder of 100,000 files takes 30 MB.
_LARGEST = 1 << 29


@dataclass(frozen=True)
class SidecarField:
    """A field of a file: what it was, and what has been written into it since."""

    before: tuple[str, ...] | None  # None: It was absent
    written: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class SidecarEntry:
    """A file: what it was before, and its fields that were changed."""

    size: int  # Bytes
    sound: str  # Hash of the sound without tags
    fields: Mapping[str, SidecarField] = field(default_factory=dict)

    def with_written(
        self, name: str, before: Sequence[str] | None, written: Sequence[str]
    ) -> SidecarEntry:
        """Add a value that will be written; the first value from before stays."""
        known = self.fields.get(name) or SidecarField(None if before is None else tuple(before))
        if tuple(written) not in known.written:
            known = replace(known, written=(*known.written, tuple(written)))
        return replace(self, fields={**self.fields, name: known})


def read_sidecar(folder: Path) -> dict[str, SidecarEntry]:
    """Read the sidecar of a folder; one that is not there has no entries."""
    path = folder / SIDECAR
    try:
        with open_regular(path) as file:
            content = file.read(_LARGEST + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from error
    try:
        if len(content) > _LARGEST:
            raise ValueError
        whole = json.loads(content)
        schema = whole["schema"]
        if isinstance(schema, int) and schema > SCHEMA:
            raise InputError(f"{path} is of a newer gradatim (schema {schema}); update gradatim")
        if schema != SCHEMA:
            raise ValueError
        return {_name(name): _entry(value) for name, value in whole["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, SpecError) as error:
        if isinstance(error, InputError) and not isinstance(error, SpecError):
            raise
        raise InputError(
            f"{path} is not what gradatim wrote, so it is left as it is; move it away if the tags "
            "from before are not needed"
        ) from error


def write_sidecar(folder: Path, entries: Mapping[str, SidecarEntry]) -> None:
    """Write the sidecar of a folder, or remove it if nothing is left in it."""
    path = folder / SIDECAR
    if not entries:
        path.unlink(missing_ok=True)
        return
    from importlib.metadata import version

    files = {name: _to_dict(entry) for name, entry in entries.items()}
    whole = {"schema": SCHEMA, "gradatim": version("gradatim"), "files": files}
    # ASCII also holds names that are no text, as escapes of their bytes.
    write_atomically(path, json.dumps(whole, indent=1) + "\n")


def _to_dict(entry: SidecarEntry) -> dict[str, Any]:
    tags = {
        name: {
            "before": None if one.before is None else list(one.before),
            "written": [list(texts) for texts in one.written],
        }
        for name, one in entry.fields.items()
    }
    return {"size": entry.size, "sound_sha256": entry.sound, "tags": tags}


def _name(name: str) -> str:
    # A sidecar that comes from somewhere must not name files elsewhere.
    if Path(name).name != name or name in ("", ".", "..") or "\0" in name or "\\" in name:
        raise ValueError(f"{show_name(name)} is no file of the folder")
    return name


def _entry(value: Mapping[str, Any]) -> SidecarEntry:
    fields = {tag_field(name).name: _field(one) for name, one in value["tags"].items()}
    size, sound = value["size"], value["sound_sha256"]
    if not isinstance(size, int) or not isinstance(sound, str):
        raise TypeError
    return SidecarEntry(size, sound, fields)


def _field(value: Mapping[str, Any]) -> SidecarField:
    before = value["before"]
    return SidecarField(
        None if before is None else _texts(before), tuple(map(_texts, value["written"]))
    )


def _texts(values: Sequence[Any]) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        raise TypeError
    return tuple(values)
