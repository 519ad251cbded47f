r"""The language of equations: its tokens and its grammar, read by lark.

Conventions: LALR(1), so reading takes time in proportion to the text and no recursion. LaTeX,
Unicode and plain spellings are tokens of the same kind; what they mean is decided in
`gradatim.network.reading`. A name is a letter with an index (``x1``, ``x_1``, ``x₁``,
``w_1^{(2)}``) or a word of two letters or more, so that ``w_1x_1`` is two names.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from gradatim.activations import get_activation
from gradatim.errors import SpecError
from gradatim.network.layer import OPEN_ACTIVATION
from gradatim.network.numbers import MINUSES

if TYPE_CHECKING:
    from lark import Lark

__all__ = [
    "BINDING",
    "COEFFICIENT",
    "IMPLICIT_INPUT",
    "SPOKEN",
    "activation_of",
    "call_name",
    "input_order",
    "is_name",
    "parser",
    "plain_name",
    "transposed_names",
]

_GREEK = re.findall(
    "[a-z]+",
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho "
    "sigma tau upsilon phi chi psi omega",
)
_GREEK_LETTERS = {
    # Unicode spells the letter without its b.
    name: unicodedata.lookup(f"GREEK SMALL LETTER {name.replace('lambda', 'lamda')}")
    for name in _GREEK
}
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")

# A letter of any alphabet; raised and lowered digits and vulgar fractions are none.
_LETTER = r"[^\W\d_²³¹¼-¾⁰-₟]"
_COMMAND = rf"\\(?:{'|'.join(sorted(_GREEK_LETTERS, key=len, reverse=True))})(?![a-zA-Z])"
_HAT = r"\\hat\s*(?:\{\s*[a-zA-Z]\s*\}|[a-zA-Z])"
_INDEX = r"(?:_\{[0-9,\s]+\}|(?:_?[0-9₀-₉]+)(?:_[0-9]+)*)"
_UPPER = r"(?:\^\{\([0-9]+\)\})"
# What may follow a name so that it is called; LaTeX may put \left or a space between.
_CALLED = r"(?=\s*(?:\\left\s*)?\()"
# One way to match only: a word of 10,000 letters must not be tried in 10,000 ways.
_WORD = rf"{_LETTER}{_LETTER}(?:{_LETTER}|[0-9_])*"
_STYLED = r"\\(?:operatorname\*?|text|mathrm|textrm|mathit|mathsf)\s*\{\s*(?:[a-zA-Z_]|\\_)+\s*\}"

_NAME = rf"(?:(?:{_WORD})|(?:{_HAT}|{_COMMAND}|{_LETTER}){_INDEX}?){_UPPER}?"
_CALL = rf"(?:{_STYLED}|\\[a-zA-Z]+(?<!\\left)(?<!\\right)|{_WORD}|{_LETTER}){_CALLED}"
_BOLD = r"(?:\\(?:mathbf|boldsymbol|vec)\s*\{\s*([a-zA-Z])\s*\}|([a-zA-Z]))"
_TRANSPOSED = rf"{_BOLD}\s*\^\s*(?:\{{\s*(?:T|\\top|\\intercal)\s*\}}|T|\\top|\\intercal)\s*{_BOLD}"

_NUMBER = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"

_SKIPPED = (
    r"\\(?:left|right|quad|qquad|displaystyle)(?![a-zA-Z])|\\(?:begin|end)\{[a-z]+\*?\}"
    r"|\\[,;:! ]|[$&\s]+"
)

_GRAMMAR = rf"""
start: segment (ARROW segment)*
segment: equation? (separator equation?)*
separator: SEMICOLON | COMMA
equation: side (EQUALS side)*
side: sum | STRING | sum STRING | OPEN CLOSE -> nothing
sum: sign? term (sign term)*
sign: (PLUS | MINUS)+
term: power (times? power | over power)*
times: STAR sign?
over: SLASH sign?
power: atom (POWER sign? atom | SQUARED)?
atom: NUMBER -> number
    | NAME -> name
    | TRANSPOSED -> transposed
    | CALL OPEN arguments CLOSE -> call
    | OPEN sum CLOSE -> group
    | OPEN_BRACE sum CLOSE_BRACE -> group
    | FRACTION OPEN_BRACE sum CLOSE_BRACE OPEN_BRACE sum CLOSE_BRACE -> fraction
arguments: equation (COMMA equation)*

