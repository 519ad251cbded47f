r"""TikZ of a network: a LaTeX document that compiles, whose picture can be taken into another.

Conventions: one unit of length is 0.75 bp, so that the page is as large as the SVG is on a screen
of 96 dpi. Only article, geometry and TikZ are needed, which every TeX distribution has. A name
such as x1 is set as :math:`x_1`; every other character of a name stands for itself.
"""

from __future__ import annotations

import re

from gradatim._text import show_text
from gradatim.drawing.layout import Form, Values, place
from gradatim.drawing.marks import COLORS, Arrow, Box, Disc, Line, Mark, Text, marks
from gradatim.drawing.placement import Placement
from gradatim.drawing.words import MINUS, describe
from gradatim.network.graph import Network

__all__ = ["draw_tikz", "escape_tex", "write_tikz"]

_SCALE = 0.75  # bp in a CSS pixel
# In points, as article has them: the picture stays the same in a document of 11 or 12 pt.
_SIZES = {10: (7.5, 9), 12: (9, 11), 14: (10.5, 12.5), 18: (14.4, 18)}
_ANCHORS = {"start": "base west", "middle": "base", "end": "base east"}
_ESCAPES = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "''",
    MINUS: "$-$",
    "…": r"\ldots{}",
    "σ": r"$\sigma$",
    "≈": r"$\approx$",
    "α": r"$\alpha$",
    "≥": r"$\ge$",
    "Φ": r"$\Phi$",
    "→": r"$\to$",
    "\N{PRIME}": "$'$",
} | {character: "\\" + character for character in "&%$#_{}"}
# An index and a power, with their letter if it is a word of its own.
_INDEXED = r"(?:(?<![^\W\d_])[A-Za-z])?(?:[₀-₉]+[⁰¹²³⁴-⁹]*|[⁰¹²³⁴-⁹]+)"
_ESCAPED = re.compile("|".join([_INDEXED, *map(re.escape, _ESCAPES)]))
_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789" * 2)
_PARTS = re.compile(r"([A-Za-z]?)([₀-₉]*)([⁰¹²³⁴-⁹]*)")
# Beyond ASCII and these letters of Latin-1, pdfLaTeX needs further packages.
_UNKNOWN = re.compile(r"[^\x20-\x7eÀ-ÅÇ-ÏÑ-ÖØ-Üß-åç-ïñ-öø-üÿæÆŒœ]")

_HEAD = r"""\documentclass{{article}}
\usepackage[utf8]{{inputenc}}
\IfFileExists{{lmodern.sty}}{{\usepackage[T1]{{fontenc}}\usepackage{{lmodern}}}}{{}}
\usepackage[paperwidth={width}bp,paperheight={height}bp,margin=0pt]{{geometry}}
\usepackage{{tikz}}
\usepackage[bookmarks=false]{{hyperref}}
\hypersetup{{pdftitle={{{title}}},pdfsubject={{{subject}}}}}
{colors}
\pagestyle{{empty}}
\setlength{{\parindent}}{{0pt}}
\setlength{{\topskip}}{{0pt}}
\begin{{document}}%
"""
_PICTURE = r"""\begin{{tikzpicture}}[x=0.75bp,y=-0.75bp,font=\sffamily,
  text on page/.style={{inner sep=0.8bp,outer sep=0pt}},
  halo/.style={{fill=gnpaper,rounded corners=1bp}},
  unit/.style={{draw=gnink,fill=gnpaper,line width=1.05bp}}]
\useasboundingbox (0,0) rectangle ({width},{height});
"""


_USE = r"""% Needs \usepackage{tikz}. In Beamer: \resizebox{\linewidth}{!}{\input{THIS FILE}}
"""


def draw_tikz(
    network: Network,
    *,
    title: str | None = None,
    form: Form = "auto",
    max_units: int = 12,
    at: Values | None = None,
    document: bool = True,
) -> str:
    r"""Draw a network as a LaTeX document, or its TikZ picture; parameters are those of `draw_svg`.

    The picture alone is what ``\input`` puts into another document, or into a frame of Beamer,
    which has to load TikZ.
    """
    placement = place(network, max_units=max_units, form=form, at=at)
    headline, details = describe(network)
    return write_tikz(placement, title=title or headline, description=details, document=document)


