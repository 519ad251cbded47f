import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.errors import TableError
from gradatim.tables.columns import NotANumberError, read_columns


@pytest.fixture
def table(tmp_path):
    """Write text as CSV and read it."""

    def read(text, name="t.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_columns(path)

    return read


@pytest.fixture
def parquet(tmp_path):
    """Write columns as Parquet and read them."""

    def read(columns):
        pyarrow.parquet.write_table(pa.table(columns), tmp_path / "t.parquet")
        return read_columns(tmp_path / "t.parquet")

    return read


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_delimiter_is_found(table, delimiter, newline):
    t = table(newline.join(["a,b", "1,x", "2,y"]).replace(",", delimiter))
    assert t.names == ("a", "b")
    assert t.numbers("a").tolist() == [1.0, 2.0]
    assert t.texts("b") == ["x", "y"]
    assert t.lines.tolist() == [2, 3]


def test_a_delimiter_inside_quotes_does_not_count(table):
    t = table('"a;b;c",d\n1,2\n')
    assert t.names == ("a;b;c", "d")


def test_a_byte_order_mark_belongs_to_no_name(table):
    assert table(b"\xef\xbb\xbfa,b\n1,2\n").names == ("a", "b")


def test_a_column_without_a_name_is_called_after_its_position(table):
    assert table(",b\n1,2\n").names == ("column 1", "b")


def test_cells_are_trimmed_and_missing_ones_are_nan(table):
    t = table("a\n 1.5 \nNA\n?\nNaN\n-2e3\n")
    np.testing.assert_array_equal(t.numbers("a"), [1.5, np.nan, np.nan, np.nan, -2000])


def test_infinite_values_are_numbers(table):
    assert table("a\ninf\n-inf\n").numbers("a").tolist() == [np.inf, -np.inf]


def test_truth_values_are_zero_and_one(table):
    assert table("a\nTrue\nfalse\n").numbers("a").tolist() == [1.0, 0.0]


@pytest.mark.parametrize("cell", ["x", "1_000", "1,5,5", "0x10", "12 bpm"])
def test_a_cell_that_is_no_number_is_found_with_its_position(table, cell):
    with pytest.raises(NotANumberError) as caught:
        table(f'a;b\n1;1\n2;2\n"{cell}";3\n').numbers("a")
    assert (caught.value.index, caught.value.cell) == (2, cell)


@given(st.lists(st.floats(allow_nan=False, width=64), min_size=1, max_size=20))
def test_numbers_survive_the_way_through_a_file(tmp_path_factory, values):
    path = tmp_path_factory.getbasetemp() / "numbers.csv"
    path.write_text("\n".join(["a", *map(repr, values)]))
    assert read_columns(path).numbers("a").tolist() == values


def test_rows_are_numbered_as_an_editor_shows_them(table):
    t = table('a,b\n1,"two\nlines"\n\n3,x\n\n\n4,y\n')
    assert t.lines.tolist() == [2, 5, 8]
    assert t.rows.tolist() == [1, 2, 3]
    assert t.place(1) == "line 5 of the file, row 2"
    assert t.counting == "Row 1 is line 2 of the file."


def test_rows_keep_their_numbers_when_others_go(table):
    t = table("a\n1\n2\n3\n4\n")
    for kept in (t.keep(np.array([False, False, True, True])), t.keep(np.array([2, 3]))):
        assert [kept.place(i) for i in range(2)] == [
            "line 4 of the file, row 3",
            "line 5 of the file, row 4",
        ]
        assert kept.row_names == ["row 3", "row 4"]


def test_a_row_without_lines_has_its_number_alone(parquet):
    t = parquet({"a": [1.0, 2.5]})
    assert t.place(1) == "row 2"
    assert t.counting == ""


def test_blank_lines_before_the_header_count(table):
    t = table("\n\na,b\n1,2\n")
    assert t.names == ("a", "b")
    assert t.lines.tolist() == [4]


def test_parquet_keeps_its_types(parquet):
    t = parquet(
        {
            "i": pa.array([1, None]),
            "f": [0.5, np.inf],
            "b": [True, False],
            "c": pa.array(["x", "y"]).dictionary_encode(),
        }
    )
    np.testing.assert_array_equal(t.numbers("i"), [1, np.nan])
    assert t.numbers("f").tolist() == [0.5, np.inf]
    assert t.numbers("b").tolist() == [1.0, 0.0]
    assert t.texts("c") == ["x", "y"]
    assert t.texts("b") == ["true", "false"]
    assert t.rows.tolist() == [1, 2]


def test_a_date_is_no_number(parquet):
    with pytest.raises(NotANumberError):
        parquet({"when": pa.array([0, 1], pa.date32())}).numbers("when")


def test_whole_numbers_become_texts_without_a_point(parquet):
    assert parquet({"a": [1.0, 2.5]}).texts("a") == ["1", "2.5"]


def test_a_missing_text_is_an_error_naming_column_and_row(table):
    with pytest.raises(
        TableError, match=r"column 'b' of t\.csv has no value in line 3 of the file, row 2"
    ):
        table("a,b\n1,x\n2,\n").texts("b")


def test_a_missing_column_is_an_error_with_the_closest_name(table):
    with pytest.raises(TableError, match=r"no column 'gener' \(target\); did you mean 'genre'"):
        table("tempo,genre\n1,x\n").require("gener", "target")


def test_a_column_like_no_other_is_answered_with_all_names(table):
    with pytest.raises(TableError, match="its columns are tempo, genre"):
        table("tempo,genre\n1,x\n").require("zzz", "target")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        (" \n\n", "is empty"),
        ("sep=;\n", "is empty"),
        ("a,b\n", "has a header but no rows"),
        ("a,b,a\n1,2,3\n", "has 2 columns named 'a'"),
        ("a,b\n1,2\n3\n", "has 1 cell in line 3 of the file, but 2 columns"),
        ("a,b\n1,2\n\n3,4,5\n", "has 3 cells in line 4 of the file, but 2 columns"),
        ('a,b\n1,2\n"3,4\n5,6\n', "is malformed from line 3 on"),
        (
            b"a,b\n1,\x81\n",
            r"not text in utf-8 \(line 2 of the file\); name its encoding with --encoding",
        ),
        (b"a,b\n1,\xe4\x01\n", "is neither CSV nor Parquet"),
        (b"PK\x03\x04 and more", "an Excel workbook; save the table as CSV"),
        (b"<!DOCTYPE html><html></html>", "a page or document in HTML or XML"),
        (b"\x1f\x8b and no more", "is compressed with gzip and damaged"),
        (b"a\x00b", "is neither CSV nor Parquet"),
        (b"PAR1 but no more", "cannot be read as Parquet"),
    ],
)
def test_what_is_no_table_is_an_error_in_one_sentence(table, text, message):
    with pytest.raises(TableError, match=message) as caught:
        table(text)
    assert "\n" not in str(caught.value)


def test_no_such_file_is_an_error(tmp_path):
    with pytest.raises(TableError, match="No such file"):
        read_columns(tmp_path / "nothing.csv")


def test_duplicate_names_in_parquet_are_an_error(tmp_path):
    both = pa.table([pa.array([1]), pa.array([2])], names=["a", "a"])
    pyarrow.parquet.write_table(both, tmp_path / "t.parquet")
    with pytest.raises(TableError, match="2 columns named 'a'"):
        read_columns(tmp_path / "t.parquet")


def test_a_row_longer_than_a_megabyte_is_read(table):
    n_columns = 5_000
    header = ",".join(f"c{k}" for k in range(n_columns))
    t = table(header + "\n" + ",".join(["0." + 300 * "1"] * n_columns) + "\n")
    assert len(t.names) == n_columns


def test_numbers_that_64_bits_cannot_tell_apart_are_refused(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("x,y\n100000000000000001,1\n100000000000000002,2\n")
    with pytest.raises(TableError, match=r"100000000000000001 and 100000000000000002 are"):
        read_columns(path).numbers("x")
    path.write_text("x,y\n100000000000000000,1\n1e17,2\n1.0e17,2\n")
    assert read_columns(path).numbers("x").tolist() == [1e17] * 3
