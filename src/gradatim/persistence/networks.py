"""A network in a safetensors file, and back.

Conventions: ``layers.0.weight`` is the first layer's, ``(n_out, n_in)``, in the precision it had;
what is no array (activations, names, typed fractions, versions) is one JSON object in the header
under ``gradatim``. What is loaded equals what was saved. Other programs can read the numbers.
"""

from __future__ import annotations

import json
import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from gradatim._files import write_atomically
from gradatim.errors import GradatimError, InputError, OutputError
from gradatim.network import Layer, Network
from gradatim.network.numbers import to_fraction

__all__ = ["MODEL_FORMAT", "load_network", "save_network"]

#: Ending of a file that holds a network.
MODEL_FORMAT = ".safetensors"

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
        If the name ends otherwise, or the file cannot be written.

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
    from safetensors.numpy import save

    if Path(path).suffix.lower() != MODEL_FORMAT:
        raise OutputError(f"{path} cannot hold a network; end it in {MODEL_FORMAT}")
    header = {"gradatim": json.dumps(_header(network), ensure_ascii=False)}
    return write_atomically(path, save(_tensors(network), metadata=header))


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
        If the file cannot be read, is no whole safetensors file, or holds no network.
    """
    from safetensors import SafetensorError, safe_open

    if Path(path).is_dir():
        raise InputError(f"{path} is a folder; give a file ending in {MODEL_FORMAT}")
    try:
        with safe_open(os.fspath(path), framework="numpy") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            header = (file.metadata() or {}).get("gradatim")
    except OSError as error:
        raise InputError(f"{path} cannot be read ({_reason(error)})") from error
    except SafetensorError as error:
        raise InputError(f"{path} is no whole safetensors file: {error}") from error
    if header is None:
        raise InputError(f"{path} holds tensors but no network of gradatim; save one to it first")
    try:
        return _network(json.loads(header), tensors)
    except (GradatimError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise InputError(f"{path} holds no network that can be read: {error}") from error


def _reason(error: OSError) -> str:
    # Raised by the library with a text of its own and no number.
    return "no such file" if isinstance(error, FileNotFoundError) else str(error)


def _tensors(network: Network) -> dict[str, np.ndarray]:
    tensors = {}
    for i, layer in enumerate(network.layers):
        tensors[f"layers.{i}.weight"] = np.ascontiguousarray(layer.weight)
        tensors[f"layers.{i}.bias"] = layer.bias
        if layer.mask is not None:
            tensors[f"layers.{i}.mask"] = np.ascontiguousarray(layer.mask)
    return tensors


def _header(network: Network) -> dict[str, Any]:
    return {
        "schema": _SCHEMA,
        "gradatim": version("gradatim"),
        "kind": "network",
        "layers": [
            {
                "activation": layer.activation,
                "exact": [[i, j, str(value)] for (i, j), value in (layer.exact or {}).items()],
            }
            for layer in network.layers
        ],
        "input_names": network.input_names,
        "output_names": network.output_names,
    }


def _network(header: dict[str, Any], tensors: dict[str, np.ndarray]) -> Network:
    if header["schema"] != _SCHEMA or header["kind"] != "network":
        raise InputError(
            f"it is a {header['kind']} of schema {header['schema']}, and this version reads "
            f"networks of schema {_SCHEMA}; update gradatim"
        )
    layers = [
        Layer(
            tensors[f"layers.{i}.weight"],
            tensors[f"layers.{i}.bias"],
            layer["activation"],
            tensors.get(f"layers.{i}.mask"),
            {(row, source): to_fraction(text) for row, source, text in layer["exact"]},
        )
        for i, layer in enumerate(header["layers"])
    ]
    return Network(layers, header["input_names"], header["output_names"])
