import subprocess
import sys
import time

import numpy as np
import pytest

from gradatim.errors import MissingExtraError, ScoreError, SpecError
from gradatim.executors import processes
from gradatim.executors.processes import end_workers
from gradatim.music.scores import parsing
from gradatim.music.scores.formats import ScoreText
from gradatim.music.scores.parsing import parse_scores

TEXT = ScoreText("abc", b"X:1\nM:4/4\nL:1/4\nK:C\nC D E F |]\n", {"rhythm": "reel"})
BROKEN = ScoreText("midi", b"MThd\x00\x00")
SILENT = ScoreText("abc", b"X:1\nM:4/4\nL:1/4\nK:C\nz4 |]\n")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch, _shared_cache):
    monkeypatch.setenv("GRADATIM_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def no_workers():
    """Begin and end without a worker."""
    end_workers()
    yield
    end_workers()


@pytest.fixture
def script(monkeypatch, no_workers):
    """Let another program stand for the worker, which says of every question the same."""
    start = subprocess.Popen

    def stand(answer):
        code = f"import sys\nprint('{{}}', flush=True)\nfor line in sys.stdin:\n    {answer}\n"
        monkeypatch.setattr(
            processes.subprocess,
            "Popen",
            lambda arguments, **options: start([sys.executable, "-c", code], **options),
        )

    return stand


def test_what_cannot_be_read_costs_only_itself_and_order_stays():
    said = []
    first, broken, silent, last = parse_scores(
        [TEXT, BROKEN, SILENT, TEXT], progress=lambda share, doing: said.append((share, doing))
    )
    assert first[0].notes.pitch.tolist() == [60, 62, 64, 65]
    assert first[0].tags == {"rhythm": "reel"}
    assert last[0].notes.pitch.tolist() == [60, 62, 64, 65]
    assert isinstance(broken, ScoreError)
    assert "no note" in str(silent)
    assert said[0] == (0.0, "0/4")
    assert said[-1] == (1.0, "4/4")


def test_what_was_read_once_is_not_read_again(monkeypatch):
    [[before]] = parse_scores([TEXT])
    end_workers()

    def refuse(*_, **__):
        raise AssertionError("a process was started")

    monkeypatch.setattr(processes.subprocess, "Popen", refuse)
    [[after]] = parse_scores([TEXT])
    assert after.notes.to_dict() == before.notes.to_dict()


def test_another_text_is_not_found_in_the_cache():
    parse_scores([TEXT])
    [[other]] = parse_scores([ScoreText("abc", TEXT.data.replace(b"F", b"G"))])
    assert other.notes.pitch.tolist() == [60, 62, 64, 67]


def test_a_broken_cache_costs_time_only(tmp_path):
    parse_scores([TEXT])
    [kept] = (tmp_path / "cache").glob("scores-*/*.json")
    for broken in ("", "[1]", '{"scores": [{}]}', '{"scores": [{"notes": {}, "tags": {}}]}'):
        kept.write_text(broken)
        [[read]] = parse_scores([TEXT])
        assert read.notes.n_notes == 4


def test_nothing_is_kept_where_the_cache_is_off(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADATIM_CACHE", "")
    [[read]] = parse_scores([TEXT])
    assert read.notes.n_notes == 4
    assert not (tmp_path / "cache").exists()


def test_a_score_that_takes_too_long_is_given_up(monkeypatch, script):
    monkeypatch.setattr(parsing, "MOST_SECONDS", 0.3)
    script("import time; time.sleep(600)")
    start = time.monotonic()
    [late] = parse_scores([TEXT])
    assert "0.3 s" in str(late)
    assert time.monotonic() - start < 300


def test_the_current_folder_does_not_stand_for_modules(tmp_path, monkeypatch, no_workers):
    (tmp_path / "random.py").write_text("raise SystemExit(3)")
    (tmp_path / "music21.py").write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    [[read]] = parse_scores([TEXT])
    assert read.notes.n_notes == 4


def test_without_music21_a_sentence_says_what_to_install(monkeypatch):
    def missing(name):
        raise parsing.PackageNotFoundError(name)

    monkeypatch.setattr(parsing, "version", missing)
    with pytest.raises(MissingExtraError, match=r"pip install 'gradatim\[scores\]'"):
        parse_scores([TEXT])


def test_notes_that_make_no_sense_are_an_error(script):
    script("print('{\"scores\": [3]}', flush=True)")
    [odd] = parse_scores([TEXT])
    assert isinstance(odd, ScoreError)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX limits")
def test_a_worker_has_a_limit_of_memory():
    code = (
        "import resource\nfrom gradatim.music.scores import worker\nworker._limit_memory()\n"
        "print(resource.getrlimit(resource.RLIMIT_AS)[0] == worker.MOST_MEMORY)"
    )
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert asked.stdout.strip() == b"True"


def test_some_process_is_needed():
    with pytest.raises(SpecError, match="at least 1"):
        parse_scores([TEXT], n_jobs=0)


def test_many_scores_are_read_side_by_side_and_stay_in_order():
    texts = [ScoreText("abc", TEXT.data.replace(b"C D", b"C" * (k + 1) + b" D")) for k in range(25)]
    read = parse_scores(texts, n_jobs=2)
    assert [one[0].notes.n_notes for one in read] == [4 + k for k in range(25)]
    assert np.all([one[0].notes.pitch[0] == 60 for one in read])
