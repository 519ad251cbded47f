"""What terminal, page and lab say of a result needs nothing but the result."""

from fractions import Fraction

import pytest

from gradatim.approximation import Approximation, approximate
from gradatim.certificates import Bound
from gradatim.comparisons.approximations import Rates, TrainedUnits
from gradatim.depth import build_parity
from gradatim.network import parse
from gradatim.presentation import approximation, capacity, depth, numbers, separation
from gradatim.presentation import transformation as line_words
from gradatim.separability import (
    Capacity,
    run_perceptron,
    separate,
    separate_classes,
    transform,
)

SQUARE = [[0, 0], [0, 1], [1, 0], [1, 1]]
IDS = ["p", "q", "r", "s"]


def test_columns_without_names_are_numbered():
    lines = separation.separation_in_words(separate(SQUARE, [0, 0, 0, 1]), "0001", IDS)
    assert lines[0] == "4 rows: 3 of class 0, 1 of class 1; 2 columns (x1, x2)."
    assert "    x1 + x2 - 1.5 = 0" in lines


def test_a_witness_names_rows_and_the_labels_that_the_table_has():
    found = separate(SQUARE, [0, 1, 1, 0])
    lines = separation.separation_in_words(found, ["a", "b", "c", "a"], IDS)
    table = lines[lines.index("These four points prove that no line can:") + 2 :][:5]
    assert table == [
        "    row  class  weight  x1  x2",
        "    p    a      0.5     0   0",
        "    s    a      0.5     1   1",
        "    q    b      0.5     0   1",
        "    r    c      0.5     1   0",
    ]


def test_one_mistake_in_one_pass_is_no_plural():
    run = run_perceptron(separate([[-1], [1]], ["a", "b"]), max_mistakes=1)
    lines = separation.separation_in_words(run.found, "ab", IDS, run)
    assert "The perceptron rule made 1 mistake in 1 pass and was stopped; " in "\n".join(lines)


def test_of_several_classes_a_pair_names_its_own_rows():
    found = separate_classes([[0], [1], [2], [1]], ["a", "b", "a", "c"])
    lines = separation.classes_in_words(found, IDS)
    assert lines[0] == "4 rows of 3 classes; 1 column."
    assert [line.split("points: ")[1] for line in lines[3:5]] == ["p, q, r", "p, r, s"]


def test_a_piece_without_a_class_is_undecided():
    lines = line_words.transformation_in_words(transform([0, 1], "ab", convention="sign"))
    assert lines[4:8] == [
        "x        h1   z      class",
        "x < 0.5  -1  -1          a",
        "x = 0.5   0   0  undecided",
        "x > 0.5   1   1          b",
    ]


def test_without_trials_there_is_the_theory_alone():
    lines = capacity.capacity_in_words([Capacity(2, 4)])
    assert lines[:2] == ["d  points  n/(d+1)  theory", "2       4     1.33  0.8750"]
    assert lines[-1].startswith("Chance")


def test_an_interval_without_the_theory_has_a_star():
    lines = capacity.capacity_in_words([Capacity(2, 4, 100, 10), Capacity(2, 4, 8, 7)])
    assert [line.endswith("*") for line in lines[1:3]] == [True, False]
    assert "1 of 2 intervals hold the theory; of" in lines[-1]


def test_both_parities_are_proved_below_the_table():
    lines = depth.parity_in_words(build_parity(3))
    assert lines[2].split() == ["shallow", "1", "3", "16"]
    assert lines[5] == "shallow: Proved in exact arithmetic: right on all 8 inputs."


def test_errors_by_width_stand_beside_quartiles_and_the_best_of_those_trained():
    def bound(error):
        return Bound(error, 0.0, ((0.0, 1.0),), (0.0,), True, 1)

    line = parse("y = relu(x)")
    built = Approximation("x", ((0.0, 1.0),), 0.5, "relu", line, bound(0.5), 1.0, 0)
    trained = TrainedUnits(1, "relu", tuple(map(bound, (5.0, 1.0, 3.0))), line, {})
    lines = approximation.rates_in_words(Rates((1,), (built,), (trained,), 2))
    assert lines == [
        "x on [0, 1], relu units.",
        "",
        " units       built  trained:   quartile      median    quartile        best",
        "     1         0.5                    2           3           4           1",
        "",
        "Every error is certified; rounded up to 4 digits. Theory: errors fall as 1/n^2.",
    ]
    assert approximation.rates_in_words(Rates((1,), (built,), (), None))[2:] == [
        " units       built",
        "     1         0.5",
        "",
        "Every error is certified; rounded up to 4 digits.",
    ]


def test_bounds_are_rounded_outward():
    line = parse("relu(x) + relu(x - 1)")
    bound = Bound(2 / 3, 2 / 3, ((0.0, 1.0),), (0.5,), True, 1)
    built = Approximation("x", ((0.0, 1.0),), 1.0, "relu", line, bound, 1.0, 0)
    text = "\n".join(approximation.approximation_in_words(built))
    assert "the error is at most 0.666667 everywhere" in text
    assert "It is at least 0.666666, at x = 0.5." in text
    assert str(bound) == "error at most 0.666667, at least 0.666666 at x = 0.5"


def test_a_function_is_named_as_it_was_typed():
    found = approximate("abs(x)", (-1, 1), 0.5)
    lines = approximation.approximation_in_words(found)
    assert lines[0] == "abs(x) on [-1, 1], tolerance 0.5."


@pytest.mark.parametrize(
    ("weights", "bias", "text"),
    [
        ([1, -2], Fraction(1, 2), "a - 2 b + 0.5 = 0"),
        ([0, -1], 0, "-b = 0"),
        ([Fraction(10**13, 3), 1], 1, "3333333333333.3 a + b + 1 = 0"),
    ],
)
def test_a_plane_is_written_as_an_equation(weights, bias, text):
    numbers_ = list(map(Fraction, weights)), Fraction(bias)
    assert numbers.written_plane("ab", *numbers_, lambda w, w0: True)[0] == text


def test_a_plane_has_the_digits_with_which_what_is_said_of_it_holds():
    weights, bias = [Fraction(1)], -Fraction(16000000095, 10)
    exact = numbers.written_plane("t", weights, bias, lambda w, w0: w0 == bias)
    assert exact == ("t - 1600000009.5 = 0", "")
    third = numbers.written_plane(
        "t", [Fraction(1, 3)], Fraction(-(10**11), 3), lambda w, w0: w[0] > Fraction("0.33333332")
    )
    assert third == ("0.33333333 t - 33333333333.3 = 0", "; weights rounded here")
    never = numbers.written_plane("t", weights, Fraction(10**20, 3), lambda w, w0: False)
    assert never == ("t + 100000000000000000000/3 = 0", "")
    long = numbers.written_plane("t", weights, Fraction(10**60, 3), lambda w, w0: False)
    assert long == (f"t + {10**60 / 3:.17g} = 0".replace("e+", "e"), long[1])
    assert long[1] == "; rounded here, not exact for every row"
