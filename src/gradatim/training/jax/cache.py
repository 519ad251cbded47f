"""The compilation cache: what was compiled once is not compiled again, in later processes too.

Conventions: one folder per version of JAX below the cache folder; deleting it costs time and
nothing else.
"""

from __future__ import annotations

from pathlib import Path

import jax

from gradatim._cache import cache_folder


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
