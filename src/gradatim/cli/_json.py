"""What the JSON objects of several verbs share: where they come from, and how they are printed.

Conventions: JSON is strict (no NaN, no infinity) and has a schema number; the hash of what was
asked does not depend on the order of its parts.
"""

from __future__ import annotations

from typing import Any

from gradatim._text import escape_json
from gradatim.cli._streams import print_document

SCHEMA = 1


def header() -> dict[str, Any]:
    """Return the version that made an object, and its schema number."""
    from importlib.metadata import version

    return {"schema": SCHEMA, "gradatim": version("gradatim")}


def asked(seed: int | None, protocol: dict[str, Any], **question: Any) -> dict[str, Any]:
    """Return what was asked, how it was answered, and a hash of both.

    Examples
    --------
    >>> one, other = asked(None, {}, a=1, b=2), asked(None, {}, b=2, a=1)
    >>> one["sha256"] == other["sha256"] != asked(0, {}, a=1, b=2)["sha256"]
    True
    """
    from json import dumps

    from gradatim._digest import sha256

    whole = {**question, "protocol": protocol, "seed": seed}
    text = dumps(whole, sort_keys=True, allow_nan=False)
    return {**whole, "sha256": sha256(text)}


def json_text(value: Any) -> str:
    """Write an object or a list; NaN and infinity, which are no JSON, are refused."""
    from json import dumps

    return escape_json(dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def print_json(value: Any) -> None:
    """Print an object or a list; where the encoding lacks a character, as an escape of JSON."""
    print_document(json_text(value), "json")
