import pytest

from gradatim.cli import main
from gradatim.drawing import draw_svg
from gradatim.network import parse

LECTURE = "step(step(-x + 50) + step(x - 100) - 1)"


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("suffix", ["svg", "pdf", "png", "dot", "mmd", "tex", "tikz"])
def test_every_format_is_written_and_named(suffix, tmp_path, capsys):
    assert main(["draw", LECTURE, "-o", f"net.{suffix}"]) == 0
    assert capsys.readouterr().out == f"{tmp_path / f'net.{suffix}'}\n"
    assert (tmp_path / f"net.{suffix}").stat().st_size > 100


def test_the_drawing_is_that_of_the_network_with_its_values(tmp_path):
    assert main(["draw", LECTURE, "-o", "net.svg", "--at", "x=120", "--title", "L14"]) == 0
    expected = draw_svg(parse(LECTURE), at={"x": 120}, title="L14")
    assert (tmp_path / "net.svg").read_text("utf-8") == expected


def test_values_may_be_fractions_and_several_options(tmp_path):
    assert main(["draw", "x1 + x2", "-o", "a.svg", "--at", "x1=1/2", "--at", "x2=3"]) == 0
    assert "y₁ = 3.5" in (tmp_path / "a.svg").read_text("utf-8")


def test_an_equation_may_stand_in_a_text_file(tmp_path):
    (tmp_path / "net.txt").write_text(LECTURE + "\n", encoding="utf-8")
    assert main(["draw", "net.txt", "-o", "a.svg"]) == 0
    assert main(["draw", LECTURE, "-o", "b.svg"]) == 0
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_an_equation_may_begin_with_a_minus_or_look_like_a_file_name(tmp_path):
    assert main(["draw", "-x1 + 2", "-o", "a.svg"]) == 0
    assert main(["draw", "0.5x1", "-o", "b.svg"]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"a.svg", "b.svg"}


def test_letters_and_an_open_activation_are_bound(tmp_path):
    options = ["--let", "w=3", "--activation", "tanh"]
    assert main(["draw", "a(w x1 - 5)", "-o", "a.svg", *options]) == 0
    assert main(["draw", "tanh(3x1 - 5)", "-o", "b.svg"]) == 0
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["x1", "-o", "a.jpg"], "names no format"),
        (["x1", "-o", "no/such/a.svg"], "there is no folder"),
        (["model.onnx", "-o", "a.svg"], "model.onnx is no network"),
        (["songs.gradatim", "-o", "a.svg"], "load_model('songs.gradatim').network is its network"),
        (["none.txt", "-o", "a.svg"], "none.txt cannot be read"),
        (["x1 x2", "-o", "a.svg"], "product"),
        (["x1", "-o", "a.svg", "--at", "x1"], "gives x1 no value"),
        (["x1", "-o", "a.svg", "--at", "x1=1,x1=2"], "two values"),
        (["x1", "-o", "a.svg", "--at", "x1=one"], "'one'"),
        (["x1", "-o", "a.svg", "--at", "x2=1"], "no input 'x2'"),
        (["a(x1)", "-o", "a.svg", "--at", "x1=1"], "left open"),
        (["x1", "-o", "a.svg", "--max-units", "2"], "max-units"),
        (["x1"], "--output"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(arguments, words, tmp_path, capsys):
    assert main(["draw", *arguments]) == 2
    error = capsys.readouterr().err
    assert words in error
    assert "Traceback" not in error
    assert list(tmp_path.iterdir()) == []


def test_a_binary_file_is_no_equation(tmp_path, capsys):
    (tmp_path / "net.txt").write_bytes(b"\xff\xfe\x00")
    assert main(["draw", "net.txt", "-o", "a.svg"]) == 2
    assert "not text in UTF-8" in capsys.readouterr().err


def test_a_network_without_inputs_is_the_number_that_it_is(tmp_path, capsys):
    assert main(["draw", "5", "-o", "a.svg"]) == 0
    text = (tmp_path / "a.svg").read_text("utf-8")
    assert text.count("<circle") == 1
    assert "y₁ = 5" in text
    assert capsys.readouterr().err == ""


def test_sizes_read_as_a_number_get_a_hint(tmp_path, capsys):
    assert main(["draw", "784-128-64-10", "-o", "a b.svg"]) == 0
    assert "y₁ = 582" in (tmp_path / "a b.svg").read_text("utf-8")
    said = " ".join(capsys.readouterr().err.split())
    assert said.endswith("gradatim draw --layers 784-128-64-10 -o 'a b.svg'")


def test_layers_are_drawn_without_weights(tmp_path):
    options = ["--activation", "relu, relu, softmax"]
    assert main(["draw", "--layers", "784-128-64-10", "-o", "a.svg", *options]) == 0
    text = (tmp_path / "a.svg").read_text("utf-8")
    assert ">784 inputs<" in text
    assert ">100,480 parameters<" in text
    assert main(["draw", "--layers", "784-128-64-10", "-o", "b.svg", "--form", "layers"]) == 0
    assert "<rect" in (tmp_path / "b.svg").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "there is nothing to draw"),
        (["x1", "--layers", "3-1"], "leave SOURCE out"),
        (["--layers", "3-1", "--at", "x1=1"], "leave --at out"),
        (["--layers", "3-1", "--let", "w=1"], "leave --let out"),
        (["--layers", "3-one"], "no whole number"),
        (["--layers", "3-1", "--activation", "rellu"], "no activation"),
    ],
)
def test_layers_that_cannot_be_drawn_are_refused(arguments, words, tmp_path, capsys):
    assert main(["draw", *arguments, "-o", "a.svg"]) == 2
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_as_output_is_named(capsys):
    assert main(["draw", "2x1", "-o", "."]) == 2
    assert "gradatim: . names no format of a drawing" in capsys.readouterr().err