NUMBER: /{_NUMBER}/
STRING: /"(?:[^"\\]|\\.)*"/
TRANSPOSED.5: /{_TRANSPOSED}/
FRACTION.4: /\\[dt]?frac(?![a-zA-Z])/
STAR.4: /\*(?!\*)|[·×\u2217⋅]|\\cdot(?![a-zA-Z])|\\times(?![a-zA-Z])/
ARROW.4: /->|→|\\to(?![a-zA-Z])|\\rightarrow(?![a-zA-Z])/
CALL.3: /{_CALL}/
NAME.2: /{_NAME}/
PLUS: /[+\uff0b]/
MINUS: /{MINUSES}/
SLASH: /[\/÷]/
POWER: /\*\*|\^/
SQUARED: /[⁰¹²³⁴-⁹]+/
EQUALS: "="
OPEN: "("
CLOSE: ")"
OPEN_BRACE: "{{"
CLOSE_BRACE: "}}"
SEMICOLON: /;|\\\\/
COMMA: ","
SKIPPED.6: /{_SKIPPED}/
%ignore SKIPPED
"""

_OTHER_NAMES = {
    "σ": "logistic",
    "sgn": "sign",
    "h": "heaviside",
    "lrelu": "leaky_relu",
    "id": "identity",
}

#: What a token is called in a message.
SPOKEN = {
    "NUMBER": "a number",
    "NAME": "a name",
    "CALL": "an activation",
    "OPEN": '"("',
    "CLOSE": '")"',
    "PLUS": '"+"',
    "MINUS": '"-"',
    "STAR": '"*"',
    "SLASH": '"/"',
    "EQUALS": '"="',
    "SEMICOLON": '";"',
    "COMMA": '","',
    "ARROW": '"->"',
    "OPEN_BRACE": '"{"',
    "CLOSE_BRACE": '"}"',
    "$END": "the end",
}

#: Names that are inputs without being declared.
IMPLICIT_INPUT = re.compile(r"[xz][0-9]*")

#: Names that are coefficients, and need a value.
COEFFICIENT = re.compile(r"[wbθ][0-9]*(?:_[0-9]+)*(?:\^\([0-9]+\))?|[WB]")

#: A name that is set to a number, as in ``w_0 = 1/3``.
BINDING = re.compile(
    rf"[\s$&]*(?P<name>{_NAME})[\s$&]*=[\s$&]*"
    rf"(?P<value>(?:{MINUSES}|\+)?\s*{_NUMBER}\s*(?:/\s*{_NUMBER})?)[\s$&]*"
)


@cache
def parser() -> Lark:
    """Return the parser, built when it is first used."""
    from lark import Lark

    return Lark(
        _GRAMMAR,
        parser="lalr",
        lexer="basic",
        propagate_positions=True,
        maybe_placeholders=False,
        keep_all_tokens=True,
    )


def plain_name(token: str) -> str:
    r"""Return the one spelling of a name: ``x_1``, ``x_{1}`` and ``x₁`` are ``x1``.

    Examples
    --------
    >>> [plain_name(name) for name in ("x_{10}", "x₁", "w_1^{(2)}", r"\hat{y}", "spectral_flux")]
    ['x10', 'x1', 'w1^(2)', 'ŷ', 'spectral_flux']
    """
    body, _, upper = token.partition("^")
    if re.fullmatch(_WORD, body):
        plain = body
    else:
        hat = re.match(r"\\hat\s*\{?\s*([a-zA-Z])\s*\}?", body)
        command = re.match(r"\\([a-z]+)", body)
        if hat:
            rest, letter = body[hat.end() :], unicodedata.normalize("NFC", hat[1] + "\u0302")
        elif command:
            rest, letter = body[command.end() :], _GREEK_LETTERS[command[1]]
        else:
            rest, letter = body[1:], body[:1]
        index = re.sub(r"[{}\s]", "", rest.translate(_SUBSCRIPTS)).replace(",", "_")
        plain = letter + index.removeprefix("_")
    return unicodedata.normalize("NFC", plain) + ("^" + upper.strip("{}") if upper else "")


def is_name(text: str) -> bool:
    """Tell whether a text is one name."""
    return re.fullmatch(_NAME, text) is not None


def transposed_names(token: str) -> tuple[str, str]:
    r"""Return the names of the two vectors of a scalar product."""
    found = re.fullmatch(_TRANSPOSED, token)
    assert found is not None
    return found[1] or found[2], found[3] or found[4]


def call_name(token: str) -> str:
    r"""Return the name of what is called, without LaTeX around it."""
    inner = re.search(r"\{\s*(.*?)\s*\}", token)
    bare = (inner[1] if inner else token.removeprefix("\\")).replace("\\_", "_")
    return _GREEK_LETTERS.get(bare, bare.lower() if len(bare) > 1 else bare)


def activation_of(name: str) -> str | None:
    """Return the standard name of an activation, or None if there is none."""
    if name == OPEN_ACTIVATION:
        return name
    try:
        return get_activation(_OTHER_NAMES.get(name.lower(), name)).name
    except SpecError:
        return None


def input_order(name: str) -> tuple[str, int, str]:
    """Return the key by which inputs are sorted: by letter, then by number."""
    digits = name[1:]
    return name[:1], int(digits) if digits.isdecimal() else -1, name
