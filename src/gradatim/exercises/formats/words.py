"""Words that every format of an exam has in common.

Conventions: texts hold formulas between dollar signs; each format sets them in its own way.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from gradatim._text import show_name
from gradatim.exercises.model import Exam, Part, Question
from gradatim.exercises.numbers import show
from gradatim.exercises.slips import SLIPS

#: Names of the choices.
LETTERS = "abcdefgh"

#: What pupils fill in above the questions.
FIELDS = ("Name", "Class", "Date")


def title(exam: Exam, answers: bool) -> str:
    """Return the title of a document, which is no text with formulas."""
    name = show_name(exam.title) or "Exercises"
    variant = f", version {exam.variant}" if exam.variant else ""
    return f"{name}{variant}: worked answers" if answers else f"{name}{variant}"


def subtitle(exam: Exam, answers: bool) -> str:
    """Return what pupils are told of the whole exam, or what tells its answers from others."""
    total = "" if exam.points is None else f", {points_text(exam.points)}"
    if not answers:
        return f"{exam.size}{total}."
    return f"{', '.join(exam.topics)}. {exam.name[0].upper()}{exam.name[1:]}{total}."


def points_text(points: Fraction) -> str:
    """Write a number of points."""
    return f"{show(points)} {'point' if points == 1 else 'points'}"


def heading(question: Question, answers: bool) -> str:
    """Return what stands beside the number of a question."""
    level = f", level {question.level}" if answers else ""
    points = "" if question.points is None else f", {points_text(question.points)}"
    return f"{question.topic}{level}{points}"


def remarks(question: Question) -> Iterator[str]:
    """Yield the conventions on which a question relies, and how exact answers must be."""
    yield from question.notes
    if any("/" in show(p.answer) for p in question.parts if p.answer is not None):
        yield "A fraction, or a decimal that is right to within 0.005, will do."


def answer_line(part: Part) -> str:
    """Return the right answer behind what was asked for."""
    letter = f"({LETTERS[part.right_choice]}) " if part.choices else ""
    label = f"{part.label} " if part.label else ""
    return f"{label}{letter}{part.answer_text}"


def slip_lines(question: Question) -> Iterator[str]:
    """Yield each wrong answer that can be explained, with its explanation."""
    for part in question.parts:
        label = f"{part.label.rstrip(':')} " if part.label and len(question.parts) > 1 else ""
        for i, choice in enumerate(part.choices):
            if choice.slip is not None:
                yield f"{label}({LETTERS[i]}) {choice.text.rstrip('.')}: {SLIPS[choice.slip]}"
        for slip in part.slips if not part.choices else ():
            yield f"{label}${show(slip.value, part.digits)}$: {SLIPS[slip.name]}"
