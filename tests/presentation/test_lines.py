import pytest

from gradatim.presentation.lines import align

ROWS = [["", "units", "x"], ["deep", "4", "12"]]


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        ({}, ["      units  x", "deep  4      12"]),
        ({"right_from": 0}, ["      units   x", "deep      4  12"]),
        ({"right_from": 2, "indent": 1}, ["       units   x", " deep  4      12"]),
    ],
)
def test_cells_stand_under_each_other(options, lines):
    assert align(ROWS, **options) == lines


def test_no_line_ends_in_a_space_and_braces_and_empty_columns_are_no_matter():
    assert align([["a", "", "{0}"], ["{", "", ""]]) == ["a    {0}", "{"]
