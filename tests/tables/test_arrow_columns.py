"""Columns of buffers are those that pyarrow makes, and need no pandas."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from gradatim.tables.arrow_columns import as_array, bytes_column, column, matrix, number_column


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["a", "", None, "ü" * 9], pa.string()),
        ([b"\xff", b""], pa.binary()),
        ([None, None], pa.string()),
        ([1, -(2**40), None], pa.int64()),
        ([0.1, None, float("inf")], pa.float64()),
        ([True, False, None, True, True, False, False, True, True], pa.bool_()),
        ([["a", "b"], [], None, ["c"]], pa.list_(pa.string())),
        ([], pa.string()),
        ([], pa.list_(pa.string())),
    ],
)
def test_a_column_is_that_of_pyarrow(values, kind):
    made = column(values, kind)
    made.validate(full=True)
    assert made.equals(pa.array(values, kind))


def test_what_is_not_known_is_missing():
    made = number_column(
        np.array([[1, 2], [3, 4]], dtype=np.float32)[:, 0], np.array([True, False])
    )
    assert made.equals(pa.array([1.0, None], pa.float32()))


def test_numbers_come_back_with_nan_where_they_are_missing():
    cells = pa.chunked_array([pa.array([1.5, None]), pa.array([2.5])])
    np.testing.assert_array_equal(as_array(cells), [1.5, np.nan, 2.5])
    assert as_array(pa.array([], pa.float32())).dtype == np.float32


def test_a_matrix_comes_back_from_any_slice():
    X = np.arange(12, dtype=np.float32).reshape(4, 3)
    rows = pa.chunked_array([bytes_column(X[:1]), bytes_column(X[1:])])
    np.testing.assert_array_equal(matrix(rows), X)
    np.testing.assert_array_equal(matrix(rows.slice(1, 2)), X[1:3])
    np.testing.assert_array_equal(matrix(pa.chunked_array([bytes_column(X).slice(2)])), X[2:])


def test_no_pandas_is_imported_for_features_and_tables(tmp_path):
    (tmp_path / "a.wav").write_bytes(Path("examples/drums/kick/bd_808.flac").read_bytes())
    (tmp_path / "t.csv").write_text("a,b,y\n0,n/a,r\n1,2,r\n3,-,s\n4,5,s\n")
    words = ["features", str(tmp_path / "a.wav"), "-o", str(tmp_path / "a.parquet")]
    words += ["--cache", str(tmp_path / "kept")]
    script = (
        "import sys\n"
        "from gradatim.cli import main\n"
        "from gradatim.tables import read_table\n"
        f"read_table({str(tmp_path / 't.csv')!r}, 'y', drop_rows_without=['b'])\n"
        f"sys.argv[1:] = {words!r}\n"
        "for _ in range(2):\n"
        "    try:\n        main()\n    except SystemExit as end:\n        assert not end.code\n"
        "assert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
