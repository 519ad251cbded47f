import json
import os
import sys
from dataclasses import replace

import numpy as np
import pytest

import gradatim.tagging.writing as writing
from gradatim.errors import OutputError, SpecError
from gradatim.tagging import Predictions, plan_tags, restore_tags, write_tags
from gradatim.tagging.fields import TagField
from gradatim.tagging.sidecars import SIDECAR
from gradatim.tagging.tagged_audio import audio_hash, read_tags, rewrite_tags
from tests.tagging.tagged import NAMES, samples_of, write_sound

GENRE = TagField("genre")
FILES = ("a.wav", "b.flac", "deep/c.ogg", "deep/d.mp3")


def predictions(root, names=FILES, values=None, classes=("kick", "snare"), **changes):
    values = [classes[k % len(classes)] for k in range(len(names))] if values is None else values
    probabilities = np.array([[0.9, 0.1] if str(v) == classes[0] else [0.4, 0.6] for v in values])
    fields = {
        "source": root.name,
        "task": "classification",
        "names": classes,
        "paths": tuple(names),
        "values": np.array(values),
        "probabilities": probabilities,
        "files": tuple(root / name for name in names),
    }
    return Predictions(**(fields | changes))


@pytest.fixture
def music(tmp_path):
    root = tmp_path / "music"
    for name in FILES:
        write_sound(root / name)
    rewrite_tags(root / "b.flac", {GENRE: ("Rock", "Pop")})
    return root


