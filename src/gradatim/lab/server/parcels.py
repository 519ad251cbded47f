"""Collections on their way between the server and its worker processes.

Conventions: a collection holds read-only views, which no pipe carries; its fields as plain values
do. Sounds stay where they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from gradatim.collection import Collection

_KIND = "gradatim collection"


def pack(value: Any) -> Any:
    """Return a collection's fields as plain values, and anything else as it is."""
    if not isinstance(value, Collection):
        return value
    names = [field.name for field in fields(value) if field.name != "media"]
    return _KIND, {name: _plain(getattr(value, name)) for name in names}


def unpack(value: Any) -> Any:
    """Return what was packed."""
    if isinstance(value, tuple) and value[:1] == (_KIND,):
        return Collection(**value[1])
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return value
