"""The cache folder: what may be deleted at any time.

Conventions: ``GRADATIM_CACHE`` names another place; empty, it turns the cache off.
"""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path

__all__ = ["cache_folder"]


def cache_folder() -> Path | None:
    """Return the folder below which everything lies that may be deleted at any time."""
    chosen = os.environ.get("GRADATIM_CACHE")
    if chosen == "":
        return None
    return Path(chosen) if chosen else user_cache_path("gradatim")
