"""Moodle XML has the structure of Moodle's documentation, written out here as checks.

The reader below follows the documentation of the format and of embedded answers (Cloze): which
elements a question of each type must have, in what form, and how a field in braces is cut into
answers, fractions and feedback.
"""

import re
from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest

from gradatim.exercises import make_exam, render_exam

# Question type: elements it must have besides those of every question.
REQUIRED = {
    "multichoice": {"answer", "single", "shuffleanswers", "answernumbering", "defaultgrade"},
    "numerical": {"answer", "defaultgrade"},
    "cloze": set(),
}
COMMON = {"name", "questiontext", "generalfeedback", "penalty", "hidden"}
OPTIONAL = {"tags", "correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"}

NUMBER = re.compile(r"-?\d+(\.\d+)?")
FIELD = re.compile(r"\{(\d*):(NUMERICAL|MULTICHOICE):((?:\\.|[^}\\])*)\}")


@pytest.fixture(scope="module")
def quiz():
    return ET.fromstring(render_exam(make_exam(count=54, seed=7), "moodle").encode())


def questions(quiz, kind=None):
    found = [q for q in quiz.findall("question") if q.get("type") != "category"]
    return [q for q in found if kind in (None, q.get("type"))]


def alternatives(field):
    """Cut a field into (fraction, answer, feedback), undoing the escapes."""
    for piece in re.split(r"(?<!\\)~", field):
        head, _, feedback = re.sub(r"(?<!\\)#", "\0", piece).partition("\0")
        fraction, answer = 0, head
        if head.startswith("="):
            fraction, answer = 100, head[1:]
        elif match := re.match(r"%(-?\d+)%", head):
            fraction, answer = int(match[1]), head[match.end() :]
        yield fraction, re.sub(r"\\(.)", r"\1", answer), re.sub(r"\\(.)", r"\1", feedback)


def text_of(element):
    [text] = element.findall("text")
    return text.text or ""


def test_the_file_is_utf8_xml_with_a_quiz_of_questions(quiz):
    assert quiz.tag == "quiz"
    assert {child.tag for child in quiz} == {"question"}
    assert len(questions(quiz)) == 54


def test_the_first_question_names_the_category(quiz):
    assert quiz[0].get("type") == "category"
    assert re.fullmatch(r"\$course\$/top/[^/]+", text_of(quiz[0].find("category")))


def test_every_type_of_question_occurs(quiz):
    assert {question.get("type") for question in questions(quiz)} == set(REQUIRED)


def test_every_question_has_the_elements_of_its_type_and_no_unknown_one(quiz):
    for question in questions(quiz):
        tags = {child.tag for child in question}
        required = COMMON | REQUIRED[question.get("type")]
        assert required <= tags
        assert tags <= required | OPTIONAL
        for tag in ("questiontext", "generalfeedback"):
            assert question.find(tag).get("format") == "html"
            assert text_of(question.find(tag))
        assert text_of(question.find("name"))
        assert question.find("hidden").text in ("0", "1")
        assert 0 <= float(question.find("penalty").text) <= 1


def test_a_multichoice_question_has_one_right_answer_and_explains_the_others(quiz):
    for question in questions(quiz, "multichoice"):
        answers = question.findall("answer")
        fractions = [answer.get("fraction") for answer in answers]
        assert sorted(fractions) == ["0"] * (len(answers) - 1) + ["100"]
        assert len(answers) >= 3
        for answer in answers:
            assert answer.get("format") == "html"
            feedback = answer.find("feedback")
            assert feedback.get("format") == "html"
            assert bool(text_of(feedback)) == (answer.get("fraction") == "0")
        assert question.find("single").text == "true"
        assert question.find("shuffleanswers").text in ("true", "false", "0", "1")
        assert question.find("answernumbering").text in ("abc", "ABCD", "123", "iii", "none")


def test_a_numerical_question_has_decimals_with_a_tolerance(quiz):
    for question in questions(quiz, "numerical"):
        answers = question.findall("answer")
        assert [a.get("fraction") for a in answers] == ["100"] + ["0"] * (len(answers) - 1)
        right = Fraction(text_of(answers[0]))
        for answer in answers:
            assert NUMBER.fullmatch(text_of(answer))
            assert NUMBER.fullmatch(answer.find("tolerance").text)
            assert not answer.findall("fraction")
        near = 2 * Fraction(answers[0].find("tolerance").text)
        # Moodle takes the first answer that fits: no slip may be as near as the right one.
        assert all(abs(Fraction(text_of(a)) - right) > near for a in answers[1:])


def test_the_fields_of_a_cloze_question_are_cut_as_documented(quiz):
    for question in questions(quiz, "cloze"):
        fields = FIELD.findall(text_of(question.find("questiontext")))
        assert len(fields) >= 2
        for weight, kind, field in fields:
            assert int(weight) >= 1
            cut = list(alternatives(field))
            assert sum(fraction == 100 for fraction, _, _ in cut) == 1
            assert all(feedback for fraction, _, feedback in cut if fraction == 0)
            for _, answer, _ in cut:
                if kind == "NUMERICAL":
                    assert re.fullmatch(rf"{NUMBER.pattern}:{NUMBER.pattern}", answer)
                else:
                    assert answer.strip()


def test_nothing_else_in_a_cloze_question_looks_like_a_field(quiz):
    for question in questions(quiz, "cloze"):
        rest = FIELD.sub("", text_of(question.find("questiontext")))
        assert not re.search(r"\{\d*:[A-Z]", rest)


def test_texts_are_html_whose_formulas_are_latex(quiz):
    for question in questions(quiz):
        text = text_of(question.find("questiontext"))
        ET.fromstring(text.replace("&nbsp;", " "))
        assert text.count(r"\(") == text.count(r"\)")
        assert "<math" not in text


def test_drawings_keep_their_colors_on_a_page_that_stays_light(quiz):
    drawn = [text for q in questions(quiz) if "<svg" in (text := text_of(q.find("questiontext")))]
    assert len(drawn) > 20
    assert not any("prefers-color-scheme" in text for text in drawn)


def test_the_answers_are_those_of_the_exam(quiz):
    exam = make_exam(count=54, seed=7)
    for question, element in zip(exam.questions, questions(quiz), strict=True):
        assert element.get("type") == question.kind
        if question.kind == "numerical":
            written = Fraction(text_of(element.find("answer")))
            assert abs(written - question.parts[0].answer) < Fraction(1, 10**6)
        elif question.kind == "cloze":
            fields = FIELD.findall(text_of(element.find("questiontext")))
            for part, (_, kind, field) in zip(question.parts, fields, strict=True):
                assert (kind == "MULTICHOICE") == bool(part.choices)
                if not part.choices:
                    [right] = [a for fraction, a, _ in alternatives(field) if fraction == 100]
                    answer, _, tolerance = right.partition(":")
                    assert abs(Fraction(answer) - part.answer) < Fraction(1, 10**6)
                    assert Fraction(tolerance) == part.tolerance