def contents(root):
    return {path: path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_a_plan_compares_and_writes_nothing(music):
    before = contents(music)
    plan = plan_tags(predictions(music), "genre")
    assert [(c.path, c.before, c.after) for c in plan.changes] == [
        ("a.wav", None, ("kick",)),
        ("b.flac", ("Rock", "Pop"), ("snare",)),
        ("deep/c.ogg", None, ("kick",)),
        ("deep/d.mp3", None, ("snare",)),
    ]
    assert (plan.applied, plan.n_same, plan.n_silent, plan.left) == (False, 0, 0, [])
    assert contents(music) == before


def test_what_is_written_is_read_and_comes_back_to_the_byte(music):
    before = contents(music)
    samples = {path: samples_of(path) for path in before}
    done = write_tags(plan_tags(predictions(music), "genre"))
    assert (done.applied, len(done.changes), done.left) == (True, 4, [])
    for path, value in zip(before, ("kick", "snare", "kick", "snare"), strict=True):
        assert read_tags(path, [GENRE]) == {GENRE: (value,)}
        assert (samples_of(path) == samples[path]).all()
    again = plan_tags(predictions(music), "genre")
    assert (again.changes, again.n_same) == ([], 4)
    restored = restore_tags(music)
    assert (restored.n_restored, restored.n_same, restored.left) == (4, 0, [])
    # The sidecars are gone as well.
    assert contents(music) == before


def test_each_folder_has_a_sidecar_of_what_was_there(music):
    sizes = {path.name: path.stat().st_size for path in contents(music)}
    hashes = {path.name: audio_hash(path) for path in contents(music)}
    write_tags(plan_tags(predictions(music), "genre"))
    whole = json.loads((music / SIDECAR).read_text())
    assert whole["schema"] == 1
    assert whole["files"] == {
        "a.wav": {
            "size": sizes["a.wav"],
            "sound_sha256": hashes["a.wav"],
            "tags": {"genre": {"before": None, "written": [["kick"]]}},
        },
        "b.flac": {
            "size": sizes["b.flac"],
            "sound_sha256": hashes["b.flac"],
            "tags": {"genre": {"before": ["Rock", "Pop"], "written": [["snare"]]}},
        },
    }
    assert set(json.loads((music / "deep" / SIDECAR).read_text())["files"]) == {"c.ogg", "d.mp3"}


def test_a_second_run_keeps_what_was_there_first(music):
    before = contents(music)
    write_tags(plan_tags(predictions(music), "genre"))
    write_tags(plan_tags(predictions(music, classes=("tom", "hat")), "genre"))
    write_tags(plan_tags(predictions(music, classes=("calm", "sad")), "mood"))
    whole = json.loads((music / SIDECAR).read_text())["files"]["b.flac"]
    assert whole["size"] == len(before[music / "b.flac"])
    assert whole["tags"] == {
        "genre": {"before": ["Rock", "Pop"], "written": [["snare"], ["hat"]]},
        "mood": {"before": None, "written": [["sad"]]},
    }
    assert restore_tags(music).n_restored == 4
    assert contents(music) == before


def test_a_value_that_is_written_twice_is_kept_once(music):
    for _ in range(2):
        write_tags(plan_tags(predictions(music), "genre"))
        rewrite_tags(music / "a.wav", {GENRE: ("Jazz",)})
    whole = json.loads((music / SIDECAR).read_text())["files"]["a.wav"]
    assert whole["tags"] == {"genre": {"before": None, "written": [["kick"]]}}


def test_no_audio_file_is_touched_before_every_sidecar_is_written(music, monkeypatch):
    seen = []

    def spy(path, changes):
        seen.append((music / SIDECAR).is_file() and (music / "deep" / SIDECAR).is_file())
        rewrite_tags(path, changes)

    monkeypatch.setattr(writing, "rewrite_tags", spy)
    write_tags(plan_tags(predictions(music), "genre"))
    assert seen == [True] * 4


def test_where_no_sidecar_can_be_written_no_file_is(music, monkeypatch):
    before = contents(music)
    write = writing.write_sidecar

    def fail(folder, entries):
        if folder == music:
            raise OutputError(f"{folder / SIDECAR} cannot be written: No space left on device")
        write(folder, entries)

    monkeypatch.setattr(writing, "write_sidecar", fail)
    done = write_tags(plan_tags(predictions(music), "genre"))
    assert [(one.path, one.reason) for one in done.left] == [
        (name, f"stays, since the {SIDECAR} beside it cannot be written: No space left on device")
        for name in ("a.wav", "b.flac")
    ]
    assert [one.path for one in done.changes] == ["deep/c.ogg", "deep/d.mp3"]
    assert {path: before[path] for path in (music / "a.wav", music / "b.flac")} == {
        path: path.read_bytes() for path in (music / "a.wav", music / "b.flac")
    }


@pytest.mark.parametrize("text", ["{", "[]", '{"schema": 1}', '{"schema": 9, "files": {}}'])
def test_a_sidecar_that_is_not_ours_is_never_replaced(text, music):
    (music / SIDECAR).write_text(text)
    done = write_tags(plan_tags(predictions(music), "genre"))
    assert [one.path for one in done.left] == ["a.wav", "b.flac"]
    assert done.left[0].reason.startswith(f"stays, since the {SIDECAR} beside it is ")
    assert (music / SIDECAR).read_text() == text


def test_where_the_model_abstains_nothing_is_written(music):
    found = replace(predictions(music), abstain_below=0.7)
    plan = plan_tags(found, "genre")
    assert [one.path for one in plan.changes] == ["a.wav", "deep/c.ogg"]
    assert plan.n_silent == 2
    before = (music / "b.flac").read_bytes()
    write_tags(plan)
    assert (music / "b.flac").read_bytes() == before


def test_all_labels_that_hold_stand_in_the_tag(music):
    found = predictions(
        music,
        task="multilabel",
        values=np.array([[1, 1], [0, 1], [0, 0], [1, 0]]),
        probabilities=None,
    )
    plan = plan_tags(found, "mood")
    assert [one.after for one in plan.changes] == [("kick", "snare"), ("snare",), ("kick",)]
    assert plan.n_silent == 1
    write_tags(plan)
    assert read_tags(music / "a.wav", [TagField("mood")]) == {TagField("mood"): ("kick", "snare")}


def test_a_number_is_a_tempo_or_has_six_digits(music):
    found = predictions(
        music,
        task="regression",
        values=np.array([119.6, -1.0, 1 / 3, 2e6]),
        probabilities=None,
        classes=("x",),
    )
    plan = plan_tags(found, "bpm")
    assert [one.after for one in plan.changes] == [("120",)]
    assert [one.path for one in plan.left] == ["b.flac", "deep/c.ogg", "deep/d.mp3"]
    assert plan.left[0].reason == "has no tempo that a tag could hold"
    texts = [one.after[0] for one in plan_tags(found, "loudness").changes]
    assert texts == ["119.6", "-1", "0.333333", "2e+06"]


@pytest.mark.parametrize(
    ("task", "value", "name", "written"),
    [
        ("multilabel", [1, 1], "mood", ("kick", "snare")),
        ("multilabel", [1, 1], "genre", ("kick", "snare")),
        ("regression", 119.6, "bpm", ("120",)),
        ("regression", -1 / 3, "arousal", ("-0.333333",)),
    ],
)
def test_labels_and_numbers_are_taken_back_in_every_kind_of_file(
    task, value, name, written, tmp_path
):
    pytest.importorskip("av", reason="MP4 is made by PyAV, the extra media")
    files = [write_sound(tmp_path / file) for file in NAMES]
    before, samples = contents(tmp_path), [samples_of(file) for file in files]
    values = np.array([value] * len(NAMES))
    classes = ("kick", "snare") if task == "multilabel" else ("x",)
    found = predictions(tmp_path, NAMES, values, classes, task=task, probabilities=None)
    done = write_tags(plan_tags(found, name))
    assert (len(done.changes), done.left) == (len(NAMES), [])
    field = TagField(name)
    for file, heard in zip(files, samples, strict=True):
        assert read_tags(file, [field]) == {field: written}
        assert (samples_of(file) == heard).all()
    assert restore_tags(tmp_path).n_restored == len(NAMES)
    assert contents(tmp_path) == before


def test_what_cannot_be_changed_is_named_and_costs_no_others(music):
    (music / "a.wav").chmod(0o444)
    (music / "link.flac").symlink_to(music / "b.flac")
    (music / "gone.wav").touch()
    write_sound(music / "x.w64")
    (music / "broken.ogg").write_bytes((music / "deep/c.ogg").read_bytes()[:100])
    names = ("a.wav", "link.flac", "gone.wav", "x.w64", "broken.ogg", "b.flac")
    found = predictions(music, names)
    (music / "gone.wav").unlink()
    plan = plan_tags(found, "genre")
    reasons = {one.path: one.reason for one in plan.left}
    assert list(reasons) == list(names[:-1])
    assert reasons["a.wav"] == "is read-only"
    assert reasons["link.flac"].startswith("is a link")
    assert reasons["gone.wav"] == "cannot be read: No such file or directory"
    assert reasons["x.w64"].startswith("is of a kind whose tags")
    assert str(music) not in "".join(reasons.values())
    assert [one.path for one in write_tags(plan).changes] == ["b.flac"]


def test_a_file_that_changed_after_the_plan_is_left(music):
    plan = plan_tags(predictions(music), "genre")
    (music / "a.wav").write_bytes(b"RIFF")
    (music / "b.flac").chmod(0o444)
    done = write_tags(plan)
    assert sorted(one.path for one in done.left) == ["a.wav", "b.flac"]
    assert [one.path for one in done.changes] == ["deep/c.ogg", "deep/d.mp3"]
    (music / "b.flac").chmod(0o644)
    # What was kept for it is what it still has.
    assert restore_tags(music).n_same == 1


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names of any bytes")
def test_names_with_odd_characters_are_tagged_and_restored(tmp_path):
    names = [
        "a b'\"$`.wav",
        "日本\u202e.flac",
        "new\nline.wav",
        "\x1b[2J.mp3",
        os.fsdecode(b"\xff.ogg"),
    ]
    for name in names:
        write_sound(tmp_path / f"plain{os.path.splitext(name)[1]}").rename(tmp_path / name)
    before = contents(tmp_path)
    done = write_tags(plan_tags(predictions(tmp_path, names), "genre"))
    assert (len(done.changes), done.left) == (5, [])
    assert restore_tags(tmp_path).n_restored == 5
    assert contents(tmp_path) == before


def test_a_table_has_no_tags(music):
    with pytest.raises(SpecError, match="is no audio"):
        plan_tags(predictions(music, files=()), "genre")


def test_everything_is_told_as_json(music):
    (music / "a.wav").chmod(0o444)
    done = write_tags(plan_tags(predictions(music, FILES[:2]), "genre"))
    assert json.loads(json.dumps(done.to_dict())) == {
        "field": "genre",
        "applied": True,
        "changes": [{"path": "b.flac", "before": ["Rock", "Pop"], "after": ["snare"]}],
        "n_same": 0,
        "n_silent": 0,
        "left": [{"path": "a.wav", "reason": "is read-only"}],
    }


def test_progress_is_told_and_can_end_the_work(music):
    shares = []
    plan = plan_tags(predictions(music), "genre", progress=lambda s, w: shares.append((s, w)))
    assert shares == [(k / 4, f"{k}/4") for k in range(4)]

    def stop(share, words):
        raise KeyboardInterrupt

    before = contents(music)
    with pytest.raises(KeyboardInterrupt):
        write_tags(plan, progress=stop)
    assert contents(music) == before
