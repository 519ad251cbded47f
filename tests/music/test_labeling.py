"""Labels, groups and folds of audio as people have them: tables, tags, names and folders."""

import json
import os

import numpy as np
import pytest
import soundfile

from gradatim.errors import AudioError, LabelError, SpecError, TableError
from gradatim.music.features import FeatureRecipe
from gradatim.music.folders import read_folder
from gradatim.music.labeling import LabelSource, label_files, read_fact
from gradatim.music.matching import FileFinder


def write(path, *lines):
    path.write_text("\n".join(lines) + "\n")
    return path


def label(root, files, **source):
    return label_files(root, files, LabelSource(**source))


FILES = ("fold1/7061-6-0-0.wav", "fold1/100263-2-0-117.wav", "fold2/2937.wav", "fold2/9-1.wav")


@pytest.fixture
def urban(tmp_path):
    """Four sounds in folds, labelled by a table that gives their names alone."""
    return write(
        tmp_path / "UrbanSound8K.csv",
        "slice_file_name,fsID,fold,class",
        "9-1.wav,9,2,siren",
        "100263-2-0-117.wav,100263,1,children",
        "7061-6-0-0.wav,7061,1,gun",
        "2937.wav,2937,2,siren",
        "missing.wav,1,3,siren",
    )


def test_a_table_gives_labels_in_the_order_of_the_files_and_tells_of_rows_without_one(urban):
    found = label(urban.parent, FILES, labels=urban, target=("class",))
    assert found.files == FILES
    assert found.y.tolist() == ["gun", "children", "siren", "siren"]
    assert [notice.code for notice in found.notices] == ["left-out"]
    assert "1 row of UrbanSound8K.csv names no audio file of the folder, such as missing.wav" in (
        found.notices[0].message
    )
    assert read_fact("fold", "fold", urban.parent, found.files, found.table) == ["1", "1", "2", "2"]


def test_files_without_a_row_or_a_value_are_left_out_and_counted(tmp_path):
    table = write(tmp_path / "t.csv", "file,genre", "a,rock", "b,", "c,jazz")
    found = label(tmp_path, ("a.mp3", "b.mp3", "c.mp3", "d.mp3"), labels=table, target=("genre",))
    assert (found.files, found.y.tolist()) == (("a.mp3", "c.mp3"), ["rock", "jazz"])
    said = [notice.message for notice in found.notices]
    assert said[0].startswith("1 audio file without a value of genre in t.csv left out, such as b")
    assert said[1].startswith("1 audio file without a row in t.csv left out, such as d.mp3")


def test_numbers_of_a_table_are_a_regression_and_several_of_0_and_1_are_tags(tmp_path):
    table = write(tmp_path / "t.csv", "file,bpm,loud,slow", "a.wav,120.5,1,0", "b.wav,96.25,0,0")
    tempo = label(tmp_path, ("a.wav", "b.wav"), labels=table, target=("bpm",))
    assert (tempo.task, tempo.y.tolist(), tempo.target_names) == (
        "regression", [120.5, 96.25], ("bpm",),
    )  # fmt: skip
    tags = label(tmp_path, ("a.wav", "b.wav"), labels=table, target=("loud", "slow"))
    assert (tags.task, tags.y.tolist()) == ("multilabel", [[1, 0], [0, 0]])


@pytest.mark.parametrize(
    ("cell", "file"),
    [
        ("000/000002.mp3", "000/000002.mp3"),
        ("2", "000/000002.mp3"),
        (r"audio\take.1", "audio/take.1.wav"),
        (r"D:\music\audio\take.1.wav", "audio/take.1.wav"),
        ("take.1", "audio/take.1.wav"),
        ("take.1.flac", "audio/take.1.wav"),
        ("TAKE.1.WAV", "audio/take.1.wav"),
        ("./audio/../audio/take.1.wav", "audio/take.1.wav"),
        ("same", None),
        ("x/same.wav", "x/same.wav"),
        ("x/same", "x/same.wav"),
        ("", None),
        (".", None),
        ("nothing", None),
    ],
)
def test_a_cell_finds_its_file_however_it_is_written(tmp_path, cell, file):
    files = ("000/000002.mp3", "audio/take.1.wav", "x/same.wav", "y/same.wav")
    assert FileFinder(tmp_path, tmp_path, files, loosely=True)(cell) == file


