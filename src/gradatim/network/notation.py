r"""How sums, activations and names are set: as plain text, LaTeX or MathML.

Conventions: plain text is the language that `parse` reads. LaTeX is for a formula environment,
without ``$``; MathML is presentation markup, without ``math`` around it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from fractions import Fraction
from html import escape

from gradatim._text import escape_json, show_name
from gradatim.network.layer import OPEN_ACTIVATION
from gradatim.network.numbers import format_fraction

MINUS = "\N{MINUS SIGN}"

_SPOKEN = {"heaviside": "step", "logistic": "sigmoid"}

Term = tuple[Fraction | float, str, bool]
"""A coefficient, what it multiplies as it is set, and whether that is a call."""


def spoken_activation(name: str) -> str:
    """Return the name by which the lecture calls an activation."""
    return _SPOKEN.get(name, name)


class EquationText:
    """Plain text, as `parse` reads it."""

    plus, minus, negative, equals = " + ", " - ", "-", " = "

    def name(self, name: str) -> str:
        """Write a name that the language reads."""
        return name

    def quoted(self, name: str) -> str:
        """Write any other name."""
        return escape_json(json.dumps(name, ensure_ascii=False))

    def number(self, value: Fraction | float) -> str:
        """Write a number without its sign."""
        return format_fraction(value) if isinstance(value, Fraction) else str(value)

    def product(self, value: Fraction | float, source: str, is_call: bool) -> str:
        """Write a coefficient and what it multiplies."""
        number = self.number(value)
        glued = len(source.partition("_")[0].rstrip("0123456789")) == 1 and source[0] not in "eE"
        plain = number.replace(".", "").isdecimal()
        return number + ("" if glued and plain and not is_call else " ") + source

    def call(self, activation: str, inner: str) -> str:
        """Write an activation of a sum."""
        return f"{spoken_activation(activation)}({inner})"

    def separated(self, parts: Sequence[str]) -> str:
        """Write the arguments of a softmax."""
        return ", ".join(parts)

    def sum(self, terms: Sequence[Term], constant: Fraction | float) -> str:
        """Write a weighted sum."""
        signed = [
            (value < 0, source if abs(value) == 1 else self.product(abs(value), source, is_call))
            for value, source, is_call in terms
        ]
        if constant or not terms:
            signed.append((constant < 0, self.number(abs(constant))))
        first, *rest = signed
        parts = [self.negative * first[0] + first[1]]
        parts += [(self.minus if negative else self.plus) + text for negative, text in rest]
        return "".join(parts)


class Latex(EquationText):
    """LaTeX for a formula environment."""

    def name(self, name: str) -> str:
        """Set an index below its letter, and a word upright."""
        letter, index, upper = _parts(name)
        if len(letter) > 1:
            return rf"\text{{{_latex_escape(name)}}}"
        accent = unicodedata.normalize("NFD", letter)
        text = rf"\hat{{{accent[0]}}}" if accent[1:] == "\u0302" else letter
        text += f"_{index}" if len(index) == 1 else f"_{{{index}}}" if index else ""
        return text + (f"^{{({upper})}}" if upper else "")

    def quoted(self, name: str) -> str:
        """Set any other name upright."""
        return rf"\text{{{_latex_escape(name)}}}"

    def number(self, value: Fraction | float) -> str:
        """Set a number without its sign."""
        text = super().number(value)
        if "/" in text:
            above, _, below = text.partition("/")
            return rf"\frac{{{above}}}{{{below}}}"
        mantissa, _, exponent = text.partition("e")
        return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else text

    def product(self, value: Fraction | float, source: str, is_call: bool) -> str:
        """Set a coefficient and what it multiplies."""
        return f"{self.number(value)} {source}"

    def call(self, activation: str, inner: str) -> str:
        """Set an activation of a sum."""
        return f"{_LATEX_NAMES.get(activation) or _operator(activation)}({inner})"


class MathMl(EquationText):
    """Presentation MathML."""

    plus, minus, negative, equals = (f"<mo>{sign}</mo>" for sign in ("+", MINUS, MINUS, "="))

    def name(self, name: str) -> str:
        """Set an index below its letter."""
        letter, index, upper = _parts(name)
        base = f"<mi>{escape(letter, quote=False)}</mi>"
        below = f"<mn>{index}</mn>" if index.isdecimal() else f"<mtext>{index}</mtext>"
        above = f"<mrow><mo>(</mo><mn>{upper}</mn><mo>)</mo></mrow>"
        if index and upper:
            return f"<msubsup>{base}{below}{above}</msubsup>"
        if index:
            return f"<msub>{base}{below}</msub>"
        return f"<msup>{base}{above}</msup>" if upper else base

    def quoted(self, name: str) -> str:
        """Set any other name upright."""
        return f"<mtext>{escape(show_name(name), quote=False)}</mtext>"

    def number(self, value: Fraction | float) -> str:
        """Set a number without its sign."""
        text = super().number(value)
        above, _, below = text.partition("/")
        if below:
            return f"<mfrac><mn>{above}</mn><mn>{below}</mn></mfrac>"
        mantissa, _, exponent = text.partition("e")
        if not exponent:
            return f"<mn>{text}</mn>"
        power = f"<msup><mn>10</mn><mn>{int(exponent)}</mn></msup>".replace("<mn>-", f"<mn>{MINUS}")
        return f"<mn>{mantissa}</mn><mo>·</mo>{power}"

    def product(self, value: Fraction | float, source: str, is_call: bool) -> str:
        """Set a coefficient and what it multiplies, with an invisible sign between."""
        return f"{self.number(value)}<mo>&#8290;</mo>{source}"

    def call(self, activation: str, inner: str) -> str:
        """Set an activation of a sum, with the invisible sign of application."""
        name = "σ" if activation == "logistic" else spoken_activation(activation)
        return f"<mi>{name}</mi><mo>&#8289;</mo><mrow><mo>(</mo>{inner}<mo>)</mo></mrow>"

    def separated(self, parts: Sequence[str]) -> str:
        """Set the arguments of a softmax."""
        return "<mo>,</mo>".join(parts)


_LATEX_NAMES = {
    OPEN_ACTIVATION: OPEN_ACTIVATION,
    "logistic": r"\sigma",
    "tanh": r"\tanh",
    "relu": r"\operatorname{ReLU}",
    "leaky_relu": r"\operatorname{LReLU}",
    "identity": r"\operatorname{id}",
}


def _operator(activation: str) -> str:
    return rf"\operatorname{{{spoken_activation(activation)}}}"


def _parts(name: str) -> tuple[str, str, str]:
    """Return the letter or word, the lower and the upper index of a name."""
    found = re.fullmatch(r"(.)([0-9_]*)(?:\^\(([0-9]+)\))?", name)
    if not found:
        return name, "", ""
    return found[1], found[2].replace("_", ","), found[3] or ""


def _latex_escape(text: str) -> str:
    special = {c: rf"\{c}" for c in "#$%&_{}"}
    special |= {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return "".join(special.get(c, c) for c in show_name(text))


#: Plain text, as `parse` reads it.
TEXT = EquationText()

#: LaTeX for a formula environment.
LATEX = Latex()

#: Presentation MathML.
MATHML = MathMl()
