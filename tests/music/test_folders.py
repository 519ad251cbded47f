import os

import numpy as np
import pytest
import soundfile

from gradatim.errors import AudioError, LabelError, TableError
from gradatim.music.features import FEATURE_NAMES, FeatureRecipe, extract_features
from gradatim.music.folders import _skip_notices, read_folder
from gradatim.music.listing import list_audio_files


def codes(collection):
    return [notice.code for notice in collection.notices]


def test_a_folder_a_class_becomes_a_collection(folder):
    collection = read_folder(folder)
    assert collection.name == "sounds"
    assert collection.task == "classification"
    assert collection.y.tolist() == ["high"] * 6 + ["low"] * 6
    assert collection.ids.tolist()[:2] == ["high/0.wav", "high/1.wav"]
    assert collection.X["features"].shape == (12, len(FEATURE_NAMES))
    assert collection.feature_names["features"] == FEATURE_NAMES
    assert collection.groups is None
    assert collection.notices == ()


def test_a_row_holds_the_features_of_the_file_of_its_id(folder):
    collection = read_folder(folder)
    y, sr = soundfile.read(folder / str(collection.ids[8]), dtype="float32")
    np.testing.assert_array_equal(collection.X["features"][8], extract_features(y, sr))


def test_the_sounds_of_a_collection_play(folder):
    collection = read_folder(folder)
    assert collection.media is not None
    y, sr = collection.media[0].read(0.05)
    assert (len(y), sr) == (1102, 22050)


def test_files_may_lie_deep_and_be_spelled_in_capitals(folder, tone):
    tone(folder / "low" / "disk 1" / "A.WAV", 250)
    collection = read_folder(folder)
    assert collection.y[collection.ids == "low/disk 1/A.WAV"].tolist() == ["low"]


def test_hidden_and_other_files_are_passed_over(folder, tone):
    tone(folder / "low" / ".hidden.wav")
    tone(folder / ".trash" / "a.wav")
    (folder / "low" / "notes.txt").write_text("not audio")
    os.mkfifo(folder / "low" / "pipe.wav")
    (folder / "low" / "gone.wav").symlink_to("nowhere.wav")
    listing = list_audio_files(folder)
    assert len(listing.files) == 12
    assert listing.special == ("low/gone.wav", "low/pipe.wav")


def test_linked_folders_are_read_once_even_in_a_circle(folder, tmp_path, tone):
    tone(tmp_path / "elsewhere" / "a.wav", 3000)
    (folder / "linked").symlink_to(tmp_path / "elsewhere")
    (folder / "low" / "circle").symlink_to(folder)
    assert len(list_audio_files(folder, follow_links=True).files) == 13
    inside = list_audio_files(folder)
    assert (len(inside.files), inside.n_outside, inside.outside) == (12, 1, "linked")


def test_progress_ends_with_all_files(folder):
    heard = []
    read_folder(folder, progress=lambda *news: heard.append(news))
    assert (heard[0], heard[-1]) == ((0.0, "0/12"), (1.0, "12/12"))


def test_a_manifest_gives_groups(folder, tmp_path):
    manifest = tmp_path / "groups.csv"
    files = list_audio_files(folder).files
    rows = [f"{file},{k % 3}" for k, file in enumerate(files)]
    manifest.write_text("\n".join(["path,group", *rows]))
    groups = read_folder(folder, manifest).groups
    assert groups is not None
    assert groups.tolist() == [str(k % 3) for k in range(12)]


def test_groups_stay_with_their_files_when_one_is_skipped(folder, tmp_path):
    (folder / "high" / "0.wav").write_bytes(b"broken")
    rows = [f"{file},{file}" for file in list_audio_files(folder).files]
    (tmp_path / "groups.csv").write_text("\n".join(["path,group", *rows]))
    collection = read_folder(folder, tmp_path / "groups.csv")
    assert collection.groups is not None
    assert collection.groups.tolist() == collection.ids.tolist()
    assert collection.n_samples == 11


def test_one_bad_file_is_skipped_and_named(folder):
    (folder / "high" / "3.wav").write_bytes(b"broken")
    collection = read_folder(folder)
    assert collection.n_samples == 11
    assert "high/3.wav" not in collection.ids
    assert codes(collection) == ["left-out"]
    message = collection.notices[0].message
    assert message.startswith("high/3.wav cannot be read as audio")
    assert str(folder) not in message


def test_more_than_a_tenth_of_bad_files_is_an_error(folder):
    for name in ("high/3.wav", "low/1.wav"):
        (folder / name).write_bytes(b"broken")
    with pytest.raises(AudioError, match=r"2 of 12 audio files .* more than a tenth"):
        read_folder(folder)


def test_of_many_bad_files_the_first_are_named(tmp_path):
    errors = {f"{k}.wav": AudioError(f"{tmp_path}/{k}.wav is broken") for k in range(9)}
    told = [notice.message for notice in _skip_notices(tmp_path, errors)]
    assert told[4:] == ["4.wav is broken; it was skipped", "4 more files skipped in the same way"]