def test_the_column_of_the_paths_is_found_or_asked_for(tmp_path):
    table = write(tmp_path / "t.csv", "id,song,genre", "1,a.wav,x", "2,b.wav,y")
    assert label(tmp_path, ("a.wav", "b.wav"), labels=table, target=("genre",)).files
    with pytest.raises(
        TableError, match=r"line 2 of the file, row 1 says '1', but a file is called 'a\.wav'"
    ):
        label(tmp_path, ("a.wav", "b.wav"), labels=table, target=("genre",), path="id")
    with pytest.raises(TableError, match=r"no audio file of .* with --path COLUMN"):
        label(tmp_path, ("q.wav", "r.wav"), labels=table, target=("genre",))


def test_a_file_with_two_labels_is_an_error_naming_both_rows(tmp_path):
    table = write(tmp_path / "t.csv", "file,genre", "a,x", "b,y", "a,y")
    with pytest.raises(
        TableError,
        match=r"names a\.wav in line 2 .* line 4 of the file, row 3, with different values",
    ):
        label(tmp_path, ("a.wav", "b.wav"), labels=table, target=("genre",))


def test_a_pattern_finds_labels_by_the_group_of_that_name(tmp_path):
    files = ("kick_01.wav", "kick_02.wav", "hat_01.wav", "notes.wav")
    found = label(tmp_path, files, pattern=r"(?P<label>[a-z]+)_(\d+)")
    assert found.y.tolist() == ["kick", "kick", "hat"]
    assert "notes.wav" in found.notices[0].message
    assert read_fact(r"pattern:_(\d+)", "group", tmp_path, files) == ["01", "02", "01", None]
    assert read_fact("pattern:^k", "group", tmp_path, files) == ["k", "k", None, None]
    with pytest.raises(AudioError, match="none of 4 audio files"):
        label(tmp_path, files, pattern="drum")
    with pytest.raises(SpecError, match="no regular expression"):
        label(tmp_path, files, pattern="(")


def test_folders_are_counted_from_the_root_or_from_the_file(tmp_path):
    files = ("train/rock/a/1.wav", "test/jazz/2.wav", "3.wav")
    assert read_fact("folder:2", "label", tmp_path, files) == ["rock", "jazz", None]
    assert read_fact("folder:-1", "label", tmp_path, files) == ["a", "jazz", None]
    for odd in ("folder:0", "folder:x"):
        with pytest.raises(SpecError, match=f"{odd} is no folder"):
            read_fact(odd, "label", tmp_path, files)


def test_tags_are_labels_and_groups_and_an_album_stands_in_for_an_artist(tmp_path):
    for name, tags in {
        "a": {"genre": "rock", "artist": "Ada"}, "b": {"genre": "jazz", "album": "Blue"}, "c": {},
    }.items():  # fmt: skip
        with soundfile.SoundFile(tmp_path / f"{name}.flac", "w", 22050, 1) as file:
            for tag, text in tags.items():
                setattr(file, tag, text)
            file.write(np.zeros(100))
    files = ("a.flac", "b.flac", "c.flac")
    found = label(tmp_path, files, labels="tag:genre")
    assert (found.files, found.y.tolist()) == (files[:2], ["rock", "jazz"])
    assert read_fact("tag:artist", "group", tmp_path, files) == ["Ada", "Blue", None]
    assert read_fact("tag:artist", "label", tmp_path, files) == ["Ada", None, None]


@pytest.mark.parametrize(
    ("files", "match"),
    [
        (("train/a/1.wav", "test/a/2.wav", "train/b/3.wav", "test/b/4.wav"), "--labels folder:2"),
        (
            ("train/a/1.wav", "Test/a/2.wav", "train/b/3.wav", "Test/b/4.wav"),
            "--split-column folder:1",
        ),
        (("fold1/1.wav", "fold2/2.wav"), "parts of a split"),
        (
            ("disc1/a/1.wav", "disc1/b/2.wav", "more/a/3.wav", "more/b/4.wav"),
            "hold folders of the same names",
        ),
        (tuple(f"fold{k}/{c}/1.wav" for k in (1, 2, 3) for c in "ab"), "--fold-column folder:1"),
    ],
)
def test_parts_of_a_split_are_not_taken_for_classes(tmp_path, files, match):
    with pytest.raises(LabelError, match=match):
        label(tmp_path, files)
    assert len(label(tmp_path, files, labels="folder:1").files) == len(files)


def test_a_class_may_be_called_test_where_the_others_are_not(tmp_path):
    assert label(tmp_path, ("test/1.wav", "speech/2.wav")).y.tolist() == ["test", "speech"]


