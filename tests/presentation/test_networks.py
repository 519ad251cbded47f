from decimal import Decimal
from fractions import Fraction

import pytest

from gradatim import parse
from gradatim.presentation.lines import Grid
from gradatim.presentation.networks import (
    equals,
    fit_lines,
    given,
    marked,
    relation,
    shown,
    signed,
    trace_lines,
)


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (None, None, "-"),
        (1 / 3, None, "0.333333"),
        (-0.0, None, "0"),
        (Fraction(1, 3), 2, "1/3"),
        (0.125, 2, "0.12"),
        (2.0, 3, "2"),
        (-0.001, 2, "0.00"),
        (Decimal("0.10"), None, "0.10"),
    ],
)
def test_a_number_is_shown_as_a_person_reads_it(value, digits, expected):
    assert shown(value, digits) == expected


def test_fractions_are_never_rounded_and_negative_numbers_follow_a_sign_in_brackets():
    assert marked(Fraction(-2, 3), 1) == "-2/3"
    assert [signed(value) for value in (-0.5, 0.5, Fraction(-1, 3))] == ["(-0.5)", "0.5", "(-1/3)"]


def test_what_is_rounded_is_marked():
    assert [marked(value) for value in (0.5, 2 / 3, 0.1 + 0.2)] == ["0.5", "≈0.666667", "0.3"]
    assert [marked(value, 1) for value in (0.5, 0.25, 2.0)] == ["0.5", "≈0.2", "2"]
    assert equals(0.5) == "= 0.5"
    assert equals(2 / 3) == "≈ 0.666667"
    assert [relation(0.5, 2.0), relation(0.5, 2 / 3)] == ["=", "≈"]


def test_a_fraction_of_thousands_of_digits_is_written_whole():
    value = Fraction(10**5000 + 1, 3**9000)
    assert equals(value).startswith("= 1000")
    assert len(marked(value)) > 9000


def test_an_input_has_all_its_digits():
    assert [given(value) for value in (1600000000001.0, 0.123456789, Fraction(1, 3), None)] == [
        "1600000000001", "0.123456789", "1/3", "-",
    ]  # fmt: skip


def cells(grid):
    return [[cell[0] for cell in row] for row in grid.rows]


def test_a_row_is_spelled_out_unit_by_unit_and_its_output_stands_below():
    network = parse("step(2x1 - 3x2 + 1)")
    lines = list(trace_lines([network.trace({"x1": "1", "x2": "-1"})], None))
    units, outputs = (line for line in lines if isinstance(line, Grid))
    assert lines[3] == ["at x1 = 1, x2 = -1"]
    assert cells(units) == [["y1", "2·1 - 3·(-1)", "5", "1", "6", "step(6) = 1", "1"]]
    assert [column.head for column in outputs.columns] == ["x1", "x2", "y1", "class"]
    assert cells(outputs) == [["1", "-1", "1", "1"]]


def test_of_many_rows_only_the_outputs_are_shown():
    trace = parse("x1").trace({"x1": "1"})
    assert sum(isinstance(line, Grid) for line in trace_lines([trace] * 13, None)) == 1


def test_a_fit_says_by_what_method_and_what_each_side_of_the_threshold_is():
    found = {
        "loss": "binary",
        "alpha": 0.5,
        "n_rows": 7,
        "data": {"file": "cls.csv"},
        "activation": "sigmoid",
        "classes": ["a", "b"],
        "scores": {"accuracy": 0.75, "log_loss": 0.5},
    }
    assert fit_lines(found) == [
        "maximum likelihood with alpha = 0.5 on 7 rows of cls.csv",
        "class b where the output >= 0.5, else class a",
        "on the same rows: accuracy 0.75, log loss 0.5",
    ]


def test_a_unit_that_only_passes_a_value_on_is_not_shown():
    trace = parse("relu(x1) + x2").trace({"x1": "1", "x2": "2"})
    assert any(unit.passes for layer in trace.layers for unit in layer)
    units = next(line for line in trace_lines([trace], None) if isinstance(line, Grid))
    assert len(units.rows) == 2
