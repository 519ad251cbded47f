"""The ladder: every family by its name, simplest first.

Conventions: whoever adds a rung defines one class and enters it here, or from outside by
`register`; everything else reads this list. A family is loaded when it is first asked for, so
that the names cost nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING

from gradatim.errors import SpecError

if TYPE_CHECKING:
    from gradatim.models.families.base import Family

__all__ = ["FAMILIES", "get_family", "register"]


class _Families(MutableMapping[str, "Family"]):
    """Families by name, each given as itself or as the ``module:class`` to make it of."""

    def __init__(self, homes: Mapping[str, str]) -> None:
        self._known: dict[str, Family | str] = dict(homes)

    def __getitem__(self, name: str) -> Family:
        known = self._known[name]
        if isinstance(known, str):
            module, _, family = known.partition(":")
            known = getattr(import_module(f"gradatim.models.families.{module}"), family)()
            self._known[name] = known
        return known

    def __setitem__(self, name: str, family: Family) -> None:
        self._known[name] = family

    def __delitem__(self, name: str) -> None:
        del self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


#: The families by name, in the order of the ladder.
FAMILIES: MutableMapping[str, Family] = _Families(
    {
        "majority": "baselines:Majority",
        "linear": "baselines:Linear",
        "logistic": "networks:Logistic",
        "perceptron": "perceptron:Perceptron",
        "kernel": "kernel:Kernel",
        "shallow": "networks:Shallow",
        "deep": "networks:Deep",
    }
)


def register(family: Family, before: str | None = None) -> None:
    """Put a family on the ladder, before another one or at the end; a name it had is replaced."""
    if before is not None:
        get_family(before)
    FAMILIES.pop(family.name, None)
    names = list(FAMILIES)
    later = {n: FAMILIES.pop(n) for n in (names[names.index(before) :] if before else ())}
    FAMILIES[family.name] = family
    FAMILIES.update(later)


def get_family(name: str) -> Family:
    """Return the family of a name."""
    if name not in FAMILIES:
        close = get_close_matches(name, FAMILIES, 1)
        meant = f'did you mean "{close[0]}"? ' if close else ""
        raise SpecError(f"there is no rung {name!r}; {meant}choose among {', '.join(FAMILIES)}")
    return FAMILIES[name]
