"""What was typed: the command line of this run, as it can be typed again.

Conventions: words are quoted for a shell; nothing is known outside a run of `gradatim.cli.main`.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar

from gradatim._text import shell_word

#: Arguments of the run that is going on.
TYPED: ContextVar[tuple[str, ...]] = ContextVar("TYPED", default=())

_RESUME = "--resume"


def command_line(tokens: Sequence[str]) -> str:
    """Write a command with these arguments for a shell.

    Examples
    --------
    >>> command_line(["climb", "my songs"])
    "gradatim climb 'my songs'"
    """
    return " ".join(map(shell_word, ["gradatim", *tokens]))


def repeating_command() -> str:
    """Return the command that does this run again from the start; nothing outside a run."""
    tokens = [token for token in TYPED.get() if token != _RESUME]
    return command_line(tokens) if tokens else ""
