"""The command line: one module per verb; it parses, calls and prints.

Conventions: a verb is a function in the module of its name, imported only when it is asked for;
modules that are no verb begin with an underscore. Exit status: 0 done, 2 what was given cannot be
used or a result could not be written, 130 stopped by Ctrl-C, 1 a fault of gradatim itself. What
goes wrong is one sentence on standard error; ``--debug`` adds the traceback.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import sys
import threading
import traceback
from collections.abc import Sequence

from cyclopts import App, CycloptsError, Group, MissingArgumentError, UnusedCliTokensError

from gradatim._text import show_sentence
from gradatim.cli import _command, _interrupt, _streams
from gradatim.errors import EquationError, GradatimError

__all__ = ["app", "main"]


def _version() -> str:
    from importlib.metadata import version

    return f"gradatim {version('gradatim')}"


#: Verbs by their groups in the help, with what each does.
_VERBS = {
    "Your music": {
        "climb": "Train and compare every rung on a dataset, folder or table.",
        "inspect": "Say what is in a dataset, folder or table, and what is wrong with it.",
        "features": "Compute the features of sounds once, into a table that climb reads.",
        "predict": "Let a saved model name the classes of audio files or rows of a table.",
        "explain": "Say which inputs moved what a saved model says of a sound or row.",
        "layers": "Look into the layers of a saved network, or of the pretrained one.",
        "score": "Score a saved model on another labelled collection.",
        "untag": "Give audio files the tags back that predict --write-tags has changed.",
        "compare": "Compare two climbs of the same rows, from their JSON files.",
        "data": "List the datasets in the package.",
        "race": "Compare kinds of models of equal size on one task, over many random starts.",
    },
    "By hand": {
        "eval": "Evaluate an equation, with every number of every unit.",
        "step": "Take steps of gradient descent, with every derivative.",
        "fit": "Fit linear or logistic regression exactly, and print its equation.",
        "draw": "Draw a network as SVG, PDF, PNG, DOT, Mermaid or TikZ.",
        "plot": "Plot activation functions, or where a network changes its mind.",
    },
    "Proofs": {
        "transform": "Separate a labeled line with step units, and prove it right.",
        "separate": "Tell whether one straight line (or plane) can tell your classes apart, "
        "with a proof.",
        "capacity": "Count how many labelings of points a hyperplane can make, and try it.",
        "depth": "Show what depth separates: sawtooth and parity, built, proved and trained.",
        "approximate": "Build a shallow network for a function, with a certified error.",
    },
    "Class": {
        "exercises": "Make an exam with worked answers, as a sheet to print, or for Moodle.",
        "practice": "Answer questions in the terminal, checked and explained.",
        "lab": "Write a page to play with: one neuron, a network that learns, exercises.",
    },
}

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
for _order, (_title, _verbs) in enumerate(_VERBS.items()):
    _group = Group(_title, sort_key=_order)
    for _verb, _help in _verbs.items():
        app.command(f"gradatim.cli.{_verb}:{_verb}", name=_verb, group=_group, help=_help)


def main(argv: Sequence[str] | None = None, program: App | None = None) -> int:
    """Run the command line on arguments, by default those of the process; return its exit status.

    0: done, 2: unusable input or an unwritable result, 130: stopped by Ctrl-C, 1: a fault of
    gradatim itself.
    """
    tokens = [_value(token) for token in (sys.argv[1:] if argv is None else argv)]
    program = program or app
    _command.TYPED.set(tuple(tokens))
    if argv is not None:
        return _run(tokens, program)
    with _interrupt.leave_at_the_second():
        status = _run(tokens, program)
        if status == _interrupt.STATUS and threading.active_count() > 1:
            # A thread in a native call would keep the process until it returns.
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    return status


# -pi, -1/2 and -2,5 are numbers too; an interval such as "-pi, pi" is one word or two.
_END = r"[0-9.,]*\*?(?:\\?pi|π)?(?:/[0-9.,]+)?"
_NEGATIVE = re.compile(rf"-(?=[0-9.,π\\p]){_END}(?:[,;\s]+[-+]?{_END})?")


def _value(token: str) -> str:
    """Write a negative number with a sign that begins no option."""
    if _NEGATIVE.fullmatch(token) and not _is_plain(token):
        return "\N{MINUS SIGN}" + token[1:]
    return token


def _is_plain(token: str) -> bool:
    try:
        float(token)
    except ValueError:
        return False
    return True


def _run(tokens: Sequence[str], program: App) -> int:
    with _streams.shown():
        try:
            status = _status(tokens, program)
        except KeyboardInterrupt:
            # While an error was told.
            status = _interrupt.STATUS
        try:
            sys.stdout.flush()
        except OSError:
            # Words before an error that nobody reads; the error has been told.
            _forget_stdout()
        return status


def _status(tokens: Sequence[str], program: App) -> int:
    debug = "--debug" in tokens
    try:
        from gradatim.cli._print import SafeConsole

        # The help has colors, which are escapes.
        console = SafeConsole()
        program(tokens, console=console, exit_on_error=False, print_error=False, verbose=False)
        sys.stdout.flush()
    except CycloptsError as error:
        return _fail(2, _one_sentence(error, tokens), debug)
    except EquationError as error:
        status = _fail(2, error.sentence, debug)
        # The caret below the equation keeps its place only as lines of their own.
        print(error.pointer, end="\n" if error.pointer else "", file=sys.stderr)
        return status
    except GradatimError as error:
        return _fail(2, str(error), debug)
    except _interrupt.Interrupted as stop:
        # Not through _fail, which would change the spaces in the name of a file.
        print(f"gradatim: {stop}{_how_to_go_on(tokens) if stop.kept else ''}", file=sys.stderr)
        return _interrupt.STATUS
    except KeyboardInterrupt:
        return _fail(_interrupt.STATUS, "stopped by Ctrl-C before the end", debug)
    except SystemExit as error:
        # So rich ends the process when its output is no longer read.
        if not isinstance(error.__context__, BrokenPipeError):
            raise
        _forget_stdout()
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        _forget_stdout()
    except OSError as error:
        _forget_stdout()
        said = f"standard output cannot be written ({error.strerror})"
        return _fail(2, str(error) if error.filename or not error.strerror else said, debug)
    except Exception as error:
        fault = f"{type(error).__name__}: {error}"
        return _fail(1, f"a fault in gradatim ({fault}); --debug shows where", debug)
    return 0


def _how_to_go_on(tokens: Sequence[str]) -> str:
    again = [*tokens, *([] if "--resume" in tokens else ["--resume"])]
    return f"; go on with: {_command.command_line(again)}"


def _fail(status: int, sentence: str, debug: bool) -> int:
    if debug:
        traceback.print_exc()
    print(f"gradatim: {show_sentence(sentence)}", file=sys.stderr)
    return status


def _forget_stdout() -> None:
    """Keep what could not be written from failing a second time when Python exits."""
    with contextlib.suppress(AttributeError, OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _one_sentence(error: CycloptsError, tokens: Sequence[str]) -> str:
    """Join what cyclopts says in several sentences into one, as all other errors are."""
    if isinstance(error, UnusedCliTokensError):
        chain = shlex.join(["gradatim", *(error.command_chain or ()), "--help"])
        unused = (error.unused_tokens or ["?"])[0]
        return f"unexpected argument {unused!r}{_how_to_repeat(unused, tokens)}; see {chain}"
    if isinstance(error, MissingArgumentError) and error.argument is not None:
        return _missing(error)
    said = re.sub(r"Available commands:.*", "see gradatim --help", str(error), flags=re.DOTALL)
    first, *rest = said.strip().rstrip(".").split(". ")
    return "; ".join(map(_uncapitalized, [first, *rest]))


def _how_to_repeat(unused: str, tokens: Sequence[str]) -> str:
    """Say how a second target is typed, where it stands right after the first."""
    for option, value, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if option == "--target" and after == unused:
            again = shlex.join(["--target", value, "--target", after])
            return f"; several targets are typed {again}"
    return ""


def _uncapitalized(sentence: str) -> str:
    """Let a sentence go on after a colon; JSON and SVG stay as they are."""
    return sentence if sentence[1:2].isupper() else sentence[:1].lower() + sentence[1:]


def _missing(error: MissingArgumentError) -> str:
    """Say what an option or a place waits for: which file, column or number is meant."""
    assert error.argument is not None
    option, verb = error.argument.name, " ".join(error.command_chain or ())
    option = option if option.startswith("-") else option.upper()
    # The parser reads docstrings only for its help.
    name = error.argument.field_info.name
    described = re.search(
        rf"^ +{name}\n((?: {{8}}.*\n)+)", error.target.__doc__ or "", re.MULTILINE
    )
    # Options that several verbs share have their help beside them.
    told = described[1] if described else error.argument.parameter.help or ""
    meant = " ".join(told.split()).rstrip(".").partition("; ")[0]
    wanted = f": {_uncapitalized(meant)}" if meant else ""
    return f"{verb} {option} requires an argument{wanted}; see gradatim {verb} --help".strip()
