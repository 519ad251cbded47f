import pytest

from gradatim.errors import TableError
from gradatim.tables.columns import read_columns

SONGS = """% Weka's
@RELATION songs
@attribute tempo NUMERIC
@attribute 'the key' {C, "F #", D}

@attribute genre {rock,jazz}
@DATA
% rows
120,C,rock
96.5,"F #",jazz

?,'D',rock,{2}
"""


@pytest.fixture
def table(tmp_path):
    def read(text, name="t.arff"):
        (tmp_path / name).write_text(text)
        return read_columns(tmp_path / name)

    return read


def test_names_numbers_texts_and_missing_values_are_read(table):
    t = table(SONGS)
    assert t.names == ("tempo", "the key", "genre")
    assert t.columns["tempo"].to_pylist() == ["120", "96.5", None]
    assert t.texts("the key") == ["C", "F #", "D"]
    assert t.lines.tolist() == [9, 10, 12]


def test_it_is_known_by_its_content(table):
    assert table(SONGS, "songs.csv").texts("genre") == ["rock", "jazz", "rock"]


def test_sparse_rows_leave_out_zeros_and_first_values(table):
    t = table("@relation x\n@attribute a real\n@attribute b real\n@attribute c {x,y}\n@data\n"
              "{1 2.5}\n{0 ?, 2 y}\n{}\n")  # fmt: skip
    assert t.columns["a"].to_pylist() == ["0", None, "0"]
    assert t.numbers("b").tolist() == [2.5, 0, 0]
    assert t.texts("c") == ["x", "y", "x"]


def test_quotes_hold_commas_and_escaped_quotes(table):
    t = table("@relation x\n@attribute a string\n@attribute b real\n@data\n'it\\'s, so',1\n")
    assert t.texts("a") == ["it's, so"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("@relation x\n@attribute a real\n", "has no @data"),
        ("@relation x\n@data\n1\n", "has no @attribute"),
        ("@relation x\n@attribute a\n@data\n1\n", "without name or type in line 2"),
        ("@relation x\n@attribute a real\n@data\n1,2\n", "has 2 cells in line 4, but 1 attributes"),
        ("@relation x\n@attribute a real\n@data\n{7 1}\n", "'7 1' in line 4"),
        ("@relation x\n@attribute a real\n@attribute a real\n@data\n1,2\n", "two columns named"),
        ("@relation x\n@attribute a relational\n@data\n1\n", "tables inside cells"),
        ("@relation x\n@attribute a real\n@data\n", "no rows"),
    ],
)
def test_what_is_no_arff_is_an_error_in_one_sentence(table, text, message):
    with pytest.raises(TableError, match=message):
        table(text)
