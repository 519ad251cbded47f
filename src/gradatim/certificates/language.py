"""The language of functions: its tokens and its grammar, read by lark.

Conventions: LALR(1), so reading takes time in proportion to the text. What is no function is an
`EquationError` that points at a column.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from gradatim.errors import EquationError

if TYPE_CHECKING:
    from lark import Lark

__all__ = ["read_tree"]

# Brackets in each other, and powers, that the reader's recursion holds.
_MOST_LEVELS = 60

_GRAMMAR = r"""
start: sum
sum: term (added term)*
added: PLUS | MINUS
term: signed (STAR signed | SLASH signed | power)*
signed: (PLUS | MINUS)* power
power: atom (POWER signed | SQUARED)?
atom: NUMBER -> number
    | NAME -> name
    | CALL OPEN sum (COMMA sum)* CLOSE -> call
    | OPEN sum CLOSE -> group

NUMBER: /(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/
CALL.3: /(?:[a-zA-Z]{2,}[0-9]*)(?=\s*\()/
NAME.2: /[^\W\d_²³¹](?:[^\W²³¹]|[₁₂])*/
PLUS: "+"
MINUS: /[-\u2212\u2013]/
STAR.4: /\*(?!\*)|[·×⋅]/
SLASH: /[\/÷]/
POWER: /\*\*|\^/
SQUARED: /[²³]/
OPEN: "("
CLOSE: ")"
COMMA: ","
%ignore /\s+/
"""

_SPOKEN = {
    "NUMBER": "a number",
    "NAME": "a name",
    "CALL": "a function",
    "OPEN": '"("',
    "CLOSE": '")"',
    "PLUS": '"+"',
    "MINUS": '"-"',
    "STAR": '"*"',
    "SLASH": '"/"',
    "POWER": '"^"',
    "COMMA": '","',
    "$END": "the end",
}


@cache
def _parser() -> Lark:
    from lark import Lark

    return Lark(
        _GRAMMAR,
        parser="lalr",
        lexer="basic",
        propagate_positions=True,
        maybe_placeholders=False,
        keep_all_tokens=True,
    )


def _check_levels(text: str) -> None:
    """Refuse brackets and powers in each other beyond what the reader's recursion holds."""
    level = powers = 0
    for position, character in enumerate(text):
        level += (character == "(") - (character == ")")
        powers += character == "^" or text.startswith("**", position)
        if level > _MOST_LEVELS or powers > _MOST_LEVELS:
            raise EquationError(
                f"column {position + 1}: more than {_MOST_LEVELS} brackets in each other or powers",
                text,
                position,
            )


def read_tree(text: str) -> Any:
    """Read a function into lark's tree."""
    from lark import UnexpectedCharacters, UnexpectedToken

    _check_levels(text)
    if not text.strip():
        raise EquationError("there is no function; write one such as sin(2*pi*x)")
    try:
        return _parser().parse(text)
    except UnexpectedCharacters as error:
        position = error.pos_in_stream
        raise EquationError(
            f"column {position + 1}: {text[position]!r} has no place in a function", text, position
        ) from None
    except UnexpectedToken as error:
        raise _unexpected(text, error) from None


def _unexpected(text: str, error: Any) -> EquationError:
    accepted = error.accepts or error.expected
    expected = [spoken for name, spoken in _SPOKEN.items() if name in accepted]
    at_end = error.token.type == "$END"
    position = len(text.rstrip()) if at_end else int(error.token.start_pos)
    found = "the end" if at_end else repr(str(error.token)[:30])
    wanted = " or ".join([", ".join(expected[:-1]), expected[-1]] if expected[1:] else expected)
    return EquationError(
        f"column {position + 1}: expected {wanted or 'nothing more'}, found {found}",
        text,
        position,
        tuple(expected),
    )
