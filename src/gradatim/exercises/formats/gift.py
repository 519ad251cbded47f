r"""An exam as GIFT, the plain text of questions that Moodle and other systems read.

Conventions: the format is Moodle's [1]_. A question with several open parts, which GIFT does not
have, becomes one question per part. Texts are HTML with LaTeX between ``\(`` and ``\)``; every
character that GIFT interprets is escaped, and no question holds an empty line.

References
----------
.. [1] Moodle documentation, "GIFT format", https://docs.moodle.org/en/GIFT_format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from gradatim.exercises.formats.fragments import add, add_question, serialize
from gradatim.exercises.formats.moodle import category_name, explained, numbers, solution_html
from gradatim.exercises.formats.words import LETTERS
from gradatim.exercises.model import Exam, Part, Question
from gradatim.exercises.numbers import show

__all__ = ["write_gift"]

_SPECIAL = re.compile(r"([\\~=#{}:])")


def write_gift(exam: Exam, *, answers: bool = False) -> str:
    """Write an exam as GIFT."""
    blocks = [f"$CATEGORY: {category_name(exam)}"]
    for question in exam.questions:
        blocks += _questions(question)
    return "\n\n".join(blocks) + "\n"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _questions(question: Question) -> Iterator[str]:
    for i, part in enumerate(question.parts):
        letter = f" ({LETTERS[i]})" if len(question.parts) > 1 else ""
        body = ET.Element("div")
        add_question(body, question, "latex")
        if part.label:
            add(body, "p", part.label, "latex")
        lines = [
            f"::{question.id}{letter} ({question.topic}, level {question.level})"
            f"::[html]{_escaped(serialize(body))}{{{'' if part.choices else '#'}",
            *(_choices(part) if part.choices else _numbers(part)),
            f"####{_escaped(solution_html(question))}",
            "}",
        ]
        yield "\n".join(lines)


def _choices(part: Part) -> Iterator[str]:
    for choice in part.choices:
        text = serialize(add(ET.Element("x"), "p", choice.text, "latex"))
        yield f"{'~' if choice.slip else '='}{_escaped(text)}{_feedback(choice.slip)}"


def _numbers(part: Part) -> Iterator[str]:
    for number, slip in numbers(part):
        credit = "%0%" if slip else ""
        yield f"={credit}{number}:{show(part.tolerance)}{_feedback(slip)}"


def _feedback(slip: str | None) -> str:
    return f"#{_escaped(explained(slip))}" if slip else ""
