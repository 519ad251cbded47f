"""A folder of sounds is predicted file by file, and goes on where it was ended."""

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from gradatim.cli import main
from gradatim.cli._progress_bar import ProgressBar
from gradatim.errors import AudioError
from gradatim.music import many_files
from gradatim.tagging import predict_path
from gradatim.tagging.streaming import predictions_folder
from gradatim.training.store import Store
from tests.tagging.conftest import write_tone


@pytest.fixture
def sounds(tones, tmp_path):
    shutil.copytree(tones, tmp_path / "in")
    return tmp_path / "in"


@pytest.fixture
def analyzed(monkeypatch):
    """Return the names of the files that are analyzed."""
    names, real = [], many_files._analyze

    def analyze(pool, path, *args):
        names.append(os.path.basename(path))
        return real(pool, path, *args)

    monkeypatch.setattr(many_files, "_analyze", analyze)
    return names


def same(one, other):
    assert one.paths == other.paths
    np.testing.assert_array_equal(one.probabilities, other.probabilities)
    assert [str(n) for n in one.notices] == [str(n) for n in other.notices]


def test_what_is_in_the_store_is_not_analyzed_again(sounds, tone_model, tmp_path, analyzed):
    whole = predict_path(tone_model, sounds, n_jobs=1)
    assert len(analyzed) == 16

    def stop(share, doing):
        if doing == "5/16":
            raise KeyboardInterrupt

    with Store(tmp_path / "kept") as store, pytest.raises(KeyboardInterrupt):
        predict_path(tone_model, sounds, n_jobs=1, progress=stop, store=store)
    n_first = len(analyzed) - 16
    assert n_first < 12
    del analyzed[:]
    heard = []
    with Store(tmp_path / "kept") as store:
        again = predict_path(
            tone_model, sounds, n_jobs=2, progress=lambda *n: heard.append(n), store=store
        )
    same(again, whole)
    assert heard[0] == (5 / 16, "5/16")
    assert heard[-1] == (1.0, "16/16")
    assert len(analyzed) == 11


def test_features_that_are_kept_are_used_with_a_store_and_without(
    sounds, tone_model, tmp_path, analyzed
):
    cache = tmp_path / "features"
    whole = predict_path(tone_model, sounds, n_jobs=2)
    del analyzed[:]
    same(predict_path(tone_model, sounds, n_jobs=2, cache=cache), whole)
    assert len(analyzed) == 16
    write_tone(sounds / "low" / "3.wav", 2300)
    # Another model of the same recipe finds them, too.
    other = replace(tone_model, setting="other")
    with Store(tmp_path / "kept") as store:
        found = predict_path(other, sounds, n_jobs=1, store=store, cache=cache)
    assert analyzed[16:] == ["3.wav"]
    same(found, predict_path(tone_model, sounds, n_jobs=1, cache=cache))
    assert len(analyzed) == 17


def test_another_file_or_model_is_asked_for_anew(sounds, tone_model, tmp_path, analyzed):
    with Store(tmp_path / "kept") as store:
        before = predict_path(tone_model, sounds, n_jobs=1, store=store)
        del analyzed[:]
        write_tone(sounds / "low" / "3.wav", 2300)
        (sounds / "high" / "2.wav").rename(sounds / "high" / "9.wav")
        (sounds / "low" / "0.wav").unlink()
        found = predict_path(tone_model, sounds, n_jobs=1, store=store)
        assert sorted(analyzed) == ["3.wav", "9.wav"]
        assert found.n_samples == before.n_samples - 1
        assert dict(zip(found.paths, found.values, strict=True))["low/3.wav"] == "high"
        del analyzed[:]
        scaler = replace(tone_model.scaler, center=tone_model.scaler.center + 1)
        predict_path(replace(tone_model, scaler=scaler), sounds, n_jobs=1, store=store)
        assert len(analyzed) == 15


def test_what_could_not_be_read_is_tried_again(sounds, tone_model, tmp_path, analyzed):
    (sounds / "bad.wav").write_bytes(b"nothing")
    with Store(tmp_path / "kept") as store:
        first = predict_path(tone_model, sounds, n_jobs=1, store=store)
        assert first.n_samples == 16
        assert first.notices[0].code == "left-out"
        del analyzed[:]
        same(predict_path(tone_model, sounds, n_jobs=1, store=store), first)
    assert analyzed == ["bad.wav"]
    shutil.rmtree(sounds / "low")
    shutil.rmtree(sounds / "high")
    with pytest.raises(AudioError, match="none of 1 audio file "):
        predict_path(tone_model, sounds, n_jobs=1)


