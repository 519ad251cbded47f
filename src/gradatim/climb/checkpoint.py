"""Where the work of a climb is kept until the climb has ended well.

Conventions: one folder per climb below the user's cache folder, named by a digest of what its fits
depend on: rows, targets, groups, task, folds, repeats, seed. The margin, the rungs and the number
of threads are not among them, so a climb may go on with others. Folders older than two weeks, and
the oldest beyond 2 GB, are removed whenever a climb begins.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from gradatim._cache import cache_folder, prune
from gradatim._digest import short_hash
from gradatim.collection import Collection
from gradatim.training.store import Store

#: Days after which the work of a climb that never went on is removed.
MAX_DAYS = 14

#: Bytes that the work of all climbs may take.
MAX_BYTES = 2 * 10**9


def climb_folder(
    collection: Collection,
    *,
    folds: int,
    repeats: int | None,
    seed: int,
    shuffle_labels: bool,
    preset: str = "quick",
) -> Path | None:
    """Name the folder of a climb."""
    protocol = (folds, repeats, seed, shuffle_labels, preset)
    return work_folder("climbs", (collection.sha256, collection.task, *protocol))


def work_folder(kind: str, about: tuple[object, ...]) -> Path | None:
    """Name the folder of some work by what it is about; None if the cache is turned off."""
    cache = cache_folder()
    name = short_hash(repr(about), size=10)
    return None if cache is None else cache / kind / name


@contextlib.contextmanager
def open_checkpoint(folder: Path | None, resume: bool = False) -> Iterator[Store | None]:
    """Keep the work of a climb until it has ended well; an error or interrupt leaves it there."""
    if folder is None:
        yield None
        return
    prune(folder.parent, spare=folder, max_days=MAX_DAYS, max_bytes=MAX_BYTES)
    store = Store(folder)
    if not resume:
        store.clear()
    try:
        yield store
    except BaseException:
        store.close()
        raise
    store.close()
    shutil.rmtree(folder, ignore_errors=True)
