r"""The grammar of equations and functions, read by lark, and what is said of other texts.

Conventions: LALR(1), so reading takes time in proportion to the text and no recursion. LaTeX,
Unicode and plain spellings are tokens of the same kind. Bars and words of logic look alike before
and after what they belong to; which they are is told by the token before. Every node stands for
what it is called: ``sum``, ``term``, ``power``, ``number``, ``name``, ``call`` and so on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from gradatim.errors import EquationError
from gradatim.language.arguments import AmbiguousArgumentError, bracketed
from gradatim.language.names import BARE, CALL, LOGIC, MINUSES, NAME, NUMBER, TRANSPOSED

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

_SKIPPED = (
    r"\\(?:left|right|quad|qquad|displaystyle)(?![a-zA-Z])|\\(?:begin|end)\{[a-z]+\*?\}"
    r"|\\[,;:! ]|(?:[$\s]|&(?!&))+"
)

_GRAMMAR = rf"""
start: segment (ARROW segment)*
segment: equation? (separator equation?)*
separator: SEMICOLON | COMMA
equation: side (EQUALS side)*
side: expression | STRING | expression STRING | OPEN CLOSE -> nothing
?expression: conjunction ((OR | NOR | XOR) conjunction)*
?conjunction: negation ((AND | NAND) negation)*
?negation: comparison | NOT negation -> opposite
?comparison: sum (COMPARED sum)*
sum: sign? term (sign term)*
sign: (PLUS | MINUS)+
term: power (times? power | over power)*
times: STAR sign?
over: SLASH sign?
power: atom (POWER sign? power | RAISED)?
atom: NUMBER -> number
    | NAME -> name
    | TRANSPOSED -> transposed
    | CALL OPEN arguments CLOSE -> call
    | OPEN expression CLOSE -> group
    | OPEN_BRACE expression CLOSE_BRACE -> group
    | OPEN_BAR expression CLOSE_BAR -> absolute
    | FRACTION OPEN_BRACE expression CLOSE_BRACE OPEN_BRACE expression CLOSE_BRACE -> fraction
    | SHORT_FRACTION -> short_fraction
    | ROOT OPEN_BRACE expression CLOSE_BRACE -> root
arguments: equation (COMMA equation)*

