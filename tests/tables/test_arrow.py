import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from gradatim.errors import TableError
from gradatim.tables.collections import read_table
from gradatim.tables.columns import NotANumberError, read_columns

DAY = dt.date(2026, 1, 2)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (pa.array([DAY]), "dates"),
        (pa.array([dt.datetime(2026, 1, 2)]), "times"),
        (pa.array([dt.time(3)]), "times"),
        (pa.array([dt.timedelta(3)]), "durations"),
        (pa.array([[1.0, 2.0]]), "lists"),
        (pa.array([{"a": 1}]), "nested values"),
        (pa.array([b"x"]), "bytes"),
        (pa.array([b"1"], pa.binary_view()), "bytes"),
    ],
)
def test_a_column_that_is_no_number_says_what_it_is(values, kind):
    with pytest.raises(NotANumberError) as caught:
        read_columns(pa.table({"a": values})).numbers("a")
    assert caught.value.kind == kind


def test_text_that_is_not_utf8_is_a_sentence(tmp_path):
    bad = pa.Array.from_buffers(
        pa.string(), 1, [None, pa.py_buffer(np.array([0, 1], np.int32)), pa.py_buffer(b"\xff")]
    )
    pyarrow.parquet.write_table(pa.table({"a": [1.0], "g": bad}), tmp_path / "t.parquet")
    with pytest.raises(TableError, match="cannot be read as Parquet") as caught:
        read_columns(tmp_path / "t.parquet")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("inside_lists", [False, True])
def test_a_day_that_no_calendar_has_is_a_sentence(inside_lists):
    day = pa.array([-1_962_913_798], pa.int32()).cast(pa.date32())
    if inside_lists:
        day = pa.ListArray.from_arrays(pa.array([0, 1], pa.int32()), day)
    with pytest.raises(TableError, match="'a' of the data frame has a time that no calendar has"):
        read_columns(pa.table({"a": day}))


class Streamed:
    """A data frame of any library that streams as Arrow does."""

    def __init__(self, table):
        self.__arrow_c_stream__ = table.__arrow_c_stream__


def test_a_frame_is_read_as_its_columns():
    table = pa.table({"a": [1.5, 2.5], "g": pa.array(["x", "y"], pa.large_string())})
    for frame in (table, Streamed(table)):
        t = read_columns(frame)
        assert t.numbers("a").tolist() == [1.5, 2.5]
        assert t.texts("g") == ["x", "y"]
        assert t.rows.tolist() == [1, 2]


def test_a_frame_of_pandas_has_text_names_and_no_index():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({("a", "mean"): [1.0, 2.0], ("g", ""): ["x", "y"]}, index=[7, 9])
    assert read_columns(frame).names == ("a mean", "g")


def test_a_frame_of_polars_is_read():
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"a": [1.0, None], "g": ["x", "y"]})
    np.testing.assert_array_equal(read_columns(frame).numbers("a"), [1, np.nan])


@pytest.mark.parametrize("frame", [3, pa.table({}), pa.table({"a": pa.array([], pa.int64())})])
def test_what_is_no_frame_is_an_error(frame):
    with pytest.raises(TableError, match="the data frame"):
        read_columns(frame)


def write_arrow(path, table):
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)
    return path


