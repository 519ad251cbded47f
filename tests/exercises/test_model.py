import json
from fractions import Fraction

import pytest

from gradatim.exercises.model import Choice, Part, Question, Slip
from gradatim.network import parse

F = Fraction


def part(answer, digits=None, slips=()):
    return Part("", {}, F(answer), digits, [Slip(F(v), n) for v, n in slips])


def test_an_exact_answer_has_no_tolerance():
    assert part("5/4").tolerance == 0
    assert not part("5/4").accepts(F("1.26"))


def test_a_rounded_answer_accepts_the_unrounded_number():
    rounded = part("0.62", digits=2)
    assert rounded.accepts(F("0.6225"))
    assert not rounded.accepts(F("0.63"))


def test_a_fraction_without_a_short_decimal_accepts_two_decimals():
    assert part("2/3").accepts(F("0.67"))
    assert not part("2/3").accepts(F("0.68"))


def test_the_slip_behind_a_wrong_number_is_named():
    known = part("3", slips=[("-3", "sign flipped")])
    assert known.slip_behind(F(-3)) == "sign flipped"
    assert known.slip_behind(F(4)) is None


@pytest.mark.parametrize(
    ("parts", "kind"),
    [
        ([part(1)], "numerical"),
        ([Part("", {}, choices=[Choice("a", "a", None)])], "multichoice"),
        ([part(1), part(2)], "cloze"),
    ],
)
def test_the_kind_of_a_question_follows_from_its_parts(parts, kind):
    assert Question(["?"], parts, []).kind == kind


def test_the_json_object_is_json_and_holds_nothing_but_text_for_numbers(exam):
    text = json.dumps(exam.to_dict(), allow_nan=False)
    assert json.loads(text) == exam.to_dict()
    for question in exam.to_dict()["questions"]:
        for each in question["parts"]:
            assert each["answer"] is None or F(each["answer"]) is not None


def test_the_equation_of_the_json_object_is_the_network(exam):
    equations = 0
    for question in exam.questions:
        if question.network is not None:
            assert parse(question.to_dict()["equation"]) == question.network
            equations += 1
    assert equations > 15