def test_ranges_left_are_counted_as_if_never_interrupted(sounds, tone_model, tmp_path):
    high = tone_model.ranges.high.copy()
    high[2] = tone_model.ranges.low[2]
    model = replace(tone_model, ranges=replace(tone_model.ranges, high=high))
    whole = predict_path(model, sounds, n_jobs=1)
    name = model.feature_names[2]
    assert whole.notices[-1].message.startswith(
        f"15 of 16 files are outside the range of the training rows, most in {name} (15);"
    )
    with Store(tmp_path / "kept") as store:
        predict_path(model, sounds / "low", n_jobs=1, store=store)
        predict_path(model, sounds, n_jobs=1, store=store)
        same(predict_path(model, sounds, n_jobs=1, store=store), whole)


def test_few_files_are_in_hand_at_a_time(tone_model, monkeypatch):
    taken = []

    def paths():
        for k in range(100):
            taken.append(k)
            yield f"{k}.wav"

    each = many_files.analyze_each(paths(), n_jobs=2)
    next(each)
    assert len(taken) == 8
    each.close()


def test_only_a_folder_has_something_to_go_on_with(sounds, tone_model, table_models, monkeypatch):
    monkeypatch.setenv("GRADATIM_CACHE", "somewhere")
    folder = predictions_folder(tone_model, sounds)
    assert folder.parts[:2] == ("somewhere", "predictions")
    assert predictions_folder(tone_model, sounds / "low") != folder
    assert predictions_folder(replace(tone_model, setting="other"), sounds) != folder
    assert predictions_folder(tone_model, sounds / "low" / "0.wav") is None
    with monkeypatch.context() as patch:
        patch.setattr("gradatim.tagging.streaming.version", lambda name: "another")
        assert predictions_folder(tone_model, sounds) != folder
    assert predictions_folder(table_models[1], sounds) is None
    monkeypatch.setenv("GRADATIM_CACHE", "")
    assert predictions_folder(tone_model, sounds) is None


# -- as a command -------------------------------------------------------------------------------


@pytest.fixture
def work(sounds, tone_model, tmp_path, monkeypatch):
    """Return a folder with sounds, their model, and a cache of its own."""
    tone_model.save(tmp_path / "m.gradatim")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRADATIM_CACHE", str(tmp_path / "cache"))
    return tmp_path


def kept(work):
    return list((work / "cache" / "predictions").glob("*/*.npz"))


@pytest.fixture
def ctrl_c():
    """Return what presses Ctrl-C after seven of sixteen files, as far as the program can tell."""
    real = ProgressBar.tell

    def press(self, share, doing, **fields):
        if share == 7 / 16:
            raise KeyboardInterrupt
        real(self, share, doing, **fields)

    return lambda patch: patch.setattr(ProgressBar, "tell", press)


def test_what_cannot_be_kept_is_not_said_to_be(work, capsys, ctrl_c, monkeypatch):
    def fail(self, records, level):
        raise OSError("no space")

    monkeypatch.setattr(Store, "_write", fail)
    ctrl_c(monkeypatch)
    assert main(["predict", "m.gradatim", "in", "--jobs", "1"]) == 130
    assert "with 0 files predicted and kept" in capsys.readouterr().err


def test_ctrl_c_says_what_is_kept_and_the_same_command_goes_on(
    work, capsys, analyzed, ctrl_c, monkeypatch
):
    typed = ["predict", "m.gradatim", "in", "-o", "tags.csv", "--jobs", "1"]
    assert main(typed) == 0
    whole = (work / "tags.csv").read_bytes()
    assert kept(work) == []
    (work / "tags.csv").unlink()
    # What was computed of the files is kept for all verbs; here predictions count.
    shutil.rmtree(work / "cache" / "features")
    with monkeypatch.context() as patch:
        ctrl_c(patch)
        capsys.readouterr()
        assert main(typed) == 130
    assert capsys.readouterr().err == (
        "gradatim: stopped by Ctrl-C with 7 files predicted and kept; the same command goes on\n"
    )
    assert not (work / "tags.csv").exists()
    assert kept(work)
    shutil.rmtree(work / "cache" / "features")
    del analyzed[:]
    assert main(typed) == 0
    assert len(analyzed) == 9
    assert (work / "tags.csv").read_bytes() == whole
    assert kept(work) == []


SLOW = """
import sys, time
from gradatim.music import many_files
real = many_files._analyze
def slow(*args):
    time.sleep(0.3)
    return real(*args)
many_files._analyze = slow
from gradatim.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_killed_it_goes_on_from_what_was_predicted(work, analyzed):
    typed = ["predict", "m.gradatim", "in", "-o", "tags.csv", "--jobs", "1"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", SLOW, *typed]
    process = subprocess.Popen(command, env=environment, cwd=work)
    deadline = time.monotonic() + 120
    while not kept(work) and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not (work / "tags.csv").exists()
    assert main(typed) == 0
    assert 0 < len(analyzed) < 16
    assert len((work / "tags.csv").read_text().splitlines()) == 17
