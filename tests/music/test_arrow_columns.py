"""Columns of buffers are those that pyarrow makes, and need no pandas."""

import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest

from gradatim.music.arrow_columns import bytes_column, column, float_column, matrix


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
    made = float_column(np.array([[1, 2], [3, 4]], dtype=np.float32)[:, 0], np.array([True, False]))
    assert made.equals(pa.array([1.0, None], pa.float32()))


def test_a_matrix_comes_back_from_any_slice():
    X = np.arange(12, dtype=np.float32).reshape(4, 3)
    rows = pa.chunked_array([bytes_column(X[:1]), bytes_column(X[1:])])
    np.testing.assert_array_equal(matrix(rows), X)
    np.testing.assert_array_equal(matrix(rows.slice(1, 2)), X[1:3])
    np.testing.assert_array_equal(matrix(pa.chunked_array([bytes_column(X).slice(2)])), X[2:])


def test_keeping_and_writing_features_imports_no_pandas(tmp_path, folder):
    words = ["features", str(folder), "-o", str(tmp_path / "a.parquet")]
    script = (
        f"import sys; sys.argv[1:] = {[*words, '--cache', str(tmp_path / 'kept')]!r}\n"
        "from gradatim.cli import main\n"
        "for _ in range(2):\n"
        "    try:\n        main()\n    except SystemExit as end:\n        assert not end.code\n"
        "assert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
