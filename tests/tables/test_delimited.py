import contextlib
import csv
import gzip
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.errors import GradatimError, SpecError, TableError
from gradatim.tables import delimited
from gradatim.tables.columns import Dialect, read_columns


@pytest.fixture
def table(tmp_path):
    def read(content, name="t.csv", **dialect):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_columns(tmp_path / name, Dialect(**dialect))

    return read


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a;b\n1,5;2,5\n1,2;3\n", ("a", "b")),
        ("a b  c\n1 2 3\n4  5 6\n", ("a", "b", "c")),
        ("song title\nYesterday\nLet it be\n", ("song title",)),
        ("a, mean;b\n1;2\n", ("a, mean", "b")),
        ("a|b\n1|2\n", ("a", "b")),
        ("a,b\n1;2,3\n4;5,6\n", ("a", "b")),
        ("a\nrock;pop\njazz\n", ("a",)),
        ("sep=;\na,x;b\n1;2\n", ("a,x", "b")),
        ('"a;b",c\n1,2\n', ("a;b", "c")),
    ],
)
def test_the_delimiter_is_the_one_that_cuts_all_rows_alike(table, text, names):
    assert table(text).names == names


def test_a_delimiter_may_be_named(table):
    assert table("a b  c\n1 2 3\n", delimiter="space").names == ("a", "b", "c")
    assert table("a:b\n1:2\n", delimiter=":").names == ("a", "b")
    assert table("a;b\n1;2\n", delimiter="comma").names == ("a;b",)


def test_the_line_for_excel_counts_as_a_line(table):
    assert table("sep=;\na;b\n1;2\n").lines.tolist() == [3]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252", "utf-8"])
def test_the_encoding_is_found_and_said_unless_it_is_utf8(table, encoding):
    t = table("a,Größe\n1,é\n".encode(encoding))
    assert t.names == ("a", "Größe")
    assert t.texts("Größe") == ["é"]
    name = {"utf-16": "utf-16", "cp1252": "cp1252"}.get(encoding)
    said = f"t.csv was read with text in {name} (--encoding)"
    assert t.notes == ((said,) if name else ())


def test_an_encoding_may_be_named(table):
    assert table("a,b\n1,я\n".encode("cp1251"), encoding="cp1251").texts("b") == ["я"]


def test_what_is_found_and_unusual_is_said_once(table):
    assert table("a;b\n0,5;x\n").notes == (
        "t.csv was read with cells separated by semicolons (--delimiter)",
        "t.csv was read with decimal commas, so that 1,5 is 1.5, in a (--decimal)",
    )
    assert table("a;b\n0,5;x\n", delimiter=";", decimal=",").notes == ()


def test_a_table_in_gzip_is_read_whatever_it_is_called(table):
    packed = gzip.compress(b"a,b\n1,2\n")
    for name in ("t.csv.gz", "t.csv"):
        assert table(packed, name).numbers("b").tolist() == [2.0]
    with pytest.raises(TableError, match="compressed with gzip and damaged"):
        table(packed[:-9])


@pytest.mark.parametrize(
    "text", ["0.12,0.5,x\n0.3,0.4,y\n", "5,3,7\n1,2,3\n", "-1,x\n2,y\n", "1,5;x\n2,5;y\n"]
)
def test_a_first_row_of_numbers_is_questioned_and_either_answer_is_taken(table, text):
    with pytest.raises(TableError, match=r"line 1 of t\.csv holds numbers .* --header none .* 1"):
        table(text)
    t = table(text, header="none")
    assert t.names[0] == "column 1"
    assert t.rows.tolist() == [1, 2]
    assert table(text, header="1").lines.tolist() == [2]


@pytest.mark.parametrize(
    "header", ["0,1,2,genre", "1990,1991,1992", "a,1", ",0,1", "mfcc1,2.5 kHz"]
)
def test_names_that_count_columns_are_names(table, header):
    width = header.count(",") + 1
    assert len(table(f"{header}\n{','.join('7' * width)}\n").names) == width


def test_three_lines_of_names_become_one(table):
    t = table("feature,chroma,chroma,mfcc\nstatistics,mean,std,mean\nnumber,01,01,02\ntrack_id,,,\n"
              "2,0.5,1.5,x\n")  # fmt: skip
    assert t.names == ("track_id", "chroma mean 01", "chroma std 01", "mfcc mean 02")
    assert t.lines.tolist() == [5]
    assert t.notes == ("t.csv was read with 4 lines of names (--header)",)


def test_lines_of_names_may_be_counted_by_who_asks(table):
    assert table("a,b\nx,y\n1,2\n", header="2").names == ("a x", "b y")


