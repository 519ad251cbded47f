import pytest

from gradatim.errors import TableError
from gradatim.music.manifests import read_manifest

LABELS = {"kick/a.wav": "kick", "kick/b.wav": "kick", "snare/c.wav": "snare"}


def write(path, *rows, header="path,group"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def read(tmp_path, *rows, header="path,group", where="groups.csv"):
    return read_manifest(write(tmp_path / where, *rows, header=header), tmp_path, LABELS)


def test_groups_come_in_the_order_of_the_files(tmp_path):
    groups, notices = read(tmp_path, "snare/c.wav,2", "kick/b.wav,1", "kick/a.wav,2")
    assert groups.tolist() == ["2", "1", "2"]
    assert notices == []


@pytest.mark.parametrize("a", ["kick/a.wav", "./kick/a.wav", "kick\\a.wav"])
def test_paths_may_be_written_in_several_ways(tmp_path, a):
    groups, _ = read(tmp_path, f"{a},x", "kick/b.wav,y", "snare/c.wav,y")
    assert groups.tolist() == ["x", "y", "y"]


def test_paths_may_be_relative_to_the_manifest(tmp_path):
    rows = [f"../{file},{k}" for k, file in enumerate(LABELS)]
    groups, _ = read(tmp_path, *rows, where="lists/groups.csv")
    assert groups.tolist() == ["0", "1", "2"]


def test_paths_may_be_absolute(tmp_path):
    groups, _ = read(tmp_path, *(f"{tmp_path / file},g" for file in LABELS))
    assert groups.tolist() == ["g", "g", "g"]


def test_accents_may_be_composed_or_not(tmp_path):
    path = tmp_path / "groups.csv"
    path.write_text("path,group\ncaf\u00e9/a.wav,1\n", encoding="utf-8")
    groups, _ = read_manifest(path, tmp_path, {"cafe\u0301/a.wav": "cafe\u0301"})
    assert groups.tolist() == ["1"]


def test_a_file_without_a_row_is_named(tmp_path):
    with pytest.raises(TableError, match=r"no group for kick/b\.wav and 1 other file"):
        read(tmp_path, "kick/a.wav,1")


def test_rows_without_a_file_are_noticed(tmp_path):
    rows = [f"{file},1" for file in LABELS]
    _, notices = read(tmp_path, *rows, "gone.wav,1")
    assert [notice.code for notice in notices] == ["manifest-without-file"]
    assert "gone.wav in line 5 of the file, row 4" in notices[0].message


def test_a_file_in_two_groups_is_an_error(tmp_path):
    with pytest.raises(TableError, match=r"kick/a\.wav into two groups"):
        read(tmp_path, "kick/a.wav,1", "kick/a.wav,2")


def test_the_same_row_twice_does_no_harm(tmp_path):
    rows = [f"{file},1" for file in LABELS]
    groups, _ = read(tmp_path, *rows, rows[0])
    assert groups.tolist() == ["1", "1", "1"]


def test_a_label_that_contradicts_the_folder_is_an_error(tmp_path):
    with pytest.raises(
        TableError, match=r"labels kick/a\.wav 'snare' in line 2 of the file, row 1"
    ):
        read(tmp_path, "kick/a.wav,snare,1", header="path,label,group")


def test_labels_that_agree_are_ignored(tmp_path):
    rows = [f"{file},{label},1" for file, label in LABELS.items()]
    groups, _ = read(tmp_path, *rows, header="path,label,group")
    assert groups.tolist() == ["1", "1", "1"]


def test_a_manifest_without_groups_is_an_error(tmp_path):
    with pytest.raises(TableError, match=r"no column 'group' \(manifest\)"):
        read(tmp_path, "kick/a.wav,1", header="path,kit")


def test_an_empty_group_is_an_error_naming_the_row(tmp_path):
    with pytest.raises(
        TableError, match=r"column 'group' of groups\.csv has no value in line 3 of the file, row 2"
    ):
        read(tmp_path, "kick/a.wav,1", "kick/b.wav,", "snare/c.wav,1")
