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

__all__ = ["write_moodle"]

# What ends an answer or its feedback inside the braces of a cloze question.
_CLOZE_SPECIAL = re.compile(r"([\\}#~])")

# Moodle's own default: each further attempt costs a third.
_PENALTY = "0.3333333"


def write_moodle(exam: Exam, *, answers: bool = False) -> str:
    """Write an exam as Moodle XML.

    Examples
    --------
    >>> from gradatim.exercises import make_exam
    >>> write_moodle(make_exam(["outputs"], [1], count=1)).splitlines()[0]
    "<?xml version='1.0' encoding='utf-8'?>"
    """
    quiz = ET.Element("quiz")
    category = ET.SubElement(quiz, "question", {"type": "category"})
    _text(category, "category", f"$course$/top/gradatim, {exam.name}")
    for question in exam.questions:
        quiz.append(_question(question))
    ET.indent(quiz)
    return ET.tostring(quiz, encoding="utf-8", xml_declaration=True).decode() + "\n"


def _text(parent: ET.Element, tag: str, text: str, **attributes: str) -> ET.Element:
    """Add an element with the ``text`` element inside that Moodle wants."""
    element = ET.SubElement(parent, tag, attributes)
    ET.SubElement(element, "text").text = text
    return element


def _html(parent: ET.Element, tag: str, text: str) -> ET.Element:
    return _text(parent, tag, text, format="html")


def _question(question: Question) -> ET.Element:
    element = ET.Element("question", {"type": question.kind})
    _text(element, "name", f"{question.id} ({question.topic}, level {question.level})")
    _html(element, "questiontext", _body(question))
    _html(element, "generalfeedback", _solution(question))
    if question.kind != "cloze":
        # A cloze question takes its grade from its parts.
        ET.SubElement(element, "defaultgrade").text = "1"
    ET.SubElement(element, "penalty").text = _PENALTY
    ET.SubElement(element, "hidden").text = "0"
    if question.kind == "multichoice":
        _add_choices(element, question.parts[0])
    elif question.kind == "numerical":
        _add_numbers(element, question.parts[0])
    tags = ET.SubElement(element, "tags")
    for tag in ("gradatim", question.topic, f"level {question.level}"):
        _text(tags, "tag", tag)
    return element


def _body(question: Question) -> str:
    body = ET.Element("div")
    add_question(body, question, "latex")
    for part in question.parts:
        if question.kind == "cloze":
            line = add(body, "p", f"{part.label} ", "latex")
            # After the label, in whatever element it ended.
            field = ET.SubElement(line, "span")
            field.text = "{1:" + _cloze_field(part) + "}"
        elif part.label and not part.choices:
            add(body, "p", part.label, "latex")
    return serialize(body)


def _solution(question: Question) -> str:
    steps = ET.Element("div")
    add_list(steps, "ol", question.solution, "latex")
    if question.network is not None and question.drawn == "solution":
        steps.append(network_element(question.network, question.id, follow_dark=False))
    return serialize(steps)


def _add_choices(element: ET.Element, part: Part) -> None:
    for tag, text in (("single", "true"), ("shuffleanswers", "true"), ("answernumbering", "abc")):
        ET.SubElement(element, tag).text = text
    for tag, text in (("correct", "Right."), ("partiallycorrect", ""), ("incorrect", "Not right.")):
        _html(element, f"{tag}feedback", text)
    for choice in part.choices:
        answer = _html(
            element, "answer", serialize(add(ET.Element("x"), "p", choice.text, "latex"))
        )
        answer.set("fraction", "0" if choice.slip else "100")
        _html(answer, "feedback", _explained(choice.slip))


def _explained(slip: str | None) -> str:
    return "" if slip is None else serialize(add(ET.Element("x"), "p", SLIPS[slip], "latex"))


def _numbers(part: Part) -> Iterator[tuple[str, str | None]]:
    """Yield every number that Moodle has to know as a decimal, and the slip behind it."""
    assert part.answer is not None
    yield _decimal(part.answer, part.digits), None
    for slip in part.slips:
        yield _decimal(slip.value, part.digits), slip.name


def _decimal(value: Fraction, digits: int | None) -> str:
    text = show(value, digits)
    return show(value, 7) if "/" in text else text


def _add_numbers(element: ET.Element, part: Part) -> None:
    for number, slip in _numbers(part):
        answer = _text(
            element, "answer", number, fraction="0" if slip else "100", format="plain_text"
        )
        ET.SubElement(answer, "tolerance").text = show(part.tolerance)
        _html(answer, "feedback", _explained(slip))


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
        for number, slip in _numbers(part)
    ]
    return "NUMERICAL:" + "~".join(answers)


def _cloze(answer: str, slip: str | None) -> str:
    escaped = _CLOZE_SPECIAL.sub(r"\\\1", answer)
    if slip is None:
        return escaped
    feedback = _CLOZE_SPECIAL.sub(r"\\\1", plain_text(SLIPS[slip]))
    return f"{escaped}#{feedback}"
