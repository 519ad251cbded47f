import numpy as np
import pytest

import gradatim.tagging.fields as fields
from gradatim import Model
from gradatim.errors import MissingExtraError, SpecError
from gradatim.models.learners import Constant
from gradatim.tagging import check_tagging
from gradatim.tagging.fields import bpm_text, tag_field


def model(*classes, **changes):
    values = {"classes": np.array(classes)} | changes
    return Model("majority", "", "classification", Constant(np.array([0.5])), **values)


def test_each_kind_of_file_has_its_own_name_for_a_field():
    genre, mood, own = map(tag_field, ("Genre", "mood", "drum kit"))
    assert (genre.id3(4), genre.id3(3), genre.vorbis, genre.mp4) == (
        "TCON",
        "TCON",
        "GENRE",
        "\xa9gen",
    )
    assert (mood.id3(4), mood.id3(3), mood.vorbis) == ("TMOO", "TXXX:MOOD", "MOOD")
    assert mood.mp4 == "----:com.apple.iTunes:MOOD"
    assert (own.id3(4), own.id3(3), own.vorbis) == ("TXXX:DRUM KIT", "TXXX:DRUM KIT", "DRUM KIT")
    assert own.mp4 == "----:com.apple.iTunes:DRUM KIT"
    assert (tag_field("bpm").id3(3), tag_field("BPM").mp4) == ("TBPM", "tmpo")


@pytest.mark.parametrize(
    "name", ["title", "Artist", "album artist", "track", "lyrics", "replaygain_track_gain", "date"]
)
def test_what_names_a_recording_is_no_place_for_a_prediction(name):
    with pytest.raises(SpecError, match="says which recording it is"):
        tag_field(name)


@pytest.mark.parametrize("name", ["", "1st", "a=b", "é", "x" * 31, "a\nb", "a:b"])
def test_a_field_has_a_plain_name(name):
    with pytest.raises(SpecError, match="cannot name a tag"):
        tag_field(name)


@pytest.mark.parametrize("label", ["", " ", "a\0b", "a\nb", "\udcff"])
def test_a_class_that_no_tag_can_hold_is_refused_before_the_work(label):
    with pytest.raises(SpecError, match="cannot be written as a tag"):
        check_tagging(model("kick", label), "mood")


@pytest.mark.parametrize("label", ["17", "(4)", "(4)Disco", "RX", "CR"])
def test_a_genre_that_id3_reads_as_a_number_is_refused(label):
    with pytest.raises(SpecError, match="numbered genres"):
        check_tagging(model("kick", label), "genre")
    check_tagging(model("kick", label), "mood")


def test_beats_per_minute_are_whole_numbers_that_every_kind_holds():
    assert [bpm_text(v) for v in ("120", "119.6", 0.4, 65535, 65536, -3, "kick")] == [
        "120",
        "120",
        None,
        "65535",
        None,
        None,
        None,
    ]
    assert bpm_text(float("nan")) is bpm_text(float("inf")) is None
    with pytest.raises(SpecError, match="'kick' is none"):
        check_tagging(model("120", "kick"), "bpm")
    check_tagging(model("120", "90"), "bpm")


def test_one_tag_holds_one_number():
    numbers = Model(
        "majority", "", "regression", Constant(np.array([1.0, 2.0])), target_names=("a", "b")
    )
    with pytest.raises(SpecError, match="2 numbers for each file"):
        check_tagging(numbers, "bpm")


def test_without_mutagen_one_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'gradatim\[tags\]'"):
        fields.require_mutagen()
