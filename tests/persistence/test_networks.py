"""Networks in files: equal after a journey, and foreign or damaged files refused in a sentence."""

import json
import os
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.numpy import load_file, save

from gradatim.activations import ACTIVATIONS
from gradatim.errors import InputError, OutputError
from gradatim.network import Layer, Network, parse
from gradatim.persistence import load_network, save_network


@st.composite
def networks(draw):
    """Networks of any shape, precision, activation and set of edges."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    sizes = draw(st.lists(st.integers(1, 5), min_size=2, max_size=5))
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    names = sorted(set(ACTIVATIONS) - {"softmax"})
    layers = []
    for n_in, n_out in pairwise(sizes):
        one = st.sampled_from([*names, "softmax", "a"])
        each = st.lists(st.sampled_from(names), min_size=n_out, max_size=n_out)
        layers.append(
            Layer(
                (rng.normal(size=(n_out, n_in)) * 10.0 ** rng.integers(-30, 30)).astype(dtype),
                rng.normal(size=n_out).astype(dtype),
                draw(st.one_of(one, each)),
                rng.random((n_out, n_in)) < 0.7 if draw(st.booleans()) else None,
            )
        )
    text = st.text(min_size=1, max_size=8)
    name_lists = [
        draw(st.lists(text, min_size=n, max_size=n, unique=True)) for n in (sizes[0], sizes[-1])
    ]
    return Network(layers, *name_lists)


@given(network=networks())
def test_what_is_loaded_is_what_was_saved(network, tmp_path_factory):
    path = save_network(network, tmp_path_factory.mktemp("net") / "net.safetensors")
    loaded = load_network(path)
    assert loaded == network
    assert (loaded.input_names, loaded.output_names) == (network.input_names, network.output_names)
    for ours, theirs in zip(network.layers, loaded.layers, strict=True):
        assert (ours.weight.dtype, ours.bias.dtype) == (theirs.weight.dtype, theirs.bias.dtype)
        np.testing.assert_array_equal(ours.weight, theirs.weight)


def test_typed_fractions_stay_exact(tmp_path):
    network = parse("step(1/3 x1 - 2/7) + a(x2)")
    loaded = load_network(save_network(network, tmp_path / "net.safetensors"))
    assert [layer.exact for layer in loaded.layers] == [layer.exact for layer in network.layers]
    assert str(loaded) == str(network)


def test_the_file_is_the_formats_own_and_the_same_each_time(tmp_path):
    network = parse("relu(2x1 - x2)")
    path = save_network(network, tmp_path / "net.safetensors")
    first = path.read_bytes()
    np.testing.assert_array_equal(load_file(path)["layers.0.weight"], [[2.0, -1.0]])
    with safe_open(path, framework="numpy") as file:
        header = json.loads(file.metadata()["gradatim"])
    assert (header["schema"], header["kind"]) == (1, "network")
    assert header["gradatim"]
    assert save_network(network, path).read_bytes() == first


def test_another_ending_is_refused_before_writing(tmp_path):
    with pytest.raises(OutputError, match=r"end it in \.safetensors"):
        save_network(parse("x1"), tmp_path / "net.pkl")
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_not_there_or_a_folder_is_named(tmp_path):
    with pytest.raises(InputError, match=r"none\.safetensors cannot be read \(no such file\)"):
        load_network(tmp_path / "none.safetensors")
    with pytest.raises(InputError, match="is a folder"):
        load_network(tmp_path)


@pytest.mark.parametrize("length", [0, 4, 20, -3])
def test_a_damaged_file_is_refused(length, tmp_path):
    path = save_network(parse("relu(2x1 - x2)"), tmp_path / "net.safetensors")
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(InputError, match="no whole safetensors file"):
        load_network(path)


def test_tensors_of_somebody_else_are_no_network(tmp_path):
    path = tmp_path / "other.safetensors"
    path.write_bytes(save({"w": np.ones(3)}))
    with pytest.raises(InputError, match="no network of gradatim"):
        load_network(path)


GOOD = {
    "schema": 1,
    "kind": "network",
    "layers": [{"activation": "relu", "exact": []}],
    "input_names": ["x1"],
    "output_names": ["y1"],
}


@pytest.mark.parametrize(
    "change",
    [
        {"schema": 99},
        {"kind": "forest"},
        {"layers": []},
        {"layers": [{"activation": "evil", "exact": []}]},
        {"layers": [{"activation": "relu", "exact": [[0, 0, "1e999999999"]]}]},
        {"layers": [{"activation": "relu", "exact": [[0, 5, "1/3"]]}]},
        {"layers": [{"activation": "relu"}]},
        {"layers": [GOOD["layers"][0]] * 2},
        {"layers": "relu"},
        {"layers": 3},
        {"input_names": ["x1", "x2"]},
        {"output_names": None, "input_names": 3},
        {"input_names": [1]},
        {"input_names": {"x1": 1}},
        {"output_names": [{"y": 1}]},
        {"output_names": "y"},
    ],
)
def test_a_header_that_makes_no_sense_is_refused(change, tmp_path):
    tensors = {"layers.0.weight": np.ones((1, 1)), "layers.0.bias": np.zeros(1)}
    path = tmp_path / "net.safetensors"
    path.write_bytes(save(tensors, {"gradatim": json.dumps(GOOD)}))
    assert load_network(path) == Network([Layer([[1.0]], [0.0], "relu")])
    path.write_bytes(save(tensors, {"gradatim": json.dumps(GOOD | change)}))
    with pytest.raises(InputError, match="holds no network that can be read"):
        load_network(path)


def test_a_header_that_is_no_json_is_refused(tmp_path):
    path = tmp_path / "net.safetensors"
    path.write_bytes(save({"w": np.ones(3)}, {"gradatim": "{"}))
    with pytest.raises(InputError, match="holds no network that can be read"):
        load_network(path)


def test_a_header_nested_without_end_is_refused(tmp_path):
    path = tmp_path / "net.safetensors"
    path.write_bytes(save({"w": np.ones(3)}, {"gradatim": "[" * 100_000}))
    with pytest.raises(InputError, match="nested too deeply"):
        load_network(path)


@pytest.mark.parametrize("weight", [np.nan, np.inf])
def test_weights_that_are_no_numbers_are_neither_loaded_nor_saved(weight, tmp_path):
    path = tmp_path / "net.safetensors"
    tensors = {"layers.0.weight": np.full((1, 1), weight), "layers.0.bias": np.zeros(1)}
    path.write_bytes(save(tensors, {"gradatim": json.dumps(GOOD)}))
    with pytest.raises(InputError, match=r"layers\.0\.weight holds numbers that are not finite"):
        load_network(path)
    with pytest.raises(OutputError, match="not finite"):
        save_network(Network([Layer([[weight]], [0.0])]), path)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "net.safetensors")
    with pytest.raises(InputError, match="it is a pipe, not an ordinary file"):
        load_network(tmp_path / "net.safetensors")


@pytest.mark.parametrize("text", ["[]", "null", "3", '"x"', '{"kind": "network", "layers": 3}'])
def test_a_refusal_does_not_speak_of_pythons_types(text, tmp_path):
    path = tmp_path / "net.safetensors"
    path.write_bytes(save({"w": np.ones(3)}, {"gradatim": text}))
    with pytest.raises(
        InputError, match=r"its entries are not those of one|is missing|schema"
    ) as caught:
        load_network(path)
    assert "object" not in str(caught.value)