def test_a_root_one_level_too_high_is_told(tmp_path):
    files = ("genres_original/blues/1.wav", "genres_original/rock/2.wav")
    with pytest.raises(LabelError, match=r"blues, rock; give .*/genres_original$"):
        label(tmp_path, files)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"labels": "a.csv"}, "no table of labels a.csv"),
        ({"labels": __file__}, "--target COLUMN"),
        ({"target": ("x",)}, "--target goes with a table"),
        ({"path": "x"}, "--path goes with a table"),
        ({"labels": "tag:genre", "pattern": "x"}, "exclude each other"),
    ],
)
def test_options_that_do_not_go_together_are_refused(options, match):
    with pytest.raises(SpecError, match=match):
        LabelSource(**options)


# --- whole collections ---------------------------------------------------------------------------


def test_published_folds_and_groups_of_a_table_travel_with_the_collection(tmp_path, tone):
    rows = ["filename,fold,target,category,take"]
    for k in range(6):
        tone(tmp_path / "audio" / f"1-{k}-A.wav", 300 + 30 * k)
        rows.append(f"1-{k}-A.wav,{k % 3 + 1},{k % 2},{'dog' if k % 2 else 'rain'},t{k // 2}")
    table = write(tmp_path / "esc.csv", *rows)
    found = read_folder(
        tmp_path / "audio", "take", labels=table, target="category", fold_column="fold"
    )
    assert found.y.tolist() == ["rain", "dog"] * 3
    assert found.folds is not None
    assert found.groups is not None
    assert found.folds.tolist() == ["1", "2", "3", "1", "2", "3"]
    assert found.groups.tolist() == ["t0", "t0", "t1", "t1", "t2", "t2"]
    with pytest.raises(TableError, match=r"no column 'takes' \(groups\); did you mean 'take'"):
        read_folder(tmp_path / "audio", "takes", labels=table, target="category")


def test_segments_of_a_file_are_a_group_and_play_from_where_they_begin(tmp_path, tone):
    for k in range(3):
        tone(tmp_path / "low" / f"{k}.wav", 200 + k, seconds=1.0)
        tone(tmp_path / "high" / f"{k}.wav", 900 + k, seconds=0.6)
    from gradatim.music.features import FeatureRecipe, extract_features

    recipe = FeatureRecipe(segment_seconds=0.4)
    found = read_folder(tmp_path, recipe=recipe)
    # 1.0 s is two segments and a half: the half is kept. Of 0.6 s so is the half.
    assert found.ids.tolist()[:2] == ["high/0.wav 0 s", "high/0.wav 0.4 s"]
    assert found.ids.tolist()[-3:] == ["low/2.wav 0 s", "low/2.wav 0.4 s", "low/2.wav 0.8 s"]
    assert found.groups is not None
    assert found.groups.tolist()[-3:] == ["low/2.wav"] * 3
    y, sr = soundfile.read(tmp_path / "low" / "2.wav", dtype="float32")
    second = y[8820:17640]
    np.testing.assert_array_equal(found.X["features"][-2], extract_features(second, sr))
    assert found.media is not None
    np.testing.assert_array_equal(found.media[-2].read(10.0)[0], second)


def test_groups_by_pattern_leave_files_without_one_alone(tmp_path, tone):
    for name in ("a.1", "a.2", "b.1", "lone"):
        tone(tmp_path / "x" / f"{name}.wav", 100 + 10 * len(name) + ord(name[0]) + ord(name[-1]))
        tone(tmp_path / "y" / f"{name}.wav", 900 + 10 * len(name) + ord(name[0]) + ord(name[-1]))
    found = read_folder(tmp_path, r"pattern:([ab])\.\d")
    assert found.groups is not None
    assert found.groups.tolist() == [*"aab", "/x/lone.wav", *"aab", "/y/lone.wav"]
    assert "2 files without a group" in found.notices[0].message


def test_names_that_are_no_utf8_are_read_and_escaped(folder):
    os.rename(os.fsencode(folder) + b"/low/0.wav", os.fsencode(folder) + b"/low/caf\xe9.wav")
    found = read_folder(folder)
    assert r"low/caf\xe9.wav" in found.ids.tolist()
    assert found.media is not None
    sound = found.media[found.ids.tolist().index(r"low/caf\xe9.wav")]
    assert len(sound.read(1.0)[0]) > 0


def test_what_systems_leave_behind_is_passed_over(folder, tone):
    tone(folder / "__MACOSX" / "low" / "a.wav")
    tone(folder / "low" / "._0.wav")
    tone(folder / "@eaDir" / "b.wav")
    assert read_folder(folder).n_samples == 12


