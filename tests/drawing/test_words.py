import pytest

from gradatim.drawing.words import signed


@pytest.mark.parametrize(
    ("terms", "text"),
    [
        ([(1.0, "x1"), (-2.5, "")], "x1 - 2.5"),
        ([(-1.0, "x"), (50.0, "")], "-x + 50"),
        ([(0.0, "x1"), (3.0, "x2")], "3 x2"),
        ([(1.0, "")], "1"),
        ([(0.0, "x1"), (0.0, "")], "0"),
        ([], "0"),
    ],
)
def test_a_sum_is_written_as_on_the_board(terms, text):
    assert signed(terms).replace("\N{MINUS SIGN}", "-") == text
