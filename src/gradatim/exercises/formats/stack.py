r"""An exam as Moodle XML for STACK, the question type that checks answers with computer algebra.

Conventions: the elements are those of STACK's own exports [1]_. Every open part has an input, a
tree of tests (``prt``) whose first node takes the right answer and whose others explain one slip
each, and a case that STACK tests itself. Numbers are exact; they are compared within the part's
tolerance. Texts are HTML with LaTeX between ``\(`` and ``\)``.

References
----------
.. [1] C. Sangwin, "Computer Aided Assessment of Mathematics", Oxford University Press, 2013;
   https://docs.stack-assessment.org.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from xml.etree import ElementTree as ET

from gradatim.exercises.formats.fragments import add, add_question, serialize
from gradatim.exercises.formats.moodle import (
    add_category,
    add_html,
    add_text,
    explained,
    grade,
    quiz_text,
    solution_html,
)
from gradatim.exercises.model import Exam, Part, Question
from gradatim.exercises.numbers import show

__all__ = ["write_stack"]

_VERSION = "2020041700"

# Decimals that a computer rounds are no slips of a student.
_CLOSE = Fraction(1, 10**7)

# How every question and every input behaves, in STACK's words and order.
_QUESTION = {
    "questionsimplify": "1",
    "assumepositive": "0",
    "assumereal": "0",
    "decimals": ".",
    "multiplicationsign": "dot",
    "sqrtsign": "1",
    "complexno": "i",
    "inversetrig": "cos-1",
    "logicsymbol": "lang",
    "matrixparens": "[",
    "variantsselectionseed": "",
}
_INPUT = {
    "boxsize": "10",
    "strictsyntax": "1",
    "insertstars": "0",
    "syntaxhint": "",
    "syntaxattribute": "0",
    "forbidwords": "",
    "allowwords": "",
    "forbidfloat": "0",
    "requirelowestterms": "0",
    "checkanswertype": "0",
    "mustverify": "0",
    "showvalidation": "0",
    "options": "",
}


def write_stack(exam: Exam, *, answers: bool = False) -> str:
    """Write an exam as Moodle XML with questions for STACK."""
    quiz = ET.Element("quiz")
    add_category(quiz, exam)
    for question in exam.questions:
        quiz.append(_question(question))
    return quiz_text(quiz)


def _question(question: Question) -> ET.Element:
    element = ET.Element("question", {"type": "stack"})
    add_text(element, "name", f"{question.id} ({question.topic}, level {question.level})")
    add_html(element, "questiontext", _body(question))
    add_html(element, "generalfeedback", solution_html(question))
    for tag, text in (("defaultgrade", grade(question)), ("penalty", "0.1"), ("hidden", "0")):
        ET.SubElement(element, tag).text = text
    add_text(element, "stackversion", _VERSION)
    parts = list(enumerate(question.parts, 1))
    variables = "\n".join(f"ta{i}:{_teacher(part)};" for i, part in parts)
    add_text(element, "questionvariables", variables)
    add_html(element, "specificfeedback", "")
    add_html(element, "questionnote", "")
    for tag, text in _QUESTION.items():
        ET.SubElement(element, tag).text = text
    for i, part in parts:
        kind = {"name": f"ans{i}", "type": "radio" if part.choices else "numerical"}
        _add(element, "input", kind | {"tans": f"ta{i}"} | _INPUT)
    for i, part in parts:
        _add_tree(element, i, part)
    _add_test(element, parts)
    return element


def _add(parent: ET.Element, tag: str, children: dict[str, str]) -> ET.Element:
    element = ET.SubElement(parent, tag)
    for name, text in children.items():
        ET.SubElement(element, name).text = text
    return element


def _body(question: Question) -> str:
    body = ET.Element("div")
    add_question(body, question, "latex")
    for i, part in enumerate(question.parts, 1):
        line = add(body, "p", f"{part.label} ", "latex")
        ET.SubElement(line, "span").text = f"[[input:ans{i}]] [[validation:ans{i}]]"
        ET.SubElement(body, "div").text = f"[[feedback:prt{i}]]"
    return serialize(body)


def _teacher(part: Part) -> str:
    """Return the right answer, or all choices, for the computer algebra system Maxima."""
    if not part.choices:
        return _exact(part.answer)
    offered = (
        f"[{i},{'false' if c.slip else 'true'},{_string(c.text)}]"
        for i, c in enumerate(part.choices, 1)
    )
    return f"[{','.join(offered)}]"


def _exact(value: Fraction | None) -> str:
    # Maxima divides before it negates, so that no brackets are needed.
    return str(value)


def _string(text: str) -> str:
    html = serialize(add(ET.Element("x"), "span", text, "latex"))
    return json.dumps(html, ensure_ascii=False)


def _right(part: Part) -> str:
    return str(part.right_choice + 1) if part.choices else _exact(part.answer)


def _tests(part: Part) -> Sequence[tuple[str, str | None]]:
    """Return what an answer is compared with, and the slip that it is; the right one first."""
    wrong = (
        [(str(i), c.slip) for i, c in enumerate(part.choices, 1) if c.slip]
        if part.choices
        else [(_exact(slip.value), slip.name) for slip in part.slips]
    )
    return [(_right(part), None), *wrong]


def _add_tree(element: ET.Element, i: int, part: Part) -> None:
    tree = _add(
        element,
        "prt",
        {"name": f"prt{i}", "value": "1.0000000", "autosimplify": "1", "feedbackstyle": "1"},
    )
    add_text(tree, "feedbackvariables", "")
    tests = _tests(part)
    for k, (value, slip) in enumerate(tests):
        test = "AlgEquiv" if part.choices else "NumAbsolute"
        limit = "" if part.choices else show(max(part.tolerance, _CLOSE), 7)
        following = str(k + 1) if k + 1 < len(tests) else "-1"
        node = _add(
            tree,
            "node",
            {
                "name": str(k),
                "answertest": test,
                "sans": f"ans{i}",
                "tans": value,
                "testoptions": limit,
                "quiet": "1",
            },
        )
        branches = (("true", "0" if slip else "1", "-1"), ("false", "0", following))
        for branch, score, target in branches:
            fields = {
                "scoremode": "=",
                "score": f"{score}.0000000",
                "penalty": "",
                "nextnode": target,
                "answernote": f"prt{i}-{k + 1}-{branch[0].upper()}",
            }
            for name, text in fields.items():
                ET.SubElement(node, f"{branch}{name}").text = text
            add_html(node, f"{branch}feedback", explained(slip) if branch == "true" else "")


def _add_test(element: ET.Element, parts: Sequence[tuple[int, Part]]) -> None:
    """Add the case in which everything is right, which STACK computes on request."""
    test = _add(element, "qtest", {"testcase": "1"})
    for i, part in parts:
        _add(test, "testinput", {"name": f"ans{i}", "value": _right(part)})
    for i, _ in parts:
        expected = {
            "name": f"prt{i}",
            "expectedscore": "1.0000000",
            "expectedpenalty": "0.0000000",
            "expectedanswernote": f"prt{i}-1-T",
        }
        _add(test, "expected", expected)
