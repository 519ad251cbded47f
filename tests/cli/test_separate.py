import json
import re
import sys
from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq, fmpz

from gradatim.cli import main

AND = "x1,x2,label\n0,0,no\n0,1,no\n1,0,no\n1,1,yes\n"
XOR = "x1,x2,label\n0,0,no\n0,1,yes\n1,0,yes\n1,1,no\n"
TOUCHING = "x1,x2,label\n0,0,no\n2,2,no\n1,1,yes\n0,3,yes\n"
THREE = "id,x,label\nu,1,a\nv,2,a\nw,3,b\nx,4,c\ny,5,c\n"


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in (("and", AND), ("xor", XOR), ("touching", TOUCHING), ("three", THREE)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")


@pytest.fixture
def shown(capsys):
    def show(*arguments, target="label"):
        assert main(["separate", *arguments, "--target", target]) == 0
        return capsys.readouterr().out

    return show


def test_a_line_is_printed_with_its_check(shown):
    text = shown("and.csv")
    assert "4 rows: 3 of class no, 1 of class yes; 2 columns (x1, x2)." in text
    assert "    x1 + x2 - 1.5 = 0\n" in text
    assert "    2 x1 + 2 x2 - 3 = 0\n" in text
    assert "(exactly: no other has a wider one)" in text
    assert "Margin ≈0.353553, the distance to the nearest rows: row 2, row 3, row 4." in text
    assert "Checked in exact arithmetic: all 4 rows are on their sides." in text


def test_a_refutation_names_its_rows(shown):
    text = shown("xor.csv")
    assert "These four points prove that no line can:" in text
    rows = [line.split() for line in text.splitlines()]
    assert ["row", "1", "no", "0.5", "0", "0"] in rows
    assert ["row", "3", "yes", "0.5", "1", "0"] in rows
    assert "    x1 = 0.5, x2 = 0.5\n" in text
    assert "Checked in exact arithmetic: both sums are this point" in text
    assert "Their hulls overlap" in text


def test_touching_hulls_are_said_to_touch(shown):
    text = shown("touching.csv")
    assert "These three points prove that no line can:" in text
    assert "Their hulls only touch: this line has no row on the wrong side, and 3 rows" in text
    assert "    -x1 + x2 = 0\n" in text


def test_one_point_with_two_labels_is_named(tmp_path, shown):
    (tmp_path / "twins.csv").write_text("x,y,label\n1,2,a\n3,4,b\n1,2,b\n", encoding="utf-8")
    text = shown("twins.csv")
    assert "row 1 and row 3 are the same point, labeled a and b." in text
    assert text.endswith("Row 1 is line 2 of the file.\n")


def test_rows_that_have_names_are_not_counted(shown):
    assert "of the file" not in shown("three.csv", "--id", "id")


def test_rows_may_have_names(shown):
    text = shown("three.csv", "--id", "id", "--positive", "b")
    assert "5 rows: 4 of class others, 1 of class b; 1 column (x)." in text
    rows = [line.split()[:2] for line in text.splitlines() if line.startswith("    ")]
    assert ["w", "b"] in rows


def test_several_classes_are_a_table_of_pairs_and_of_each_against_the_rest(shown):
    lines = shown("three.csv", "--id", "id").splitlines()
    assert lines[0] == "5 rows of 3 classes; 1 column."
    table = {line.split("  ")[0]: line for line in lines}
    assert "yes" in table["a and b"]
    assert "x - 2.5 = 0" in table["a and b"]
    assert "3 points:" in table["b and the rest"]
    assert "Checked in exact arithmetic: all of it holds." in lines


def test_the_perceptron_is_counted_against_its_bound(shown):
    text = shown("and.csv", "--perceptron")
    assert "made 18 mistakes in 9 passes until it had none; Novikoff's bound allows 51." in text
    assert "It ends at 3 x1 + 2 x2 - 4 = 0." in text
    text = shown("xor.csv", "--perceptron", "--max-mistakes", "7")
    assert "made 7 mistakes" in text
    assert "no bound holds for classes that no hyperplane separates" in text


def test_json_holds_all_numbers_exactly(shown):
    found = json.loads(shown("xor.csv", "--json"))
    assert found["schema"] == 1
    assert found["data"]["numbers"] == "binary"
    assert len(found["data"]["sha256"]) == 64
    assert (found["separable"], found["touching"], found["verified"]) == (False, False, True)
    assert found["witness"]["point"] == ["1/2", "1/2"]
    assert found["witness"]["negative"] == [
        {"row": "row 1", "weight": "1/2"},
        {"row": "row 4", "weight": "1/2"},
    ]
    found = json.loads(shown("and.csv", "--json", "--perceptron"))
    assert found["hyperplane"] == {"weights": ["1", "1"], "w0": "-3/2"}
    assert found["max_margin"]["exact"] is True
    assert found["perceptron"]["bound"] == 51


def test_json_of_several_classes_has_every_question(shown):
    found = json.loads(shown("three.csv", "--id", "id", "--json"))
    assert [one["classes"] for one in found["pairs"]] == [["a", "b"], ["a", "c"], ["b", "c"]]
    assert [one["separable"] for one in found["rest"]] == [True, False, True]
    assert found["pairs"][2]["max_margin"]["nearest"] == ["w", "x"]


def test_the_hash_sees_numbers_labels_and_names(tmp_path, shown):
    def sha(name, text):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return json.loads(shown(name, "--json"))["data"]["sha256"]

    hashes = {
        sha("a.csv", AND),
        sha("b.csv", AND.replace("1,1,yes", "1,1.5,yes")),
        sha("c.csv", AND.replace("1,0,no", "1,0,yes")),
        sha("d.csv", AND.replace("x2", "x3")),
    }
    assert len(hashes) == 4
    assert sha("e.csv", AND) in hashes


def test_numbers_may_be_the_decimals_that_are_written(tmp_path, shown):
    # In decimals the three points are on a line; as floats the middle one is off it.
    (tmp_path / "line.csv").write_text("x,y,label\n0,0,a\n0.1,0.3,b\n0.3,0.9,a\n", encoding="utf-8")
    assert json.loads(shown("line.csv", "--json"))["separable"] is True
    found = json.loads(shown("line.csv", "--json", "--decimals"))
    assert found["separable"] is False
    assert found["data"]["numbers"] == "decimals"
    assert [Fraction(v) for v in found["witness"]["point"]] == [Fraction(1, 10), Fraction(3, 10)]


def test_pictures_and_films_are_written(tmp_path, shown):
    text = shown("and.csv", "-o", "and.svg", "--film", "film.svg")
    assert text.endswith(f"wrote {tmp_path / 'and.svg'}\nwrote {tmp_path / 'film.svg'}\n")
    assert "and 1 of yes" in (tmp_path / "and.svg").read_text("utf-8")
    assert "<animate" in (tmp_path / "film.svg").read_text("utf-8")
    shown("xor.csv", "-o", "xor.png", "--film", "xor.gif")
    assert (tmp_path / "xor.gif").read_bytes().startswith(b"GIF89a")
    shown("three.csv", "--columns", "x", "--positive", "b", "-o", "three.pdf")
    assert (tmp_path / "three.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("text", "arguments", "words"),
    [
        (AND, ["--target", "lable"], "no column 'lable' (target); did you mean 'label'?"),
        (AND.replace("yes", "no"), [], "every row of table.csv is labeled no"),
        (AND.replace("1,1,", "1,,"), [], "has no value in line 5 of the file, row 4"),
        (AND.replace("1,1,", "1,inf,"), [], "has an infinite value in line 5 of the file, row 4"),
        (
            AND.replace("1,1,", "1,one,"),
            [],
            "'one' in line 5 of the file, row 4, which is no number; leave it out with --drop x2",
        ),
        (AND.replace("1,1,", "1,one,"), ["--columns", "x2"], "leave it out of --columns"),
        (AND, ["--columns", "x1", "x3"], "no column 'x3'"),
        (AND, ["--columns", "label"], "'label' is the target"),
        ("label\na\nb\n", [], "has no column beside 'label'"),
        ("x,label\n", [], "has a header but no rows"),
        ("", [], "is empty"),
        ("x,label\n1,a\n", [], "every row of table.csv is labeled a"),
        (AND, ["--positive", "maybe"], "no row is labeled maybe; the labels are no, yes"),
        (AND, ["-o", "plot.gif"], "names no format"),
        (AND, ["--film", "film.png"], "names no format"),
        (AND, ["-o", "a.svg", "--film", "a.svg"], "give two files"),
        (AND, ["--columns", "x1", "--film", "a.svg"], "a film shows two columns, not 1"),
        (THREE.replace("id,", "z,").replace("u,", "0,"), ["-o", "a.svg"], "'v'"),
        (THREE, ["--columns", "x", "-o", "a.svg"], "--output is for two classes"),
        (THREE, ["--columns", "x", "--perceptron"], "name the one to tell from the others"),
        (AND, ["--max-mistakes", "0"], "max-mistakes"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(text, arguments, words, tmp_path, capsys):
    (tmp_path / "table.csv").write_text(text, encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    target = [] if "--target" in arguments else ["--target", "label"]
    assert main(["separate", "table.csv", *target, *arguments]) == 2
    captured = capsys.readouterr()
    assert words in captured.err
    assert captured.err.count("\n") == 1
    assert captured.out == ""
    assert sorted(tmp_path.iterdir()) == before


def test_more_than_three_columns_have_no_picture(tmp_path, capsys):
    (tmp_path / "wide.csv").write_text("a,b,c,d,label\n1,2,3,4,x\n5,6,7,9,y\n", encoding="utf-8")
    assert main(["separate", "wide.csv", "--target", "label", "-o", "a.svg"]) == 2
    assert "4 columns cannot be drawn" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named(capsys):
    assert main(["separate", "none.csv", "--target", "label"]) == 2
    assert "none.csv" in capsys.readouterr().err


def test_the_table_is_not_written_over(tmp_path, capsys):
    (tmp_path / "table.svg").write_text(AND, encoding="utf-8")
    assert main(["separate", "table.svg", "--target", "label", "-o", "table.svg"]) == 2
    assert "is read as input" in capsys.readouterr().err
    assert (tmp_path / "table.svg").read_text("utf-8") == AND


def test_a_target_must_be_named(capsys):
    assert main(["separate", "and.csv"]) == 2
    assert "target" in capsys.readouterr().err


def test_wide_tables_are_cut_short_in_words(tmp_path, shown):
    names = [f"c{k}" for k in range(15)]
    rows = [[str(k == j) for k in range(15)] for j in range(15)]
    text = ",".join([*names, "label"]) + "\n"
    text += "".join(",".join([*row, str(j % 2)]) + "\n" for j, row in enumerate(rows))
    (tmp_path / "wide.csv").write_text(text, encoding="utf-8")
    shown_text = shown("wide.csv")
    assert "15 columns (c0, c1, c2, c3, c4, c5, ...)" in shown_text
    assert "more terms)" in shown_text


def test_numbers_of_the_table_are_written_as_they_were(tmp_path, shown):
    (tmp_path / "line.csv").write_text("x,label\n0.1,a\n6.3,b\n12.7,a\n", encoding="utf-8")
    rows = [line.split() for line in shown("line.csv").splitlines()]
    assert ["row", "2", "b", "1", "6.3"] in rows


def test_each_plane_has_its_own_margin_beside_it(tmp_path, shown):
    table = "x1,x2,label\n0,0,a\n3,1,a\n0,3,b\n3,4,b\n"
    (tmp_path / "two.csv").write_text(table, encoding="utf-8")
    text = shown("two.csv")
    assert "A line separates them, with margin 1:\n\n    x2 - 2 = 0\n" in text
    # The hulls' nearest points are (0, 3) and (0.3, 0.1).
    assert "    -2/9 x1 + 2/3 x2 - 1 = 0\n\nMargin ≈1.42302, the distance" in text
    found = json.loads(shown("two.csv", "--json"))
    assert (found["hyperplane"]["w0"], found["hyperplane_margin"]) == ("-2", 1.0)
    (tmp_path / "more.csv").write_text(table + "9,9,c\n", encoding="utf-8")
    rows = {line.split("  ")[0]: line.split() for line in shown("more.csv").splitlines()}
    assert rows["a and b"][4:] == ["≈1.42302", "x2", "-", "2", "=", "0,", "margin", "1"]


@pytest.mark.parametrize("start", [1_600_000_000_000, 2**52, 0.1])
@pytest.mark.parametrize("step", [1000, 1, 0.5])
def test_the_plane_that_is_printed_is_true_of_every_row(tmp_path, shown, start, step):
    rows = [(start + step * i, "ab"[i > 9]) for i in range(20)]
    text = "t,label\n" + "".join(f"{t!r},{label}\n" for t, label in rows)
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    planes = re.findall(r"^    (?:(\S+) )?t ([-+]) (\S+) = 0$", shown("t.csv"), re.M)
    assert len(planes) == 2
    for weight, sign, bias in planes:
        w, w0 = Fraction(weight or 1), Fraction(sign + bias)
        assert all((w * Fraction(t) + w0 > 0) == (label == "b") for t, label in rows)


def test_long_weights_are_rounded_and_that_is_said(tmp_path, shown):
    (tmp_path / "line.csv").write_text("x,label\n0.1,a\n0.4,b\n", encoding="utf-8")
    text = shown("line.csv", "--perceptron")
    assert "(exactly: no other has a wider one; weights rounded here):" in text
    assert "    6.66667 x - 1.66667 = 0\n" in text


def test_weights_of_more_digits_than_python_writes_are_rounded_or_whole(tmp_path, capsys):
    rng = np.random.default_rng(0)
    digits = rng.integers(0, 10, size=(100, 40, 130))
    rows = [
        [f"0.{''.join(map(str, number))}" for number in row] + ["ab"[k % 2]]
        for k, row in enumerate(digits)
    ]
    names = [f"x{j}" for j in range(40)]
    lines = [",".join([*names, "label"]), *map(",".join, rows)]
    (tmp_path / "long.csv").write_text("\n".join(lines), encoding="utf-8")
    arguments = ["separate", str(tmp_path / "long.csv"), "--target", "label", "--decimals"]
    assert main(arguments) == 0
    assert "≈0." in capsys.readouterr().out
    assert main([*arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["separable"] is False
    assert found["verified"]
    weights = [row["weight"] for row in found["witness"]["positive"]]
    assert max(map(len, weights)) > 2 * 4300
    # Exactly one, by integers that are read in parts.
    whole = [tuple(map(fmpz, weight.split("/"))) for weight in weights]
    assert sum((fmpq(p, q) for p, q in whole), start=fmpq(0)) == 1


def test_numbers_of_thousands_of_digits_are_written(tmp_path, shown):
    # Entries from the smallest floats to the largest: their fractions are longer than str allows.
    rng = np.random.default_rng(0)
    X = rng.normal(size=(16, 5)) * 10.0 ** rng.integers(-300, 300, size=(16, 5))
    names = [f"x{j}" for j in range(5)]
    for kind, labels in (("apart", X[:, 0] > 0), ("mixed", np.arange(16) % 2)):
        rows = [",".join(map(repr, [*x, int(c)])) for x, c in zip(X.tolist(), labels, strict=True)]
        text = "\n".join([",".join([*names, "label"]), *rows]) + "\n"
        (tmp_path / f"{kind}.csv").write_text(text, encoding="utf-8")
    assert "weights rounded here" in shown("apart.csv")
    found = json.loads(shown("mixed.csv", "--json"))
    assert max(map(len, found["witness"]["point"])) > sys.int_info.default_max_str_digits
    assert found["verified"]
    assert "Checked in exact arithmetic" in shown("mixed.csv")


def test_numbers_at_the_end_of_floats_are_decided_but_not_drawn(tmp_path, shown, capsys):
    (tmp_path / "huge.csv").write_text("a,b,label\n-1.7e308,-1.7e308,no\n1.7e308,1.7e308,yes\n")
    assert "Margin above 1.79769e308, the distance" in shown("huge.csv")
    found = json.loads(shown("huge.csv", "--json"))
    assert found["max_margin"]["bounds"] == [sys.float_info.max, None]
    assert main(["separate", "huge.csv", "--target", "label", "-o", "huge.svg"]) == 2
    assert "huge.csv are too large for a picture; divide the columns" in capsys.readouterr().err
    (tmp_path / "more.csv").write_text("a,label\n1e308,no\n1.5e308,yes\n")
    assert main(["separate", "more.csv", "--target", "label", "--decimals", "--perceptron"]) == 2
    assert "too large for a perceptron" in capsys.readouterr().err


@pytest.mark.parametrize("scale", [1.0, 1e-6, 1e6])
def test_the_margin_that_is_printed_is_that_of_the_plane_that_is_printed(tmp_path, shown, scale):
    X = np.random.default_rng(1).normal(size=(60, 2)) * scale
    y = (X @ [1, 2] - 0.3 * scale) > 0
    lines = [f"{a!r},{b!r},{int(c)}\n" for (a, b), c in zip(X.tolist(), y, strict=True)]
    (tmp_path / "r.csv").write_text("x1,x2,label\n" + "".join(lines), encoding="utf-8")
    text = shown("r.csv").replace("e+", "e")
    term = r"(?:(\S+) )?"
    planes = re.findall(rf"^    {term}x1 ([-+]) {term}x2(?: ([-+]) (\S+))? = 0$", text, re.M)
    margins = re.findall(r"[mM]argin ≈(\S+?)[,:;]", text)
    assert len(planes) == len(margins) == 2
    for (w1, sign, w2, sign0, w0), margin in zip(planes, margins, strict=True):
        w = np.array([float(Fraction(w1 or 1)), float(Fraction(sign + (w2 or "1")))])
        scores = (X @ w + float(Fraction(f"{sign0}{w0}" if w0 else 0))) / np.linalg.norm(w)
        assert (scores * np.where(y, 1, -1)).min() == pytest.approx(float(margin), rel=6e-6)


def test_numbers_too_small_for_all_digits_are_told(tmp_path, shown):
    rows = "".join(f"{k}e-320,{int(k > 4)}\n" for k in range(10))
    (tmp_path / "tiny.csv").write_text(f"x,label\n{rows}", encoding="utf-8")
    assert "note: column 'x' has numbers as small as" in shown("tiny.csv")
    assert "note:" not in shown("tiny.csv", "--decimals")


def test_decimals_that_are_one_float_are_told_and_kept_apart_on_request(tmp_path, shown):
    text = "x,label\n0.1,a\n0.1000000000000000055,b\n0.3,b\n"
    (tmp_path / "close.csv").write_text(text, encoding="utf-8")
    said = shown("close.csv")
    assert "same point" in said
    assert "0.1 and 0.1000000000000000055 are the same here; --decimals" in said
    assert len(json.loads(shown("close.csv", "--json"))["data"]["notes"]) == 1
    said = shown("close.csv", "--decimals")
    assert "A point separates them, with margin 1.375e-18:" in said
    assert "note:" not in said


def test_large_numbers_that_are_one_float_are_read_as_decimals(tmp_path, shown, capsys):
    text = "x,label\n9007199254740992,a\n9007199254740993,b\n"
    (tmp_path / "large.csv").write_text(text, encoding="utf-8")
    assert main(["separate", "large.csv", "--target", "label"]) == 2
    assert "more digits than 64 bits hold" in capsys.readouterr().err
    assert "x - 18014398509481985/2 = 0" in shown("large.csv", "--decimals")
