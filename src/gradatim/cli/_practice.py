"""A session of practice: ask, check, explain, count.

Conventions: a question is right if every part of it is, and right parts count as their share of
it; one that is left in the middle does not count. Everything goes to standard output, because that
is what the session is.
"""

from __future__ import annotations

from fractions import Fraction

from rich.console import Console
from rich.text import Text

from gradatim.cli._interrupt import Interrupted
from gradatim.cli._print import SafeConsole, fitted, print_lines
from gradatim.errors import InputError
from gradatim.exercises.model import Exam, Part, Question
from gradatim.presentation import practice
from gradatim.presentation.lines import Grid


def hold_session(exam: Exam) -> None:
    """Ask until all is asked or the student leaves, then say the score."""
    console, credits, interrupted = SafeConsole(), [], False
    print_lines(console, practice.welcome(exam))
    try:
        for number, question in enumerate(exam.questions, 1):
            credits.append(_ask(console, number, question))
    except (EOFError, KeyboardInterrupt) as error:
        # The prompt of the question that was left has no line end yet.
        console.print()
        interrupted = isinstance(error, KeyboardInterrupt)
    print_lines(console, [[""], [(practice.score(credits), "bold")]])
    if interrupted:
        raise Interrupted("stopped by Ctrl-C", kept=False)


def _ask(console: Console, number: int, question: Question) -> Fraction:
    for line in practice.asked(number, question):
        if isinstance(line, Grid):
            console.print(fitted(console, line, before=2, after=2, edge=True))
        else:
            print_lines(console, [line])
    alone = len(question.parts) == 1
    verdicts = [_ask_part(console, part, alone) for part in question.parts]
    print_lines(console, practice.explained(question, verdicts))
    return Fraction(sum(verdicts), len(verdicts))


def _ask_part(console: Console, part: Part, alone: bool) -> bool:
    print_lines(console, practice.choices(part))
    while True:
        typed = _read(console, part)
        if not typed:
            if not alone:  # the explanation that follows begins with the answer
                print_lines(console, [practice.answer(part)])
            return False
        try:
            right, line = practice.judged(part, typed)
        except InputError as error:
            print_lines(console, [[(str(error), "yellow")]])
            continue
        print_lines(console, [line])
        return right


def _read(console: Console, part: Part) -> str:
    console.print(Text.assemble(*practice.prompt(part)), end="")
    # Without a terminal nobody's return key ends the line of the prompt.
    line = input()
    if not console.is_terminal:
        console.print(Text(line))
    typed = line.strip()
    if typed.lower() in ("q", "quit", "exit"):
        raise EOFError
    return typed
