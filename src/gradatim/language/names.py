r"""Names as they are typed, in plain text, Unicode and LaTeX, and their one spelling.

Conventions: a name is a letter with an index (``x1``, ``x_1``, ``x₁``, ``w_1^{(2)}``) or a word of
two letters or more, so that ``w_1x_1`` is two names. The letter π stands alone: ``2πx`` is a
product.
"""

from __future__ import annotations

import re
import unicodedata

#: Every sign that a keyboard or a text processor takes for a minus, as a pattern.
MINUSES = r"[-\u2212\u2013\u2014\ufe63\uff0d]"

#: A number without its sign, as a pattern.
NUMBER = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"

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

# Signs of logic, by the word.
_LOGIC = {
    "AND": r"∧|&&|\\land\b|\\wedge\b",
    "NAND": r"⊼",
    "OR": r"\u2228|\\lor\b|\\vee\b",
    "NOR": r"⊽",
    "XOR": r"⊕|\\oplus\b",
    "NOT": r"¬|\\lnot\b|\\neg\b",
}

# A letter of any alphabet; raised and lowered digits and vulgar fractions are none.
_LETTER = r"[^\W\d_²³¹¼-¾⁰-₟]"
_IN_WORD = r"[^\W\d_²³¹¼-¾⁰-₟π]"
_COMMAND = rf"\\(?:{'|'.join(sorted(_GREEK_LETTERS, key=len, reverse=True))})(?![a-zA-Z])"
_HAT = r"\\hat\s*(?:\{\s*[a-zA-Z]\s*\}|[a-zA-Z])"
_INDEX = r"(?:_\{[0-9,\s]+\}|(?:_?[0-9₀-₉]+)(?:_[0-9]+)*)"
_UPPER = r"(?:\^\{\([0-9]+\)\})"
# What may follow a name so that it is called; LaTeX may put \left or a space between.
_CALLED = r"(?=\s*(?:\\left\s*)?(?:\(|\\\{))"
# One way to match only: a word of 10,000 letters must not be tried in 10,000 ways.
_WORD = rf"{_IN_WORD}{_IN_WORD}(?:{_IN_WORD}|[0-9_])*"
_STYLED = r"\\(?:operatorname\*?|text|mathrm|textrm|mathit|mathsf)\s*\{\s*(?:[a-zA-Z_]|\\_)+\s*\}"
# The square of a sine is written between its name and its argument.
_RAISED = r"\\?(?:sin|cos|tan)\s*(?:\^\s*(?:[0-9]|\{\s*[0-9]+\s*\})|[²³])"
_BOLD = r"(?:\\(?:mathbf|boldsymbol|vec)\s*\{\s*([a-zA-Z])\s*\}|([a-zA-Z]))"

#: A name, as a pattern.
NAME = rf"(?:(?:{_WORD})|(?:{_HAT}|{_COMMAND}|{_LETTER}){_INDEX}?){_UPPER}?"

#: What is called, up to its bracket.
CALL = rf"(?:{_RAISED}|{_STYLED}|\\[a-zA-Z]+(?<!\\left)(?<!\\right)|{_WORD}|{_LETTER}|√){_CALLED}"

# Functions that LaTeX sets upright
_UPRIGHT = "sinh?|cosh?|tanh?|cot|sec|csc|arcsin|arccos|arctan|exp|ln|log|lg"

#: A function before an argument without brackets: LaTeX, or a root.
BARE = (
    rf"(?:\\{_RAISED[3:]}|{_STYLED}|\\(?:{_UPRIGHT})(?![a-zA-Z])"
    rf"|\\sqrt(?![a-zA-Z])(?!\s*[\[{{])|√)"
    rf"(?!{_CALLED[3:]}"
)

#: A scalar product of two vectors, as a pattern.
TRANSPOSED = rf"{_BOLD}\s*\^\s*(?:\{{\s*(?:T|\\top|\\intercal)\s*\}}|T|\\top|\\intercal)\s*{_BOLD}"

#: Words of logic and their signs, as patterns.
LOGIC = {
    word: rf"(?:(?:{word}|{word.title()}|{word.lower()})\b|{signs})"
    for word, signs in _LOGIC.items()
}
_IS_LOGIC = re.compile("|".join(LOGIC.values()))


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
    """Tell whether a text is one name.

    Examples
    --------
    >>> is_name("x_1"), is_name("x1x2"), is_name("and")
    (True, False, False)
    """
    return re.fullmatch(NAME, text) is not None and _IS_LOGIC.fullmatch(text) is None


def transposed_names(token: str) -> tuple[str, str]:
    r"""Return the names of the two vectors of a scalar product."""
    found = re.fullmatch(TRANSPOSED, token)
    assert found is not None
    return found[1] or found[2], found[3] or found[4]


def call_name(token: str) -> str:
    r"""Return the name of what is called, without LaTeX around it, in small letters.

    Examples
    --------
    >>> [call_name(name) for name in (r"\operatorname{ReLU}", r"\sigma", "Tanh", "a", "√")]
    ['relu', 'σ', 'tanh', 'a', 'sqrt']
    """
    inner = re.search(r"\{\s*(.*?)\s*\}", token)
    bare = (inner[1] if inner else token.removeprefix("\\")).replace("\\_", "_")
    if bare == "√":
        return "sqrt"
    return _GREEK_LETTERS.get(bare, bare.lower() if len(bare) > 1 else bare)


def raised_call(token: str) -> tuple[str, int]:
    r"""Return the name of what is called and the power that stands between it and its bracket.

    Examples
    --------
    >>> raised_call(r"\sin^{2}"), raised_call("cos²"), raised_call("exp")
    (('sin', 2), ('cos', 2), ('exp', 1))
    """
    if not re.fullmatch(_RAISED, token):
        return call_name(token), 1
    [power] = re.findall(r"[0-9]+|[²³]", token)
    return re.findall("[a-z]+", token)[0], int(unicodedata.normalize("NFKC", power))


def input_order(name: str) -> tuple[str, int, str]:
    """Return the key by which inputs are sorted: by letter, then by number."""
    digits = name[1:]
    return name[:1], int(digits) if digits.isdecimal() else -1, name
