"""What a session of practice says: questions, verdicts on answers, and the way to the answer.

Conventions: a part has one attempt, after which the way to the answer is shown. What cannot be
understood is an `InputError`, and no attempt.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradatim.errors import InputError
from gradatim.exercises.formats.fragments import plain_text
from gradatim.exercises.formats.words import LETTERS, answer_line, heading, remarks
from gradatim.exercises.model import Exam, Part, Question, Table
from gradatim.exercises.numbers import parse_number
from gradatim.exercises.slips import SLIPS
from gradatim.presentation.lines import Column, Grid, Line

__all__ = ["answer", "asked", "choices", "explained", "judged", "prompt", "welcome"]


def welcome(exam: Exam) -> Iterator[Line]:
    """Yield what a session begins with."""
    yield [(f"{exam.size}, seed {exam.seed}.", "dim")]
    yield [("A blank line shows the answer, q ends.", "dim")]


def asked(number: int, question: Question) -> Iterator[Line | Grid]:
    """Yield a question without its parts."""
    yield [""]
    yield [(f"{number}. {heading(question)}", "bold")]
    yield from ([plain_text(paragraph)] for paragraph in question.text)
    if question.table is not None:
        yield _grid(question.table)
    yield from ([(plain_text(remark), "dim")] for remark in remarks(question))


def _grid(table: Table) -> Grid:
    columns = [Column(plain_text(cell), right=True, wraps=True) for cell in table.header]
    return Grid(columns, [[[plain_text(cell)] for cell in row] for row in table.rows])


def choices(part: Part) -> Iterator[Line]:
    """Yield what may be chosen."""
    for letter, choice in zip(LETTERS, part.choices, strict=False):
        yield [f"  ({letter}) {plain_text(choice.text)}"]


def prompt(part: Part) -> Line:
    """Return what stands before an answer."""
    label = plain_text(part.label)
    return [(f"{label} " if label else "> ", "cyan")]


def answer(part: Part) -> Line:
    """Return the answer that was not given."""
    return [(f"It is {plain_text(answer_line(part))}", "yellow")]


def judged(part: Part, typed: str) -> tuple[bool, Line]:
    """Return whether an answer is right, and what to say of it."""
    if part.choices:
        letter = typed.strip("() ").lower()
        if letter not in tuple(LETTERS[: len(part.choices)]):
            last = LETTERS[len(part.choices) - 1]
            raise InputError(
                f"{typed[:40]!r} is none of the choices; type a letter from a to {last}"
            )
        slip = part.choices[LETTERS.index(letter)].slip
        right = slip is None
    else:
        value = parse_number(typed)
        right, slip = part.accepts(value), part.slip_behind(value)
    remark = plain_text(SLIPS[slip]) if slip else ""
    return right, [("Right.", "green") if right else (f"Not right. {remark}".strip(), "red")]


def explained(question: Question, right: bool) -> Iterator[Line]:
    """Yield the way to the answer, step by step."""
    if not right:
        found = "; ".join(plain_text(answer_line(part)) for part in question.parts)
        yield [f"Answer: {found}"]
    for i, line in enumerate(question.solution, 1):
        yield [(f"  {i}. {plain_text(line)}", "dim" if right else "")]
