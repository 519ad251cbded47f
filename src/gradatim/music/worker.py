"""A worker that analyzes audio files: a decoder that crashes or hangs costs only the worker.

Conventions: run as ``python -m gradatim.music.worker``. A question names a ``path``, the
``recipes`` of sets, and whether to ``identify`` the file; the answer is what `write_analyses` makes
of it, or the ``error`` of a file that cannot be analyzed. Arrays are the base64 of their bytes.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from gradatim.errors import AudioError, MissingExtraError
from gradatim.executors.serving import serve
from gradatim.music.analyses import FileAnalysis, FilePart
from gradatim.music.analysis import analyze_parts
from gradatim.music.features import RECIPE
from gradatim.music.file_identity import FileIdentity, identify
from gradatim.music.recipes import SetRecipe, apply_recipe, parts_of, read_recipe


def question(path: str, parts: Sequence[SetRecipe], *, with_identity: bool) -> dict[str, Any]:
    """Put what a worker is to do into JSON."""
    return {
        "path": path,
        "recipes": [part.to_dict() for part in parts],
        "identify": with_identity,
    }


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    path, parts = asked["path"], parts_of([read_recipe(one) for one in asked["recipes"]])
    try:
        before = identify(path, content=True) if asked["identify"] else None
        analyses = analyze_parts(path, parts)
        after = None if before is None else identify(path, content=False)
    except (AudioError, MissingExtraError) as error:
        return {"error": str(error)}
    same = before is not None and after is not None and before.stamp == after.stamp
    first, pieces = analyses[parts[0]], analyses[parts[0]].pieces
    return {
        # A file that changed while it was read has none.
        "identity": [before.size, before.mtime_ns, before.sha256] if before and same else None,
        "whole": first.whole,
        "oddities": first.oddities,
        "pieces": [[piece.sha256, piece.start, piece.silent] for piece in pieces],
        "fingerprints": _write(np.stack([piece.fingerprint for piece in pieces])),
        "features": [_write(np.stack([p.features for p in analyses[q].pieces])) for q in parts],
    }


def read_answer(
    found: dict[str, Any], parts: Sequence[SetRecipe]
) -> tuple[FileIdentity | None, dict[SetRecipe, FileAnalysis]]:
    """Return the identity of a file and what each set gave; raises AudioError if it gave none."""
    if "error" in found:
        raise AudioError(found["error"])
    about, marks = found["pieces"], _read(found["fingerprints"], len(found["pieces"]))
    analyses = {}
    for part, features in zip(parts, found["features"], strict=True):
        rows: Iterable[Any] = zip(_read(features, len(about)), about, marks, strict=True)
        pieces = tuple(FilePart(*[own, *told, mark]) for own, told, mark in rows)
        analyses[part] = FileAnalysis(pieces, found["whole"], tuple(found["oddities"]))
    return found["identity"] and FileIdentity(*found["identity"]), analyses


def _write(values: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode()


def _read(text: str, n_rows: int) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), dtype="<f4").reshape(n_rows, -1)


def _load_libraries() -> None:
    """Load what is loaded on first use, which is not to count as the time of a file."""
    import soundfile  # noqa: F401
    import soxr  # noqa: F401

    apply_recipe(np.zeros(1, dtype=np.float32), RECIPE)


if __name__ == "__main__":
    _load_libraries()
    serve(_answer)
