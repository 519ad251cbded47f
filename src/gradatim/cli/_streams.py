"""Standard output and error while a verb runs: what is printed is shown, and can be encoded.

Conventions: controls and bidi marks are written as escapes, whoever put them there; a character
that the encoding lacks is replaced by a readable one. Where standard output is closed, the first
word is an `OutputError`, after the files; words on a standard error that nobody reads are lost.
"""

from __future__ import annotations

import codecs
import contextlib
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any, TextIO, cast

from gradatim._text import escape_controls, readable
from gradatim.errors import OutputError

_READABLE = "gradatim-readable"

# Documents that say themselves that they are in UTF-8.
_MARKUP = ("html", "moodle", "stack")


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return readable(error.object[error.start : error.end], error.encoding), error.end


class _Guard:
    """A stream that shows what is written to it."""

    def __init__(self, stream: TextIO | None, *, may_fail: bool) -> None:
        self.stream, self._may_fail = stream, may_fail

    def write(self, text: str) -> int:
        if self.stream is None:
            raise OutputError("standard output is closed; open it, or send it to /dev/null")
        with self._failures():
            self.stream.write(escape_controls(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        if self.stream is not None:
            with self._failures():
                self.stream.flush()

    def _failures(self) -> contextlib.AbstractContextManager[Any]:
        return contextlib.suppress(OSError) if self._may_fail else contextlib.nullcontext()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def guarded(stream: TextIO | None, *, may_fail: bool = False) -> TextIO:
    """Return a stream that shows what is written to it; `may_fail` where nobody need read it."""
    codecs.register_error(_READABLE, _replace)
    if hasattr(stream, "reconfigure"):
        cast("Any", stream).reconfigure(errors=_READABLE)
    return cast("TextIO", _Guard(stream, may_fail=may_fail))


def unguarded(stream: TextIO) -> TextIO:
    """Return the stream beneath, for what writes escapes of its own."""
    return stream.stream or stream if isinstance(stream, _Guard) else stream


def output_encoding() -> str:
    """Return the encoding of standard output; UTF-8 where it has none or is closed."""
    return getattr(sys.stdout, "encoding", None) or "utf-8"


def print_document(text: str, kind: str) -> None:
    """Print a document whole: where the encoding is not UTF-8, with escapes of its own kind."""
    if not output_encoding().lower().startswith("utf"):
        if kind == "json":
            # Outside the Basic Multilingual Plane JSON takes two escapes.
            text = re.sub(r"[^\x00-\x7f]", lambda found: json.dumps(found[0])[1:-1], text)
        elif kind in _MARKUP:
            text = text.encode("ascii", "xmlcharrefreplace").decode()
    print(text, end="" if text.endswith("\n") else "\n")


@contextlib.contextmanager
def shown() -> Iterator[None]:
    """Guard standard output and error."""
    before = sys.stdout, sys.stderr
    errors = [getattr(stream, "errors", None) for stream in before]
    with contextlib.ExitStack() as stack:
        stdin = sys.stdin
        if stdin is None:
            sys.stdin = stack.enter_context(open(os.devnull, encoding="utf-8"))
            stack.callback(setattr, sys, "stdin", stdin)
        elif hasattr(stdin, "reconfigure"):
            cast("Any", stdin).reconfigure(errors="surrogateescape")
        if before[0] is None:
            # Or the first file that is opened would be standard output.
            _nowhere(stack)
        sys.stdout = guarded(before[0])
        sys.stderr = guarded(before[1] or _nowhere(stack), may_fail=True)
        try:
            yield
        finally:
            sys.stdout, sys.stderr = before
            for stream, mode in zip(before, errors, strict=True):
                if hasattr(stream, "reconfigure"):
                    cast("Any", stream).reconfigure(errors=mode)


def _nowhere(stack: contextlib.ExitStack) -> TextIO:
    return stack.enter_context(open(os.devnull, "w", encoding="utf-8"))
