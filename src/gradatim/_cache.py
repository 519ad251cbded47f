"""The cache folder: what may be deleted at any time.

Conventions: ``GRADATIM_CACHE`` names another place; empty, it turns the cache off.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from pathlib import Path

from platformdirs import user_cache_path

__all__ = ["cache_folder", "prune"]


def cache_folder() -> Path | None:
    """Return the folder below which everything lies that may be deleted at any time."""
    chosen = os.environ.get("GRADATIM_CACHE")
    if chosen == "":
        return None
    return Path(chosen) if chosen else user_cache_path("gradatim")


def prune(parent: Path, spare: Path | None = None, *, max_days: float, max_bytes: int) -> None:
    """Remove folders of work that are too old, then the oldest until the rest fits."""
    sizes = {}
    for folder in parent.glob("*/"):
        with contextlib.suppress(OSError):
            sizes[folder] = (folder.stat().st_mtime, _size(folder))
    total = sum(size for _, size in sizes.values())
    for folder, (changed, size) in sorted(sizes.items(), key=lambda item: item[1]):
        old = time.time() - changed > max_days * 86_400
        if folder != spare and (old or total > max_bytes):
            shutil.rmtree(folder, ignore_errors=True)
            total -= size


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())
