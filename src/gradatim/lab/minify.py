"""JavaScript without what only its readers need: comments, indentation, spaces between symbols.

Conventions: strings, templates and regular expressions stay as they are; names stay as well. A line
break is kept wherever leaving it out could join two statements. A slash after a symbol other than
``)``, ``]`` or ``}``, or after a word such as ``return``, begins a regular expression.
"""

from __future__ import annotations

import re

__all__ = ["minify"]

_TOKEN = re.compile(
    r"""(?P<space>(?:\s|//[^\n]*|/\*[^]*?\*/)+)"""
    r"""|(?P<word>[\w$]+)"""
    r"""|(?P<quoted>"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*')"""
    r"""|(?P<symbol>[^])""".replace("[^]", r"[\s\S]")
)
_REGEX = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_TEXT = re.compile(r"(?:[^`\\$]|\\[\s\S]|\$(?!\{))*")
_BEFORE_REGEX = {"return", "typeof", "case", "in", "of", "void", "delete"}


def minify(code: str) -> str:
    """Return a script that does the same in fewer characters.

    Parameters
    ----------
    code : str
        A script of the page.

    Returns
    -------
    str
        The script, shorter.

    Examples
    --------
    >>> minify("const a = 1 + +b; // why\\n  const c = `x  ${ a  + 1 }  y`;")
    'const a=1+ +b;const c=`x  ${a+1}  y`;'
    """
    parts: list[str] = []
    _code(code, 0, parts)
    return "".join(parts)


def _code(code: str, at: int, parts: list[str]) -> int:
    """Write code from a place on, up to its end or to the ``}`` that nothing in it opened."""
    depth, last, gap = 0, "", ""
    while at < len(code):
        token = _TOKEN.match(code, at)
        assert token is not None  # the last alternative takes any character
        text = token[0]
        if token.lastgroup == "space":
            gap, at = gap or ("\n" if "\n" in text else " "), token.end()
            continue
        depth += (text == "{") - (text == "}")
        if depth < 0:
            return at
        if text == "/" and not (last[-1:] in (")", "]", "}") or _is_value(last)):
            regex = _REGEX.match(code, at)
            text = regex[0] if regex else text
        parts.append(_between(last, gap, text))
        parts.append(text)
        at += len(text)
        if text == "`":
            at = _template(code, at, parts)
        last, gap = text, ""
    return at


def _template(code: str, at: int, parts: list[str]) -> int:
    """Write a template after its first backquote, the code within it made shorter."""
    while True:
        text = _TEXT.match(code, at)
        assert text is not None  # it may be empty
        parts.append(text[0])
        at = text.end()
        if code[at] == "`":
            parts.append("`")
            return at + 1
        parts.append("${")
        at = _code(code, at + 2, parts) + 1
        parts.append("}")


def _is_value(last: str) -> bool:
    """Tell whether a token is one after which a slash divides."""
    return last not in _BEFORE_REGEX and bool(re.fullmatch(r"[\w$]+|[\"'`].*", last, re.S))


def _between(last: str, gap: str, text: str) -> str:
    """Return what must stand between two tokens that had a gap."""
    if not last or not gap:
        return ""
    if gap == "\n":
        return "" if last[-1] in "{;,([" or text[0] in ")]}" else "\n"
    words = re.match(r"[\w$]", last[-1]) and re.match(r"[\w$]", text[0])
    return " " if words or (last[-1] in "+-/" and text[0] in "+-/") else ""
