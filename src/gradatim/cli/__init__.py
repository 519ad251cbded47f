"""The command line: one module a verb; it parses, calls and prints.

Conventions: a verb is a function in the module of its name, imported only when it is asked for;
modules that are no verb begin with an underscore. Exit status: 0 done, 2 what was given cannot be
used or a result could not be written, 130 stopped by Ctrl-C, 1 a fault of gradatim itself. What
goes wrong is one sentence on standard error; ``--debug`` adds the traceback.
"""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from collections.abc import Sequence

from cyclopts import App, CycloptsError, UnusedCliTokensError

from gradatim.errors import GradatimError

__all__ = ["app", "main"]


def _version() -> str:
    from importlib.metadata import version

    return f"gradatim {version('gradatim')}"


app = App(
    name="gradatim",
    help="Climb from one neuron to a deep network on your own music, and learn where to stop.",
    help_epilogue="Try `gradatim climb timbre`; `gradatim climb --help` explains the options.",
    version=_version,
    # Markdown help costs a third of the time in which --help must answer.
    help_format="plaintext",
    version_format="plaintext",
    suppress_keyboard_interrupt=False,
    result_action="return_value",
)
app.command(
    "gradatim.cli.climb:climb",
    name="climb",
    help="Train and compare every rung on a dataset, folder or table.",
)
app.command("gradatim.cli.data:data", name="data", help="List the datasets in the package.")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments after the program's name; those of the process if None.

    Returns
    -------
    int
        Exit status: 0 done, 2 unusable input or an unwritable result, 130 stopped by Ctrl-C,
        1 a fault of gradatim itself.
    """
    tokens = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in tokens
    try:
        app(tokens, exit_on_error=False, print_error=False, verbose=False)
        sys.stdout.flush()
    except CycloptsError as error:
        return _fail(2, _one_sentence(error), debug)
    except GradatimError as error:
        return _fail(2, str(error), debug)
    except KeyboardInterrupt:
        return _fail(130, "stopped by Ctrl-C before the end", debug)
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        _forget_stdout()
    except OSError as error:
        _forget_stdout()
        return _fail(2, str(error), debug)
    except Exception as error:
        fault = f"{type(error).__name__}: {error}"
        return _fail(1, f"a fault in gradatim ({fault}); --debug shows where", debug)
    return 0


def _fail(status: int, sentence: str, debug: bool) -> int:
    if debug:
        traceback.print_exc()
    print(f"gradatim: {' '.join(sentence.split())}", file=sys.stderr)
    return status


def _forget_stdout() -> None:
    """Keep what could not be written from failing a second time when Python exits."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _one_sentence(error: CycloptsError) -> str:
    """Join what cyclopts says in several sentences into one, as all other errors are."""
    if isinstance(error, UnusedCliTokensError):
        return f"unexpected argument {(error.unused_tokens or ['?'])[0]!r}; give one PATH"
    first, *rest = str(error).strip().rstrip(".").split(". ")
    return "; ".join([first[:1].lower() + first[1:], *(r[:1].lower() + r[1:] for r in rest)])
