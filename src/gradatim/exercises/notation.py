r"""One notation for the formulas of an exercise: plain text, LaTeX, Typst or MathML.

Conventions: a text holds formulas between dollar signs, as in ``"Find $w1 x1 + w0 = 0$."``. Inside
a formula, letters followed by digits are an indexed name (``x1``, ``w12``), ``2/3`` between
numbers is a fraction, ``^2`` a power, ``∂L/∂w1`` a partial derivative, a prime (``w1'``) marks a
new value, ``#`` an open place; a word is the name of a function. Whoever writes a text leaves
spaces around binary operators; the writers set minus signs and indices.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree as ET

from gradatim.errors import InputError

_TOKEN = re.compile(
    r"""
    (?P<partial>∂[A-Za-z]\d*/∂[A-Za-z]\d*)
  | (?P<fraction>\d+/\d+)
  | (?P<number>\d+(?:\.\d+)?)
  | (?P<power>\^\d)
  | (?P<function>[A-Za-z]{2,})
  | (?P<name>[A-Za-zŷησδΔ]\d*'?)
  | (?P<operator>≈|≥|≤|≠|→|[-+·×=<>|()\[\],;/:{}#…])
  | (?P<space>\s+)
    """,
    re.VERBOSE,
)
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LATEX = {
    "≈": r"\approx ",
    "≥": r"\ge ",
    "≤": r"\le ",
    "≠": r"\ne ",
    "→": r"\to ",
    "·": r"\cdot ",
    "×": r"\times ",
    "{": r"\{",
    "}": r"\}",
    "#": r"\square ",
    "…": r"\dots ",
    "ŷ": r"\hat{y}",
    "η": r"\eta",
    "σ": r"\sigma",
    "δ": r"\delta",
    "Δ": r"\Delta",
}
_KNOWN = {"tanh", "ln", "max", "exp"}
_TYPST = {"/": r"\/", "#": "square", "…": "dots", "ŷ": "hat(y)"}


class Token(NamedTuple):
    """A piece of a formula."""

    # ``partial``, ``fraction``, ``number``, ``power``, ``function``, ``name``, ``operator`` or
    # ``space``
    kind: str
    text: str  # The piece as it was written


def segments(text: str) -> Iterator[tuple[bool, str]]:
    """Split a text into words and formulas.

    Examples
    --------
    >>> list(segments("Find $w1$."))
    [(False, 'Find '), (True, 'w1'), (False, '.')]
    """
    pieces = text.split("$")
    if len(pieces) % 2 == 0:
        raise InputError(f"a formula is not closed in {text!r}; write a second dollar sign")
    for i, piece in enumerate(pieces):
        if piece:
            yield i % 2 == 1, piece


def math_tokens(formula: str) -> list[Token]:
    """Split a formula into its pieces.

    Examples
    --------
    >>> [token.text for token in math_tokens("w1 x1 - 2/3")]
    ['w1', ' ', 'x1', ' ', '-', ' ', '2/3']
    """
    tokens, position = [], 0
    while position < len(formula):
        match = _TOKEN.match(formula, position)
        if match is None or match.lastgroup is None:
            raise InputError(f"{formula[position]!r} has no meaning in the formula {formula!r}")
        tokens.append(Token(match.lastgroup, match[0]))
        position = match.end()
    return tokens


def to_plain(formula: str) -> str:
    """Write a formula as plain text with Unicode indices, powers and minus signs.

    Examples
    --------
    >>> to_plain("w1 x1^2 + 3")
    'w₁ x₁² + 3'
    """
    return "".join(map(_plain, math_tokens(formula)))


def _plain(token: Token) -> str:
    if token.kind in ("name", "partial"):
        return token.text.translate(_SUBSCRIPTS).replace("'", "\N{PRIME}")
    if token.kind == "power":
        return token.text[1:].translate(_SUPERSCRIPTS)
    return {"-": "\N{MINUS SIGN}", "#": "▢"}.get(token.text, token.text)


def to_latex(formula: str) -> str:
    r"""Write a formula as LaTeX, without dollar signs.

    Examples
    --------
    >>> to_latex("step(2/3 x1 - 1)")
    '\\operatorname{step}(\\frac{2}{3} x_{1} - 1)'
    """
    return "".join(map(_latex, math_tokens(formula))).strip()


def _latex(token: Token) -> str:
    kind, text = token
    if kind == "partial":
        above, below = text.split("/")
        parts = [rf"\partial {_latex_name(part[1:])}" for part in (above, below)]
        return rf"\dfrac{{{parts[0]}}}{{{parts[1]}}}"
    if kind == "fraction":
        above, below = text.split("/")
        return rf"\frac{{{above}}}{{{below}}}"
    if kind == "name":
        return _latex_name(text)
    if kind == "function":
        return rf"\{text} " if text in _KNOWN else rf"\operatorname{{{text}}}"
    return _LATEX.get(text, text)


def _latex_name(name: str) -> str:
    letter, index, prime = _parts_of(name)
    below = f"_{{{index}}}" if index else ""
    return _LATEX.get(letter, letter) + below + ("'" if prime else "")


def _parts_of(name: str) -> tuple[str, str, bool]:
    """Return the letter, the index and whether there is a prime."""
    bare = name.removesuffix("'")
    return bare[0], bare[1:], bare != name


def to_typst(formula: str) -> str:
    r"""Write a formula as Typst, without dollar signs.

    Examples
    --------
    >>> to_typst("step(2/3 x1 - 1)")
    'op("step") ( frac(2, 3) x_1 - 1 )'
    """
    return " ".join(_typst(token) for token in math_tokens(formula) if token.kind != "space")


def _typst(token: Token) -> str:
    kind, text = token
    if kind == "partial":
        above, below = (_typst_name(part[1:]) for part in text.split("/"))
        return f"frac(partial {above}, partial {below})"
    if kind == "fraction":
        above, below = text.split("/")
        return f"frac({above}, {below})"
    if kind == "name":
        return _typst_name(text)
    if kind == "function":
        return text if text in _KNOWN else f'op("{text}")'
    return _TYPST.get(text, text)


def _typst_name(name: str) -> str:
    letter, index, prime = _parts_of(name)
    below = index if len(index) < 2 else f"({index})"
    # The prime in front of the index, or it would belong to the index.
    mark = "'" if prime else ""
    return _TYPST.get(letter, letter) + mark + (f"_{below}" if below else "")


def to_mathml(formula: str) -> ET.Element:
    """Write a formula as a MathML element.

    Examples
    --------
    >>> ET.tostring(to_mathml("x1"), encoding="unicode")
    '<math><msub><mi>x</mi><mn>1</mn></msub></math>'
    """
    math = ET.Element("math")
    before = None
    for token in math_tokens(formula):
        if token.kind == "power":
            # A power belongs to what stands before it, an indexed name included.
            base = math[-1]
            math.remove(base)
            above = ET.SubElement(math, "msup")
            above.append(base)
            _leaf(above, "mn", token.text[1:])
        elif token.kind != "space":
            math.append(_mathml(token))
            if token.text == "-" and (before is None or _opens(before)):
                # MathML takes a minus for binary unless it is the first in its row.
                math[-1].set("form", "prefix")
        if token.kind != "space":
            before = token
    return math


def _opens(token: Token) -> bool:
    """Tell whether a minus that follows is a sign."""
    return token.kind == "operator" and token.text not in (")", "]", "#")


def _mathml(token: Token) -> ET.Element:
    kind, text = token
    if kind in ("fraction", "partial"):
        fraction = ET.Element("mfrac")
        for part in text.split("/"):
            if kind == "fraction":
                _leaf(fraction, "mn", part)
            else:
                row = ET.SubElement(fraction, "mrow")
                _leaf(row, "mo", "∂", form="prefix", lspace="0", rspace="0")
                row.append(_mathml_name(part[1:]))
        return fraction
    if kind == "name":
        return _mathml_name(text)
    leaf = ET.Element({"number": "mn", "function": "mi"}.get(kind, "mo"))
    leaf.text = {"-": "\N{MINUS SIGN}", "#": "▢"}.get(text, text)
    if text in ("(", ")"):
        leaf.set("stretchy", "false")
    return leaf


def _mathml_name(name: str) -> ET.Element:
    letter, index, prime = _parts_of(name)
    if not index and not prime:
        leaf = ET.Element("mi")
        leaf.text = letter
        return leaf
    tag = "msubsup" if index and prime else "msub" if index else "msup"
    element = ET.Element(tag)
    _leaf(element, "mi", letter)
    if index:
        _leaf(element, "mn", index)
    if prime:
        _leaf(element, "mo", "\N{PRIME}")
    return element


def _leaf(parent: ET.Element, tag: str, text: str, **attributes: str) -> None:
    leaf = ET.SubElement(parent, tag, attributes)
    leaf.text = text
