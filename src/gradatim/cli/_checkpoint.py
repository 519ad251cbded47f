"""What a climb or a race keeps until it has ended well, so that ``--resume`` goes on from there.

Conventions: nothing is kept where the cache is turned off, and resuming is then an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from gradatim.cli._interrupt import Interrupted, interruptible
from gradatim.errors import SpecError

if TYPE_CHECKING:
    from gradatim.cli._live import LiveLadder
    from gradatim.cli._progress_bar import ProgressBar
    from gradatim.training.store import Store

T = TypeVar("T")


@contextmanager
def checkpoint(find: Callable[[], Path | None], resume: bool) -> Iterator[Store | None]:
    """Open the store in the folder that is found, which is removed when all is done and written."""
    # The engine takes seconds to load: what is wrong with the input is told before.
    folder = interruptible(find)
    if folder is None and resume:
        raise SpecError(
            "--resume has nothing to go on from, since GRADATIM_CACHE turns the cache off"
        )
    from gradatim.climb.checkpoint import open_checkpoint

    with open_checkpoint(folder, resume) as store:
        yield store


def until_interrupted(
    run: Callable[[], T],
    shown: ProgressBar | LiveLadder,
    store: Store | None,
    say: Callable[[], str],
) -> T:
    """Do some work in another thread; on Ctrl-C end it, keep what is finished, and say so."""
    try:
        return interruptible(run)
    except KeyboardInterrupt:
        shown.ended = True
        if store is not None:
            store.flush()
        raise Interrupted(say(), kept=bool(store)) from None
