import pytest

from gradatim.cli import main


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_activations_are_plotted_by_their_names(tmp_path, capsys):
    assert main(["plot", "activations", "relu", "sigmoid", "-o", "two.svg"]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'two.svg'}\n"
    text = (tmp_path / "two.svg").read_text("utf-8")
    assert ">relu<" in text
    assert ">logistic<" in text


def test_a_boundary_is_plotted_with_the_samples_of_a_table(tmp_path):
    (tmp_path / "songs.csv").write_text("label,x1\nslow,0\nslow,1\nfast,3\n", encoding="utf-8")
    arguments = ["step(x1 - 2.5)", "--data", "songs.csv", "--target", "label", "-o", "point.svg"]
    assert main(["plot", "boundary", *arguments]) == 0
    text = (tmp_path / "point.svg").read_text("utf-8")
    assert "changes at x1 = 2.5" in text
    assert ">slow<" in text


def test_limits_are_two_numbers(tmp_path):
    assert main(["plot", "boundary", "x1 + x2", "-o", "a.svg", "--limits", "-3", "3"]) == 0
    assert "from \N{MINUS SIGN}3 to 3" in (tmp_path / "a.svg").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["activations", "rellu", "-o", "a.svg"], "rellu"),
        (["activations", "-o", "a.tex"], "names no format"),
        (["boundary", "x1 + x3; x2", "-o", "a.svg"], "3 inputs and several outputs"),
        (["boundary", "x1 + x2 + x3 + x4", "-o", "a.svg"], "4 inputs"),
        (["boundary", "x1", "--data", "none.csv", "-o", "a.svg"], "none.csv"),
    ],
)
def test_what_cannot_be_plotted_is_refused_in_words(arguments, words, tmp_path, capsys):
    assert main(["plot", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_table_without_the_input_or_with_text_in_it_is_refused(tmp_path, capsys):
    (tmp_path / "songs.csv").write_text("x2,x3\n0,a\n", encoding="utf-8")
    assert main(["plot", "boundary", "x1", "--data", "songs.csv", "-o", "a.svg"]) == 2
    assert "has no column 'x1'" in capsys.readouterr().err
    assert main(["plot", "boundary", "x3", "--data", "songs.csv", "-o", "a.svg"]) == 2
    assert "holds 'a' in line 2 of the file, row 1" in capsys.readouterr().err
