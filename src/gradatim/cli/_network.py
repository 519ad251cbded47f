"""Reading a network and its inputs from the command line.

Conventions: a network is an equation, or a text file (``.txt``) that holds one; letters and inputs
are read as `gradatim.cli._equation` reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gradatim.cli._equation import read_letters, read_point
from gradatim.errors import InputError

if TYPE_CHECKING:
    from gradatim.network import Network

__all__ = ["read_network", "read_values"]

_LONGEST_NAME = 255
_OF_EQUATIONS = (".txt",)
# Endings of files, none of which is the end of an equation.
_OF_MODELS = (".json", ".npz", ".onnx", ".pt", ".pth", ".pkl", ".joblib", ".h5", ".keras")


def read_network(
    source: str, activation: str | None = None, let: Sequence[str] | None = None
) -> Network:
    """Read a network from an equation or from a text file that holds one.

    Parameters
    ----------
    source : str
        The equation, or the name of a file that ends in ``.txt``.
    activation : str, optional
        Takes the place of ``a`` in ``a(...)``.
    let : sequence of str, optional
        Letters such as ``"w_1=0.8"`` or ``"W=1,2,3"``.

    Returns
    -------
    Network
        What the equation says.

    Raises
    ------
    InputError
        If the file cannot be read or is of another kind.
    EquationError
        If the equation is no network.
    SpecError
        If there is no such activation, or a letter has no value.
    """
    from gradatim.network import parse

    return parse(_text(source), activation, read_letters(let or ()))


def _text(source: str) -> str:
    ending = Path(source).suffix.lower() if len(source) <= _LONGEST_NAME else ""
    # An equation such as 0.5x1 has an "ending" too, so a file must exist or have a known one.
    is_file = len(source) <= _LONGEST_NAME and Path(source).is_file()
    if not is_file and ending not in (*_OF_EQUATIONS, *_OF_MODELS):
        return source
    if ending not in _OF_EQUATIONS:
        raise InputError(
            f"{source} is no text with an equation; give an equation, or a file ending in .txt"
        )
    try:
        return Path(source).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{source} cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{source} is not text in UTF-8; save it as UTF-8") from error


def read_values(texts: Sequence[str], network: Network) -> dict[str, float]:
    """Read the values of inputs from ``x1=3,x2=1/2``, one option or several.

    Parameters
    ----------
    texts : sequence of str
        Pairs, separated by commas.
    network : Network
        Whose inputs they are.

    Returns
    -------
    dict of str to float
        Value of each input that is named.

    Raises
    ------
    InputError
        If something is no pair, a name comes twice, or a value is no number.
    """
    from gradatim.network.numbers import to_fraction

    point = read_point(",".join(texts), network)
    return {name: float(to_fraction(value, name)) for name, value in point.items()}
