"""JavaScript without what only its readers need: comments, indentation, long names of local values.

Conventions: strings, templates and regular expressions stay as they are. A line break is kept
wherever leaving it out could join two statements. A slash after a symbol other than ``)``, ``]`` or
``}``, or after a word such as ``return``, begins a regular expression. A name is shortened only if
it is declared in the script and nowhere in it a property, a key, part of a pattern, or in a string;
then every place of it is a variable, and all get the same short name. Every statement that is not
a block ends with a semicolon in the scripts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from itertools import product

_TOKEN = re.compile(
    r"""(?P<space>(?:\s|//[^\n]*|/\*[^]*?\*/)+)"""
    r"""|(?P<word>[\w$]+)"""
    r"""|(?P<quoted>"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*')"""
    r"""|(?P<symbol>[^])""".replace("[^]", r"[\s\S]")
)
_REGEX = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_TEXT = re.compile(r"(?:[^`\\$]|\\[\s\S]|\$(?!\{))*")
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_BEFORE_REGEX = {"return", "typeof", "case", "in", "of", "void", "delete"}
_DECLARES = {"const", "let", "function", "class"}
# What a browser has as global values, where a local one may have the same name.
_GLOBAL = {
    *("close", "document", "event", "find", "focus", "frames", "history", "length", "location"),
    *("name", "navigator", "open", "opener", "origin", "parent", "performance", "print", "screen"),
    *("scroll", "self", "status", "stop", "top", "window"),
}
_SHORT = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

_BEFORE_BODY = {"for", "while", "if", "else"}

Tokens = list[tuple[str, str]]
_Spaced = tuple[str, str, str]


def minify(code: str, keep: Collection[str] = ()) -> str:
    r"""Return a script that does the same in fewer characters.

    Examples
    --------
    >>> minify("const one = 1 + +b; // why\n  const c = `x  ${ one  + 1 }  y`;", {"c"})
    'const aa=1+ +b,c=`x  ${aa+1}  y`;'
    """
    tokens: Tokens = []
    if _read(code, 0, tokens) < len(code):
        raise ValueError("the script closes a bracket that it has not opened")
    short = _short_names([token for token in tokens if token[0] != "space"], keep)
    parts: list[str] = []
    last = ""
    for gap, kind, text in _fewer(list(_spaced(tokens))):
        written = short.get(text, text) if kind == "word" else text
        if kind != "text":
            parts.append(_between(last, gap, written))
        parts.append(written)
        last = written or last
    return "".join(parts)


def _spaced(tokens: Tokens) -> Iterator[_Spaced]:
    """Yield each token with the space before it: none, a blank or a line break."""
    gap = ""
    for kind, text in tokens:
        if kind == "space":
            gap = gap or ("\n" if "\n" in text else " ")
        else:
            yield gap, kind, text
            gap = ""


def _fewer(tokens: list[_Spaced]) -> list[_Spaced]:
    """Join constants in turn; drop brackets around one parameter and the ``;`` before a ``}``."""
    kept: list[_Spaced] = []
    # The words that begin the statement open in each bracket, and the one before it.
    heads, before = [""], [""]
    texts = [*(text for _, _, text in tokens), "", "", "", ""]
    for k, (gap, kind, text) in enumerate(tokens):
        head = heads[-1]
        if text == "const" and not head and before[-1] == "const" and kept[-1][2] == ";":
            kept[-1], heads[-1] = ("", "symbol", ","), text
            continue
        if text == ";":
            before[-1], heads[-1] = head, ""
            # The body of a loop may be empty.
            if texts[k + 1] == "}" and not (texts[k - 1] == ")" and head in _BEFORE_BODY):
                continue
        elif text in ("(", "[", "{", "${"):
            heads[-1] = head or text
            heads.append("")
            before.append("")
        elif text in (")", "]", "}") and len(heads) > 1:
            heads.pop()
            before.pop()
        else:
            heads[-1] = head or text
        if text == "(" and _is_one_parameter(tokens, texts, k):
            tokens[k + 1] = (gap, "word", texts[k + 1])
        elif text != ")" or not _is_one_parameter(tokens, texts, k - 2):
            kept.append((gap, kind, text))
    return kept


def _is_one_parameter(tokens: list[_Spaced], texts: list[str], k: int) -> bool:
    """Tell whether a bracket holds nothing but the one parameter of an arrow function."""
    is_alone = k >= 0 and texts[k] == "(" and texts[k + 2 : k + 5] == [")", "=", ">"]
    return is_alone and tokens[k + 1][1] == "word"


def _read(code: str, at: int, tokens: Tokens) -> int:
    """Read code from a place on, up to its end or to the ``}`` that nothing in it opened."""
    depth, last = 0, ""
    while at < len(code):
        token = _TOKEN.match(code, at)
        assert token is not None  # the last alternative takes any character
        kind, text = str(token.lastgroup), token[0]
        depth += (text == "{") - (text == "}")
        if depth < 0:
            return at
        if text == "/" and not (last[-1:] in (")", "]", "}") or _is_value(last)):
            regex = _REGEX.match(code, at)
            kind, text = ("quoted", regex[0]) if regex else (kind, text)
        tokens.append((kind, text))
        at += len(text)
        if text == "`":
            at = _template(code, at, tokens)
        last = last if kind == "space" else text
    return at


def _template(code: str, at: int, tokens: Tokens) -> int:
    """Read a template after its first backquote."""
    while True:
        text = _TEXT.match(code, at)
        assert text is not None  # it may be empty
        tokens.append(("text", text[0]))
        at = text.end()
        if code[at] == "`":
            tokens.append(("symbol", "`"))
            return at + 1
        tokens.append(("symbol", "${"))
        at = _read(code, at + 2, tokens) + 1
        tokens.append(("symbol", "}"))


def _short_names(tokens: Tokens, keep: Collection[str]) -> dict[str, str]:
    """Return short names for those that are variables in every place, the most frequent first."""
    fixed, declared = {*keep, *_GLOBAL}, set[str]()
    counted: Counter[str] = Counter()
    opened: list[str] = []
    texts = ["", "", *(text for _, text in tokens), ""]
    for k, (kind, text) in enumerate(tokens):
        before, after = texts[k + 1], texts[k + 3]
        if kind in ("quoted", "text"):
            fixed.update(_WORD.findall(text))
        elif text in ("(", "[", "{", "${"):
            opened.append(text)
        elif text in (")", "]", "}") and opened:
            opened.pop()
        elif kind == "word":
            counted[text] += 1
            is_property = before == "." and texts[k] != "."
            in_pattern = opened[-1:] == ["{"] and before in ("{", ",") and after in ",}=("
            if is_property or in_pattern or after == ":":
                fixed.add(text)
            if before in _DECLARES:
                declared.add(text)
    longest = sorted(
        (name for name in declared - fixed if len(name) > 2),
        key=lambda name: (-counted[name], name),
    )
    return dict(zip(longest, _unused({*counted, *fixed}), strict=False))


def _unused(used: Collection[str]) -> Iterator[str]:
    """Yield names of two or three letters that nothing has."""
    for length in (2, 3):
        for letters in product(_SHORT, repeat=length):
            name = "".join(letters)
            if name not in used and name not in ("do", "if", "in", "of", "for", "let", "new"):
                yield name


def _is_value(last: str) -> bool:
    """Tell whether a token is one after which a slash divides."""
    return last not in _BEFORE_REGEX and bool(re.fullmatch(r"[\w$]+|[\"'`].*|/.+", last, re.S))


def _between(last: str, gap: str, text: str) -> str:
    """Return what must stand between two tokens that had a gap."""
    if not last or not gap:
        return ""
    if gap == "\n":
        return "" if last[-1] in "{;,([" or text[0] in ")]}" else "\n"
    words = re.match(r"[\w$]", last[-1]) and re.match(r"[\w$]", text[0])
    return " " if words or (last[-1] in "+-/" and text[0] in "+-/") else ""
