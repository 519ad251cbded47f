import json

import pytest

from gradatim.cli import main


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def shown(capsys):
    """Return what ``gradatim depth`` prints."""

    def show(*arguments):
        assert main(["depth", *arguments]) == 0
        return capsys.readouterr().out

    return show


def rows(text):
    return [line.split() for line in text.splitlines()]


@pytest.mark.parametrize("teeth", ["64", "2^6", "2**6", " 2 ^ 6 "])
def test_teeth_are_written_as_a_number_or_a_power(shown, teeth):
    text = shown("--teeth", teeth, "--seeds", "0")
    assert "A sawtooth of 64 = 2^6 teeth on [0, 1]: 128 linear pieces" in text
    assert ["deep", "7", "x", "2", "43", "128", "0", "0", "0", "of", "128"] in rows(text)
    assert ["shallow", "128", "385", "128", "0", "0", "0", "of", "128"] in rows(text)
    assert "right on all 129 points and on every one of the 128 intervals" in text
    assert "at most 15 linear pieces, so" in text
    assert "its mean absolute error is at least 0.1953125," in text
    assert "at least 56 of 128 alternating points" in text
    assert "Trained" not in text


def test_where_no_theorem_holds_none_is_claimed(shown):
    text = shown("--teeth", "1", "--seeds", "0")
    assert "which does not keep it from being the sawtooth." in text
    assert "at least 0" not in text


def test_training_is_told_apart_from_what_was_built(shown):
    text = shown("--teeth", "4", "--seeds", "2", "--epochs", "5", "--budgets", "19,25")
    assert text.index("Built, with exact errors") < text.index("Trained, 2 seeds per shape")
    assert (
        "A deep network of 19 parameters is exactly right and stands above, but none of 2" in text
    )
    assert "Begun at the construction with every number disturbed by 1 %" in text
    trained = rows(text[text.index("Trained") :])
    starts = [row[5] for row in trained if row[:4] == ["deep", "3", "x", "2"]]
    assert starts.count("near") == 1
    assert len(starts) == 3


def test_parity_is_counted_and_proved(shown):
    text = shown("--parity", "16")
    assert ["shallow", "1", "16", "289"] in rows(text)
    assert ["deep", "4", "30", "121"] in rows(text)
    assert text.count("right on all 65,536 inputs.") == 2


def test_json_of_the_sawtooth(shown):
    found = json.loads(shown("--teeth", "8", "--seeds", "0", "--json"))
    assert (found["teeth"], found["trained"], found["protocol"]) == (8, [], None)
    assert [one["proved"] for one in found["built"]] == [True, True, None]
    assert found["bound"]["largest"] == "0.5"


def test_json_of_parity(shown):
    found = json.loads(shown("--parity", "3", "--json"))
    assert [one["parameters"] for one in found["built"]] == [16, 19]
    assert all(one["proof"] == {"holds": True, "n_inputs": 8} for one in found["built"])
    assert found["built"][0]["equation"].startswith("y = step(step(x1 + x2 + x3 - 1)")


def test_pictures_are_written_on_request(tmp_path, shown):
    options = ["--teeth", "4", "--seeds", "1", "--epochs", "2", "--budgets", "19"]
    text = shown(*options, "-o", "depth.svg", "--graph", "graph.tex")
    assert text.endswith(f"wrote {tmp_path / 'depth.svg'}\nwrote {tmp_path / 'graph.tex'}\n")
    svg = (tmp_path / "depth.svg").read_text("utf-8")
    assert "deep, built: 19 parameters" in svg
    assert "shallow, best of 1 trained: 19 parameters" in svg
    assert r"\begin{tikzpicture}" in (tmp_path / "graph.tex").read_text("utf-8")


def test_which_network_the_graph_shows_may_be_chosen(tmp_path, shown):
    shown("--parity", "4", "--graph", "deep.dot")
    shown("--parity", "4", "--graph", "shallow.dot", "--which", "shallow")
    texts = [(tmp_path / name).read_text("utf-8") for name in ("deep.dot", "shallow.dot")]
    assert texts[0] != texts[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "give either --teeth 2^6 or --parity 8"),
        (["--teeth", "4", "--parity", "4"], "give either"),
        (["--teeth", "6"], "6 is no power of two"),
        (["--teeth", "0"], "0 is no power of two"),
        (["--teeth", "many"], "'many' is no number of teeth"),
        (["--teeth", "2^99"], "too many to be proved"),
        (["--parity", "17"], "2 to 16 bits, not 17"),
        (["--parity", "4", "--seeds", "0"], "--seeds is for --teeth"),
        (["--parity", "4", "-o", "a.svg"], "--output is for --teeth"),
        (["--teeth", "4", "--budgets", "20,x"], "'x' is no number of parameters"),
        (["--teeth", "4", "--budgets", "2"], "a budget of 2 has none"),
        (["--teeth", "4", "-o", "a.tex"], "names no format"),
        (["--teeth", "4", "--graph", "none/a.svg"], "there is no folder"),
        (["--teeth", "4", "-o", "a.svg", "--graph", "a.svg"], "give two files"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(arguments, words, tmp_path, capsys):
    assert main(["depth", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_lower_bound_is_rounded_down(capsys):
    assert main(["depth", "--teeth", "8", "--seeds", "2", "--epochs", "5"]) == 0
    text = capsys.readouterr().out
    assert "its mean absolute error is at least 0.0546875," in text
    assert ">= 0.0546 " in text
    assert "Trained, 2 seeds per shape, rounded to 4 decimals" in text
