import json

import pytest

from benchmarks import registry
from benchmarks.__main__ import main
from benchmarks.registry import BENCHES, Bench
from benchmarks.result import Options, Result, Table


def fake_measure(options, report):
    report(0.5, "round 1 of 1: peer")
    table = Table("Times", ("", "seconds"), (("peer", "4"),))
    data = {"ratio": 4.0, "quick": options.quick}
    return Result("w1", "4 times peer", "floor 3", True, (table,), ("in turns",), data)


@pytest.fixture
def quick_benches(monkeypatch, tmp_path):
    """Stand for every bench with one that measures nothing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(Bench, "run", lambda self, *given: fake_measure(*given))
    return tmp_path


def run(capsys, *arguments):
    status = main(list(arguments))
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_without_a_name_every_bench_is_listed_with_its_time(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    status, out, err = run(capsys)
    assert (status, err) == (0, "")
    for name in (*BENCHES, "all"):
        [row] = [line for line in out.splitlines() if line.split()[:1] == [name]]
        assert row.rstrip().endswith((" s", " min"))
    assert max(map(len, out.splitlines())) <= 80


def test_the_list_as_json_has_names_and_seconds(capsys):
    entries = json.loads(run(capsys, "--json")[1])
    assert [entry["name"] for entry in entries] == list(BENCHES)
    expected = [bench.seconds(Options()) for bench in BENCHES.values()]
    assert [entry["expected_seconds"] for entry in entries] == expected


def test_a_bench_shows_its_headline_and_figures_and_tells_how_far_it_is(capsys, quick_benches):
    status, out, err = run(capsys, "w1")
    assert status == 0
    assert out.startswith("w1: 4 times peer (floor 3: met)")
    assert "cores" in out
    assert "measuring w1: about" in err
    assert "round 1 of 1: peer" in err


def test_json_is_alone_on_standard_output(capsys, quick_benches):
    document = json.loads(run(capsys, "w1", "--json", "--quick", "--seed", "5")[1])
    assert (document["seed"], document["quick"]) == (5, True)
    assert document["results"][0]["quick"] is True


def test_results_are_written_after_every_bench(capsys, quick_benches, monkeypatch):
    done = []

    def stopped_at_the_second(self, options, report):
        if done:
            raise KeyboardInterrupt
        done.append(self.name)
        return fake_measure(options, report)

    monkeypatch.setattr(Bench, "run", stopped_at_the_second)
    status, _, err = run(capsys, "all", "-o", "found.json")
    assert status == 130
    assert "Ctrl-C" in err
    written = json.loads((quick_benches / "found.json").read_text())
    assert len(written["results"]) == 1


def test_several_files_are_written(capsys, quick_benches):
    assert run(capsys, "w1", "-o", "found.json", "--output", "found.md")[0] == 0
    assert {file.name for file in quick_benches.iterdir()} == {"found.json", "found.md"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["w4"], '"w4" for NAME'),
        (["w1", "--rounds", "0"], "--rounds"),
        (["w1", "-o", "found.txt"], "must end in .json"),
        (["w1", "-o", "found.svg"], "only the bench cost has"),
        (["w1", "-o", "nowhere/found.json"], "no folder"),
        (["verdict", "--target", "genre"], "name it with --table"),
        (["verdict", "--table", "songs.csv"], "with --target"),
    ],
)
def test_what_cannot_be_used_is_one_sentence_and_status_2(capsys, quick_benches, arguments, says):
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert says in err
    assert len(err.splitlines()) == 1
    assert list(quick_benches.iterdir()) == []


def test_the_names_on_the_command_line_are_those_of_the_benches():
    from typing import get_args

    from benchmarks.__main__ import BenchName

    assert get_args(BenchName) == (*registry.BENCHES, "all")
