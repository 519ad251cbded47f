"""Keeping what libraries say to themselves off the screen.

Conventions: our own messages reach standard error throughout; with ``--debug`` everything does.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import warnings
from collections.abc import Iterator

from gradatim.cli._streams import guarded


@contextlib.contextmanager
def silent_libraries(debug: bool) -> Iterator[None]:
    """Silence warnings, log records and what C libraries write to standard error.

    A decoder that meets a bad file, or a compiled engine that finds no accelerator, would write
    across the live table. Worker processes inherit the silence.
    """
    if debug:
        yield
        return
    with contextlib.ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        stack.enter_context(_environment(PYTHONWARNINGS="ignore", TF_CPP_MIN_LOG_LEVEL="3"))
        stack.callback(logging.disable, logging.root.manager.disable)
        logging.disable(logging.CRITICAL)
        stack.enter_context(_c_stderr_discarded())
        yield


@contextlib.contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextlib.contextmanager
def _c_stderr_discarded() -> Iterator[None]:
    """Point file descriptor 2 to nowhere and `sys.stderr` to where 2 pointed before."""
    try:
        ours = os.fdopen(
            os.dup(2), "w", buffering=1, encoding=getattr(sys.stderr, "encoding", None)
        )
    except OSError:
        # Started without a standard error: there is nothing to keep quiet.
        yield
        return
    python_stderr = sys.stderr
    if _descriptor(python_stderr) == 2:
        python_stderr.flush()
        sys.stderr = guarded(ours, may_fail=True)
    with ours, open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            ours.flush()
            os.dup2(ours.fileno(), 2)
            sys.stderr = python_stderr


def _descriptor(stream: object) -> int | None:
    try:
        return stream.fileno()  # type: ignore[attr-defined]
    except (AttributeError, OSError, ValueError):
        return None
