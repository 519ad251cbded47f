"""Ctrl-C: heard at once wherever the work is, and told what is finished.

Conventions: the work runs in a thread of its own and the main thread only waits, since Python
hears Ctrl-C nowhere else, and in no native call (a compiler, a kernel machine's solver). A first
Ctrl-C is a KeyboardInterrupt; a second one ends the process where it stands. Where the first
happens to meet a callback of the garbage collector (JAX has one) or a destructor, Python prints
the exception and forgets it: it is then raised once more.
"""

from __future__ import annotations

import _thread
import contextlib
import contextvars
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TypeVar

T = TypeVar("T")

#: Exit status of a command that Ctrl-C ended: 128 and the number of the signal.
STATUS = 130

# Windows hears no Ctrl-C in a wait without end.
_SECONDS_A_WAIT = 0.2

_SECONDS_TO_THE_NEXT_TRY = 0.02

# Of work that is told to stop, to write what it has; a second Ctrl-C waits for nothing.
_SECONDS_TO_END = 3.0


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, with what was finished before."""

    def __init__(self, sentence: str, kept: bool) -> None:
        super().__init__(sentence)
        self.kept = kept


def interruptible(work: Callable[[], T], stop: Callable[[], object] | None = None) -> T:
    """Do some work in another thread, ready to be interrupted meanwhile.

    `stop` tells the work that it was, which then has a moment to write what it has.
    """
    found: list[T] = []
    errors: list[BaseException] = []
    done = threading.Event()
    context = contextvars.copy_context()

    def run() -> None:
        try:
            found.append(context.run(work))
        except BaseException as error:
            errors.append(error)
        finally:
            done.set()

    # A daemon does not keep the process from ending.
    threading.Thread(target=run, name="gradatim-work", daemon=True).start()
    try:
        while not done.wait(_SECONDS_A_WAIT):
            pass
    except KeyboardInterrupt:
        if stop is not None:
            stop()
            done.wait(_SECONDS_TO_END)
        raise
    if errors:
        raise errors[0]
    return found[0]


@contextlib.contextmanager
def leave_at_the_second() -> Iterator[None]:
    """Let a first Ctrl-C be heard and a second end the process, unless signals are another's."""
    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, _first)
    hook, sys.unraisablehook = sys.unraisablehook, _try_again
    try:
        yield
    finally:
        sys.unraisablehook = hook
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _first(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGINT, _second)
    raise KeyboardInterrupt


def _second(number: int, frame: FrameType | None) -> None:
    os._exit(STATUS)


def _try_again(forgotten: sys.UnraisableHookArgs) -> None:
    if forgotten.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(forgotten)
        return
    signal.signal(signal.SIGINT, _first)
    threading.Timer(_SECONDS_TO_THE_NEXT_TRY, _press, [threading.get_ident()]).start()


def _press(thread: int) -> None:
    if hasattr(signal, "pthread_kill"):
        # A real signal: it wakes the thread from a wait that `interrupt_main` would sit out.
        signal.pthread_kill(thread, signal.SIGINT)
    else:
        _thread.interrupt_main()
