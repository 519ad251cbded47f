import numpy as np
import pytest

from gradatim.errors import SpecError
from gradatim.problems import PROBLEMS, get_problem, load_problem


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_problem_says_what_it_takes_and_why(name):
    problem = get_problem(name)
    for sentence in (problem.takes, problem.because):
        assert sentence.endswith(".")
        assert len(sentence) > 30
    assert problem.title
    assert problem.slides.startswith("L")


def test_a_family_s_name_is_its_usual_size():
    assert get_problem("parity") is get_problem("parity")
    assert get_problem("parity").name == "parity-4"
    assert np.array_equal(load_problem("parity", 20)[0], load_problem("parity-4", 20)[0])


def test_another_size_has_other_points():
    assert load_problem("parity-6", 10)[0].shape == (10, 6)
    assert get_problem("sawtooth-6").title == "A line with 63 label changes"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("moon", "did you mean moons"),
        ("timbre", "choose one of threshold, intervals"),
        ("parity-1", "parity has sizes 2 to 16, not 1"),
        ("sawtooth-1", "sizes 2 to 10"),
        ("parity-²", "there is no problem"),
        ("xor-2", "did you mean xor"),
        ("", "choose one of"),
    ],
)
def test_what_is_no_problem_is_refused_in_words(name, words):
    with pytest.raises(SpecError, match=words):
        get_problem(name)
