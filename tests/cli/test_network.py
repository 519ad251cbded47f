import pytest

from gradatim.cli._network import read_network, read_values
from gradatim.errors import InputError
from gradatim.network import parse


def test_an_equation_is_read_as_it_stands():
    assert read_network("tanh(x1) + 1") == parse("tanh(x1) + 1")


def test_a_very_long_equation_is_no_file_name():
    text = " + ".join(f"x{i}" for i in range(1, 200))
    assert read_network(text) == parse(text)


def test_a_file_that_exists_and_is_no_text_is_refused(tmp_path):
    (tmp_path / "net.npz").write_bytes(b"PK")
    with pytest.raises(InputError, match=r"ending in \.txt"):
        read_network(str(tmp_path / "net.npz"))


def test_vectors_of_weights_are_read(tmp_path):
    assert read_network("W^T X", let=["W=1,2"]).n_inputs == 2


def test_values_are_spelled_as_in_equations():
    assert read_values(["x_1=1/2", "x2=-3"], parse("x1 + x2")) == {"x1": 0.5, "x2": -3.0}
