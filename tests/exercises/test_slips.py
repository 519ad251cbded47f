from fractions import Fraction
from random import Random

from gradatim.exercises.slips import SLIPS, as_choices, choice_part, number_part

F = Fraction


def test_a_slip_that_leads_to_the_answer_is_left_out():
    part = number_part("", {}, F(2), [("sign flipped", F(2)), ("bias forgotten", F(1))])
    assert [slip.name for slip in part.slips] == ["bias forgotten"]


def test_two_slips_never_share_a_number():
    part = number_part("", {}, F(2), [("sign flipped", F(1)), ("bias forgotten", F(1))])
    assert [slip.name for slip in part.slips] == ["sign flipped"]


def test_no_number_is_right_and_a_slip_at_once():
    part = number_part("", {}, F("0.6225"), [("sign flipped", F("0.63"))], digits=2)
    assert part.answer == F("0.62")
    assert part.slips == []


def test_choices_are_refused_where_too_few_slips_are_known():
    part = number_part("", {}, F(2), [("sign flipped", F(-2))])
    assert as_choices(Random(0), part) is None


def test_a_number_among_choices_keeps_its_rounding():
    slips = [("sign flipped", F("0.38")), ("bias forgotten", F("0.9"))]
    part = as_choices(Random(0), number_part("", {}, F("0.6225"), slips, digits=2))
    assert part is not None
    assert part.digits == 2
    assert sorted(c.text for c in part.choices) == ["$0.38$", "$0.62$", "$0.90$"]


def test_at_most_four_choices_are_offered_and_no_two_read_the_same():
    wrong = [(f"${n % 5}$", str(n % 5), "arithmetic") for n in range(1, 20)]
    part = choice_part(Random(1), "", {}, ("$0$", "0"), wrong)
    assert part is not None
    assert len({choice.text for choice in part.choices}) == len(part.choices) == 4


def test_every_slip_of_an_exam_has_a_sentence_for_the_student(exam):
    used = {slip.name for q in exam.questions for part in q.parts for slip in part.slips}
    used |= {c.slip for q in exam.questions for part in q.parts for c in part.choices if c.slip}
    assert used <= set(SLIPS)
    assert all(sentence.endswith(".") for sentence in SLIPS.values())
