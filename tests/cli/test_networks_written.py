"""What verbs build goes into files that other verbs read, and computes the same there."""

import numpy as np
import pytest

from gradatim.cli import main
from gradatim.cli._network import read_network

XOR = "a,b,label,note\n0,0,no,x\n0,1,yes,y\n1,0,yes,z\n1,1,no,w\n"
AND = "a,b,label,note\n0,0,no,x\n0,1,no,y\n1,0,no,z\n1,1,yes,w\n"
SQUARE = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
BITS = np.array([[k >> 2 & 1, k >> 1 & 1, k & 1] for k in range(8)], dtype=float)

BUILT = {
    "separate": (["and.csv", "--target", "label", "--drop", "note"], SQUARE, [0, 0, 0, 1]),
    "separate --hidden": (["xor.csv", "--target", "label", "--id", "note"], SQUARE, [0, 1, 1, 0]),
    "transform": (["--points", "1:0,3:1,5:0"], np.array([[1.0], [3.0], [5.0]]), [0, 1, 0]),
    "depth --which deep": (["--parity", "3"], BITS, BITS.sum(axis=1) % 2),
    "depth --which shallow": (["--parity", "3"], BITS, BITS.sum(axis=1) % 2),
    "depth": (["--teeth", "4", "--seeds", "0"], np.arange(9).reshape(-1, 1) / 8, [0, 1] * 4 + [0]),
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "xor.csv").write_text(XOR)
    (tmp_path / "and.csv").write_text(AND)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("ending", [".txt", ".safetensors"])
@pytest.mark.parametrize("verb", BUILT)
def test_a_network_that_was_built_reads_back_and_is_right(folder, capsys, verb, ending):
    arguments, X, y = BUILT[verb]
    first, *options = verb.split()
    assert main([first, *arguments, *options, "--network", f"net{ending}"]) == 0
    assert capsys.readouterr().out.endswith(f"wrote {folder / 'net'}{ending}\n")
    network = read_network(f"net{ending}")
    outputs = network(X)
    assert outputs.ravel() == pytest.approx(np.asarray(y, dtype=float), abs=1e-12)
    assert main(["draw", f"net{ending}", "-o", "net.svg"]) == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["separate", "xor.csv", "--target", "label", "--network", "n.onnx"], "end it in .txt"),
        (
            ["separate", "xor.csv", "--target", "note", "--drop", "label", "--network", "n.txt"],
            "--positive",
        ),
        (["transform", "xor.csv", "--network", "xor.txt/n.txt"], "no folder"),
        (["depth", "--parity", "3", "--network", "n.txt", "--graph", "n.txt"], "n.txt"),
        (
            ["separate", "xor.csv", "--target", "label", "--drop", "note", "--columns", "a"],
            "--drop",
        ),
        (["separate", "xor.csv", "--target", "label", "--drop", "nota"], "'nota'"),
    ],
)
def test_what_could_only_fail_later_is_refused_first(folder, capsys, arguments, says):
    before = sorted(folder.iterdir())
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert says in captured.err
    assert sorted(folder.iterdir()) == before


def test_where_no_hyperplane_separates_there_is_no_network_to_write(folder, capsys):
    arguments = ["separate", "xor.csv", "--target", "label", "--drop", "note"]
    assert main([*arguments, "--network", "n.txt"]) == 2
    captured = capsys.readouterr()
    assert "prove that no line can" in captured.out
    assert "--hidden builds a network that does" in captured.err
    assert not (folder / "n.txt").exists()


def test_an_argument_too_many_points_to_the_help_of_its_verb(capsys):
    assert main(["eval", "y = x1", "--at", "x1=3", "x2=4"]) == 2
    assert capsys.readouterr().err == (
        "gradatim: unexpected argument 'x2=4'; see gradatim eval --help\n"
    )
