import pytest

from gradatim.errors import InputError
from gradatim.exercises import make_exam
from gradatim.exercises.formats.words import LETTERS
from gradatim.exercises.numbers import show
from gradatim.presentation import practice


def parts(*topics):
    exam = make_exam(list(topics), [1], count=6, seed=7)
    return [part for question in exam.questions for part in question.parts]


def test_a_right_number_is_right_and_a_known_slip_is_explained():
    part = parts("weights")[0]
    assert practice.judged(part, show(part.answer, part.digits)) == (True, [("Right.", "green")])
    right, [(said, look)] = practice.judged(part, show(part.slips[0].value))
    assert (right, look) == (False, "red")
    assert said.startswith("Not right. This comes out if ")


def test_choices_are_lettered_and_chosen_by_their_letter():
    part = next(part for part in parts("separable") if part.choices)
    assert [line[0][:5] for line in practice.choices(part)] == [
        f"  ({letter})" for letter in LETTERS[: len(part.choices)]
    ]
    assert practice.judged(part, f"({LETTERS[part.right_choice].upper()})")[0]
    wrong = next(i for i, choice in enumerate(part.choices) if choice.slip)
    right, [(said, _)] = practice.judged(part, LETTERS[wrong])
    assert not right
    assert said.startswith("Not right. ")
    with pytest.raises(InputError, match="is none of the choices; type a letter from a to"):
        practice.judged(part, "z")


def test_a_choice_may_be_typed_as_what_it_says():
    found = [part for part in parts("outputs", "separable") if part.choices]
    assert found
    for part in found:
        for i, [(line)] in enumerate(practice.choices(part)):
            said = line.partition(") ")[2]
            by_letter = practice.judged(part, LETTERS[i])
            assert practice.judged(part, f" {said} ") == by_letter


def test_a_choice_that_is_a_number_is_met_by_every_way_to_write_it():
    part = next(
        part
        for level in (1, 2)
        for question in make_exam(["outputs"], [level], count=8, seed=3).questions
        for part in question.parts
        if any(choice.text.strip("$").lstrip("-").isdigit() for choice in part.choices)
    )
    i = next(i for i, c in enumerate(part.choices) if c.text.strip("$").lstrip("-").isdigit())
    number = int(part.choices[i].text.strip("$"))
    for typed in (f"{number}.0", f"{2 * number}/2", f"{number},0"):
        assert practice.judged(part, typed) == practice.judged(part, LETTERS[i])


def test_what_is_no_number_is_no_attempt():
    with pytest.raises(InputError):
        practice.judged(parts("weights")[0], "what?")


def test_the_answer_stands_before_the_way_to_it_only_if_it_was_not_given():
    [question] = make_exam(["outputs"], [1], count=1, seed=7).questions
    shown = [line[0] for line in practice.explained(question, [False])]
    assert shown[0].startswith("Answer: ")
    assert shown[1][0].startswith("  1. ")
    assert [line[0][1] for line in practice.explained(question, [True])] == ["dim"] * len(
        question.solution
    )