@pytest.mark.parametrize("n", [131_073, 1_000_000])
def test_a_cell_may_be_long(table, n):
    limit = csv.field_size_limit()
    t = table(f'a,b\n1,"{"x" * n}\n"\n\n3,"y"\n')
    assert [len(cell) for cell in t.texts("b")] == [n, 1]
    assert t.lines.tolist() == [2, 5]
    assert csv.field_size_limit() == limit


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_first_row_without_end_is_refused_before_the_rest_is_read(table, pack):
    with pytest.raises(TableError, match=r"the first line of t\.csv has more than 4 MB"):
        table(pack(b"1," * 2_500_000))


def test_more_columns_than_any_table_has_are_refused(table):
    with pytest.raises(TableError, match="has 3,000,001 cells"):
        table("," * 3_000_000 + "\n1\n")


def test_a_bomb_is_not_unpacked(table, monkeypatch):
    monkeypatch.setattr(delimited, "MOST_UNPACKED", 5_000_000)
    with pytest.raises(TableError, match="unpacks to more than"):
        table(gzip.compress(b"a,b\n" + b"0,0\n" * 2_000_000))


@pytest.mark.parametrize(
    ("dialect", "message"),
    [
        ({"delimiter": ";;"}, "is not one character"),
        ({"delimiter": '"'}, "is not one character"),
        ({"header": "two"}, "neither none nor a number of lines"),
        ({"encoding": "klingon"}, "there is no encoding 'klingon'"),
        ({"encoding": "base64"}, "there is no encoding 'base64'"),
        ({"encoding": "a\0b"}, "there is no encoding"),
        ({"decimal": "_"}, "a point or a comma"),
    ],
)
def test_what_is_no_dialect_is_refused_before_the_file_is_read(tmp_path, dialect, message):
    with pytest.raises(SpecError, match=message):
        read_columns(tmp_path / "nowhere.csv", Dialect(**dialect))


def test_a_header_longer_than_the_table_is_an_error(table):
    with pytest.raises(TableError, match="fewer rows than the 5"):
        table("a,b\n1,2\n", header="5")


@given(st.lists(st.lists(st.text(max_size=6), min_size=2, max_size=2), min_size=1, max_size=5))
def test_what_csv_wrote_is_read_cell_by_cell(tmp_path_factory, rows):
    path = tmp_path_factory.getbasetemp() / "csv.csv"
    rows = [[cell.encode("utf-8", "ignore").decode().replace("\0", "") for cell in r] for r in rows]
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([["a", "b"], *rows])
    path.write_bytes(text.getvalue().encode())
    found = read_columns(path, Dialect(delimiter=",", decimal="."))
    assert len(found.lines) == len(rows)


@given(
    st.binary(max_size=60), st.sampled_from([b"", b"a,b\n", b"\x1f\x8b", b"PAR1", b"@relation x\n"])
)
def test_no_bytes_end_in_anything_but_a_table_or_a_sentence(tmp_path_factory, data, start):
    path = tmp_path_factory.getbasetemp() / "bytes.csv"
    path.write_bytes(start + data)
    with contextlib.suppress(GradatimError):
        table = read_columns(path)
        assert all(len(column) == len(table.rows) for column in table.columns.values())


@pytest.mark.parametrize(
    ("text", "names", "lines"),
    [
        ("# made by us\n# 2026, twice\na,b\n1,2\n3,4\n", ("a", "b"), [4, 5]),
        ("\ufeff# x\r\n\r\n# y\r\na;b\r\n1;2\r\n", ("a", "b"), [5]),
        # What is cut as the rows below it names them, as NumPy and others write it.
        ("# a,b\n1,2\n", ("a", "b"), [2]),
        ("# of ours\n# a\tb\n\n1\t2\n", ("a", "b"), [4]),
        ("#,a\n1,2\n", ("#", "a"), [2]),
        ("#file,kind\na.wav,dog\n", ("#file", "kind"), [2]),
        ("#by us, twice\nfile,kind\na.wav,dog\n", ("file", "kind"), [3]),
        # Cells may begin so.
        ("#ff0000,1\n#00ff00,2", ("#ff0000", "1"), [2]),
        ("a,b\n#1,2\n", ("a", "b"), [2]),
    ],
)
def test_lines_above_the_header_that_begin_with_a_hash_are_comments(table, text, names, lines):
    read = table(text)
    assert (read.names, read.lines.tolist()) == (names, lines)


def test_comments_are_told_of_and_are_no_rows_where_there_is_no_header(table):
    read = table("# a,b\n# c\n1,2\n", header="none")
    assert (read.names, read.lines.tolist()) == (("column 1", "column 2"), [3])
    assert read.notes == ("t.csv was read with 2 lines passed over that begin with #",)
    assert table("# c\na,b\n1,2\n").notes[0].endswith("1 line passed over that begins with #")


def test_a_delimiter_is_ascii(table):
    with pytest.raises(SpecError, match="'é' is not one character of ASCII"):
        table("aéb\n1é2\n", delimiter="é")
    # Whoever wrote such a line did not tell a spreadsheet.
    with pytest.raises(TableError, match="has 2 cells in line 2 of the file, but 1 column"):
        table("sep=é\na,b\n1,2\n")
