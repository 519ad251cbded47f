"""The ladder: every family by its name, simplest first; and the references beside it.

Conventions: whoever adds a rung defines one class and enters it here, or from outside by
`register`; everything else reads these lists. A family is loaded when it is first asked for, so
that the names cost nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING

from gradatim.errors import SpecError

if TYPE_CHECKING:
    from gradatim.models.families.base import Family


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

#: What others' tools reach on the same folds; climbed only if asked for, and never stopped on.
REFERENCES: MutableMapping[str, Family] = _Families(
    {"forest": "references:Forest", "lightgbm": "references:LightGBM"}
)


def register(family: Family, before: str | None = None) -> None:
    """Put a family before another one or at the end of its list; a name it had is replaced."""
    known = REFERENCES if family.reference else FAMILIES
    if before is not None and before not in known:
        raise SpecError(
            f"there is no rung {before!r} to stand before; there are {', '.join(known)}"
        )
    for names in (FAMILIES, REFERENCES):
        names.pop(family.name, None)
    order = list(known)
    later = {n: known.pop(n) for n in (order[order.index(before) :] if before else ())}
    known[family.name] = family
    known.update(later)


def get_family(name: str) -> Family:
    """Return the family of a name, which may begin with a plus."""
    name = name.removeprefix("+")
    for known in (FAMILIES, REFERENCES):
        if name in known:
            return known[name]
    raise _unknown(name, (*FAMILIES, *REFERENCES))


def require_savable(name: str) -> None:
    """Refuse to save the model of a reference, of which a file could only be a pickle."""
    if name.removeprefix("+") not in (*FAMILIES, *REFERENCES):
        raise _unknown(name, tuple(FAMILIES))
    if get_family(name).reference:
        raise SpecError(
            f"{name} is a reference, whose model no file of gradatim can hold; save one of "
            f"{', '.join(FAMILIES)}"
        )


def _unknown(name: str, names: Sequence[str]) -> SpecError:
    close = get_close_matches(name, names, 1)
    meant = f'did you mean "{close[0]}"? ' if close else ""
    return SpecError(f"there is no rung {name!r}; {meant}choose among {', '.join(names)}")
