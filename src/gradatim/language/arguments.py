r"""Arguments without brackets, as LaTeX has them: ``\sin 2\pi x`` is ``\sin(2\pi x)``.

Conventions: an argument is a number and names side by side, of which the last may have a power, or
a fraction or root with names after it, or what braces, bars or a call hold. What follows must be
unable to belong to it (``+``, ``=``, the end, another function), else nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lark import Token

_SIGNS = frozenset({"PLUS", "MINUS"})
_ROOTS = ("√", r"\sqrt")
_MOST_LEVELS = 20
_PAIRS = {"OPEN_BRACE": "CLOSE_BRACE", "OPEN_BAR": "CLOSE_BAR"}
_CALLS = frozenset({"BARE", "CALL"})
#: Tokens that would go on with the argument, or with what the function gives.
_GO_ON = frozenset({"NUMBER", "NAME", "OPEN", "SLASH", "POWER", "RAISED"}) | frozenset(
    {"OPEN_BRACE", "OPEN_BAR", "FRACTION", "SHORT_FRACTION", "ROOT", "TRANSPOSED"}
)


class AmbiguousArgumentError(Exception):
    """What follows the argument of a function might belong to it or not."""

    def __init__(self, function: Token, after: Token) -> None:
        super().__init__(f"{function} ... {after}")
        self.function = function
        self.after = after


def bracketed(stream: Iterator[Token]) -> Iterator[Token]:
    """Yield the tokens with brackets around arguments that have none."""
    tokens = _Tokens(stream)
    while tokens.kind:
        yield from _call(tokens) if tokens.kind == "BARE" else [tokens.take()]


class _Tokens:
    """Tokens of which the next can be seen before it is taken."""

    def __init__(self, stream: Iterator[Token]) -> None:
        self._stream = stream
        self.next = next(stream, None)
        self.level = 0  # Functions without brackets in each other

    @property
    def kind(self) -> str:
        """Type of the next token; empty at the end."""
        return "" if self.next is None else self.next.type

    def take(self) -> Token:
        """Return the next token and go on."""
        token = self.next
        assert token is not None
        self.next = next(self._stream, None)
        return token


def _call(tokens: _Tokens, *, nested: bool = False) -> Iterator[Token]:
    from lark import Token

    function = tokens.take()
    tokens.level += 1
    if tokens.level > _MOST_LEVELS:
        raise AmbiguousArgumentError(function, function)
    yield function.update(type="CALL")
    is_root = function in _ROOTS
    argument = list(_root(tokens) if is_root else _argument(tokens))
    if argument:
        yield Token.new_borrow_pos("OPEN", "(", argument[0])
        yield from argument
        yield Token.new_borrow_pos("CLOSE", ")", argument[-1])
        if not is_root and not nested:
            yield from _end(function, tokens)
    tokens.level -= 1


def _root(tokens: _Tokens) -> Iterator[Token]:
    """Yield what stands under a root sign: one number or name."""
    if tokens.kind in ("NUMBER", "NAME"):
        yield tokens.take()


def _argument(tokens: _Tokens) -> Iterator[Token]:
    while tokens.kind == "MINUS":
        yield tokens.take()
    kind = tokens.kind
    if kind == "BARE" or (kind == "CALL" and _is_function(tokens.next)):
        yield from _called(tokens)
        return
    if kind in ("NUMBER", "NAME", "SHORT_FRACTION"):
        yield tokens.take()
    elif kind in ("FRACTION", "ROOT"):
        yield tokens.take()
        yield from _group(tokens)
        yield from _group(tokens) if kind == "FRACTION" else ()
    else:
        # Braces and bars end where they close.
        yield from _group(tokens)
        return
    # e begins a power, which is a factor of its own.
    while tokens.kind == "NAME" and tokens.next != "e":
        yield tokens.take()
    if tokens.kind == "RAISED":
        yield tokens.take()
    elif tokens.kind == "POWER":
        yield from _power(tokens)


def _called(tokens: _Tokens) -> Iterator[Token]:
    """Yield a function within an argument, with its own argument."""
    if tokens.kind == "BARE":
        yield from _call(tokens, nested=True)
        return
    yield tokens.take()
    if tokens.kind == "OPEN":
        yield from _inside(tokens, "OPEN", "CLOSE")


def _power(tokens: _Tokens) -> Iterator[Token]:
    yield tokens.take()
    while tokens.kind in _SIGNS:
        yield tokens.take()
    if tokens.kind in ("NUMBER", "NAME"):
        yield tokens.take()
    else:
        yield from _group(tokens)


def _group(tokens: _Tokens) -> Iterator[Token]:
    if tokens.kind in _PAIRS:
        yield from _inside(tokens, tokens.kind, _PAIRS[tokens.kind])


def _inside(tokens: _Tokens, opens: str, closes: str) -> Iterator[Token]:
    """Yield what stands in brackets, and the brackets."""
    level = 0
    while tokens.kind:
        level += (tokens.kind == opens) - (tokens.kind == closes)
        yield from _call(tokens) if tokens.kind == "BARE" else [tokens.take()]
        if not level:
            return


def _is_function(call: str | None) -> bool:
    """Tell whether a token before a bracket is a function, and not a factor as in x(x - 1)."""
    return call is not None and (call.startswith("\\") or (len(call) > 1 and call.isalpha()))


def _end(function: Token, tokens: _Tokens) -> Iterator[Token]:
    """Refuse what may belong to the argument; yield a sign before a factor that does not."""
    after = tokens.next
    if tokens.kind == "STAR":
        yield tokens.take()
        after = tokens.next if tokens.kind in _CALLS else after
    if after is not None and (
        after.type in _GO_ON
        or after.type == "STAR"
        or (after.type == "CALL" and not _is_function(after))
    ):
        raise AmbiguousArgumentError(function, after)