def test_sounds_that_are_the_same_have_one_hash_and_the_reader_says_nothing_of_it(folder, tone):
    tone(folder / "low" / "copy.wav", 2000)
    collection = read_folder(folder)
    hashes = dict(zip(collection.ids.tolist(), collection.content_hashes.tolist(), strict=True))
    assert hashes["high/0.wav"] == hashes["low/copy.wav"]
    assert len(set(hashes.values())) == 12
    assert collection.notices == ()


def test_the_recipe_is_used_and_stored_with_the_input_it_made(folder):
    recipe = FeatureRecipe(n_mfcc=13, max_seconds=0.05)
    collection = read_folder(folder, recipe=recipe)
    assert collection.X["features"].shape == (12, 76)
    assert collection.feature_names["features"] == recipe.names
    assert FeatureRecipe.from_dict(collection.recipes["features"]) == recipe
    assert codes(collection) == ["cut-file"]
    assert "0.05 s" in collection.notices[0].message


def test_a_long_or_silent_file_is_noticed(folder):
    soundfile.write(folder / "low" / "long.wav", np.zeros(130 * 1000), 1000)
    collection = read_folder(folder)
    assert codes(collection) == ["cut-file", "silent-file"]
    assert all("low/long.wav" in notice.message for notice in collection.notices)


def test_a_loose_file_beside_the_classes_is_noticed(folder, tone):
    tone(folder / "loose.wav")
    collection = read_folder(folder)
    assert collection.n_samples == 12
    assert codes(collection) == ["left-out"]


def test_folders_in_which_nothing_is_to_be_read_are_told_of(folder):
    (folder / "viola").mkdir()
    assert [n.message for n in read_folder(folder).notices] == [
        "the folder viola holds no audio and is no class"
    ]
    # Names that are no UTF-8 are classes as any other.
    os.rename(folder / "low", os.fsencode(folder) + b"/caf\xe9")
    (folder / "cover").mkdir()
    (folder / "cover" / "front.txt").write_text("x")
    (folder / "__MACOSX").mkdir()
    assert [n.message for n in read_folder(folder).notices] == [
        "2 folders cover, viola hold no audio and are no class"
    ]


@pytest.mark.parametrize("parts", [("training", "testing"), ("Train", "validation", "test")])
def test_folders_that_are_parts_of_a_split_are_told_what_to_type(tmp_path, tone, parts):
    for part in parts:
        for label in ("high", "low"):
            tone(tmp_path / part / label / "a.wav")
    with pytest.raises(LabelError, match="--split-column folder:1 learns from train and scores"):
        read_folder(tmp_path)


def test_no_such_folder_is_an_error(tmp_path):
    with pytest.raises(AudioError, match="does not exist"):
        read_folder(tmp_path / "nothing")


def test_a_file_is_no_folder(tmp_path, tone):
    with pytest.raises(AudioError, match="is a file, not a folder"):
        read_folder(tone(tmp_path / "a.wav"))


def test_a_folder_without_audio_is_an_error(tmp_path):
    with pytest.raises(AudioError, match="holds no audio"):
        read_folder(tmp_path)


def test_audio_without_class_folders_is_an_error_that_says_how_to_arrange_it(tmp_path, tone):
    tone(tmp_path / "take1.wav")
    with pytest.raises(AudioError, match=r"sub-folder with the class's name, such as .*take1\.wav"):
        read_folder(tmp_path)


def test_a_single_class_is_an_error(tmp_path, tone):
    tone(tmp_path / "low" / "a.wav")
    with pytest.raises(LabelError, match="single class, 'low'"):
        read_folder(tmp_path)


def test_a_root_several_levels_too_high_is_told_the_right_one(tmp_path, tone):
    for label in ("high", "low"):
        tone(tmp_path / "Data" / "genres" / label / "a.wav")
    with pytest.raises(LabelError, match=r"in the one folder Data/genres, whose folders are high"):
        read_folder(tmp_path)


def test_a_manifest_that_lacks_a_file_is_an_error_before_any_analysis(folder, tmp_path):
    (tmp_path / "groups.csv").write_text("path,group\nhigh/0.wav,1\n")
    calls = []
    with pytest.raises(TableError, match=r"no group for high/1\.wav"):
        read_folder(folder, tmp_path / "groups.csv", progress=lambda *call: calls.append(call))
    assert calls == []


def test_the_drums_of_the_examples_are_five_classes_of_different_sounds():
    examples = os.path.join(os.path.dirname(__file__), "..", "..", "examples", "drums")
    collection = read_folder(examples)
    labels, counts = np.unique(collection.y, return_counts=True)
    assert dict(zip(labels.tolist(), counts.tolist(), strict=True)) == {
        "cymbal": 10,
        "hihat": 21,
        "kick": 20,
        "snare": 10,
        "tom": 6,
    }
    assert collection.notices == ()
    assert np.isfinite(collection.X["features"]).all()
