"""Networks and their inputs on the command line: read, and written.

Conventions: a network is an equation, a text file (``.txt``) that holds one, or a saved
network (``.safetensors``); letters and inputs are read as `gradatim.sources.equations` reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gradatim._files import read_regular
from gradatim.errors import InputError, OutputError, SpecError
from gradatim.persistence import NETWORK_FORMAT, load_network, save_network
from gradatim.sources.equations import read_letters, read_point

if TYPE_CHECKING:
    from gradatim.network import Network

_LONGEST_NAME = 255
_EQUATION = ".txt"
# Endings of files, none of which is the end of an equation.
_MODEL = ".gradatim"
_FOREIGN = (".json", ".npz", ".onnx", ".pt", ".pth", ".pkl", ".joblib", ".h5", ".keras")


def read_network(
    source: str, activation: str | None = None, let: Sequence[str] | None = None
) -> Network:
    """Read a network from an equation or from a file."""
    kind = _kind(source)
    if kind == NETWORK_FORMAT:
        return _loaded(source, activation, let)
    from gradatim.network import parse

    text = _content(source) if kind == _EQUATION else source
    return parse(text, activation, read_letters(let or (), text))


def check_network_format(path: Path) -> None:
    """Refuse a file name that tells neither text nor a saved network."""
    if path.suffix.lower() not in (_EQUATION, NETWORK_FORMAT):
        raise OutputError(
            f"{path} cannot hold a network; end it in {_EQUATION} for the equation or "
            f"{NETWORK_FORMAT} for the network itself"
        )


def write_network(network: Network, path: Path) -> Path:
    """Write a network as its equation or exactly; other verbs read both."""
    check_network_format(path)
    if path.suffix.lower() == NETWORK_FORMAT:
        return save_network(network, path)
    from gradatim._files import write_atomically

    return write_atomically(path, f"{network}\n")


def _kind(source: str) -> str | None:
    """Return the ending of a file, or None for an equation."""
    # An equation such as 0.5x1 has an "ending" too, so a file must exist or have a known one.
    if len(source) > _LONGEST_NAME:
        return None
    ending = Path(source).suffix.lower()
    if ending in (_EQUATION, NETWORK_FORMAT):
        return ending
    if ending == _MODEL:
        raise InputError(
            f"{source} is a model that climb saved, and a network is read here; in Python, "
            f"gradatim.load_model({source!r}).network is its network, which gradatim.save_network "
            f"writes into a file ending in {NETWORK_FORMAT}"
        )
    if ending in _FOREIGN or Path(source).is_file():
        raise InputError(
            f"{source} is no network; give an equation, a file ending in {_EQUATION} that holds "
            f"one, or a saved network ending in {NETWORK_FORMAT}"
        )
    return None


def _loaded(source: str, activation: str | None, let: Sequence[str] | None) -> Network:
    if let:
        raise SpecError(f"{source} is a saved network, whose numbers are known; leave --let out")
    network = load_network(source)
    return network if activation is None else network.close(activation)


def _content(source: str) -> str:
    try:
        return read_regular(source).decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise InputError(f"{source} cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{source} is not text in UTF-8; save it as UTF-8") from error


def read_values(texts: Sequence[str], network: Network) -> dict[str, float]:
    """Read the values of inputs from ``x1=3,x2=1/2``, one option or several."""
    from gradatim.network.numbers import to_float

    point = read_point(";".join(texts), network)
    return {name: to_float(value, name) for name, value in point.items()}
