"""GIFT is read back as Moodle's documentation says, and STACK's XML has its exports' elements.

The reader of GIFT undoes escapes first, as Moodle does, so that what is left of ``~ = # { } :`` is
structure.
"""

import json
import re
from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest

from gradatim.exercises import make_exam, render_exam

HIDDEN = {f"\\{c}": chr(0xE000 + i) for i, c in enumerate("\\:#={}~")}


def hide(text):
    """Replace escaped characters by others that mean nothing."""
    return re.sub(r"\\[\\:#={}~]", lambda found: HIDDEN[found[0]], text)


def plain(text):
    for escaped, hidden in HIDDEN.items():
        text = text.replace(hidden, escaped[1])
    return text


@pytest.fixture(scope="module")
def gift(exam):
    """Return (name, text, kind, answers, feedback) of each question; answers are tuples."""
    category, *blocks = hide(render_exam(exam, "gift")).strip().split("\n\n")
    assert category.startswith("$CATEGORY: $course$/top/")
    found = []
    for block in blocks:
        name, text, answers = re.fullmatch(
            r"::([^:]*)::\[html\]([^{}]*)\{([^{}]*)\}", block
        ).groups()
        answers, feedback = answers.strip().split("####")
        kind = "number" if answers.startswith("#") else "choice"
        mark = r"\s*(=)" if kind == "number" else r"\s*([=~])"
        _, *pieces = re.split(mark, answers.removeprefix("#"))
        cut = [(a, *b.partition("#")[::2]) for a, b in zip(pieces[::2], pieces[1::2], strict=True)]
        found.append((name, plain(text), kind, cut, plain(feedback)))
    return found


def test_gift_has_a_question_for_each_part_with_a_name_of_its_own(gift, exam):
    assert len(gift) == sum(len(question.parts) for question in exam.questions)
    names = [name for name, *_ in gift]
    assert len(set(names)) == len(names)


def test_texts_of_gift_are_html_with_whole_latex(gift):
    for _, text, _, _, feedback in gift:
        ET.fromstring(text)
        ET.fromstring(feedback)
        assert text.count(r"\(") == text.count(r"\)")
        assert "\n" not in text


def test_numbers_and_choices_of_gift_are_those_of_the_exam(gift, exam):
    parts = [part for question in exam.questions for part in question.parts]
    for (_, _, kind, answers, _), part in zip(gift, parts, strict=True):
        assert (kind == "choice") == bool(part.choices)
        if kind == "choice":
            right = [text for sign, text, _ in answers if sign == "="]
            assert len(answers) == len(part.choices)
            assert len(right) == 1
            assert all(feedback for sign, _, feedback in answers if sign == "~")
            continue
        (_, first, _), *slips = answers
        number, tolerance = first.split(":")
        assert abs(Fraction(number) - part.answer) < Fraction(1, 10**6)
        assert Fraction(tolerance) == part.tolerance
        assert len(slips) == len(part.slips)
        assert all(text.startswith("%0%") and feedback for _, text, feedback in slips)


@pytest.fixture(scope="module")
def quiz(exam):
    return ET.fromstring(render_exam(exam, "stack").encode())


def text_of(element, path):
    return element.find(path).text or ""


def test_stack_has_an_input_and_a_tree_for_each_part(quiz, exam):
    category, *questions = quiz.findall("question")
    assert category.get("type") == "category"
    for element, question in zip(questions, exam.questions, strict=True):
        assert element.get("type") == "stack"
        text = text_of(element, "questiontext/text")
        n = len(question.parts)
        for kind, word in (("input", "ans"), ("validation", "ans"), ("feedback", "prt")):
            marks = re.findall(rf"\[\[{kind}:{word}(\d+)\]\]", text)
            assert marks == [str(i + 1) for i in range(n)]
        assert text.count("[[") == 3 * n
        assert not re.search(r"\{[@#]", text)
        ET.fromstring(text)
        assert [text_of(e, "name") for e in element.findall("input")] == [
            f"ans{i + 1}" for i in range(n)
        ]
        assert len(element.findall("prt")) == n


def judged(prt, answer):
    """Walk a tree of tests as STACK does, with the answer of a student."""
    nodes = {text_of(node, "name"): node for node in prt.findall("node")}
    name, notes = "0", []
    while name != "-1":
        node = nodes[name]
        limit = Fraction(text_of(node, "testoptions") or 0)
        branch = "true" if abs(answer - Fraction(text_of(node, "tans"))) <= limit else "false"
        assert text_of(node, f"{branch}scoremode") == "="
        notes.append(text_of(node, f"{branch}answernote"))
        score, told = (
            float(text_of(node, f"{branch}score")),
            text_of(node, f"{branch}feedback/text"),
        )
        name = text_of(node, f"{branch}nextnode")
    assert len(set(notes)) == len(notes)
    return score, told


def test_stack_takes_right_answers_and_explains_slips(quiz, exam):
    elements = quiz.findall("question")[1:]
    for element, question in zip(elements, exam.questions, strict=True):
        for part, prt in zip(question.parts, element.findall("prt"), strict=True):
            right = Fraction(part.right_choice + 1) if part.choices else part.answer
            assert judged(prt, right) == (1.0, "")
            assert judged(prt, Fraction(10**9)) == (0.0, "")
            wrong = (
                [Fraction(i) for i, c in enumerate(part.choices, 1) if c.slip]
                if part.choices
                else [slip.value for slip in part.slips]
            )
            for value in wrong:
                score, told = judged(prt, value)
                assert score == 0
                assert told.startswith("<p>")


def test_choices_of_stack_are_a_list_in_the_language_of_maxima(quiz, exam):
    elements = quiz.findall("question")[1:]
    for element, question in zip(elements, exam.questions, strict=True):
        lines = text_of(element, "questionvariables/text").split("\n")
        for i, (part, line) in enumerate(zip(question.parts, lines, strict=True), 1):
            value = re.fullmatch(rf"ta{i}:(.*);", line)[1]
            if part.choices:
                # Lists, truth values and escapes of strings are those of JSON.
                offered = json.loads(value)
                assert [k for k, _, _ in offered] == [*range(1, len(part.choices) + 1)]
                assert [t for _, t, _ in offered] == [c.slip is None for c in part.choices]
                assert all(ET.fromstring(text).tag == "span" for _, _, text in offered)
            else:
                assert Fraction(value) == part.answer


def test_points_are_grades_in_every_format_of_moodle():
    exam = make_exam(["outputs", "weights"], [1], count=2, seed=7, points=4)
    for name in ("moodle", "stack"):
        outputs, weights = ET.fromstring(render_exam(exam, name).encode()).findall("question")[1:]
        assert text_of(outputs, "defaultgrade") == "4"
        if name == "stack":
            assert text_of(weights, "defaultgrade") == "4"
        else:
            # Two fields with the weight 2.
            assert text_of(weights, "questiontext/text").count("{2:NUMERICAL") == 2
