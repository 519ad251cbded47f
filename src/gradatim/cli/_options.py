"""Options that several verbs share: where results go, how many processors work, how errors show.

Conventions: a verb annotates a parameter with one of these, and says in its docstring what those do
that have no help of their own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Group, Parameter
from cyclopts.validators import Number

from gradatim.cli._reading import READING

#: The last of a verb's groups.
OUTPUT = Group("What comes out", sort_key=5)

FLAG = Parameter(negative=(), show_default=False)


def _flag(help: str) -> Parameter:
    return Parameter(group=OUTPUT, negative=(), show_default=False, help=help)


Debug = Annotated[bool, _flag("Show the traceback of an error.")]
DebugLibraries = Annotated[
    bool, _flag("Show the warnings of libraries, and the traceback of an error.")
]
Json = Annotated[bool, _flag("Print JSON instead of text.")]
Digits = Annotated[
    int | None, Parameter(group=OUTPUT, metavar="N", validator=Number(gte=1, lte=17))
]
Output = Annotated[Path | None, Parameter(name=("--output", "-o"), group=OUTPUT, metavar="FILE")]
JsonFile = Annotated[str | None, Parameter(group=OUTPUT, metavar="FILE", allow_leading_hyphen=True)]
Jobs = Annotated[
    int | None,
    Parameter(
        group=READING,
        metavar="N",
        validator=Number(gte=1),
        help="Processor cores to use; all of them if left out.",
    ),
]
