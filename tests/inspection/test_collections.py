import dataclasses

import numpy as np
import pytest

from gradatim._digest import row_hashes
from gradatim.collection import Collection, CycleSound
from gradatim.inspection import inspect_collection, inspected
from gradatim.tables import read_table

TINY = ("lost-class", "few-groups")


def without_tiny(collection):
    """Inspect a collection whose classes are too small for a climb on purpose."""
    return [one for one in inspect_collection(collection) if one.code not in TINY]


@pytest.fixture
def read(tmp_path):
    """Write text as CSV, read it as a table and inspect that."""

    def read(text, *args, **kwargs):
        (tmp_path / "songs.csv").write_text(text)
        songs = read_table(tmp_path / "songs.csv", *args, **kwargs)
        return {finding.code: finding.message for finding in without_tiny(songs)}

    return read


def sounds(hashes, y, groups=None):
    ids = np.array([f"{label}/{k}.wav" for k, label in enumerate(y)])
    X = {"features": np.random.default_rng(0).normal(size=(len(y), 2))}
    media = [CycleSound(np.zeros(4))] * len(y)
    made = Collection("sounds", X, np.array(y), "classification", ids, groups, media)
    return dataclasses.replace(made, content_hashes=np.array(list(hashes)))


def test_the_same_sound_twice_is_noticed():
    [notice] = without_tiny(sounds("abca", ["high", "high", "low", "low"]))
    assert notice.code == "duplicates"
    assert notice.message == (
        "1 pair of files sounds exactly the same (high/0.wav = low/3.wav), "
        "1 of them with different labels"
    )


def test_copies_across_groups_are_counted():
    groups = np.array(["a", "b", "a", "a"])
    [notice] = without_tiny(sounds("aaab", ["high", "high", "high", "low"], groups))
    assert "3 pairs of files" in notice.message
    assert "2 of them in different groups" in notice.message


def test_identical_rows_are_noticed_with_an_example(read):
    assert read("a,b,g\n1,2,x\n0,5,y\n3,4,x\n1,2,x\n-0,5,x\n", "g") == {
        "duplicates": "2 pairs of rows have identical features (for example rows 2 and 5), "
        "1 of them with different targets"
    }


def test_identical_rows_in_different_groups_are_counted(read):
    found = read("a,who,g\n1,A,x\n1,B,x\n1,A,x\n2,A,y\n", "g", groups="who")
    assert "3 pairs" in found["duplicates"]
    assert "2 of them in different groups" in found["duplicates"]


def test_a_column_that_counts_the_rows_is_noticed(read):
    rows = [f"{k},{k * k},{'x' if k < 6 else 'y'}" for k in range(12)]
    found = read("\n".join([",a,g", *rows]), "g")
    assert list(found) == ["given-away"]
    assert "'column 1' only counts the rows" in found["given-away"]


def test_what_is_found_is_added_to_the_notices_once():
    collection = inspected(sounds("aab", ["high", "low", "low"]))
    assert [notice.code for notice in collection.notices] == ["duplicates"]
    assert inspected(collection).notices == collection.notices


def test_rows_that_are_taken_bring_their_hashes():
    collection = sounds("abca", ["high", "high", "low", "low"])
    [notice] = without_tiny(collection.take(np.array([3, 1, 0])))
    assert "(low/3.wav = high/0.wav)" in notice.message


def test_no_copies_are_found_where_nothing_was_hashed():
    collection = dataclasses.replace(sounds("aaa", ["x", "y", "x"]), content_hashes=None)
    assert without_tiny(collection) == []


def test_rows_have_one_hash_if_and_only_if_their_numbers_are_equal():
    X = np.array([[0.0, 1.0], [-0.0, 1.0], [0.0, 2.0], [np.nan, 1.0]], dtype=np.float32)
    hashes = row_hashes(X).tolist()
    assert hashes[0] == hashes[1]
    assert len(set(hashes)) == 3


def test_a_table_of_few_rows_and_sounds_are_not_searched_for_counters(read):
    rows = [f"{k},{k * k},{'x' if k < 5 else 'y'}" for k in range(9)]
    assert read("\n".join([",a,g", *rows]), "g") == {}
    X = {"features": np.arange(12.0)[:, None]}
    counted = dataclasses.replace(
        sounds("abcdefghijkl", ["high", "low"] * 6), X=X, feature_names={"features": ["rms_mean"]}
    )
    assert without_tiny(counted) == []
    table = dataclasses.replace(counted, media=None)
    assert [notice.code for notice in without_tiny(table)] == ["given-away"]
