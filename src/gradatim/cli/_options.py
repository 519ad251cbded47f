"""Options that several verbs share: where results go, how many processors work, how errors show.

Conventions: a verb annotates a parameter with one of these and says in its docstring what it does.
"""

from __future__ import annotations

from typing import Annotated

from cyclopts import Group, Parameter
from cyclopts.validators import Number

from gradatim.cli._reading import READING

__all__ = ["FLAG", "OUTPUT", "Debug", "Jobs", "JsonFile"]

#: The last of a verb's groups.
OUTPUT = Group("What comes out", sort_key=5)

FLAG = Parameter(negative=(), show_default=False)

Debug = Annotated[bool, FLAG, Parameter(group=OUTPUT)]
JsonFile = Annotated[str | None, Parameter(group=OUTPUT, metavar="FILE", allow_leading_hyphen=True)]
Jobs = Annotated[int | None, Parameter(group=READING, metavar="N", validator=Number(gte=1))]
