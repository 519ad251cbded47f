"""Names as they are typed: their one spelling, and what is no name."""

import re

import pytest

from gradatim.language.names import LOGIC, NAME, call_name, is_name, plain_name, raised_call


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("x_1", "x1"),
        ("x₁", "x1"),
        ("x_{12}", "x12"),
        (r"\pi", "π"),
        (r"\alpha_2", "α2"),
        (r"\hat{y}", "ŷ"),
        ("w_1^{(2)}", "w1^(2)"),
    ],
)
def test_a_name_has_one_spelling(typed, plain):
    assert plain_name(typed) == plain


@pytest.mark.parametrize("word", [w for word in LOGIC for w in (word, word.lower(), word.title())])
def test_a_word_of_logic_is_no_name_but_may_begin_one(word):
    assert not is_name(word)
    assert is_name(word + "e")


def test_pi_stands_alone_and_greek_words_stay_words():
    assert re.match(NAME, "πx")[0] == "π"
    assert re.match(NAME, "xπ")[0] == "x"
    assert is_name("βάση")


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (r"\mathrm{ReLU}", "relu"),
        (r"\text{leaky\_relu}", "leaky_relu"),
        (r"\max", "max"),
        ("√", "sqrt"),
    ],
)
def test_what_is_called_loses_its_latex(typed, name):
    assert call_name(typed) == name


def test_a_power_may_stand_between_a_sine_and_its_bracket():
    assert raised_call(r"\sin^{2}") == ("sin", 2)
    assert raised_call("tan³") == ("tan", 3)
    assert raised_call("tanh") == ("tanh", 1)
