"""A session of practice: ask, check, explain, count.

Conventions: a question is right if every part of it is; a part has one attempt, after which the way
to the answer is shown. What cannot be understood is no attempt and is asked again. Everything goes
to standard output, because that is what the session is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from gradatim.errors import InputError
from gradatim.exercises.formats.fragments import plain_text
from gradatim.exercises.formats.words import LETTERS, answer_line, heading, remarks
from gradatim.exercises.model import Exam, Part, Question, Table
from gradatim.exercises.numbers import parse_number
from gradatim.exercises.slips import SLIPS

__all__ = ["Session"]


class _LeftError(Exception):
    """The student has had enough."""


class Session:
    """Questions asked one after the other."""

    def __init__(self, exam: Exam) -> None:
        self._exam = exam
        self._console = Console(highlight=False)
        self._right = 0
        self._asked = 0

    def run(self) -> None:
        """Ask until all is asked or the student leaves, then say the score."""
        self._say(f"{self._exam.size}, seed {self._exam.seed}.", "dim")
        self._say("A blank line shows the answer, q ends.", "dim")
        try:
            for number, question in enumerate(self._exam.questions, 1):
                self._ask(number, question)
        except (_LeftError, EOFError, KeyboardInterrupt):
            # The prompt of the question that was left has no line end yet.
            self._say("")
        self._say("")
        self._say(f"{self._right} of {self._asked} right.", "bold")

    def _say(self, text: str, style: str = "") -> None:
        self._console.print(Text(text, style=style))

    def _ask(self, number: int, question: Question) -> None:
        self._say("")
        self._say(f"{number}. {heading(question)}", "bold")
        for paragraph in question.text:
            self._say(plain_text(paragraph))
        if question.table is not None:
            self._console.print(_table(question.table))
        for remark in remarks(question):
            self._say(plain_text(remark), "dim")
        alone = len(question.parts) == 1
        verdicts = [self._ask_part(part, alone) for part in question.parts]
        self._asked += 1
        self._right += all(verdicts)
        self._explain(question, all(verdicts))

    def _ask_part(self, part: Part, alone: bool) -> bool:
        for i, choice in enumerate(part.choices):
            self._say(f"  ({LETTERS[i]}) {plain_text(choice.text)}")
        label = plain_text(part.label)
        prompt = f"{label} " if label else "> "
        while True:
            typed = self._read(prompt)
            if not typed:
                if alone:  # the explanation that follows begins with the answer
                    return False
                self._say(f"It is {plain_text(answer_line(part))}", "yellow")
                return False
            try:
                right, remark = _check(part, typed)
            except InputError as error:
                self._say(str(error), "yellow")
                continue
            self._say("Right." if right else f"Not right. {remark}".strip(), _style(right))
            return right

    def _read(self, prompt: str) -> str:
        self._console.print(Text(prompt, style="cyan"), end="")
        # Without a terminal nobody's return key ends the line of the prompt.
        line = input()
        if not self._console.is_terminal:
            self._say(line)
        typed = line.strip()
        if typed.lower() in ("q", "quit", "exit"):
            raise _LeftError
        return typed

    def _explain(self, question: Question, right: bool) -> None:
        if not right:
            found = "; ".join(plain_text(answer_line(part)) for part in question.parts)
            self._say(f"Answer: {found}")
        for i, line in enumerate(question.solution, 1):
            self._say(f"  {i}. {plain_text(line)}", "dim" if right else "")


def _style(right: bool) -> str:
    return "green" if right else "red"


def _check(part: Part, typed: str) -> tuple[bool, str]:
    """Return whether an answer is right, and what to say if it is a known slip."""
    if part.choices:
        letter = typed.strip("() ").lower()
        if letter not in tuple(LETTERS[: len(part.choices)]):
            last = LETTERS[len(part.choices) - 1]
            raise InputError(
                f"{typed[:40]!r} is none of the choices; type a letter from a to {last}"
            )
        slip = part.choices[LETTERS.index(letter)].slip
        return slip is None, _remark(slip)
    value = parse_number(typed)
    return part.accepts(value), _remark(part.slip_behind(value))


def _remark(slip: str | None) -> str:
    return plain_text(SLIPS[slip]) if slip else ""


def _table(table: Table) -> RichTable:
    shown = RichTable(box=None, padding=(0, 2, 0, 2), header_style="dim")
    for cell in _plain(table.header):
        shown.add_column(cell, justify="right")
    for row in table.rows:
        shown.add_row(*_plain(row))
    return shown


def _plain(cells: Sequence[str]) -> Iterator[str]:
    return map(plain_text, cells)
