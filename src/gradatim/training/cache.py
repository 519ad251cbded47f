"""The compilation cache: what was compiled once is not compiled again, in later processes too.

Conventions: one folder a version of JAX below the user's cache folder; deleting it costs time
and nothing else. ``GRADATIM_CACHE`` names another place; empty, it turns the cache off.
"""

from __future__ import annotations

import os
from pathlib import Path

import jax
from platformdirs import user_cache_path

__all__ = ["cache_folder", "use_compilation_cache"]


def cache_folder() -> Path | None:
    """Return the folder below which everything lies that may be deleted at any time."""
    chosen = os.environ.get("GRADATIM_CACHE")
    if chosen == "":
        return None
    return Path(chosen) if chosen else user_cache_path("gradatim")


def use_compilation_cache() -> Path | None:
    """Let JAX keep compiled programs, unless the user has configured that already."""
    configured = jax.config.values["jax_compilation_cache_dir"]
    if configured:
        return Path(configured)
    cache = cache_folder()
    if cache is None:
        return None
    folder = cache / f"jax-{jax.__version__}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    jax.config.update("jax_compilation_cache_dir", str(folder))
    # Every program is worth keeping: a climb compiles a dozen of one to three seconds each.
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", 0)
    return folder
