import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.tables.cells import AMONG_NUMBERS, MISSING, blank_missing, read_numbers


def column(*cells):
    return blank_missing(pa.chunked_array([pa.array(cells, pa.string())]))


def read(*cells, decimal=None, **beside):
    columns = {"a": column(*cells)} | {name: column(*c) for name, c in beside.items()}
    found = read_numbers(columns, decimal)
    return found.columns["a"].to_pylist(), found.commas, set(found.unsure)


@pytest.mark.parametrize("mark", AMONG_NUMBERS)
def test_a_mark_among_numbers_is_a_missing_value_and_among_words_a_word(mark):
    assert read("1", mark.upper(), "2")[0] == ["1", None, "2"]
    assert read("rock", mark, "jazz")[0] == ["rock", mark, "jazz"]
    assert read(mark, mark)[0] == [mark, mark]


@pytest.mark.parametrize("mark", ["", *MISSING])
def test_some_marks_are_missing_values_everywhere(mark):
    assert read("rock", f" {mark} ")[0] == ["rock", None]


def test_truth_values_have_missing_ones_too():
    assert read("True", "None", "false")[0] == ["True", None, "false"]


def test_infinity_as_old_libraries_of_c_write_it():
    assert read("1", "1.#INF", "-1.#INF")[0] == ["1", "inf", "-inf"]


def test_one_word_among_numbers_stays_to_be_named():
    assert read("1", "x", "-")[0] == ["1", "x", None]


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["0,5", "1,234"], ["0.5", "1.234"]),
        (["-12,34", "7"], ["-12.34", "7"]),
        ([",5", "1e3"], [".5", "1e3"]),
        (["1.234,5", "0,1e-3"], ["1234.5", "0.1e-3"]),
        (["1,5", "-"], ["1.5", None]),
    ],
)
def test_a_decimal_comma_is_read_where_it_can_be_nothing_else(cells, numbers):
    assert read(*cells) == (numbers, ("a",), set())


def test_one_column_tells_what_the_commas_of_all_mean():
    assert read("1,234", "2,345", other=["0,5", "1"])[0] == ["1.234", "2.345"]
    assert read("1,234", "2,345", other=["1,234.5", "1"])[0] == ["1234", "2345"]


def test_thousands_are_read():
    assert read("1,234.5", "12", "1,234,567") == (["1234.5", "12", "1234567"], (), set())


def test_what_may_be_either_is_left_and_told():
    assert read("1,234", "2,345") == (["1,234", "2,345"], (), {"a"})
    # With commas for decimals beside it, 1.234 is hardly a little more than 1.
    assert read("1.234", "2.345", other=["0,5", "1,5"])[2] == {"a"}


@pytest.mark.parametrize(
    ("decimal", "cells", "numbers"),
    [
        (",", ["1,234", "2"], ["1.234", "2"]),
        (".", ["1,234", "2"], ["1234", "2"]),
        (",", ["1.234", "2.345.678"], ["1234", "2345678"]),
        (".", ["1.234", "2.345"], ["1.234", "2.345"]),
        (",", ["1.5", "2"], ["1.5", "2"]),
    ],
)
def test_who_names_the_decimal_mark_decides(decimal, cells, numbers):
    assert read(*cells, decimal=decimal)[0] == numbers


@pytest.mark.parametrize("cells", [["Smith, 5", "x"], ["1,2", "a", "b"], ["1,2,3", "4,5,6"]])
def test_commas_in_texts_stay(cells):
    assert read(*cells) == (cells, (), set())


@given(st.lists(st.text(max_size=8), min_size=1, max_size=6))
def test_whatever_cells_hold_none_is_lost_but_missing_ones(cells):
    cells = [cell.encode("utf-8", "ignore").decode() for cell in cells]
    found = read(*cells)[0]
    assert len(found) == len(cells)
    assert all(one is not None or cell.strip().lower() in (*MISSING, *AMONG_NUMBERS, "")
               for one, cell in zip(found, cells, strict=True))  # fmt: skip


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=9))
def test_numbers_with_points_are_never_changed(values):
    assert read(*map(repr, values)) == ([*map(repr, values)], (), set())


@given(st.lists(st.floats(-1e6, 1e6).map(lambda x: f"{x:.2f}"), min_size=1, max_size=9))
def test_a_table_with_commas_has_the_numbers_of_the_one_with_points(texts):
    assert read(*(text.replace(".", ",") for text in texts))[0] == texts