def write_tikz(placement: Placement, *, title: str, description: str, document: bool = True) -> str:
    """Write a placement out as a LaTeX document, or as a picture with its colors."""
    colors = [
        rf"\definecolor{{gn{tone}}}{{HTML}}{{{color[1:].upper()}}}"
        for tone, color in COLORS.items()
    ]
    picture = _PICTURE.format(width=_n(placement.width), height=_n(placement.height))
    body = "\n".join(map(_command, marks(placement)))
    if not document:
        # Colors inside the picture end with it.
        first, _, rest = picture.partition("\n\\useasboundingbox")
        said = f"% {_comment(title)}: {_comment(description)}\n{_USE}"
        colored = "\n".join([first, *colors])
        return f"{said}{colored}\n\\useasboundingbox{rest}{body}\n\\end{{tikzpicture}}%\n"
    head = _HEAD.format(
        # A hundredth more, so that rounding never makes the picture higher than the page.
        width=_n(_SCALE * placement.width + 0.01),
        height=_n(_SCALE * placement.height + 0.01),
        title=_information(title),
        subject=_information(description),
        colors="\n".join(colors),
    )
    return f"{head}{picture}{body}\n\\end{{tikzpicture}}%\n\\end{{document}}\n"


def escape_tex(text: str) -> str:
    r"""Make a text safe in LaTeX; characters that pdfLaTeX does not know become question marks.

    Examples
    --------
    >>> print(escape_tex("50 % of w₀"))
    50 \% of $w_0$
    """
    text, parts, end = show_text(text), [], 0
    for match in _ESCAPED.finditer(text):
        parts += [
            _UNKNOWN.sub("?", text[end : match.start()]),
            _ESCAPES.get(match[0]) or _index(match[0]),
        ]
        end = match.end()
    return "".join([*parts, _UNKNOWN.sub("?", text[end:])])


def _comment(text: str) -> str:
    """Make a text safe in a comment of LaTeX, which ends with its line."""
    return " ".join(show_text(text).split())


def _index(text: str) -> str:
    """Set a letter with its index and its power; each of them may be missing."""
    parts = _PARTS.fullmatch(text)
    letter, index, power = parts.groups() if parts is not None else (text, "", "")
    return f"${letter}{_shifted('_', index)}{_shifted('^', power)}$"


def _shifted(mark: str, digits: str) -> str:
    digits = digits.translate(_DIGITS)
    return mark + (digits if len(digits) == 1 else f"{{{digits}}}") if digits else ""


def _information(text: str) -> str:
    """Escape a text for the PDF's information, where there is no mathematics."""
    plain = text.replace("$", "").replace(MINUS, "-").translate(_DIGITS)
    return re.sub(r"\$(-?)(.*?)\$", r"\1", escape_tex(plain))


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _point(x: float, y: float) -> str:
    return f"({_n(x)},{_n(y)})"


def _command(mark: Mark) -> str:
    if isinstance(mark, Line):
        dashes = ",dash pattern=on 5.25bp off 2.25bp" if mark.dashed else ""
        style = f"gn{mark.tone},line width={_n(_SCALE * mark.width)}bp,opacity={_n(mark.opacity)}"
        return rf"\draw[{style}{dashes}] {_point(*mark.start)} -- {_point(*mark.end)};"
    if isinstance(mark, Disc):
        style = r"\fill[gnmuted]" if mark.filled else r"\draw[unit]"
        return rf"{style} {_point(*mark.center)} circle[radius={_n(_SCALE * mark.radius)}bp];"
    if isinstance(mark, Box):
        (x, y), far = mark.corner, (mark.corner[0] + mark.width, mark.corner[1] + mark.height)
        return rf"\draw[unit,rounded corners=4.5bp] {_point(x, y)} rectangle {_point(*far)};"
    if isinstance(mark, Arrow):
        tip = (mark.end, mark.start[1])
        return rf"\draw[gnmuted,line width=1.05bp,->] {_point(*mark.start)} -- {_point(*tip)};"
    return _text(mark)


def _text(text: Text) -> str:
    x, y = text.position
    halo = ",halo" if text.halo else ""
    style = f"text on page{halo},anchor={_ANCHORS[text.anchor]},text=gn{text.tone}"
    size, line = _SIZES[text.size]
    font = rf"font=\sffamily\fontsize{{{size}}}{{{line}}}\selectfont"
    return rf"\node[{style},{font}] at {_point(x, y)} {{{escape_tex(text.text)}}};"
