"""Text that people read: numbers, counts with their nouns, and names, whoever chose them.

Conventions: counts have thousands separated by commas; inputs are counted from 1. What comes from
outside (names of files, columns, classes, inputs) is shown as `show_name` writes it; joiners that
Persian and Indic scripts need stay. A number has six significant digits, or more where these do not
reach its decimal point; one that its text does not tell is marked with an almost equal sign, so
that no rounded number looks like another one.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from math import isfinite

__all__ = [
    "ABOUT",
    "DIGITS",
    "bound_text",
    "escape_controls",
    "escape_json",
    "find_twins",
    "is_told",
    "list_text",
    "mark",
    "name_inputs",
    "number_text",
    "option",
    "plural",
    "readable",
    "shell_word",
    "show_name",
    "show_sentence",
    "show_text",
]

# Controls of a terminal, marks that turn or hide what is read, and halves of characters.
_CONTROLS = (
    "\\x00-\\x1f\\x7f-\\x9f\\xad\\u061c\\u180e\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f"
    "\\ufeff\\ufff9-\\ufffb\\ufffe\\uffff\\ud800-\\udfff\\U000e0000-\\U000e007f"
)
_IN_A_NAME = re.compile(f"[{_CONTROLS}]")
_IN_A_TEXT = re.compile(rf"(?![\n\t])[{_CONTROLS}]")

_LONGEST_NAME = 80
_MOST_NAMES = 5
_LONGEST_SENTENCE = 1_200
_MOST_READ = 100_000
_LINE_END = re.compile(r"\s*[\n\t]\s*")
# A path is long where its parts are.
_LONG_WORD = re.compile(rf"[^\s/]{{{_LONGEST_NAME + 1},}}")

# What is drawn with other characters where an output lacks these.
_LOOKALIKES = {
    "▸": ">", "●": "o", "•": "*", "·": "*", "×": "x", "÷": "/", "\u2212": "-", "–": "-", "—": "-",
    "…": "...", "≥": ">=", "≤": "<=", "≠": "!=", "≈": "~", "±": "+-", "→": "->", "←": "<-",
    "⇒": "=>", "↦": "->", "∞": "inf", "√": "sqrt", "∂": "d", "∇": "grad ", "∈": "in", "∑": "sum",
    "∏": "prod", "⌈": "ceil(", "⌉": ")", "⌊": "floor(", "⌋": ")", "‖": "||", "∥": "||",
    "┈": "-", "━": "=", "╸": "=", "╺": "=", "╌": "-", "─": "-", "│": "|", "├": "|", "└": "|",
    "“": '"', "”": '"', "„": '"', "\u2018": "'", "\u2019": "'", "\u2032": "'", "«": '"', "»": '"',
    "°": " degrees", "ŷ": "y^", "ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "œ": "oe",
    "Œ": "OE", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "\u0131": "i", "✓": "yes", "✗": "no",
    "⋅": "*", "∘": "o", "▢": "[]", "⋮": ":", "⟨": "<", "⟩": ">", "\u2044": "/",
    "\u200c": "", "\u200d": "",
}  # fmt: skip

#: What stands before a number, or between two sides, where something is rounded.
ABOUT = "\N{ALMOST EQUAL TO}"

#: Significant digits of a number, unless it is asked for others.
DIGITS = 6

# Whole numbers below are floats of their own.
_WHOLE = 2.0**53
_LONGEST_ROUNDED = 40
# Decimals that a float holds; what differs further on is the rounding of its arithmetic.
_HELD = 15


def name_inputs(given: Sequence[str], n_inputs: int) -> tuple[str, ...]:
    """Return the given names of inputs, or x1, x2, ... where none are given.

    Examples
    --------
    >>> name_inputs((), 2)
    ('x1', 'x2')
    """
    return tuple(given) or tuple(f"x{i + 1}" for i in range(n_inputs))


def list_text(names: Iterable[object]) -> str:
    """Write names one after the other, as they may be shown; from the sixth on they are counted.

    Examples
    --------
    >>> list_text("abc"), list_text(range(100))
    ('a, b, c', '0, 1, 2, 3, 4 and 95 more')
    """
    first = list(names)
    shown = ", ".join(show_name(name) for name in first[:_MOST_NAMES])
    return shown + (f" and {len(first) - _MOST_NAMES:,} more" if first[_MOST_NAMES:] else "")


def find_twins(names: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """Map names to the known one from which only case, punctuation or a plural s sets them apart.

    Examples
    --------
    >>> find_twins(["hihats", "Hi-Hat", "tom"], ["hihat", "kick"])
    {'hihats': 'hihat', 'Hi-Hat': 'hihat'}
    """
    of = {_letters(name): name for name in map(str, known)}
    return {name: of[_letters(name)] for name in map(str, names) if _letters(name) in of}


def _letters(name: str) -> str:
    letters = "".join(filter(str.isalnum, name.casefold()))
    if not any(map(str.isalpha, letters)):
        return name  # -1 and 1 are two classes.
    return letters.removesuffix("s") if len(letters) > 3 else letters


def number_text(value: float, digits: int = DIGITS) -> str:
    """Write a number with some significant digits, all before the decimal point among them.

    Examples
    --------
    >>> number_text(1 / 3), number_text(1600000000001.0), number_text(12345.67, 3)
    ('0.333333', '1600000000001', '12345.7')
    """
    if not isfinite(value):
        return str(value)
    if abs(value) < _WHOLE:
        if value == int(value):
            return str(int(value))
        n_whole = len(str(abs(int(value))))
        digits = digits if n_whole < digits else n_whole + 1
    return f"{value:.{digits}g}".replace("e+", "e")


def is_told(value: float | Fraction | Decimal, text: str) -> bool:
    """Tell whether a text says a number, as far as a float holds it.

    Examples
    --------
    >>> is_told(0.1 + 0.2, "0.3"), is_told(1 / 3, "0.333333")
    (True, False)
    """
    if isinstance(value, Decimal):
        # It stands for a number that no decimal equals.
        return False
    if isinstance(value, Fraction):
        # No rounded number is as long, and Python does not read one of thousands of digits.
        return len(text) > _LONGEST_ROUNDED or Fraction(text) == value
    return not isfinite(value) or float(text) in (value, float(f"{value:.{_HELD}g}"))


def mark(value: float | Fraction | Decimal, text: str) -> str:
    """Mark a text that does not say its number.

    Examples
    --------
    >>> mark(0.5, "0.5"), mark(2 / 3, "0.667")
    ('0.5', '\u22480.667')
    """
    return text if is_told(value, text) else ABOUT + text


def bound_text(value: float, *, up: bool = True, digits: int = DIGITS) -> str:
    """Write an upper bound with some digits so that it still is one, or a lower bound.

    Examples
    --------
    >>> bound_text(2 / 3), bound_text(2 / 3, up=False), bound_text(0.5)
    ('0.666667', '0.666666', '0.5')
    """
    if not isfinite(value):
        return str(value)
    context = Context(prec=digits, rounding=ROUND_CEILING if up else ROUND_FLOOR)
    return number_text(float(context.create_decimal(value)), digits)


def plural(count: int, noun: str, many: str = "") -> str:
    """Write a count with its noun; an irregular plural is given.

    Examples
    --------
    >>> plural(1, "pair"), plural(1200, "row"), plural(2, "class", "classes")
    ('1 pair', '1,200 rows', '2 classes')
    """
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def escape_controls(text: str) -> str:
    r"""Write controls, bidi marks and halves of characters as escapes; lines and tabs stay.

    Examples
    --------
    >>> print(escape_controls("\x1b]0;title\x07 \u202eabc\n"), end="")
    \x1b]0;title\x07 \u202eabc
    """
    return _IN_A_TEXT.sub(_escape, text)


def escape_json(text: str) -> str:
    r"""Write controls and bidi marks in JSON as escapes of JSON, which are the same strings.

    Examples
    --------
    >>> print(escape_json('{"a": "\u202e"}'))
    {"a": "\u202e"}
    """
    return _IN_A_TEXT.sub(lambda found: _escape_in_json(found[0]), text)


def _escape_in_json(character: str) -> str:
    # The delete character is ASCII, which `json` leaves as it is.
    return json.dumps(character)[1:-1] if character != "\x7f" else r"\u007f"


def show_name(name: object, limit: int = _LONGEST_NAME) -> str:
    r"""Write a name from outside as it may be shown: escaped, on one line, and cut.

    A path is cut part by part, so that it still says where the file is.

    Examples
    --------
    >>> show_name("kick\x1b[2J\n"), show_name("x" * 100, 5)
    ('kick\\x1b[2J\\n', 'xxxx…')
    """
    text = str(name)
    if isinstance(name, os.PathLike):
        return "/".join(show_name(part, limit) for part in text.split(os.sep))
    # A name may have 100 million characters, of which few are needed.
    text = _IN_A_NAME.sub(_escape, text[: limit + 1])
    return text if len(text) <= limit else text[: limit - 1] + "…"


def shell_word(word: str) -> str:
    r"""Write a word as a shell reads it; one with controls as bash, zsh and ksh do.

    Examples
    --------
    >>> print(shell_word("x1"), shell_word("two  words"), shell_word("it's\a"))
    x1 'two  words' $'it\'s\x07'
    """
    if not _IN_A_NAME.search(word):
        return shlex.quote(word)
    plain = word.replace("\\", r"\\").replace("'", r"\'")
    return f"$'{_IN_A_NAME.sub(_escape, plain)}'"


def option(name: str, value: str) -> str:
    """Write an option with its value, to be typed in a shell.

    Examples
    --------
    >>> option("--drop", "$ earned"), option("--drop", "-1")
    ("--drop '$ earned'", '--drop=-1')
    """
    return f"{name}{'=' if value.startswith('-') else ' '}{shell_word(value)}"


def show_text(text: str) -> str:
    r"""Write a text that quotes what came from outside: escaped, and with long words cut.

    Examples
    --------
    >>> show_text("class\x07 " + "x" * 10**6)[:20], len(show_text("x" * 10**6))
    ('class\\x07 xxxxxxxxxx', 80)
    """
    return _LONG_WORD.sub(lambda word: show_name(word[0]), escape_controls(text))


def show_sentence(sentence: str) -> str:
    r"""Write a sentence as `show_text` does, on one line that a person can still read.

    Examples
    --------
    >>> show_sentence("there is no folder\n  drums")
    'there is no folder drums'
    """
    if len(sentence) > _MOST_READ:
        sentence = _middle_cut(sentence, _MOST_READ)
    # Blanks in a name that is quoted stay as they are.
    words = _LINE_END.sub(" ", show_text(sentence)).strip()
    return words if len(words) <= _LONGEST_SENTENCE else _middle_cut(words, _LONGEST_SENTENCE)


def _middle_cut(text: str, limit: int) -> str:
    # What is wrong stands in front, and how to fix it at the end.
    return f"{text[: limit // 2]} … {text[-limit // 2 :]}"


def _escape(found: re.Match[str]) -> str:
    # A byte of a file's name that is no text stands as half a character.
    is_byte = "\udc80" <= found[0] <= "\udcff"
    return f"\\x{ord(found[0]) - 0xDC00:02x}" if is_byte else repr(found[0])[1:-1]


def readable(text: str, encoding: str) -> str:
    r"""Replace what an encoding lacks by what a person reads in its place.

    Examples
    --------
    >>> readable("x₁² ≥ 3, σ(z), Dvořák, 音", "ascii")
    'x_1^2 >= 3, sigma(z), Dvorak, \\u97f3'
    """
    return "".join(c if _has(encoding, c) else _replacement(c, encoding) for c in text)


def _has(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _replacement(character: str, encoding: str) -> str:
    known = _LOOKALIKES.get(character)
    if known is not None and _has(encoding, known):
        return known
    kind, _, parts = unicodedata.decomposition(character).rpartition(">")
    if kind in ("<super", "<sub"):
        mark = "^" if kind == "<super" else "_"
        return mark + readable("".join(chr(int(code, 16)) for code in parts.split()), encoding)
    # A letter without its accents, a ligature as its letters.
    plain = unicodedata.normalize("NFKD", character)
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    if bare != character:
        return readable(bare, encoding)
    name = unicodedata.name(character, "").split()
    if name[:1] == ["GREEK"] and "LETTER" in name:
        letter = name[name.index("LETTER") + 1]
        return letter.capitalize() if "CAPITAL" in name else letter.lower()
    return character.encode("ascii", "backslashreplace").decode()
