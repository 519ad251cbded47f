from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.errors import InputError
from gradatim.exercises.notation import math_tokens, segments, to_latex, to_mathml, to_plain

FORMULAS = [
    ("w1 x1 + w0", "w₁ x₁ + w₀", "w_{1} x_{1} + w_{0}"),
    ("-2/3", "\N{MINUS SIGN}2/3", r"-\frac{2}{3}"),
    ("∂L/∂w1", "∂L/∂w₁", r"\dfrac{\partial L}{\partial w_{1}}"),
    ("w1'", "w₁\N{PRIME}", "w_{1}'"),
    ("1/2 (y - t)^2", "1/2 (y \N{MINUS SIGN} t)²", r"\frac{1}{2} (y - t)^2"),
    ("step(z) ≥ 0", "step(z) ≥ 0", r"\operatorname{step}(z) \ge  0"),
    ("tanh(z)", "tanh(z)", r"\tanh (z)"),
]


@pytest.mark.parametrize(("formula", "plain", "latex"), FORMULAS)
def test_a_formula_is_written_three_ways(formula, plain, latex):
    assert to_plain(formula) == plain
    assert to_latex(formula) == latex
    wanted = plain.translate(str.maketrans("₀₁₂²", "0122")).replace(" ", "").replace("/", "")
    written = "".join(to_mathml(formula).itertext())
    assert sorted(written.replace("/", "")) == sorted(wanted)


@pytest.mark.parametrize(
    ("formula", "prefix"), [("-x", True), ("a(-x)", True), ("1 - x", False), ("(1) - x", False)]
)
def test_a_minus_that_is_a_sign_stands_close_to_its_number(formula, prefix):
    [minus] = [e for e in to_mathml(formula).iter("mo") if e.text == "\N{MINUS SIGN}"]
    assert (minus.get("form") == "prefix") == prefix


def test_a_power_belongs_to_the_indexed_name_before_it():
    power = to_mathml("x1^2")[0]
    assert [power.tag, power[0].tag, power[1].text] == ["msup", "msub", "2"]


@pytest.mark.parametrize("formula", ["x_1", "x ** 2!", "\\alpha", "<script>alert('&')</script>"])
def test_a_character_without_meaning_is_refused(formula):
    with pytest.raises(InputError, match="no meaning"):
        math_tokens(formula)


def test_a_formula_that_is_not_closed_is_refused():
    with pytest.raises(InputError, match="not closed"):
        list(segments("find $w1"))


@given(text=st.lists(st.sampled_from([*"wxy012+-·()=, ≥", "step", "2/3", "^2"])).map(" ".join))
def test_tokens_give_the_formula_back(text):
    assert "".join(token.text for token in math_tokens(text)) == text


def test_every_text_of_an_exam_is_written_in_the_notation(exam):
    for question in exam.questions:
        texts = [*question.text, *question.solution, *question.notes]
        texts += [part.label for part in question.parts]
        texts += [choice.text for part in question.parts for choice in part.choices]
        for is_formula, piece in (pair for text in texts for pair in segments(text)):
            if is_formula:
                assert to_plain(piece)
                ET.fromstring(ET.tostring(to_mathml(piece)))
                latex = to_latex(piece)
                assert latex.count("{") == latex.count("}")
