from fractions import Fraction

import pytest

from gradatim import parse
from gradatim.errors import InputError, SpecError, TableError
from gradatim.sources.equations import read_letters, read_point, read_rows
from gradatim.tables.columns import read_columns


def test_letters_are_kept_as_typed():
    assert read_letters(["w_1=0.8", " W = 1,2"]) == {"w_1": "0.8", "W": ["1", "2"]}
    with pytest.raises(SpecError, match="names no letter and value"):
        read_letters(["w_1"])


def test_a_point_has_the_names_of_the_network():
    network = parse("x1 + 2x2")
    assert read_point("x_1=1/3,x2=-2", network) == {"x1": "1/3", "x2": "-2"}
    for text, says in (("x1", "no value"), ("x1=1,x_1=2", "two values")):
        with pytest.raises(InputError, match=says):
            read_point(text, network)


def test_rows_are_exact_and_hold_what_the_network_reads(tmp_path):
    (tmp_path / "t.csv").write_text("x1,x2,x3\n1/3,0.1,a\n2,3,b\n")
    columns = read_columns(tmp_path / "t.csv")
    assert read_rows(columns, parse("x1 + x2")) == [
        {"x1": Fraction(1, 3), "x2": Fraction(1, 10)},
        {"x1": 2, "x2": 3},
    ]
    with pytest.raises(TableError, match="holds 'a' in line 2 of the file, row 1"):
        read_rows(columns, parse("x1 + x3"))