NUMBER: /{NUMBER}/
STRING: /"(?:[^"\\]|\\.)*"/
TRANSPOSED.5: /{TRANSPOSED}/
SHORT_FRACTION.4: /\\[dt]?frac\s*[0-9]\s*[0-9]/
FRACTION.4: /\\[dt]?frac(?![a-zA-Z])/
ROOT.4: /\\sqrt(?=\s*\{{)/
STAR.4: /\*(?!\*)|[·×\u2217⋅]|\\cdot(?![a-zA-Z])|\\times(?![a-zA-Z])/
ARROW.4: /->|→|\\to(?![a-zA-Z])|\\rightarrow(?![a-zA-Z])/
COMPARED.5: /[<>]=?|=[<>]|[≤≥⩽⩾≠]|==|!=|\\(?:leq?|geq?|lt|gt|neq?|leqslant|geqslant)(?![a-zA-Z])/
CALL.3: /{CALL}/
BARE.2: /{BARE}/
NAME.2: /{NAME}/
BAR.4: /\||\\[lr]?[vV]ert(?![a-zA-Z])/
PLUS: /[+\uff0b]/
MINUS: /{MINUSES}/
SLASH: /[\/÷]/
POWER: /\*\*|\^/
RAISED: /[⁰¹²³⁴-⁹]+/
EQUALS: "="
OPEN: /\(|\\\{{/
CLOSE: /\)|\\\}}/
OPEN_BRACE: "{{"
CLOSE_BRACE: "}}"
SEMICOLON: /;|\\\\/
COMMA: ","
SKIPPED.6: /{_SKIPPED}/
%ignore SKIPPED
%declare OPEN_BAR CLOSE_BAR
""" + "\n".join(f"{word}.7: /{pattern}/" for word, pattern in LOGIC.items())

# What a token is called in a message.
_SPOKEN = {
    "NUMBER": "a number",
    "NAME": "a name",
    "CALL": "a function",
    "OPEN": '"("',
    "CLOSE": '")"',
    "OPEN_BAR": '"|"',
    "CLOSE_BAR": '"|"',
    "PLUS": '"+"',
    "MINUS": '"-"',
    "STAR": '"*"',
    "SLASH": '"/"',
    "POWER": '"^"',
    "EQUALS": '"="',
    "SEMICOLON": '";"',
    "COMMA": '","',
    "ARROW": '"->"',
    "OPEN_BRACE": '"{"',
    "CLOSE_BRACE": '"}"',
    "$END": "the end",
}

# Tokens after which a bar closes, and a word of logic joins.
_OPERANDS = frozenset(
    {"NUMBER", "NAME", "TRANSPOSED", "RAISED", "SHORT_FRACTION"}
    | {"CLOSE", "CLOSE_BRACE", "CLOSE_BAR"}
)


class _Roles:
    """Tells bars that open from bars that close, and AND(x, y) from x AND y."""

    always_accept = ("BAR", "BARE", *LOGIC)

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """Yield the tokens under the names of their roles, arguments in brackets."""
        return bracketed(self._named(stream))

    def _named(self, stream: Iterator[Token]) -> Iterator[Token]:
        opened: list[str] = []
        waiting: Token | None = None  # A word of logic, until what follows it is known
        before = ""
        for token in stream:
            if waiting is not None:
                yield waiting.update(type="CALL") if token.type == "OPEN" else waiting
                waiting = None
            kind = token.type
            if kind == "BAR":
                closes = before in _OPERANDS and "OPEN_BAR" in opened[-1:]
                kind = "CLOSE_BAR" if closes else "OPEN_BAR"
                token = token.update(type=kind)
            if kind.startswith("OPEN"):
                opened.append(kind)
            elif kind.startswith("CLOSE") and opened:
                opened.pop()
            if kind in LOGIC and (kind == "NOT" or before not in _OPERANDS):
                waiting = token
            else:
                yield token
            before = kind
        if waiting is not None:
            yield waiting


@cache
def _parser() -> Lark:
    """Return the parser, built when it is first used."""
    from lark import Lark

    return Lark(
        _GRAMMAR,
        parser="lalr",
        lexer="basic",
        postlex=_Roles(),  # pyright: ignore[reportArgumentType]
        propagate_positions=True,
        maybe_placeholders=False,
        keep_all_tokens=True,
    )


def read_tree(text: str, most_levels: int, nothing: str, what: str = "an equation") -> Any:
    """Read a text into lark's tree, of brackets no deeper than its reader holds.

    Messages say what it should be, and what is said of a text without anything in it.
    """
    from lark import UnexpectedCharacters, UnexpectedToken

    _check_levels(text, most_levels)
    if not text.strip():
        raise EquationError(nothing)
    try:
        tree = _parser().parse(text)
    except UnexpectedCharacters as error:
        raise _strange_character(text, error.pos_in_stream, what) from None
    except UnexpectedToken as error:
        raise _unexpected(text, error) from None
    except AmbiguousArgumentError as error:
        raise _ambiguous(text, error) from None
    _check_powers(text, tree, most_levels)
    return tree


class Heading(NamedTuple):
    """What stands before the sign of equality in f(x, y) = x + y."""

    name: Token
    arguments: list[Token]


def heading(equation: Tree[Token]) -> Heading | None:
    """Return the heading of an equation, if its first side may be one."""
    sides = [child for child in equation.children if getattr(child, "data", None) == "side"]
    if len(sides) < 2:
        return None
    factors = _only(sides[0], "sum", "term")
    if factors is None or not all(len(f.children) == 1 for f in factors if f.data == "power"):
        return None
    parts = [factor.children[0] for factor in factors if factor.data == "power"]
    if len(factors) == len(parts) == 1 and parts[0].data == "call":
        name, _, arguments, _ = parts[0].children
        found = [_bare_name(equation) for equation in arguments.children if _is_tree(equation)]
    elif len(factors) == len(parts) == 2 and [p.data for p in parts] == ["name", "group"]:
        # A name with an index is no call until it is known not to be a number.
        [name], found = parts[0].children, [_bare_name(parts[1].children[1])]
    else:
        return None
    names = [argument for argument in found if argument is not None]
    return Heading(name, names) if len(names) == len(found) else None


def _is_tree(node: Any) -> bool:
    return hasattr(node, "data")


def _only(node: Any, *kinds: str) -> list[Any] | None:
    """Return the children of the last of nodes that are each the only child."""
    for kind in kinds:
        if len(node.children) != 1 or getattr(node.children[0], "data", None) != kind:
            return None
        [node] = node.children
    return node.children


def only_factor(side: Tree[Token]) -> Tree[Token] | None:
    """Return what one side of an equation is, if it is one factor."""
    found = _only(side, "sum", "term", "power")
    return found[0] if found is not None and len(found) == 1 else None


def _bare_name(node: Any) -> Token | None:
    kinds = ["side", "sum", "term", "power", "name"]
    found = _only(node, *kinds[kinds.index(node.data) + 1 if node.data in kinds else 0 :])
    return found[0] if found else None


def split_products(tree: Tree[Token], is_value: Callable[[str], bool]) -> None:
    """Turn calls of what is a value into products: x(x - 1)^2 is x times (x - 1)^2.

    A call holds tighter than a division, so ``1/x(x - 1)`` would be another quotient.
    """
    for term in list(tree.find_data("term")):
        term.children = [  # pyright: ignore[reportAttributeAccessIssue]
            part for child in term.children for part in _factors(child, is_value)
        ]


def _factors(power: Any, is_value: Callable[[str], bool]) -> list[Any]:
    """Return a factor of a term, or the two that it is."""
    from lark import Token, Tree

    if power.data != "power":
        return [power]
    base, *raised = power.children
    if base.data == "call" and is_value(str(base.children[0])):
        name, opening, arguments, closing = base.children
        inner = _only_sum(arguments)
        if inner is None:
            return [power]
        group = Tree("group", [opening, inner, closing], base.meta)
        name = Tree("name", [Token.new_borrow_pos("NAME", str(name), name)])
        return [Tree("power", [name]), Tree("power", [group, *raised], power.meta)]
    if raised and not isinstance(raised[-1], Token):
        first, *others = _factors(raised[-1], is_value)
        return [Tree("power", [base, *raised[:-1], first], power.meta), *others]
    return [power]


def _only_sum(arguments: Any) -> Any:
    """Return what stands between the brackets of a call, if it is one expression."""
    if len(arguments.children) == 1 and len(arguments.children[0].children) == 1:
        [side] = arguments.children[0].children
        if side.data == "side" and len(side.children) == 1 and hasattr(side.children[0], "data"):
            return side.children[0]
    return None


# What is said of other texts


def _check_levels(text: str, most: int) -> None:
    """Refuse brackets in brackets beyond what the reader holds, wherever they close."""
    level = 0
    for position, character in enumerate(_without_quotes(text)):
        level += (character in "({") - (character in ")}")
        if level > most:
            raise EquationError(
                f"column {position + 1}: more than {most} brackets in each other; write a "
                "shorter text, in an equation with names for parts, as in z = tanh(x); relu(z)",
                text,
                position,
            )


def _check_powers(text: str, tree: Any, most: int) -> None:
    """Refuse bars, and powers of powers, in each other beyond what the reader holds."""
    waiting = [(tree, 0)]
    while waiting:
        node, level = waiting.pop()
        level += len(node.children) > 1 and node.data in ("power", "absolute", "group", "call")
        if level > most:
            position = node.meta.start_pos
            raise EquationError(
                f"column {position + 1}: more than {most} brackets, bars or powers in each other",
                text,
                position,
            )
        waiting += [(child, level) for child in node.children if hasattr(child, "data")]


def _without_quotes(text: str) -> str:
    """Return the text with blanks in place of quoted names."""
    return re.sub(r'"(?:[^"\\]|\\.)*"', lambda found: " " * len(found[0]), text)


def _ambiguous(text: str, error: AmbiguousArgumentError) -> EquationError:
    position, name = error.function.start_pos or 0, str(error.function)
    return EquationError(
        f"column {position + 1}: it is not clear where the argument of {name} ends; write it in "
        f"brackets, as in {name}(x)",
        text,
        position,
    )


def _strange_character(text: str, position: int, what: str) -> EquationError:
    found = text[position]
    if found == "\\":
        length = next((i for i, c in enumerate(text[position + 1 :]) if not c.isalpha()), None)
        found = text[position:] if length is None else text[position : position + 1 + length]
        hint = f'LaTeX that is no part of {what}; a function has brackets, as in "\\tanh(x_1)"'
    elif found == '"':
        hint = "a quoted name that never ends"
    else:
        hint = f"a character that has no place in {what}"
    return EquationError(f"column {position + 1}: {found[:30]!r} is {hint}", text, position)


def _unexpected(text: str, error: Any) -> EquationError:
    """Say what stands at a place and what was expected there."""
    accepted = error.accepts or error.expected
    expected = list(dict.fromkeys(spoken for name, spoken in _SPOKEN.items() if name in accepted))
    at_end = error.token.type == "$END"
    position = len(text.rstrip()) if at_end else error.token.start_pos
    if at_end:
        unclosed = _unclosed(text)
        if unclosed is not None:
            closing = {"{": "a closing bracket", "(": 'a ")"'}[text[unclosed]]
            return EquationError(
                f"column {unclosed + 1}: this bracket is never closed; expected {closing} "
                "before the end",
                text,
                unclosed,
                tuple(expected),
            )
    found = "the end" if at_end else repr(str(error.token)[:30])
    if error.token.type in ("CLOSE", "CLOSE_BRACE") and '")"' not in expected:
        found += ", which closes no bracket" if _closes_nothing(text, position) else ""
    wanted = " or ".join([", ".join(expected[:-1]), expected[-1]] if expected[1:] else expected)
    return EquationError(
        f"column {position + 1}: expected {wanted or 'nothing more'}, found {found}",
        text,
        position,
        tuple(expected),
    )


def _unclosed(text: str) -> int | None:
    """Return the innermost bracket that the end of the text leaves open."""
    opened: list[int] = []
    for position, character in enumerate(_without_quotes(text)):
        if character in "({":
            opened.append(position)
        elif character in ")}" and opened:
            opened.pop()
    return opened[-1] if opened else None


def _closes_nothing(text: str, position: int) -> bool:
    before = _without_quotes(text)[:position]
    return before.count("(") + before.count("{") <= before.count(")") + before.count("}")