def test_a_class_of_which_nothing_can_be_read_is_an_error(folder):
    (folder / "piano").mkdir()
    (folder / "piano" / "a.wav").write_bytes(b"nothing")
    with pytest.raises(AudioError, match=r"of class piano no file can be read.*piano/a\.wav"):
        read_folder(folder)


def test_without_pyav_a_class_of_its_files_is_an_error_and_single_ones_are_counted(
    folder, monkeypatch
):
    from gradatim.music import listing

    monkeypatch.setattr(listing, "has_media", lambda: False)
    m4a = b"\0\0\0 ftypM4A " + bytes(500)
    (folder / "low" / "x.m4a").write_bytes(m4a)
    (folder / "low" / "y.m4a").write_bytes(m4a)
    [notice] = read_folder(folder).notices
    assert notice.code == "left-out"
    assert "2 audio files left out that only FFmpeg reads (2 .m4a)" in notice.message
    (folder / "piano").mkdir()
    (folder / "piano" / "x.m4a").write_bytes(m4a)
    with pytest.raises(AudioError, match=r"class piano has only 1 file .*\(\.m4a\)"):
        read_folder(folder)


def test_folders_called_train_and_test_are_a_published_split(tmp_path, tone):
    for k in range(12):
        part, kind = ("train", "valid", "Test")[k % 3], ("dog", "rain")[k % 2]
        tone(tmp_path / "audio" / part / kind / f"{k}.wav", 300 + 30 * k, 0.2)
    found = read_folder(tmp_path / "audio", labels="folder:2", split_column="folder:1")
    names = [name.split("/")[0] for name in found.ids.tolist()]
    assert found.parts is not None
    assert found.parts.tolist() == ["test" if name == "Test" else "train" for name in names]
    assert [notice.code for notice in found.notices] == ["validation-part"]
    pieces = read_folder(
        tmp_path / "audio",
        labels="folder:2",
        split_column="pattern:(train|valid|Test)/",
        recipe=FeatureRecipe(segment_seconds=0.1),
    )
    assert pieces.n_samples == 2 * found.n_samples
    assert pieces.parts is not None
    assert pieces.parts.tolist() == np.repeat(found.parts, 2).tolist()


def test_a_file_in_no_part_is_named(tmp_path, tone):
    for file in ("train/a.wav", "test/b.wav", "c.wav"):
        tone(tmp_path / file)
    with pytest.raises(LabelError, match=r"c\.wav has no part by folder:1; every file needs one"):
        read_folder(tmp_path, label_pattern="(?P<label>[abc]).wav", split_column="folder:1")


def test_two_folders_of_a_split_keep_the_pieces_of_files_of_one_name_apart(tmp_path, tone):
    from gradatim.sources.registry import Options, read_split

    for k, part in enumerate(("train", "test")):
        for kind in ("dog", "rain"):
            tone(tmp_path / part / kind / "1.wav", 300 + 90 * k, 0.2)
    where = str(tmp_path / "train"), str(tmp_path / "test")
    found = read_split(*where, Options(segment=0.1))
    assert found.parts is not None
    assert found.parts.tolist() == ["train"] * 4 + ["test"] * 4
    assert sorted(set(found.groups.tolist())) == [
        "test: dog/1.wav", "test: rain/1.wav", "train: dog/1.wav", "train: rain/1.wav",
    ]  # fmt: skip
    assert len(found.media) == 8
    stems = read_split(*where, Options(groups="pattern:(dog|rain)"))
    assert stems.groups.tolist() == ["dog", "rain"] * 2


def test_labels_may_stand_in_json_as_nsynth_has_them(tmp_path, tone):
    notes = {}
    for k in range(6):
        family = ("bass", "flute")[k % 2]
        name = f"{family}_acoustic_00{k // 2}-0{20 + k}-025"
        tone(tmp_path / "audio" / f"{name}.wav", 200 + 50 * k)
        notes[name] = {"instrument_family_str": family, "instrument_str": name[:-8], "pitch": k}
    (tmp_path / "examples.json").write_text(json.dumps(notes))
    found = read_folder(
        tmp_path / "audio",
        "instrument_str",
        labels=tmp_path / "examples.json",
        target="instrument_family_str",
    )
    assert found.y.tolist() == ["bass"] * 3 + ["flute"] * 3
    assert found.groups is not None
    assert found.groups[0] == "bass_acoustic_000"
