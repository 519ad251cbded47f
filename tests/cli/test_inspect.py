import json
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
import soundfile
from pyarrow import parquet

from gradatim.cli import main


@pytest.fixture
def songs(tmp_path):
    rng = np.random.default_rng(4)
    lines = ["filename,a,b,genre"]
    for song in range(40):
        middle, genre = rng.normal(size=2), "xy"[rng.integers(2)]
        for k in range(8):
            a, b = middle + 0.05 * rng.normal(size=2)
            lines.append(f"song.{song:05d}.{k}.wav,{a:.4f},{b:.4f},{genre}")
    path = tmp_path / "songs.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_what_is_wrong_is_said_with_what_to_type(songs, capsys):
    assert main(["inspect", str(songs), "--target", "genre"]) == 0
    shown = capsys.readouterr().out
    assert "songs.csv: 320 samples, 2 classes" in shown
    assert "left-out: 1 column holds text and was left out: filename" in shown
    assert "climb asks for --drop filename" in shown
    assert "leak: rows of one recording or artist seem to stand on both sides" in shown
    assert "the nearest neighbour of a row stands within 10 rows of it in" in shown
    assert "--groups stem:filename" in shown


def test_what_is_to_be_typed_fixes_it(songs, capsys):
    arguments = ["inspect", str(songs), "--target", "genre", "--groups", "stem:filename"]
    assert main(arguments) == 0
    shown = capsys.readouterr().out
    assert "320 samples, 2 classes, 40 groups" in shown
    assert shown.rstrip().endswith("nothing wrong was found")


