import datetime as dt
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from gradatim.errors import LabelError, SpecError, TableError
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
    assert songs.ids.tolist() == ["row 1", "row 2", "row 3"]
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
        (
            "a,b,g\n1,2,x\n1,C#,y\n",
            r"'b' of songs\.csv holds text \('C#'\) in line 3 of the file, row 2.*--drop b,",
        ),
        ("a,my col,g\n1,z,x\n2,z,y\n", "--drop 'my col'"),
        (
            "a,b,g\n1,2,x\n3,,y\n",
            r"'b' .* has a missing value in line 3 of the file, row 2; .*--impute median",
        ),
        ("a,b,g\n1,2,x\n3,nan,y\n", "'b' .* has a missing value in line 3 of the file, row 2"),
        ("a,b,g\n-inf,2,x\n3,4,y\n", "'a' .* has an infinite value in line 2 of the file, row 1"),
        (
            "a,b,g\n1,2,x\n1e139,4,y\n",
            "'a' .* has 1e.139 in line 3 of the file, row 2, too large to compute with",
        ),
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
    with pytest.raises(TableError, match=r"'g' .* has no value in line 3 of the file, row 2"):
        read("a,g\n1,x\n2,\n", "g")
    with pytest.raises(TableError, match=r"'who' .* has no value in line 2 of the file, row 1"):
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


def test_a_row_is_called_by_its_id(read):
    songs = read(SONGS + "99,3,C,rock\n", "genre", id="tempo", drop=["artist"])
    assert songs.ids.tolist() == ["120", "96", "88", "99"]
    assert songs.feature_names == {"features": ("key",)}
    with pytest.raises(
        TableError, match="'B' in line 3 of the file, row 2, and again in line 4 of the file, row 3"
    ):
        read(SONGS, "genre", id="artist")


def test_rows_without_a_value_are_left_out_where_asked(read):
    text = "a,b,who,g\n1,2,A,x\n2,,B,y\n3,4,,x\n5,6,C,\n7,8,D,y\n"
    songs = read(text, "g", groups="who", drop_rows_without=["target", "groups", "b"])
    assert songs.ids.tolist() == ["row 1", "row 5"]
    assert notice(songs, "dropped-rows") == "3 rows without a value left out: g 1, who 1, b 1"
    with pytest.raises(TableError, match=r"every row of songs\.csv lacks a value \(b 2\)"):
        read("a,b,g\n1,,x\n2,,y\n", "g", drop_rows_without=["b"])
    with pytest.raises(TableError, match="no column 'c' "):
        read(text, "g", drop_rows_without=["c"])


def test_small_classes_are_left_out_where_asked(read):
    text = "a,g\n" + "1,x\n" * 4 + "2,y\n" * 3 + "3,z\n4,w\n"
    songs = read(text, "g", min_class_size=3)
    assert (songs.n_samples, songs.classes.tolist()) == (7, ["x", "y"])
    assert notice(songs, "small-classes") == (
        "2 rows of classes with fewer than 3 left out: w (1), z (1)"
    )
    with pytest.raises(LabelError, match="fewer than two classes"):
        read(text, "g", min_class_size=4)


def test_a_small_class_that_is_another_one_written_otherwise_is_told_of(read):
    text = "a,g\n1,slip jig\n2,reel\n3,slip jig\n4,reel\n5,Slipjig\n"
    assert notice(read(text, "g", min_class_size=2), "small-classes").endswith(
        "left out: Slipjig (1, like 'slip jig')"
    )


def test_a_pattern_names_columns(read):
    text = "a,tag_x,tag_y,note 1,note 2\n1,0,1,?,?\n2,1,1,?,?\n"
    songs = read(text, "tag_*", drop="note*")
    assert (songs.task, songs.target_names) == ("multilabel", ("tag_x", "tag_y"))
    with pytest.raises(TableError, match=r"no column 'tug_\*' \(target\)"):
        read(text, "tug_*")


