import json
import re

import pytest

from gradatim.cli import main
from gradatim.training.store import Store

QUICK = ("--seeds", "2", "--samples", "60", "--budgets", "20", "--contenders", "perceptron",
         "shallow-relu", "deep-3")  # fmt: skip


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "110")
    monkeypatch.setenv("GRADATIM_CACHE", str(tmp_path / "cache"))


def shown(capsys, *arguments):
    assert main(["race", *arguments]) == 0
    return capsys.readouterr().out


def test_without_a_problem_all_are_listed_with_what_they_take(capsys):
    text = shown(capsys)
    assert "xor" in text
    assert "two units in one hidden layer" in text
    listed = json.loads(shown(capsys, "--json"))["problems"]
    assert "spirals" in [row["name"] for row in listed]


def test_the_table_the_verdict_and_the_protocol_are_printed(capsys, tmp_path):
    text = shown(capsys, "xor", *QUICK)
    rows = [line.split() for line in text.splitlines()]
    assert ["parameters", "at", "most", "20"] in rows
    assert "perceptron, 3 parameters: 0" in text
    assert "Solved (accuracy of at least 0.990), of 2 seeds" in text
    assert "A perceptron reaches" in text
    assert "40 to learn from, 20 to choose on, 2000 to be scored on" in text
    assert not list((tmp_path / "cache").glob("races/*"))


@pytest.mark.parametrize(("columns", "lines"), [(44, 3), (80, 1)])
def test_nothing_is_cut_where_the_screen_is_narrow(capsys, monkeypatch, columns, lines):
    monkeypatch.setenv("COLUMNS", str(columns))
    text = shown(capsys, "xor", *("20,50" if part == "20" else part for part in QUICK))
    assert "…" not in text
    start = text.index("Mean accuracy")
    table = text[start : text.index("perceptron, 3 parameters", start)].splitlines()
    # A title and a head, then the shallow network and the deep one.
    assert len(table) == 2 + 2 * lines
    assert len(re.findall(r"\d–", "\n".join(table))) == 4


def test_json_is_the_documented_object_alone(capsys):
    found = json.loads(shown(capsys, "xor", *QUICK, "--json"))
    assert found["schema"] == 2
    assert found["bar"]["kind"] == "problem"
    assert found["protocol"]["n_seeds"] == 2
    assert [entry["contender"] for entry in found["entries"]] == [
        "perceptron",
        "shallow-relu",
        "deep-3",
    ]


def test_a_page_and_a_film_are_written_on_request(capsys, tmp_path):
    text = shown(capsys, "xor", *QUICK, "-o", "race.html", "--film", "film.svg")
    assert text.endswith(f"wrote {tmp_path / 'race.html'}\nwrote {tmp_path / 'film.svg'}\n")
    assert "<h1>" in (tmp_path / "race.html").read_text("utf-8")
    assert "<animate" in (tmp_path / "film.svg").read_text("utf-8")


def test_a_table_is_raced_on_with_its_groups_whole(capsys, tmp_path):
    rows = [f"{i % 2 + i / 100},{i % 7},{'ab'[i % 2]},g{i // 4}" for i in range(60)]
    (tmp_path / "songs.csv").write_text("\n".join(["x,y,kind,artist", *rows]) + "\n")
    found = json.loads(shown(capsys, "songs.csv", "--target", "kind", "--groups", "artist", *QUICK,
                             "--json"))  # fmt: skip
    assert found["course"]["kind"] == "table"
    assert found["course"]["n_features"] == 2
    assert found["protocol"]["grouped"] is True


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["xr"], "did you mean xor"),
        (["xor", "--target", "y"], "--target belongs to a table"),
        (["xor", "--target", "y", "--groups", "g"], "--target and --groups belong to a table"),
        (["xor", "--drop", "y", "--impute", "median"], "--drop and --impute belong to a table"),
        (["timbre"], "a race takes one input, but timbre has 2 (wave, harmonics)"),
        (["world", "--drop", "f1"], "--drop does not go with world"),
        (["xor", "--budgets", "20;50"], "no list of whole numbers"),
        (["xor", "--budgets", "1"], "no contender has so few"),
        (["xor", "-o", "race.txt"], "names no format"),
        (["xor", "--film", "race.mp4"], "names no format"),
        (["xor", "-o", "a.svg", "--film", "a.svg"], "give two files"),
        (["xor", "-o", "nowhere/a.html"], "there is no folder"),
        (["parity", "--film", "a.svg"], "a film shows one or two inputs"),
        (["none.csv", "--target", "y"], "none.csv"),
        (["songs.csv", "--noise", "1"], "belongs to a problem"),
        (["--target", "y"], "name the table"),
    ],
)
def test_what_is_no_race_is_refused_in_words(arguments, words, tmp_path, capsys):
    quick = [] if "--budgets" in arguments or arguments[0].startswith("--") else ["--budgets", "20"]
    if "1" in arguments and "--budgets" in arguments:
        quick = ["--contenders", "shallow-relu"]
    assert main(["race", *arguments, *quick]) == 2
    assert words in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir() if path.name != "cache"] == []


