from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from gradatim.errors import SpecError, TableError
from gradatim.tables.collections import read_table

SONGS = "tempo,key,artist,genre\n120,5,A,rock\n96,0,B,jazz\n88,7,B,jazz\n"


@pytest.fixture
def read(tmp_path):
    """Write text as CSV and read it as a table."""

    def read(text, *args, **kwargs):
        (tmp_path / "songs.csv").write_text(text)
        return read_table(tmp_path / "songs.csv", *args, **kwargs)

    return read


def notice(collection, code):
    return next(n.message for n in collection.notices if n.code == code)


def test_a_table_becomes_a_collection(read):
    songs = read(SONGS, "genre", groups="artist")
    assert songs.name == "songs.csv"
    assert songs.task == "classification"
    assert songs.feature_names == {"features": ("tempo", "key")}
    np.testing.assert_array_equal(songs.X["features"], [[120, 5], [96, 0], [88, 7]])
    assert songs.y.tolist() == ["rock", "jazz", "jazz"]
    assert songs.groups.tolist() == ["A", "B", "B"]
    assert songs.ids.tolist() == ["row 2", "row 3", "row 4"]
    assert songs.notices == ()


def test_parquet_gives_the_same_samples_as_csv(read, tmp_path):
    table = pa.table({"tempo": [120, 96, 88], "key": [5, 0, 7], "genre": ["rock", "jazz", "jazz"]})
    pyarrow.parquet.write_table(table, tmp_path / "songs.parquet")
    from_parquet = read_table(tmp_path / "songs.parquet", "genre")
    from_csv = read(SONGS, "genre", drop=["artist"])
    assert from_parquet.sha256 == from_csv.sha256
    assert from_parquet.ids.tolist() == ["row 1", "row 2", "row 3"]


def test_several_targets_are_a_regression_with_their_names(read):
    places = read("a,lat,lon\n1,52.5,-0.1\n2,54.7,25.3\n", ["lat", "lon"])
    assert places.task == "regression"
    assert places.target_names == ("lat", "lon")
    assert places.y.tolist() == [[52.5, -0.1], [54.7, 25.3]]


def test_a_dropped_column_may_hold_anything(read):
    songs = read("name,tempo,genre\nx,1,rock\n,2,jazz\n", "genre", drop="name")
    assert songs.feature_names == {"features": ("tempo",)}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b,g\n1,2,x\n1,C#,y\n", r"'b' of songs\.csv holds text \('C#'\) in row 3.*--drop b,"),
        ("a,my col,g\n1,z,x\n2,z,y\n", "--drop 'my col'"),
        ("a,b,g\n1,2,x\n3,,y\n", r"'b' .* has a missing value in row 3; .*--impute median"),
        ("a,b,g\n1,2,x\n3,nan,y\n", "'b' .* has a missing value in row 3"),
        ("a,b,g\n-inf,2,x\n3,4,y\n", "'a' .* has an infinite value in row 2"),
        ("a,b,g\n1,2,x\n1e139,4,y\n", "'a' .* has 1e.139 in row 3, too large to compute with"),
        ("g\nx\ny\n", "no column left to learn from"),
    ],
)
def test_a_feature_that_cannot_be_learnt_from_is_an_error_naming_column_and_row(
    read, text, message
):
    with pytest.raises(TableError, match=message):
        read(text, "g")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target": "gener"}, r"\(target\); did you mean 'genre'"),
        ({"target": "genre", "groups": "artists"}, r"\(groups\); did you mean 'artist'"),
        ({"target": "genre", "drop": ["kay"]}, r"\(drop\); did you mean 'key'"),
        ({"target": "genre", "drop": ["genre"]}, r"'genre' .* named twice \(target and drop\)"),
        ({"target": "genre", "groups": "genre"}, "named twice"),
        ({"target": ["tempo", "tempo"]}, "named twice"),
        ({"target": []}, "needs a target"),
    ],
)
def test_columns_are_checked_before_their_values(read, options, message):
    with pytest.raises(TableError, match=message):
        read(SONGS, **options)


def test_missing_values_stay_missing_for_the_training_to_fill(read):
    songs = read("a,b,g\n1,,x\ninf,2,y\n3,?,x\n5,9,y\n", "g", impute="median")
    np.testing.assert_array_equal(
        songs.X["features"], [[1, np.nan], [np.nan, 2], [3, np.nan], [5, 9]]
    )
    assert notice(songs, "imputed") == (
        "3 missing or infinite values replaced by the median of the training rows: a 1, b 2"
    )


def test_nothing_is_said_of_imputation_where_nothing_is_missing(read):
    assert read(SONGS, "genre", drop=["artist"], impute="median").notices == ()


def test_a_column_without_any_value_cannot_be_imputed(read):
    with pytest.raises(TableError, match=r"'b' .* has no value in any row; .*--drop b"):
        read("a,b,g\n1,,x\n2,,y\n", "g", impute="median")


def test_other_imputations_are_refused(read):
    with pytest.raises(SpecError, match="'mean'; choose median"):
        read(SONGS, "genre", impute="mean")


def test_a_missing_target_or_group_is_an_error(read):
    with pytest.raises(TableError, match=r"'g' .* has no value in row 3"):
        read("a,g\n1,x\n2,\n", "g")
    with pytest.raises(TableError, match=r"'who' .* has no value in row 2"):
        read("a,who,g\n1,,x\n2,A,y\n", "g", groups="who")


def test_rows_of_the_same_numbers_have_one_hash_and_the_reader_says_nothing_of_it(read):
    songs = read("a,b,g\n1,2,x\n0,5,y\n3,4,x\n1,2,x\n-0,5,x\n", "g")
    _, codes = np.unique(songs.content_hashes, return_inverse=True)
    assert codes[0] == codes[3] != codes[1] == codes[4] != codes[2]
    assert songs.notices == ()


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("tempo [BPM]", "BPM"),
        ("year (AD)", "AD"),
        ("level [ dB ] ", "dB"),
        ("size", ""),
        ("(m)", ""),
        ("f(x) + 1", ""),
    ],
)
def test_a_unit_stands_in_brackets_at_the_end_of_a_header(tmp_path, header, unit):
    path = tmp_path / "t.csv"
    path.write_text(f"a,{header}\n1,0.5\n2,1.5\n3,2.25\n")
    found = read_table(path, target=header.strip())
    assert found.target_units == (unit,)
    assert found.take(np.array([2, 0])).target_units == (unit,)
    assert replace(found, target_units=()).sha256 == found.sha256
