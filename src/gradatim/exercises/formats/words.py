"""Words that every format of an exam has in common.

Conventions: texts hold formulas between dollar signs; each format sets them in its own way.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradatim.exercises.model import Exam, Part, Question
from gradatim.exercises.numbers import show
from gradatim.exercises.slips import SLIPS

__all__ = ["LETTERS", "answer_line", "heading", "remarks", "slip_lines", "subtitle", "title"]

#: Names of the choices.
LETTERS = "abcdefgh"


def title(answers: bool) -> str:
    """Return the title of a document."""
    return "Exercises: worked answers" if answers else "Exercises"


def subtitle(exam: Exam) -> str:
    """Return what tells an exam from others."""
    return f"{', '.join(exam.topics)}. {exam.name[0].upper()}{exam.name[1:]}."


def heading(question: Question) -> str:
    """Return what stands beside the number of a question."""
    return f"{question.topic}, level {question.level}"


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