def test_the_object_counts_and_lists_all(songs, tmp_path, capsys):
    file = tmp_path / "found.json"
    assert main(["inspect", str(songs), "--target", "genre", "--json", str(file)]) == 0
    found = json.loads(file.read_text())
    assert found["counts"] == {"x": 152, "y": 168} or sum(found["counts"].values()) == 320
    assert [one["code"] for one in found["warnings"]] == ["left-out", "leak", "groups-proposed"]
    assert found["warnings"][2]["samples"][1][0] == {
        "id": "row 9",
        "target": found["warnings"][2]["samples"][1][1]["target"],
    }
    assert len(found["warnings"][2]["samples"]) == 40
    capsys.readouterr()
    assert main(["inspect", str(songs), "--target", "genre", "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out) == found


@pytest.mark.parametrize("arguments", [["nothing.csv"], ["timbre", "--target", "x"]])
def test_what_cannot_be_read_is_an_error(arguments, capsys):
    assert main(["inspect", *arguments]) == 2
    assert capsys.readouterr().err.startswith("gradatim: ")


def test_a_table_without_a_target_asks_for_it(songs, capsys):
    assert main(["inspect", str(songs)]) == 2
    assert "--target COLUMN" in capsys.readouterr().err


def test_gaps_are_counted_and_not_refused(tmp_path, capsys):
    path = tmp_path / "t.csv"
    path.write_text(
        "a,b,g\n" + "".join(f"{k % 7 if k else ''},{k * k % 11},{'xy'[k % 2]}\n" for k in range(20))
    )
    assert main(["inspect", str(path), "--target", "g"]) == 0
    shown = capsys.readouterr().out
    assert "1 missing or infinite value" in shown
    assert "climb asks for --impute median" in shown
    assert main(["inspect", str(path), "--target", "g", "--impute", "median"]) == 0
    assert "climb asks" not in capsys.readouterr().out


def test_columns_are_left_out_as_what_they_hold(tmp_path, capsys):
    n = 24
    path = tmp_path / "kinds.parquet"
    columns = {
        "day": [date(2026, 1, 1 + k) for k in range(n)],
        "empty": pa.nulls(n, pa.float64()),
        "id": [str(12345678901234567890 + k) for k in range(n)],
        "ragged": [[1.0] * (1 + k % 2) for k in range(n)],
        "tag_1": ["no", "yes"] * (n // 2),
        "pair": [[float(k * k % 7), float(k)] for k in range(n)],
        "genre": ["x", "x", "y", "y"] * (n // 4),
    }
    parquet.write_table(pa.table(columns), path)
    given = ["inspect", str(path), "--target", "gen*", "--drop", "tag_*"]
    assert main(given) == 0
    shown = capsys.readouterr().out
    assert "1 column holds dates and was left out: day" in shown
    assert "1 column holds no value and was left out: empty" in shown
    assert "1 column holds numbers that 64 bits do not hold and was left out: id" in shown
    assert "1 column holds lists and was left out: ragged" in shown
    # What the person named is not said again.
    assert "genre" not in shown.split("left-out", 1)[1]
    assert "tag_1" not in shown
    # A number of a list is left out as the finding says.
    assert "leave it out with --drop 'pair[1]'" in shown
    assert main([*given, "--drop", "pair[1]"]) == 0
    assert "given-away" not in capsys.readouterr().out


def test_a_number_that_never_changes_is_found(tmp_path, capsys):
    path = tmp_path / "constant.csv"
    path.write_text("a,y\n" + "".join(f"{k * 7 % 11},1.5\n" for k in range(30)))
    assert main(["inspect", str(path), "--target", "y"]) == 0
    shown = capsys.readouterr().out
    assert "constant-target: target 'y' of constant.csv is 1.5 in every row" in shown
    assert "none where" not in shown
    path.write_text("a,y\n" + "".join(f"{k * 7 % 11},{k}.5\n" for k in range(30)))
    assert main(["inspect", str(path), "--target", "y"]) == 0
    shown = capsys.readouterr().out
    assert "constant-target" not in shown
    # Two numbers for the same features are nobody's mistake.
    assert "and none where targets differ\n" in shown


def test_how_a_table_is_written_goes_for_columns_of_text_too(tmp_path, capsys):
    path = tmp_path / "bare.csv"
    rows = [f"{i % 7}.{i},song{i},{'xy'[i % 2]},{1 + i % 2}" for i in range(20)]
    path.write_text("\n".join(rows))
    named = ["--target", "column 3", "--header", "none", "--weights", "column 4"]
    assert main(["inspect", str(path), *named]) == 0
    shown = capsys.readouterr().out
    assert "left-out: 1 column holds text and was left out: column 2" in shown
    assert "weights: samples count by column 4" in shown


def test_a_published_split_is_read_and_climbed_by_one_column(songs, tmp_path, capsys):
    lines = songs.read_text().splitlines()
    parts = [
        "set",
        *("train" if k < 200 else "valid" if k < 236 else "test" for k in range(320)),
    ]
    songs.write_text("\n".join(f"{a},{b}" for a, b in zip(lines, parts, strict=True)) + "\n")
    how = [str(songs), "--target", "genre", "--split-column", "set", "--groups", "stem:filename"]
    assert main(["inspect", *how]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    # The column names the groups, so it is not left out.
    assert "left out" not in shown
    assert "validation-part: 36 samples of the part 'valid' are learnt from like train" in shown
    assert "leak: 1 group stands in both parts of the split, such as 'song.00029'" in shown
    file = tmp_path / "found.json"
    how += ["--drop", "filename", "--rungs", "majority", "linear", "--json", str(file)]
    assert main(["climb", *how, "--no-report"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "one fixed split, 236 learnt from and 84 scored once, seed 0" in shown
    assert "All this is of one fixed split" in shown
    found = json.loads(file.read_text())
    assert found["protocol"]["split"] == "fixed"
    assert found["scored"]["n_samples"] == 84
    codes = [one["code"] for one in found["warnings"]]
    assert {"validation-part", "leak", "fixed-split"} <= set(codes)


def test_two_tables_of_a_split_are_climbed(songs, tmp_path, capsys):
    first, *rows = songs.read_text().splitlines()
    for name, part in (("train", rows[:240]), ("test", rows[240:])):
        (tmp_path / f"{name}.csv").write_text("\n".join([first, *part]) + "\n")
    split = ["--split", str(tmp_path / "train.csv"), str(tmp_path / "test.csv")]
    how = ["--target", "genre", "--drop", "filename", "--rungs", "majority", "linear"]
    file = tmp_path / "found.json"
    assert main(["climb", *split, *how, "--no-report", "--json", str(file)]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "one fixed split, 240 learnt from and 80 scored once" in shown
    found = json.loads(file.read_text())
    assert found["collection"]["name"] == "train.csv and test.csv"
    # The same as one table with a column
    lines = [f"{row},{'train' if k < 240 else 'test'}" for k, row in enumerate(rows)]
    songs.write_text("\n".join([f"{first},set", *lines]) + "\n")
    other = tmp_path / "other.json"
    column = ["climb", str(songs), "--split-column", "set", *how, "--no-report"]
    assert main([*column, "--json", str(other)]) == 0
    means = [[row["mean"] for row in json.loads(f.read_text())["rungs"]] for f in (file, other)]
    assert means[0] == means[1]


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ([], "climb PATH requires an argument: a folder or table, or --split TRAINFOLDER"),
        (["a.csv", "--split", "b", "c"], "--split TRAINFOLDER TESTFOLDER, not both"),
        (["--split", "b", "c", "--split-column", "s"], "--split and --split-column exclude"),
        (["--split", "b", "c", "--fold-column", "s"], "--split and --fold-column exclude"),
        (["--split", "nowhere", "c"], "there is no file, folder or dataset 'nowhere'"),
    ],
)
def test_a_split_that_makes_no_sense_is_refused(arguments, match, capsys):
    assert main(["climb", *arguments, "--no-report"]) == 2
    assert match in capsys.readouterr().err


def test_neither_file_of_a_split_is_written_over(songs, capsys):
    split = ["--split", "timbre", str(songs), "--json", str(songs)]
    before = songs.read_bytes()
    assert main(["climb", *split, "--no-report"]) == 2
    assert songs.read_bytes() == before


def test_a_table_without_numbers_is_told_what_it_holds(tmp_path, capsys):
    (tmp_path / "de.csv").write_text("a;b;genre\n1,5;2,5;x\n2,5;3,5;y\n")
    assert main(["inspect", str(tmp_path / "de.csv"), "--target", "genre", "--decimal", "."]) == 2
    assert (
        "de.csv has no column of numbers to learn from: there is text in a, b; write numbers"
        in capsys.readouterr().err
    )


def test_files_that_cannot_be_read_are_counted_however_many(tmp_path, capsys):
    rng = np.random.default_rng(0)
    for kind in ("kick", "snare"):
        (tmp_path / kind).mkdir()
        for k in range(3):
            soundfile.write(tmp_path / kind / f"{k}.wav", rng.normal(size=8000) / 9, 22_050)
    for k in range(3):
        (tmp_path / "snare" / f"bad{k}.wav").write_bytes(b"garbage")
    assert main(["inspect", str(tmp_path), "--json", str(tmp_path / "found.json")]) == 0
    told = json.loads((tmp_path / "found.json").read_text())["warnings"]
    assert sum("bad" in one["message"] for one in told if one["code"] == "left-out") == 3
    capsys.readouterr()
    assert main(["climb", str(tmp_path), "--no-report"]) == 2
    assert "3 of 9 audio files" in capsys.readouterr().err
