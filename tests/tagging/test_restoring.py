import json

import pytest

import gradatim.tagging.restoring as restoring
from gradatim.errors import InputError, OutputError
from gradatim.tagging import plan_tags, restore_tags, write_tags
from gradatim.tagging.fields import TagField
from gradatim.tagging.sidecars import SIDECAR
from gradatim.tagging.tagged_audio import read_tags, rewrite_tags
from tests.tagging.tagged import write_sound
from tests.tagging.test_writing import FILES, GENRE, contents, predictions
from tests.tagging.test_writing import music as music

MOOD = TagField("mood")


@pytest.fixture
def tagged(music):
    """Return music whose genres have been written, and what it was before."""
    before = contents(music)
    write_tags(plan_tags(predictions(music), "genre"))
    return music, before


def test_one_file_is_restored_and_the_others_wait(tagged):
    music, before = tagged
    assert restore_tags(music / "b.flac").n_restored == 1
    assert (music / "b.flac").read_bytes() == before[music / "b.flac"]
    assert list(json.loads((music / SIDECAR).read_text())["files"]) == ["a.wav"]
    with pytest.raises(InputError, match=r"names .*nothing to take back"):
        restore_tags(music / "b.flac")
    assert restore_tags(music).n_restored == 3


def test_what_another_program_wrote_elsewhere_stays(tagged):
    music, _ = tagged
    rewrite_tags(music / "b.flac", {MOOD: ("calm",)})
    assert restore_tags(music).n_restored == 4
    assert read_tags(music / "b.flac", [GENRE, MOOD]) == {GENRE: ("Rock", "Pop"), MOOD: ("calm",)}


def test_a_tag_that_has_changed_since_is_left_unless_forced(tagged):
    music, _ = tagged
    rewrite_tags(music / "a.wav", {GENRE: ("Jazz",)})
    rewrite_tags(music / "b.flac", {GENRE: None})
    found = restore_tags(music)
    assert (found.n_restored, found.n_same) == (2, 0)
    assert [(one.path, one.reason) for one in found.left] == [
        ("a.wav", "has another genre since; --force restores it all the same"),
        ("b.flac", "has no genre since; --force restores it all the same"),
    ]
    assert read_tags(music / "a.wav", [GENRE]) == {GENRE: ("Jazz",)}
    assert set(json.loads((music / SIDECAR).read_text())["files"]) == {"a.wav", "b.flac"}
    assert restore_tags(music, force=True).n_restored == 2
    assert read_tags(music / "a.wav", [GENRE]) == {GENRE: None}
    assert read_tags(music / "b.flac", [GENRE]) == {GENRE: ("Rock", "Pop")}
    assert not (music / SIDECAR).exists()


def test_another_sound_under_the_name_is_left_unless_forced(tagged):
    music, _ = tagged
    other = write_sound(music / "other.wav", subtype="PCM_U8")
    rewrite_tags(other, {GENRE: ("kick",)})
    other.rename(music / "a.wav")
    found = restore_tags(music)
    assert [one.path for one in found.left] == ["a.wav"]
    assert found.left[0].reason.startswith("has another sound since")
    assert restore_tags(music, force=True).n_restored == 1
    assert read_tags(music / "a.wav", [GENRE]) == {GENRE: None}


def test_another_sound_that_is_tagged_has_its_own_values_from_before(tagged):
    music, _ = tagged
    other = write_sound(music / "other.wav", subtype="PCM_U8")
    rewrite_tags(other, {GENRE: ("Folk",)})
    other.rename(music / "a.wav")
    write_tags(plan_tags(predictions(music, FILES[:1]), "genre"))
    restore_tags(music / "a.wav")
    assert read_tags(music / "a.wav", [GENRE]) == {GENRE: ("Folk",)}


def test_a_file_that_is_gone_is_forgotten_only_if_forced(tagged):
    music, _ = tagged
    (music / "a.wav").unlink()
    found = restore_tags(music)
    assert [(one.path, one.reason) for one in found.left] == [
        ("a.wav", "is gone; --force forgets it")
    ]
    assert (music / SIDECAR).exists()
    assert restore_tags(music, force=True).n_forgotten == 1
    assert not (music / SIDECAR).exists()