def test_a_target_that_is_one_of_its_values_is_questioned(read):
    text = "a,b,x\n1,d,y\n2,f,x\n"
    with pytest.raises(TableError, match=r"'x' .* one of its values.*--header none.*--header 1"):
        read(text, "x", drop=["a", "b"])
    assert read(text, "x", header="1", id="b").y.tolist() == ["y", "x"]
    songs = read("1,2,x\n3,4,y\n", "column 3", header="none")
    assert songs.ids.tolist() == ["row 1", "row 2"]
    assert songs.X["features"].tolist() == [[1, 2], [3, 4]]


def test_columns_of_zero_and_one_beside_labels_are_told(read):
    text = "a,x,y,z\n1,0,1,1\n2,1,1,0\n3,1,0,0\n"
    assert notice(read(text, ["x", "y"]), "labels-as-features").startswith(
        "1 column beside the targets holds only 0 and 1 as these do (z) and is a feature"
    )
    assert read(text, ["x", "y"], drop="z").notices == ()


def test_how_a_table_was_read_is_told(read):
    songs = read("a;g\n0,5;x\n1,25;y\n", "g")
    assert songs.X["features"].tolist() == [[0.5], [1.25]]
    assert "decimal commas" in songs.notices[-1].message
    with pytest.raises(TableError, match=r"1,234, which is 1\.234 or 1234; .*--decimal ,"):
        read("a;g\n1,234;x\n2,345;y\n", "g")
    assert read("a;g\n1,234;x\n2,345;y\n", "g", decimal=".").X["features"][0, 0] == 1234


def test_a_column_of_lists_of_numbers_is_as_many_features():
    table = pa.table({"v": [[1.0, 2.0], [3.0, 4.0]], "a": [5, 6], "g": ["x", "y"]})
    songs = read_table(table, "g")
    assert songs.feature_names == {"features": ("v[0]", "v[1]", "a")}
    assert songs.X["features"].tolist() == [[1, 2, 5], [3, 4, 6]]


def test_a_number_of_the_lists_is_left_out_by_itself():
    table = pa.table({"v": [[1.0, 2.0], [3.0, 4.0]], "v1": [5, 6], "g": ["x", "y"]})
    songs = read_table(table, "g", drop=["v[1]"])
    assert songs.feature_names == {"features": ("v[0]", "v1")}
    assert songs.X["features"].tolist() == [[1, 5], [3, 6]]
    with pytest.raises(TableError, match=r"no column 'v\[2\]'"):
        read_table(table, "g", drop=["v[2]"])
    with pytest.raises(TableError, match="no column left"):
        read_table(table, "g", drop=["v[0]", "v[1]", "v1"])


def test_a_number_of_the_lists_may_not_be_too_large():
    table = pa.table({"v": [[1.0, 2.0], [3.0, -1e101]], "g": ["x", "y"]})
    with pytest.raises(TableError, match=r"'v' .* has -1e\+101 in row 2, too large"):
        read_table(table, "g")


def test_long_lists_of_gaps_are_cut():
    columns = {f"c{k}": [1.0, None, 2.0] for k in range(20)}
    songs = read_table(pa.table({**columns, "g": ["x", "y", "x"]}), "g", impute="median")
    (told,) = songs.notices
    assert told.message.startswith("20 missing or infinite values replaced")
    assert told.message.endswith("c7 1 and 12 other columns")


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([dt.date(2026, 1, 2)] * 2, r"dates \('2026-01-02'\)"),
        ([[1.0], [1.0, 2.0]], r"lists \('\[1.0\]'\)"),
        ([["a"], ["b"]], "lists"),
        ([b"x", b"y"], "bytes"),
    ],
)
def test_a_feature_of_another_kind_is_named_for_what_it_is(values, kind):
    table = pa.table({"v": pa.array(values), "a": [5, 6], "g": ["x", "y"]})
    with pytest.raises(TableError, match=f"'v' .* holds {kind}.* in row 1; leave it out with"):
        read_table(table, "g")
