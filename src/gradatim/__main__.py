"""``python -m gradatim``, which is the command ``gradatim``.

Conventions: Ctrl-C ends the process with status 130 here too, while the command line is loaded and
after it is done; in between, `gradatim.cli` hears it.
"""

import os
import signal
import sys
from types import FrameType

__all__ = ["main"]

_INTERRUPTED = 130


def main() -> int:
    """Run the command line in a process of its own."""
    # Somebody else's signals are left alone.
    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    try:
        if ours:
            signal.signal(signal.SIGINT, _leave)
        from gradatim.cli import main as run

        if ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        status = run()
        if ours:
            signal.signal(signal.SIGINT, _leave)
        return status
    except KeyboardInterrupt:
        return _INTERRUPTED


def _leave(number: int, frame: FrameType | None) -> None:
    os._exit(_INTERRUPTED)


if __name__ == "__main__":
    sys.exit(main())