def test_a_file_that_is_as_before_needs_nothing(tagged):
    music, before = tagged
    (music / "a.wav").write_bytes(before[music / "a.wav"])
    found = restore_tags(music)
    assert (found.n_restored, found.n_same) == (3, 1)
    assert contents(music) == before


def test_a_run_that_was_cut_off_is_taken_back_whole(music, monkeypatch):
    before = contents(music)
    import gradatim.tagging.writing as writing

    def cut_off(path, changes):
        if path.name == "deep/d.mp3" or path.name == "c.ogg":
            raise KeyboardInterrupt
        rewrite_tags(path, changes)

    monkeypatch.setattr(writing, "rewrite_tags", cut_off)
    with pytest.raises(KeyboardInterrupt):
        write_tags(plan_tags(predictions(music), "genre"))
    found = restore_tags(music)
    assert (found.n_restored, found.n_same, found.left) == (2, 2, [])
    assert contents(music) == before


def test_a_file_that_cannot_be_written_keeps_its_place_in_the_sidecar(tagged, monkeypatch):
    music, before = tagged

    def fail(path, changes, size):
        if path.name == "a.wav":
            raise OutputError(f"{path} cannot be written: Permission denied")
        rewrite_tags(path, changes, size)

    monkeypatch.setattr(restoring, "rewrite_tags", fail)
    found = restore_tags(music)
    assert (found.n_restored, found.left[0].reason) == (3, "cannot be written: Permission denied")
    monkeypatch.undo()
    assert restore_tags(music).n_restored == 1
    assert contents(music) == before


def test_a_broken_sidecar_is_named_and_costs_no_other_folder(tagged):
    music, _ = tagged
    (music / SIDECAR).write_text("{")
    found = restore_tags(music)
    assert found.n_restored == 2
    assert [one.path for one in found.left] == [SIDECAR]
    assert found.left[0].reason.startswith("is not what gradatim wrote")
    assert (music / SIDECAR).read_text() == "{"
    assert restore_tags(music).nothing_could_be_done


@pytest.mark.parametrize("name", ["../a.wav", "/a.wav", "..", "", "deep/c.ogg", "a\\b.wav"])
def test_a_sidecar_names_no_file_elsewhere(name, music):
    entry = {"size": 1, "sound_sha256": "", "tags": {"genre": {"before": None, "written": []}}}
    (music / SIDECAR).write_text(json.dumps({"schema": 1, "files": {name: entry}}))
    before = contents(music)
    found = restore_tags(music, force=True)
    assert [one.path for one in found.left] == [SIDECAR]
    assert contents(music) == before


@pytest.mark.parametrize(
    "entry",
    [
        None,
        [],
        {},
        {"size": "1", "sound_sha256": "", "tags": {}},
        {"size": 1, "sound_sha256": "", "tags": {"genre": {"before": "Rock", "written": []}}},
        {"size": 1, "sound_sha256": "", "tags": {"genre": {"before": [1], "written": []}}},
        {"size": 1, "sound_sha256": "", "tags": {"title": {"before": None, "written": []}}},
        {"size": 1, "sound_sha256": "", "tags": {"genre": {"before": None, "written": 3}}},
    ],
)
def test_a_sidecar_of_another_form_is_one_sentence(entry, music):
    (music / SIDECAR).write_text(json.dumps({"schema": 1, "files": {"a.wav": entry}}))
    found = restore_tags(music)
    assert found.left[0].reason.startswith("is not what gradatim wrote")


def test_where_nothing_was_kept_nothing_is_taken_back(music):
    for path in (music, music / "a.wav"):
        with pytest.raises(InputError, match="nothing to take back"):
            restore_tags(path)
    with pytest.raises(InputError, match="there is no file or folder"):
        restore_tags(music / "nothing")


def test_links_to_other_folders_are_followed_if_wanted(tagged, tmp_path):
    music, before = tagged
    other = tmp_path / "other"
    other.mkdir()
    (other / "link").symlink_to(music)
    (other / "circle").symlink_to(other)
    with pytest.raises(InputError, match="nothing to take back"):
        restore_tags(other)
    found = restore_tags(other, follow_links=True)
    assert (found.source, found.n_restored) == ("other", 4)
    assert contents(music) == before
