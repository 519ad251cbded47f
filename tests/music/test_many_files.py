import subprocess
import sys

import numpy as np
import pytest
import soundfile

from gradatim.errors import AudioError, SpecError
from gradatim.executors.processes import end_workers
from gradatim.music import many_files
from gradatim.music.analysis import analyze_file
from gradatim.music.features import RECIPE, extract_features
from gradatim.music.many_files import analyze_files


def test_an_analysis_holds_the_features_of_the_file(tmp_path, tone):
    path = tone(tmp_path / "tone.wav")
    y, sr = soundfile.read(path, dtype="float32")
    np.testing.assert_array_equal(analyze_file(path).pieces[0].features, extract_features(y, sr))


def test_the_hash_tells_sounds_apart_and_not_formats(tmp_path, tone):
    wav, other = tone(tmp_path / "a.wav", 440), tone(tmp_path / "b.wav", 441)
    flac = tone(tmp_path / "c.flac", 440)
    hashes = [analyze_file(path).pieces[0].sha256 for path in (wav, flac, other)]
    assert hashes[0] == hashes[1] != hashes[2]


def test_only_the_start_of_a_long_file_is_analyzed(tmp_path):
    path = tmp_path / "long.wav"
    seconds = int(RECIPE.max_seconds) + 1
    soundfile.write(path, np.zeros(seconds * 2000), 2000)
    analysis = analyze_file(path)
    assert not analysis.whole
    assert analysis.pieces[0].silent


def test_many_files_keep_their_order_and_errors_stand_in_their_place(tmp_path, tone):
    paths = [tone(tmp_path / f"{k}.wav", 300 + 50 * k) for k in range(5)]
    paths[2].write_bytes(b"nothing")
    results = analyze_files(paths, n_jobs=3)
    assert isinstance(results[2], AudioError)
    for k in (0, 1, 3, 4):
        np.testing.assert_array_equal(
            results[k].pieces[0].features, analyze_file(paths[k]).pieces[0].features
        )


def test_progress_counts_up_from_none_to_all(tmp_path, tone):
    heard = []
    paths = [tone(tmp_path / f"{k}.wav") for k in range(3)]
    analyze_files(paths, n_jobs=2, progress=lambda *news: heard.append(news))
    assert [*dict.fromkeys(heard)] == [(k / 3, f"{k}/3") for k in range(4)]


def test_an_error_in_progress_stops_the_analysis(tmp_path, tone):
    def interrupt(share, doing):
        if doing == "1/4":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        analyze_files([tone(tmp_path / f"{k}.wav") for k in range(4)], progress=interrupt)


def test_no_threads_are_refused():
    with pytest.raises(SpecError, match="at least 1"):
        analyze_files([], n_jobs=0)


def test_a_script_needs_no_main_guard(tmp_path, folder):
    script = tmp_path / "script.py"
    script.write_text(
        "from gradatim.music import read_folder\n"
        f"print(read_folder({str(folder)!r}, n_jobs=2).n_samples)\n"
    )
    run = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=600, check=False
    )
    assert (run.stdout, run.stderr) == ("12\n", "")


DECODER = """
import os, time
import soundfile

class Bad(soundfile.SoundFile):
    def __init__(self, file, *args, **more):
        name = os.path.basename(file)
        if name == "crash.wav":
            os.abort()
        if name == "hang.wav":
            time.sleep(600)
        super().__init__(file, *args, **more)

soundfile.SoundFile = Bad
"""


@pytest.fixture
def bad_decoder(tmp_path, monkeypatch):
    """Let workers decode with what crashes and hangs at files of such names."""
    (tmp_path / "path").mkdir()
    (tmp_path / "path" / "sitecustomize.py").write_text(DECODER)
    monkeypatch.syspath_prepend(tmp_path / "path")
    end_workers()
    yield
    end_workers()


def test_a_decoder_that_crashes_or_hangs_costs_its_own_file(
    tmp_path, tone, bad_decoder, monkeypatch
):
    # An empty file may take a second, the others minutes.
    monkeypatch.setattr(many_files, "MOST_SECONDS", 1.0)
    monkeypatch.setattr(many_files, "MOST_SECONDS_PER_MEGABYTE", 1e5)
    names = ["a", "crash", "b", "hang", "c"]
    paths = [tone(tmp_path / f"{name}.wav", 300 + 10 * len(name)) for name in names]
    paths[3].write_bytes(b"")
    a, crash, b, hang, c = analyze_files(paths, n_jobs=2)
    for path, found in ((paths[0], a), (paths[2], b), (paths[4], c)):
        np.testing.assert_array_equal(
            found.pieces[0].features, analyze_file(path).pieces[0].features
        )
    assert str(crash).startswith(f"{paths[1]} cannot be analyzed: it ended its process (")
    assert str(hang).startswith(f"{paths[3]} cannot be analyzed: it took longer than 1 ")
