import pytest

from gradatim.cli._network import read_network, read_values, write_network
from gradatim.errors import InputError, OutputError, SpecError
from gradatim.network import parse


def test_an_equation_is_read_as_it_stands():
    assert read_network("tanh(x1) + 1") == parse("tanh(x1) + 1")


def test_a_very_long_equation_is_no_file_name():
    text = " + ".join(f"x{i}" for i in range(1, 200))
    assert read_network(text) == parse(text)


def test_a_file_that_is_neither_text_nor_model_is_refused(tmp_path):
    (tmp_path / "net.npz").write_bytes(b"PK")
    with pytest.raises(InputError, match=r"a saved network ending in \.safetensors"):
        read_network(str(tmp_path / "net.npz"))


@pytest.mark.parametrize("name", ["net.txt", "net.safetensors"])
def test_what_is_written_is_read_back(tmp_path, name):
    network = parse("a(x1 - 1/3) + 2x2")
    path = write_network(network, tmp_path / name)
    assert read_network(str(path)) == network
    assert read_network(str(path), "tanh") == network.close("tanh")


def test_a_model_has_no_letters(tmp_path):
    path = write_network(parse("x1"), tmp_path / "net.safetensors")
    with pytest.raises(SpecError, match="leave --let out"):
        read_network(str(path), let=["w=1"])


def test_a_network_goes_into_no_other_file(tmp_path):
    with pytest.raises(OutputError, match=r"end it in \.txt for the equation"):
        write_network(parse("x1"), tmp_path / "net.onnx")


def test_vectors_of_weights_are_read(tmp_path):
    assert read_network("W^T X", let=["W=1,2"]).n_inputs == 2


def test_values_are_spelled_as_in_equations():
    assert read_values(["x_1=1/2", "x2=-3"], parse("x1 + x2")) == {"x1": 0.5, "x2": -3.0}
