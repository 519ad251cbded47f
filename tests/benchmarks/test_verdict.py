import json
import sys

import pytest

from benchmarks import verdict
from benchmarks.result import Options
from gradatim.cli import app
from gradatim.errors import SpecError

SONGS = "genre,a,b,id\n" + "".join(
    f"{'rock' if i % 2 else 'jazz'},{i % 2 + i / 100:.2f},{i % 7},{i}\n" for i in range(24)
)


@pytest.fixture
def songs(tmp_path):
    file = tmp_path / "songs.csv"
    file.write_text(SONGS)
    return file


@pytest.fixture
def in_this_process(monkeypatch):
    monkeypatch.setattr(verdict, "n_cores", lambda: 1)
    monkeypatch.setattr(verdict, "has_torch", lambda: False)
    monkeypatch.setattr(verdict, "start_workers", lambda n_jobs: None)
    monkeypatch.setattr(verdict, "_commands", lambda ladder, seed: {"cold": 2.0, "cached": 1.0})


def test_rungs_stand_side_by_side_with_accuracies_and_times(songs, in_this_process):
    options = Options(rounds=1, quick=True, table=songs, target=["genre"], drop=["id"])
    result = verdict.measure(options, lambda share, doing: None)
    found = json.loads(json.dumps(result.to_dict()))
    [entry] = found["collections"]
    assert [row["rung"] for row in entry["rungs"]] == ["majority", "linear", "perceptron"]
    for row in entry["rungs"]:
        assert {"accuracy", "seconds"} <= set(row["gradatim"])
        assert row["scikit-learn, thrifty"]["scored_fits"] == 3
        assert row["GridSearchCV"]["scored_fits"] == 1
    majority = entry["rungs"][0]
    assert majority["gradatim"]["accuracy"] == majority["scikit-learn, thrifty"]["accuracy"]
    assert {peer["best_accuracy"] for peer in entry["peers"]} == {1.0}
    assert entry["ours"]["best_accuracy"] == 1.0
    # A third of the outer folds was climbed, which the time is multiplied by.
    nested = entry["peers"][0]
    assert (nested["outer_folds"], nested["times"]) == (1, 3.0)
    assert nested["median"] == 3.0 * nested["seconds"][0]
    assert entry["as_accurate"] is True
    assert found["ratio"] == entry["ratio"]
    assert (entry["ours"]["cold"], entry["ours"]["cached"]) == (2.0, 1.0)


def test_the_whole_command_is_timed_cold_and_then_cached(songs, monkeypatch):
    caches = []

    def run(command, *, env, check, capture_output):
        assert command[:3] == [sys.executable, "-m", "gradatim"]
        app.parse_args(command[3:], exit_on_error=False, print_error=False)
        caches.append(env["GRADATIM_CACHE"])

    monkeypatch.setattr(verdict.subprocess, "run", run)
    options = Options(table=songs, target=["genre"], drop=["id"])
    for ladder in verdict._ladders(options):
        assert set(verdict._commands(ladder, 0)) == {"cold", "cached"}
    # each ladder has a cache of its own, which its second run finds filled
    assert caches[0] == caches[1]
    assert len(set(caches)) == 3


def test_a_table_of_numbers_is_refused(songs):
    lines = "".join(f"{i / 7:.3f},{i}\n" for i in range(30))
    songs.write_text("loudness,a\n" + lines)
    with pytest.raises(SpecError, match="no class but regression"):
        verdict._ladders(Options(table=songs, target=["loudness"]))


def test_without_quick_the_packaged_collections_are_climbed_by_their_names(songs):
    ladders = verdict._ladders(Options(table=songs, target=["genre"], drop=["id"]))
    assert [ladder.command[0] for ladder in ladders] == ["world", "timbre", str(songs)]
    assert ladders[2].command[1:] == ("--target", "genre", "--drop", "id")
    assert len(ladders[0].rungs) == 7


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"rounds": 0}, "rounds must be at least 1"),
        ({"target": ["genre"]}, "name it with --table"),
        ({"table": "songs.csv"}, "with --target"),
        ({"table": "songs.csv", "target": ["a", "b"]}, "with --target"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, says):
    with pytest.raises(SpecError, match=says):
        Options(**options)
