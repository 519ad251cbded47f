r"""An exam as Moodle XML: multichoice, numerical and cloze questions with feedback on every slip.

Conventions: the structure is that of Moodle's documentation [1]_, [2]_. Texts are HTML with LaTeX
between ``\(`` and ``\)``, which Moodle's MathJax filter sets; inside the braces of a cloze
question, where no filter works, they are plain. Numbers are ASCII decimals. The worked answer is
the general feedback, which Moodle shows when the quiz says so.

References
----------
.. [1] Moodle documentation, "Moodle XML format", https://docs.moodle.org/en/Moodle_XML_format.
.. [2] Moodle documentation, "Embedded Answers (Cloze) question type",
   https://docs.moodle.org/en/Embedded_Answers_(Cloze)_question_type.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from xml.etree import ElementTree as ET

from gradatim._text import show_name
from gradatim.exercises.formats.fragments import (
    add,
    add_list,
    add_question,
    network_element,
    plain_text,
    serialize,
)
from gradatim.exercises.model import Exam, Part, Question
from gradatim.exercises.numbers import show
from gradatim.exercises.slips import SLIPS

__all__ = [
    "add_category",
    "add_html",
    "add_text",
    "category_name",
    "explained",
    "grade",
    "numbers",
    "quiz_text",
    "solution_html",
    "write_moodle",
]

# What ends an answer or its feedback inside the braces of a cloze question.
_CLOZE_SPECIAL = re.compile(r"([\\}#~])")

# Moodle's own default: each further attempt costs a third.
_PENALTY = "0.3333333"


def write_moodle(exam: Exam, *, answers: bool = False) -> str:
    """Write an exam as Moodle XML."""
    quiz = ET.Element("quiz")
    add_category(quiz, exam)
    for question in exam.questions:
        quiz.append(_question(question))
    return quiz_text(quiz)


def quiz_text(quiz: ET.Element) -> str:
    """Return the XML of a file of questions."""
    ET.indent(quiz)
    return ET.tostring(quiz, encoding="utf-8", xml_declaration=True).decode() + "\n"


def add_category(quiz: ET.Element, exam: Exam) -> None:
    """Add what names the category of the questions that follow."""
    category = ET.SubElement(quiz, "question", {"type": "category"})
    add_text(category, "category", category_name(exam))


def category_name(exam: Exam) -> str:
    """Return the category of a question bank that takes the questions."""
    # A slash would begin a category below.
    title = show_name(exam.title or "gradatim").replace("/", "-")
    return f"$course$/top/{title}, {exam.name}"


def add_text(parent: ET.Element, tag: str, text: str, **attributes: str) -> ET.Element:
    """Add an element with the ``text`` element inside that Moodle wants."""
    element = ET.SubElement(parent, tag, attributes)
    ET.SubElement(element, "text").text = text
    return element


def add_html(parent: ET.Element, tag: str, text: str) -> ET.Element:
    """Add such an element whose text is HTML."""
    return add_text(parent, tag, text, format="html")


def grade(question: Question) -> str:
    """Return what a question is worth, as a decimal."""
    return _decimal(Fraction(1) if question.points is None else question.points, None)


def _question(question: Question) -> ET.Element:
    element = ET.Element("question", {"type": question.kind})
    add_text(element, "name", f"{question.id} ({question.topic}, level {question.level})")
    add_html(element, "questiontext", _body(question))
    add_html(element, "generalfeedback", solution_html(question))
    if question.kind != "cloze":
        # A cloze question takes its grade from its parts.
        ET.SubElement(element, "defaultgrade").text = grade(question)
    ET.SubElement(element, "penalty").text = _PENALTY
    ET.SubElement(element, "hidden").text = "0"
    if question.kind == "multichoice":
        _add_choices(element, question.parts[0])
    elif question.kind == "numerical":
        _add_numbers(element, question.parts[0])
    tags = ET.SubElement(element, "tags")
    for tag in ("gradatim", question.topic, f"level {question.level}"):
        add_text(tags, "tag", tag)
    return element


def _body(question: Question) -> str:
    body = ET.Element("div")
    add_question(body, question, "latex")
    for part in question.parts:
        if question.kind == "cloze":
            line = add(body, "p", f"{part.label} ", "latex")
            # After the label, in whatever element it ended.
            field = ET.SubElement(line, "span")
            field.text = f"{{{_weight(question)}:{_cloze_field(part)}}}"
        elif part.label and not part.choices:
            add(body, "p", part.label, "latex")
    return serialize(body)


def _weight(question: Question) -> int:
    """Return the weight of each field, a whole number; together the points, where these allow."""
    each = (question.points or len(question.parts)) / Fraction(len(question.parts))
    return int(each) if each.denominator == 1 else 1


def solution_html(question: Question) -> str:
    """Return the way to the answer."""
    steps = ET.Element("div")
    add_list(steps, "ol", question.solution, "latex")
    if question.network is not None and question.drawn == "solution":
        steps.append(network_element(question.network, question.id, follow_dark=False))
    return serialize(steps)


def _add_choices(element: ET.Element, part: Part) -> None:
    for tag, text in (("single", "true"), ("shuffleanswers", "true"), ("answernumbering", "abc")):
        ET.SubElement(element, tag).text = text
    for tag, text in (("correct", "Right."), ("partiallycorrect", ""), ("incorrect", "Not right.")):
        add_html(element, f"{tag}feedback", text)
    for choice in part.choices:
        answer = add_html(
            element, "answer", serialize(add(ET.Element("x"), "p", choice.text, "latex"))
        )
        answer.set("fraction", "0" if choice.slip else "100")
        add_html(answer, "feedback", explained(choice.slip))


def explained(slip: str | None) -> str:
    """Return what is told to whom a slip has led to an answer."""
    return "" if slip is None else serialize(add(ET.Element("x"), "p", SLIPS[slip], "latex"))


def numbers(part: Part) -> Iterator[tuple[str, str | None]]:
    """Yield every number that Moodle has to know as a decimal, and the slip behind it."""
    assert part.answer is not None
    yield _decimal(part.answer, part.digits), None
    for slip in part.slips:
        yield _decimal(slip.value, part.digits), slip.name


def _decimal(value: Fraction, digits: int | None) -> str:
    text = show(value, digits)
    return show(value, 7) if "/" in text else text


def _add_numbers(element: ET.Element, part: Part) -> None:
    for number, slip in numbers(part):
        answer = add_text(
            element, "answer", number, fraction="0" if slip else "100", format="plain_text"
        )
        ET.SubElement(answer, "tolerance").text = show(part.tolerance)
        add_html(answer, "feedback", explained(slip))


def _cloze_field(part: Part) -> str:
    if part.choices:
        answers = [
            ("=" if c.slip is None else "") + _cloze(plain_text(c.text), c.slip)
            for c in part.choices
        ]
        return "MULTICHOICE:" + "~".join(answers)
    tolerance = show(part.tolerance)
    answers = [
        ("%0%" if slip else "=") + _cloze(f"{number}:{tolerance}", slip)
        for number, slip in numbers(part)
    ]
    return "NUMERICAL:" + "~".join(answers)


def _cloze(answer: str, slip: str | None) -> str:
    escaped = _CLOZE_SPECIAL.sub(r"\\\1", answer)
    if slip is None:
        return escaped
    feedback = _CLOZE_SPECIAL.sub(r"\\\1", plain_text(SLIPS[slip]))
    return f"{escaped}#{feedback}"
