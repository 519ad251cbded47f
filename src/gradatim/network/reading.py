"""From text to a network: `parse`.

Conventions: what is written is a weighted sum, or an activation of one, to any depth; names are
looked up in the order of the text, letters with a value first. Nothing is ever evaluated as Python.
Everything that is no network is an `EquationError` that names a column.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from gradatim.activations import get_activation
from gradatim.errors import EquationError, SpecError
from gradatim.network.numbers import to_fraction

if TYPE_CHECKING:
    from gradatim.network.graph import Network

#: Characters that `parse` reads unless it is told otherwise.
MOST_CHARACTERS = 10_000

#: Brackets inside brackets that `parse` reads.
MOST_LEVELS = 200


def parse(
    text: str,
    activation: str | None = None,
    let: Mapping[str, Any] | None = None,
    *,
    max_characters: int | None = MOST_CHARACTERS,
) -> Network:
    r"""Read a network from an equation.

    An equation is a weighted sum of inputs, or an activation of one, nested to any depth;
    several outputs stand between semicolons. ``x``, ``x0``, ``z1`` and the like are inputs; others
    are declared before an arrow, as in ``tempo, flux -> relu(2 tempo - flux)``. Coefficients stand
    before, with or without ``*``: ``3x2``, ``1/3 x0``, ``0.8 * x1``. LaTeX is read as well, and so
    is what units make: ``max(0, x1)``, ``|x1|``, ``1/(1 + exp(-x1))``, ``x1 AND NOT x2``. A sum
    that is written twice is one unit; an input that a unit reads beside deeper units is passed on
    by an identity unit. ``str(network)`` writes the language; docs/guides/equations.md tells it.

    Parameters
    ----------
    text : str
        The equation.
    activation : str, optional
        Takes the place of ``a`` in ``a(...)``; without it the activation is left open.
    let : mapping of str to number, str or sequence of numbers, optional
        Values of letters, such as ``{"w_1": "1/3"}``; a sequence for W in ``W^T X``.
    max_characters : int or None, default 10,000
        Longest text that is read; None for any. A large network writes a long text.

    Returns
    -------
    Network
        Its coefficients are kept as typed, see `Layer.exact_units`.

    Raises
    ------
    EquationError
        If the text is no network, or beyond 10,000 characters, 200 levels of brackets or 10,000
        units.
    SpecError
        If there is no such activation, no ``a`` in whose place to put it, or a value of `let` is
        no number.

    Examples
    --------
    >>> network = parse("sigmoid(x1 - 2.5)")
    >>> network([[0.0], [1.0], [3.0], [5.0]]).round(2).ravel()
    array([0.08, 0.18, 0.62, 0.92])
    >>> parse("a(w_1 x_1 + w_0)", activation="tanh", let={"w_1": 2, "w_0": "1/3"}).layer_sizes
    (1, 1)
    >>> str(parse("step(step(-x+50) + step(x-100) - 1)"))
    'step(step(-x + 50) + step(x - 100) - 1)'
    """
    from gradatim.language.parsing import read_tree
    from gradatim.network.statements import NO_EQUATION, read_network

    if activation is not None:
        get_activation(activation)
    if max_characters is not None and len(text) > max_characters:
        raise EquationError(
            f"the equation has {len(text):,} characters; at most {max_characters:,} are read, "
            "so split it up or raise max_characters"
        )
    tree = read_tree(text, MOST_LEVELS, NO_EQUATION)
    values = _letters(let or {})
    try:
        network = read_network(text, tree, values)
    except SpecError as error:
        raise EquationError(str(error)) from None
    return network if activation is None else network.close(activation)


def _letters(let: Mapping[str, Any]) -> dict[str, Fraction | tuple[Fraction, ...]]:
    """Return the values of letters under the names by which the text knows them."""
    from gradatim.language.names import is_name, plain_name

    letters: dict[str, Fraction | tuple[Fraction, ...]] = {}
    for typed, value in let.items():
        # Also as messages spell it: w1^(2) for w_1^{(2)}.
        name = re.sub(r"\^(\([0-9]+\))$", r"^{\1}", typed.strip())
        if not is_name(name):
            raise SpecError(f"{typed!r} is no letter that can have a value; write one such as w_1")
        several = isinstance(value, Sequence) and not isinstance(value, str)
        letters[plain_name(name)] = (
            tuple(to_fraction(item, name) for item in value)
            if several
            else to_fraction(value, name)
        )
    return letters