def test_a_file_or_folder_that_is_no_table_is_not_taken_for_a_problem(tmp_path, capsys):
    (tmp_path / "songs.xlsx").write_text("")
    for name in ("songs.xlsx", "."):
        assert main(["race", name]) == 2
        assert f"{name} is no problem, and no table either" in capsys.readouterr().err
    (tmp_path / "xor").mkdir()
    assert "Exclusive or" in shown(capsys, "xor", *QUICK)


def test_what_is_read_is_never_written_over(tmp_path, capsys):
    (tmp_path / "a.csv").write_text("x,y\n1,a\n")
    assert main(["race", "a.csv", "--target", "y", "-o", "a.csv"]) == 2
    assert (tmp_path / "a.csv").read_text() == "x,y\n1,a\n"


def test_ctrl_c_keeps_what_is_finished_and_resuming_gives_the_same(capsys, tmp_path, monkeypatch):
    import gradatim.comparisons.racing.run as running

    whole = json.loads(shown(capsys, "xor", *QUICK, "--json"))
    real = running.train_machines

    def interrupt(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "train_machines", interrupt)
    again = (*QUICK, "kernel")
    assert main(["race", "xor", *again]) == 130
    said = capsys.readouterr().err
    assert "12 networks finished and kept; go on with: gradatim race xor" in said
    assert said.rstrip().endswith("--resume")
    [folder] = (tmp_path / "cache" / "races").iterdir()
    assert len(Store(folder)) == 12
    monkeypatch.setattr(running, "train_machines", real)
    resumed = json.loads(shown(capsys, "xor", *again, "--json", "--resume"))
    kept = [entry for entry in resumed["entries"] if entry["contender"] != "kernel"]
    assert kept == whole["entries"]


def test_the_bar_of_a_table_is_told_with_how_it_was_got(capsys, tmp_path):
    rows = [f"{i % 10},{i % 7},{'ab'[i % 10 > 4]}" for i in range(60)]
    (tmp_path / "songs.csv").write_text("\n".join(["x,y,kind", *rows]) + "\n")
    command = ("songs.csv", "--target", "kind", *QUICK)
    text = " ".join(shown(capsys, *command).split())
    assert "Solved (accuracy of at least ≈0." in text
    assert "the best on the rows to choose on, reaches" in text
    bar = json.loads(shown(capsys, *command, "--json"))["bar"]
    assert bar["kind"] == "reference"
    assert bar["accuracy"] == bar["reference"]["mean"] - bar["reference"]["noise"]
    assert bar["words"] in text
    given = json.loads(shown(capsys, *command, "--bar", "0.9", "--json"))["bar"]
    assert (given["kind"], given["accuracy"]) == ("given", 0.9)


def test_columns_are_left_out_and_gaps_are_filled_on_request(capsys, tmp_path):
    rows = [f"song {i},{'' if i == 3 else i % 10},{'ab'[i % 10 > 4]}" for i in range(60)]
    (tmp_path / "songs.csv").write_text("\n".join(["title,x,kind", *rows]) + "\n")
    command = ["race", "songs.csv", "--target", "kind", *QUICK]
    assert main(command) == 2
    assert "--drop title" in capsys.readouterr().err
    assert main([*command, "--drop", "title"]) == 2
    assert "--impute median" in capsys.readouterr().err
    filled = (*command[1:], "--drop", "title", "--impute", "median")
    found = json.loads(shown(capsys, *filled, "--json"))
    assert found["course"]["n_features"] == 1
    codes = [warning["code"] for warning in found["warnings"]]
    assert codes == ["imputed", "duplicates"]
    text = " ".join(shown(capsys, *filled).split())
    assert all(f"note: {warning['message']}" in text for warning in found["warnings"])


def test_a_dataset_of_the_package_is_raced_on(capsys):
    text = " ".join(shown(capsys, "world", *QUICK).split())
    assert "perceptron, 2277 parameters: 0.2" in text
    assert "these need more parameters than any budget" in text