def patches(n_rows=6, length=4, kind=np.float32):
    values = np.arange(n_rows * length, dtype=kind)
    lists = pa.FixedSizeListArray.from_arrays(pa.array(values), length)
    return pa.table({"patch": lists, "label": ["a", "b"] * (n_rows // 2)})


def test_patches_in_an_arrow_file_are_learnt_from_where_they_lie_in_the_file(tmp_path):
    path = write_arrow(tmp_path / "t.arrow", patches())
    before = pa.total_allocated_bytes()
    X = read_table(path, "label").X["features"]
    assert X.dtype == np.float32
    np.testing.assert_array_equal(X, np.arange(24).reshape(6, 4))
    owner = X
    while isinstance(owner, np.ndarray):
        owner = owner.base
    # NumPy holds none of the numbers, and Arrow allocated none: they lie in the mapped file.
    assert owner is not None
    assert pa.total_allocated_bytes() - before < X.nbytes
    assert not X.flags.writeable


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int16])
def test_lists_in_parquet_are_the_same_numbers(tmp_path, kind):
    pyarrow.parquet.write_table(patches(kind=kind), tmp_path / "t.parquet", row_group_size=2)
    X = read_table(tmp_path / "t.parquet", "label").X["features"]
    assert X.dtype == (np.float32 if kind is np.float32 else np.float64)
    np.testing.assert_array_equal(X, np.arange(24).reshape(6, 4))


def test_a_gap_in_a_list_is_missing_and_one_list_that_is_shorter_is_refused(tmp_path):
    gap = pa.table({"p": [[1.0, None], [2.0, 3.0]], "y": ["a", "b"]})
    X = read_table(gap, "y", impute="median").X["features"]
    np.testing.assert_array_equal(X, [[1.0, np.nan], [2.0, 3.0]])
    short = pa.table({"p": [[1.0], [2.0, 3.0]], "y": ["a", "b"]})
    with pytest.raises(TableError, match="lists"):
        read_table(short, "y")


def test_a_stream_of_arrow_is_read_too(tmp_path):
    path, table = tmp_path / "t.arrow", patches()
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table)
    np.testing.assert_array_equal(read_table(path, "label").X["features"][1], [4, 5, 6, 7])


def test_a_damaged_arrow_file_is_a_sentence(tmp_path):
    path = write_arrow(tmp_path / "t.arrow", patches())
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(TableError, match="cannot be read as Arrow") as caught:
        read_columns(path)
    assert "\n" not in str(caught.value)


def test_categories_are_read_whatever_their_text_is_kept_as():
    # polars sends categories as a dictionary of views, for which Arrow has no cast.
    views = pa.array(["x", "y"], pa.string_view())
    genre = pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 0]), views)
    read = read_columns(pa.table({"a": [1.0, 2.0, 3.0, 4.0], "g": genre}))
    assert read.columns["g"].to_pylist() == ["x", "y", None, "x"]
    assert read.columns["g"].type == pa.string()


@pytest.mark.parametrize("kind", [pa.list_view, pa.large_list_view])
def test_list_views_are_lists(kind):
    values = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    frame = pa.table({"v": pa.array(values, kind(pa.float64())), "g": ["x", "y", "x"]})
    assert read_table(frame, "g").X["features"].tolist() == values
    tags = pa.array([["a", "b"], None, [], ["b"]], kind(pa.string()))
    assert read_columns(pa.table({"v": tags})).columns["v"].to_pylist() == tags.to_pylist()


def test_list_views_may_share_their_values_in_any_order():
    views = pa.ListViewArray.from_arrays([2, 0, 0], [2, 2, 1], pa.array([1.0, 2.0, 3.0, 4.0]))
    read = read_columns(pa.table({"v": views[1:]}))
    assert read.columns["v"].to_pylist() == [[1.0, 2.0], [1.0]]


def test_runs_and_tensors_are_their_values():
    runs = pa.RunEndEncodedArray.from_arrays(pa.array([2, 3], pa.int32()), pa.array([5.0, 7.0]))
    tensor = pa.FixedShapeTensorArray.from_numpy_ndarray(np.arange(12.0).reshape(3, 2, 2))
    read = read_columns(pa.table({"r": runs, "t": tensor}))
    assert read.numbers("r").tolist() == [5.0, 5.0, 7.0]
    assert read.lists("t").tolist() == np.arange(12.0).reshape(3, 4).tolist()


def test_times_of_no_zone_are_named():
    times = pa.array([0], pa.timestamp("ns", "Mars/Base"))
    with pytest.raises(TableError, match="times of the zone 'Mars/Base', which is none"):
        read_columns(pa.table({"t": times}))
