"""Words for the parts of a published split."""

import pytest

from gradatim.errors import LabelError
from gradatim.tables import read_table
from gradatim.tables.parts import read_parts

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
