"""Words for the parts of a published split."""

from dataclasses import replace

import numpy as np
import pytest

from gradatim.errors import LabelError, SpecError
from gradatim.tables import read_table
from gradatim.tables.parts import join_parts, read_parts

SAMPLES = ["row 2", "row 3", "row 4"]


@pytest.mark.parametrize("word", ["train", "Training", " TRAIN "])
@pytest.mark.parametrize("other", ["test", "Testing", "TEST"])
def test_train_and_test_are_known_in_any_case(word, other):
    parts, notices = read_parts([word, other, other], "set", SAMPLES)
    assert (parts.tolist(), notices) == (["train", "test", "test"], ())


@pytest.mark.parametrize("word", ["valid", "validation", "val", "Dev", "development"])
def test_what_is_for_validation_is_learnt_from_and_said(word):
    parts, (notice,) = read_parts(["train", word, "test"], "set", SAMPLES)
    assert parts.tolist() == ["train", "train", "test"]
    assert notice.code == "validation-part"
    assert notice.message.startswith(f"1 sample of the part {word!r} is learnt from")


def test_another_word_is_refused_with_its_row():
    with pytest.raises(LabelError, match=r"row 3 has '2' in 'set', .* write train or test"):
        read_parts(["train", "2", "test"], "set", SAMPLES)


@pytest.mark.parametrize("missing", ["train", "test"])
def test_both_parts_must_be_there(missing):
    there = {"train": "test", "test": "train"}[missing]
    with pytest.raises(LabelError, match=f"no sample has {missing} in 'set'"):
        read_parts([there] * 3, "set", SAMPLES)


def test_the_column_of_a_table_is_no_feature_and_keeps_its_rows(tmp_path):
    file = tmp_path / "songs.csv"
    lines = [f"{i},{'train' if i % 3 else 'test'},{'ab'[i % 2]}" for i in range(12)]
    file.write_text("tempo,set,genre\n" + "\n".join(lines) + "\n")
    songs = read_table(file, "genre", split_column="set")
    assert songs.feature_names == {"features": ("tempo",)}
    assert songs.parts.tolist() == [["test", "train", "train"][i % 3] for i in range(12)]
    taken = songs.take([3, 1])
    assert taken.parts.tolist() == ["test", "train"]
    assert songs.sha256 != read_table(file, "genre", drop=["set"]).sha256


def table(path, names, *rows):
    path.write_text("\n".join([names, *rows]) + "\n")
    return path


def test_two_tables_are_joined_row_by_row(tmp_path):
    a = table(tmp_path / "a.csv", "x,song,genre", "1,s1,rock", "2,s2,jazz", "3,s2,jazz")
    b = table(tmp_path / "b.csv", "x,song,genre", "4,s2,jazz", "2,s3,metal")
    train, test = (read_table(file, "genre", "song") for file in (a, b))
    both = join_parts(train, test, shared_groups=True)
    assert both.X["features"].tolist() == [[1], [2], [3], [4], [2]]
    assert both.y.tolist() == ["rock", "jazz", "jazz", "jazz", "metal"]
    assert both.parts.tolist() == ["train"] * 3 + ["test"] * 2
    assert both.groups.tolist() == ["s1", "s2", "s2", "s2", "s3"]
    assert both.ids.tolist() == [
        "train: row 1", "train: row 2", "train: row 3", "test: row 1", "test: row 2",
    ]  # fmt: skip
    assert both.content_hashes[1] == both.content_hashes[4]
    assert both.name == "a.csv and b.csv"
    own = join_parts(train, test, shared_groups=False).groups
    assert own.tolist() == ["train: s1", "train: s2", "train: s2", "test: s2", "test: s3"]


def test_what_only_one_place_has_is_left_out_and_texts_of_both_stay(tmp_path):
    a = table(tmp_path / "a.csv", "x,song,genre", "1,s1,rock", "2,s2,jazz")
    train = read_table(a, "genre", drop=["song"])
    test = replace(train, texts={}, groups=np.array(["g", "h"]))
    assert join_parts(train, train, shared_groups=True).texts["song"].tolist() == ["s1", "s2"] * 2
    both = join_parts(train, test, shared_groups=True)
    assert (both.texts, both.groups) == ({}, None)


@pytest.mark.parametrize(
    ("names", "match"),
    [
        ("x,z,genre", r"a\.csv and b\.csv .* features are not the same, such as 'y'"),
        ("y,x,genre", "features are not the same, in another order"),
    ],
)
def test_tables_of_other_columns_are_refused(tmp_path, names, match):
    a = table(tmp_path / "a.csv", "x,y,genre", "1,2,rock", "2,3,jazz")
    b = table(tmp_path / "b.csv", names, "1,2,rock", "2,3,jazz")
    with pytest.raises(SpecError, match=match):
        join_parts(read_table(a, "genre"), read_table(b, "genre"), shared_groups=True)


def test_tables_of_other_tasks_are_refused(tmp_path):
    a = table(tmp_path / "a.csv", "x,goal", "1,2", "2,3", "3,2")
    b = table(tmp_path / "b.csv", "x,goal", "1,2.5", "2,3.5", "3,1.5")
    with pytest.raises(SpecError, match="read as classification, the other as regression"):
        join_parts(read_table(a, "goal"), read_table(b, "goal"), shared_groups=True)
