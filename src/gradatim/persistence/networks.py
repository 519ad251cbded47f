"""A network in a safetensors file, and back.

Conventions: ``layers.0.weight`` is the first layer's, ``(n_out, n_in)``, in the precision it had;
what is no array (activations, names, typed fractions, versions) is one JSON object in the header
under ``gradatim``. What is loaded equals what was saved. Other programs can read the numbers.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from gradatim.errors import InputError, OutputError
from gradatim.network import Layer, Network
from gradatim.network.numbers import to_fraction
from gradatim.persistence.container import Tensors, read_container, write_container

#: Ending of a file that holds a network.
NETWORK_FORMAT = ".safetensors"

_SCHEMA = 1


def save_network(network: Network, path: str | os.PathLike[str]) -> Path:
    """Save a network: weights, missing edges, activations, names, typed fractions.

    Parameters
    ----------
    network : Network
        An activation may be left open.
    path : path-like
        A file ending in ``.safetensors``.

    Returns
    -------
    pathlib.Path
        The absolute path of the written file.

    Raises
    ------
    OutputError
        If the name ends otherwise, a weight is not finite, or the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from gradatim.network import parse
    >>> network = parse("tanh(1/3 x1 - 2)")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save_network(network, f"{folder}/net.safetensors")
    ...     str(load_network(path))
    'tanh(1/3 x1 - 2)'
    """
    record, tensors = to_record(network)
    if not all(np.isfinite(array).all() for array in tensors.values()):
        raise OutputError(f"{path} cannot hold a network with weights that are not finite")
    record = {"schema": _SCHEMA, "gradatim": version("gradatim"), "kind": "network", **record}
    return write_container(path, NETWORK_FORMAT, "network", record, tensors)


def load_network(path: str | os.PathLike[str]) -> Network:
    """Load a network that `save_network` saved.

    Parameters
    ----------
    path : path-like
        A file ending in ``.safetensors``.

    Returns
    -------
    Network
        Equal to the one that was saved.

    Raises
    ------
    InputError
        If the file cannot be read, is no whole safetensors file, or holds no network; a weight
        that is not finite is none.
    """
    return read_container(path, NETWORK_FORMAT, "network", _network)


def to_record(network: Network, prefix: str = "") -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Write a network out as plain values and tensors, whose names begin with a prefix."""
    tensors, layers = {}, []
    for i, layer in enumerate(network.layers):
        name = f"{prefix}layers.{i}"
        tensors |= {f"{name}.weight": layer.weight, f"{name}.bias": layer.bias}
        if layer.mask is not None:
            tensors[f"{name}.mask"] = layer.mask
        exact = [[i, j, str(value)] for (i, j), value in (layer.exact or {}).items()]
        shape = list(layer.weight.shape)
        layers.append({"activation": layer.activation, "exact": exact, "shape": shape})
    names: dict[str, Any] = {
        "input_names": network.input_names,
        "output_names": network.output_names,
    }
    if network.hidden_names:
        names["hidden_names"] = network.hidden_names
    return {"layers": layers, **names}, tensors


def from_record(
    record: Mapping[str, Any], tensors: Tensors, prefix: str = "", *, finite: bool = False
) -> Network:
    """Make the network of which `to_record` gave a record and its tensors."""
    layers = []
    for i, layer in enumerate(record["layers"]):
        name = f"{prefix}layers.{i}"
        # Files of before do not say it.
        n_out, n_in = layer.get("shape", (None, None))
        mask = f"{name}.mask"
        layers.append(
            Layer(
                tensors.get(f"{name}.weight", (n_out, n_in), finite=finite),
                tensors.get(f"{name}.bias", (n_out,), finite=finite),
                layer["activation"],
                tensors.get(mask, (n_out, n_in), "b") if mask in tensors else None,
                {(row, source): to_fraction(text) for row, source, text in layer["exact"]},
            )
        )
    hidden = record.get("hidden_names", [])
    if not isinstance(hidden, list | tuple):
        raise InputError("hidden_names is no list of lists of names")
    return Network(
        layers,
        _texts(record["input_names"], "input_names"),
        _texts(record["output_names"], "output_names"),
        [_texts(names, "hidden_names") for names in hidden],
    )


def _texts(names: Any, key: str) -> list[str]:
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise InputError(f"{key} is no list of names")
    return list(names)


def _network(header: Mapping[str, Any], tensors: Tensors) -> Network:
    if header["kind"] == "model":
        raise InputError("it is a model; gradatim.load_model reads models")
    if header["schema"] != _SCHEMA or header["kind"] != "network":
        raise InputError(
            f"it is a {header['kind']} of schema {header['schema']}, and this version reads "
            f"networks of schema {_SCHEMA}; update gradatim"
        )
    # NumPy writes NaN without a word, and every number computed from one is wrong.
    return from_record(header, tensors, finite=True)
